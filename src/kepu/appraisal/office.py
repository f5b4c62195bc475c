"""A document or workbook without what it tells of its makers: its known parts, written anew.

What is reached from the main part by relations that are known is kept; properties, comments, people,
revisions, printers, custom data are not; anything else is refused, for nobody knows what it tells.
"""

from __future__ import annotations

import io
import posixpath
import struct
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree
from PIL import Image

from kepu.appraisal.blind import Names
from kepu.appraisal.metadata import Unclean
from kepu.kernel.errors import BadInput
from kepu.kernel.files import kinds, pictures
from kepu.kernel.files.kinds import IMAGES

PART = 24 * 2**20  # of XML; it is held in memory while it is looked at
DEEP = 2  # workbooks inside documents, and no further
# The last word of a relation's type.
KEPT = {
    "officeDocument", "styles", "numbering", "settings", "webSettings", "fontTable", "font", "theme",
    "footnotes", "endnotes", "header", "footer", "image", "hyperlink", "chart", "drawing", "worksheet",
    "sharedStrings", "table", "chartsheet", "calcChain", "package", "chartStyle", "chartColorStyle",
    "chartUserShapes", "diagramData", "diagramLayout", "diagramQuickStyle", "diagramColors",
    "diagramDrawing", "stylesWithEffects", "pivotTable", "pivotCacheDefinition", "pivotCacheRecords",
    "themeOverride", "sheetMetadata", "svg",
}  # fmt: skip
DROPPED = {
    "core-properties", "extended-properties", "custom-properties", "thumbnail", "comments",
    "commentsExtended", "commentsIds", "commentsExtensible", "people", "person", "threadedComment",
    "customXml", "customXmlProps", "printerSettings", "attachedTemplate", "vmlDrawing",
    "glossaryDocument", "revisionHeaders", "revisionLog", "usernames", "connections", "queryTable",
    "docMetadata", "classificationlabels", "keyMapCustomizations", "externalLink", "mailMergeSource",
    "recipientData", "documenttasks", "slicer", "slicerCache", "timeline", "timelineCache",
    "richValueRel", "rdRichValue", "rdRichValueStructure", "rdRichValueTypes", "xmlMaps",
}  # fmt: skip
# Elements by local name: those gone with all in them, and those whose content stays.
GONE = {
    "del", "moveFrom", "delText", "delInstrText", "commentRangeStart", "commentRangeEnd",
    "commentReference", "annotationRef", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange",
    "trPrChange", "tcPrChange", "tblGridChange", "tblPrExChange", "numberingChange", "cellDel",
    "cellIns", "cellMerge", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart",
    "moveToRangeEnd", "rsids", "rsid", "docVars", "attachedTemplate", "mailMerge", "absPath",
    "fileSharing", "fileRecoveryPr", "externalReferences", "externalReference", "legacyDrawing",
    "legacyDrawingHF", "revisionPtr", "documentProtection", "writeProtection", "dataBinding",
    "docPartObj", "customWorkbookViews", "customSheetViews", "oleObjects", "controls",
}  # fmt: skip
OPENED = {"ins", "moveTo"}
AUTHORS = ("author", "initials", "date", "userName", "lastAuthor", "provider", "codeName")
DRAWN = {"docPr", "cNvPr"}  # what a drawing is called: often its file and folder
LINES = {"p", "si", "is"}  # text that may be broken in pieces, but belongs together
_DAMAGED = (
    zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, OSError, ValueError, EOFError, zlib.error,
    struct.error, RuntimeError, NotImplementedError,
)  # fmt: skip


