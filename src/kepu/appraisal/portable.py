"""A PDF without what it tells of its makers: its pages, copied into a new one.

Gone are information and XMP, of the document, of pages and of everything on them; attachments, scripts,
links, notes and signatures; earlier versions kept in the file; EXIF of photographs. Fields that were
filled in and text boxes stay, as part of the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from django.utils.translation import gettext as _

from kepu.appraisal.metadata import Unclean

# What a page is; everything else of its dictionary is dropped.
PAGE = {
    "/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/UserUnit",
    "/Group", "/Annots",
}  # fmt: skip
# Annotations that are part of what the page says; notes, stamps, links and files are not.
KEPT = {
    "/Widget", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight",
    "/Underline", "/StrikeOut", "/Ink",
}  # fmt: skip
TELLING = (
    "/Metadata", "/PieceInfo", "/LastModified", "/AA", "/A", "/StructParent", "/StructParents",
    "/OPI", "/Ref", "/AF", "/Alternates", "/NM", "/Thumb",
)  # fmt: skip
MOST_PAGES = 5000
PICTURE = 64 * 2**20  # of one photograph; it is held in memory while it is looked at


def strip(source: Path, target: Path) -> None:
    """Write the bare pages of the PDF at `source`; the file is never held in memory whole.

    Raises Unclean where it is locked, damaged, or has layers of which some are hidden.
    """
    try:
        with pikepdf.open(source) as old, pikepdf.new() as new:
            if len(old.pages) > MOST_PAGES:
                raise Unclean(_("this PDF has too many pages to be cleaned"))
            _refuse_hidden(old)
            _flatten(old)
            for page in old.pages:
                for key in set(page.obj.keys()) - PAGE:
                    del page.obj[key]
                if "/Annots" in page.obj:
                    del page.obj["/Annots"]
                new.pages.append(page)
            _clean(new)
            new.save(
                target,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                deterministic_id=True,
            )
    except pikepdf.PasswordError as error:
        raise Unclean(_("this file is locked with a password")) from error
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise Unclean(_("this PDF is damaged; it cannot be cleaned")) from error


def why_not_open(path: Path) -> str | None:
    """Whether a password is asked for before the PDF can be read; little of it is held in memory."""
    try:
        with pikepdf.open(path):
            return None
    except pikepdf.PasswordError:
        return _("this file is locked with a password")
    except (pikepdf.PdfError, RuntimeError, ValueError):
        return _("this PDF is damaged")


def _refuse_hidden(pdf: pikepdf.Pdf) -> None:
    """What is hidden in layers would come to light: nobody has looked at it."""
    layers = pdf.Root.get("/OCProperties")
    if layers is None:
        return
    shown = layers.get("/D", pikepdf.Dictionary())
    if len(shown.get("/OFF", pikepdf.Array())) or shown.get("/BaseState", "/ON") != "/ON":
        raise Unclean(_("this PDF has hidden layers"))


def _flatten(pdf: pikepdf.Pdf) -> None:
    """Make part of the page what somebody filled in; drop notes, stamps, links, files, signatures."""
    for page in pdf.pages:
        if "/Annots" in page.obj:
            kept = [one for one in page.obj.Annots if _is_content(one)]
            page.obj.Annots = pikepdf.Array(kept)
    pdf.generate_appearance_streams()
    pdf.flatten_annotations("screen")


def _is_content(annotation: Any) -> bool:
    if annotation.get("/Subtype") not in KEPT:
        return False
    field, depth = annotation, 0
    while field is not None and depth < 20:
        if field.get("/FT") == "/Sig":
            return False
        field, depth = field.get("/Parent"), depth + 1
    return True


def _clean(pdf: pikepdf.Pdf) -> None:
    """Take out what tells of the makers, in every object that the pages lead to."""
    for thing in pdf.objects:
        for one in _within(thing):
            for key in TELLING:
                if key in one:
                    del one[key]
            if one.get("/Type") == "/OCG" and "/Name" in one:
                one["/Name"] = pikepdf.String("-")
        if isinstance(thing, pikepdf.Stream):
            _photograph(thing)


def _within(thing: Any) -> Iterator[Any]:
    """A dictionary and those that lie directly in it; what has a number of its own comes by itself."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += [part for part in one if _lies_in(part)]
        elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            waiting += [part for part in one.values() if _lies_in(part)]
            yield one


def _lies_in(part: Any) -> bool:
    return isinstance(part, pikepdf.Array | pikepdf.Dictionary) and not part.is_indirect


def _photograph(stream: pikepdf.Stream) -> None:
    """A JPEG in a page keeps its EXIF, where it was taken and by whom: the segments are cut out."""
    used = stream.get("/Filter")
    chain: list[Any] = list(used) if isinstance(used, pikepdf.Array) else [used]
    if "/JPXDecode" in chain:
        raise Unclean(_("this PDF holds pictures of a kind (JPEG 2000) that cannot be cleaned"))
    if "/DCTDecode" not in chain:
        return
    if int(stream.get("/Length", 0)) > PICTURE:
        raise Unclean(_("a picture in this PDF is too large to be cleaned"))
    if chain != ["/DCTDecode"]:
        raise Unclean(_("this PDF holds pictures that are packed twice; they cannot be cleaned"))
    said: Any = stream.get("/DecodeParms")
    stream.write(
        bare_jpeg(stream.read_raw_bytes()), filter=pikepdf.Name.DCTDecode, decode_parms=said
    )


def bare_jpeg(raw: bytes) -> bytes:
    """A JPEG without its application segments (but JFIF and Adobe's, which colours need) and comments."""
    if raw[:2] != b"\xff\xd8":
        raise Unclean(_("this PDF is damaged; it cannot be cleaned"))
    kept, at = [raw[:2]], 2
    while at + 4 <= len(raw):
        if raw[at] != 0xFF:
            raise Unclean(_("this PDF is damaged; it cannot be cleaned"))
        marker = raw[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xDA:  # the picture itself, to its end
            end = raw.rfind(b"\xff\xd9")
            kept.append(raw[at : end + 2 if end > at else len(raw)])
            break
        size = 2 + int.from_bytes(raw[at + 2 : at + 4], "big")
        if not (0xE1 <= marker <= 0xEF and marker != 0xEE) and marker != 0xFE:
            kept.append(raw[at : at + size])
        at += size
    return b"".join(kept)