def strip(source: Path, target: Path, names: Names, *, depth: int = 0) -> None:
    """Write the document or workbook at `source` without its makers, `names` blanked. Raises Unclean."""
    try:
        with (
            zipfile.ZipFile(source) as old,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            _Copy(old, new, names, depth).all()
    except _DAMAGED as error:
        raise Unclean(_("this file is damaged")) from error


@dataclass
class _Copy:
    """One archive on its way into another."""

    old: zipfile.ZipFile
    new: zipfile.ZipFile
    names: Names
    depth: int
    written: set[str] = field(default_factory=set)

    def all(self) -> None:
        """Parts that the root leads to, then the list of what they are."""
        self._relations("")
        types = self._parsed("[Content_Types].xml")
        for one in list(types):
            name = (one.get("PartName") or "").lstrip("/")
            if name and name not in self.written:
                types.remove(one)
        self._write(
            "[Content_Types].xml", etree.tostring(types, xml_declaration=True, encoding="UTF-8")
        )

    def _part(self, name: str) -> None:
        if name in self.written:
            return
        self.written.add(name)
        dropped = self._relations(name)
        if name.endswith((".xml", ".vml")):
            self._text(name, dropped)
        else:
            self._write(name, self._content(name))

    def _relations(self, name: str) -> set[str]:
        """Follow the relations of a part; returns the ids of those that were dropped."""
        folder, base = posixpath.split(name)
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        if rels not in self.old.namelist():
            return set()
        tree, dropped = self._parsed(rels), set()
        for one in list(tree):
            if not self._follow(one, folder):
                dropped.add(one.get("Id") or "")
                tree.remove(one)
        self._write(rels, etree.tostring(tree, xml_declaration=True, encoding="UTF-8"))
        return dropped

    def _follow(self, relation: Any, folder: str) -> bool:
        """Whether a relation is kept; what it leads to is written then."""
        word = (relation.get("Type") or "").rpartition("/")[2]
        if word in DROPPED:
            return False
        if word not in KEPT:
            raise Unclean(
                _("it holds a part that may tell of its maker: %(part)s") % {"part": word}
            )
        if relation.get("TargetMode") == "External":
            relation.set("Target", "about:blank")
            return True
        target = relation.get("Target") or ""
        if target.startswith("#"):
            return True
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        self._part(posixpath.normpath(path))
        return True

    def _text(self, name: str, dropped: set[str]) -> None:
        tree = self._parsed(name)
        clean(tree, dropped, self.names)
        self._write(
            name, etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
        )

    def _content(self, name: str) -> bytes:
        """A picture written anew, a font as it is, a workbook inside cleaned in turn."""
        ending = name.rpartition(".")[2].lower()
        with self.old.open(name) as part:
            raw = part.read(PART + 1)
        if len(raw) > PART:
            raise Unclean(_("a picture in it is too large to be cleaned"))
        if ending in ("docx", "xlsx") and self.depth < DEEP:
            return self._inner(raw)
        if ending in ("png", "jpg", "jpeg", "jfif", "webp", "gif", "bmp", "emf", "wmf", "svg"):
            return picture(raw, ending)
        if ending in ("odttf", "fntdata"):
            return raw
        raise Unclean(_("it holds a part that may tell of its maker: %(part)s") % {"part": ending})

    def _inner(self, raw: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            inside, clean_one = Path(folder) / "in", Path(folder) / "out"
            inside.write_bytes(raw)
            kinds.of(inside)
            strip(inside, clean_one, self.names, depth=self.depth + 1)
            return clean_one.read_bytes()

    def _parsed(self, name: str) -> Any:
        with self.old.open(name) as part:
            raw = part.read(PART + 1)
        if len(raw) > PART:
            raise Unclean(_("a part of it is too large to be cleaned"))
        if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
            raise Unclean(_("this file is damaged"))
        return parsed(raw)

    def _write(self, name: str, content: bytes) -> None:
        self.new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def parsed(raw: bytes) -> Any:
    """A tree without entities, comments and instructions; nothing is fetched."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    return etree.fromstring(raw, parser)


def clean(tree: Any, dropped: set[str], names: Names) -> None:
    """Take authors, changes, revision ids, drawing names and `names` out of one part."""
    for one in list(tree.iter(etree.Element)):
        word = local(one.tag)
        if word in GONE or (word == "AlternateContent" and "absPath" in _inside(one)):
            _remove(one)
        elif word in OPENED and len(one):
            _open(one)
        elif word in OPENED:
            _remove(one)
        else:
            _attributes(one, word, dropped)
    for line in [one for one in tree.iter(etree.Element) if local(one.tag) in LINES]:
        blank([one for one in line.iter(etree.Element) if local(one.tag) == "t"], names)
    for one in tree.iter(etree.Element):
        if local(one.tag) in ("v", "instrText", "pt") and one.text:
            one.text = names.blank(one.text)


def _inside(element: Any) -> set[str]:
    return {local(one.tag) for one in element.iter(etree.Element)}


def _attributes(one: Any, word: str, dropped: set[str]) -> None:
    for key, value in list(one.attrib.items()):
        plain = local(key)
        if (
            plain.startswith("rsid")
            or plain in AUTHORS
            or plain in ("paraId", "textId", "uid")
            or (key.startswith("{") and "relationships" in key and value in dropped)
            or (word in DRAWN and plain in ("descr", "title"))
        ):
            del one.attrib[key]
        elif word in DRAWN and plain == "name":
            one.set(key, "-")


def _leads_away(key: str, value: str, dropped: set[str]) -> bool:
    return key.startswith("{") and "relationships" in key and value in dropped


def _remove(one: Any) -> None:
    parent = one.getparent()
    if parent is not None:
        parent.remove(one)


def _open(one: Any) -> None:
    """A change that was accepted: what was put in stays, who put it in goes."""
    parent = one.getparent()
    if parent is None:
        return
    at = parent.index(one)
    for child in reversed(list(one)):
        parent.insert(at, child)
    parent.remove(one)


def blank(pieces: list[Any], names: Names) -> None:
    """Blank names in text that lies in several pieces; what is torn apart goes to the first."""
    whole = names.blank("".join(one.text or "" for one in pieces))
    alone = [names.blank(one.text or "") for one in pieces]
    if "".join(alone) != whole:
        alone = [whole] + [""] * (len(pieces) - 1)
    for one, text in zip(pieces, alone, strict=True):
        one.text = text


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


# --- pictures inside ------------------------------------------------------------------------------


def picture(raw: bytes, ending: str) -> bytes:
    """A picture of a document without what is hidden in it."""
    if ending == "svg":
        return _svg(raw)
    if ending == "emf":
        return _emf(raw)
    if ending == "wmf":
        return raw
    if ending in ("gif", "bmp"):
        return _plain(raw, ending)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in", Path(folder) / "out"
        source.write_bytes(raw)
        kind = kinds.of(source)
        if kind not in IMAGES:
            raise Unclean(_("this file is damaged"))
        pictures.rewrite(source, target, kind)
        return target.read_bytes()


def _plain(raw: bytes, ending: str) -> bytes:
    written = io.BytesIO()
    try:
        with Image.open(io.BytesIO(raw), formats=[ending.upper()]) as found:
            if found.width * found.height > pictures.PIXELS:
                raise BadInput(_("this picture has too many pixels; please hand in a smaller one"))
            bare = found.convert("RGB" if ending == "bmp" else "P")
            bare.info.clear()
            bare.save(written, ending.upper())
    except (Image.DecompressionBombError, SyntaxError) as error:
        raise Unclean(_("this file is damaged")) from error
    return written.getvalue()


def _emf(raw: bytes) -> bytes:
    """Windows drawings name the program and the file they come from in their head."""
    if len(raw) < 88 or raw[40:44] != b" EMF":
        raise Unclean(_("this file is damaged"))
    letters, at = struct.unpack_from("<II", raw, 60)
    if at and at + 2 * letters <= len(raw):
        raw = raw[:at] + b"\0" * (2 * letters) + raw[at + 2 * letters :]
    return raw


_SVG = "http://www.w3.org/2000/svg"


def _svg(raw: bytes) -> bytes:
    tree = parsed(raw)
    for one in list(tree.iter(etree.Element)):
        foreign = not one.tag.startswith(f"{{{_SVG}}}")
        if foreign or local(one.tag) in ("metadata", "title", "desc", "script", "foreignObject"):
            _remove(one)
            continue
        for key in list(one.attrib):
            if key.startswith("{") and "xlink" not in key:
                del one.attrib[key]
    return bytes(etree.tostring(tree))
