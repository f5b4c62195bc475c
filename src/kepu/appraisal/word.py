"""A plain Word document: title, facts, headings, lines, tables, a foot. The same content, the same bytes.

WordprocessingML as ECMA-376 has it, no more of it than these blocks need.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
E = ElementMaker(namespace=W, nsmap={"w": W, "r": R})
FONT = "宋体"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
RELS = "application/vnd.openxmlformats-package.relationships+xml"
WIDTH = 9070  # of the text, in twentieths of a point: A4 with margins of 25 mm


@dataclass(frozen=True)
class Title:
    text: str


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Line:
    text: str


@dataclass(frozen=True)
class Facts:
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


Block = Title | Heading | Line | Facts | Table


def document(blocks: Sequence[Block], *, foot: str) -> bytes:
    """The document as the bytes of a DOCX file."""
    body = E.body(*(part for block in blocks for part in _drawn(block)), _page())
    files = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations(("officeDocument", "word/document.xml")),
        "word/document.xml": _written(E.document(body)),
        "word/_rels/document.xml.rels": _relations(
            ("styles", "styles.xml"), ("footer", "footer.xml")
        ),
        "word/styles.xml": _written(_styles()),
        "word/footer.xml": _written(E.ftr(_paragraph(foot, "Foot"))),
    }
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def _drawn(block: Block) -> list[Any]:
    match block:
        case Title(text):
            return [_paragraph(text, "Title")]
        case Heading(text):
            return [_paragraph(text, "Heading1")]
        case Line(text):
            return [_paragraph(text)]
        case Facts(rows):
            return [_paragraph(f"{label}：{said}") for label, said in rows]
        case Table(head, rows):
            return [_table([head, *rows]), _paragraph("")]


def _paragraph(text: str, style: str = "", *, bold: bool = False) -> Any:
    look = [E.pPr(E.pStyle(_val(style)))] if style else []
    weight = [E.rPr(E.b())] if bold else []
    space = {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}
    return E.p(*look, E.r(*weight, E.t(_clean(text), space)))


def _table(rows: Sequence[Sequence[str]]) -> Any:
    each = WIDTH // len(rows[0])
    lines = [
        getattr(E, side)(_val("single"), _at(sz="4", color="8A9499"))
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    ]
    look = E.tblPr(E.tblW(_at(w=str(WIDTH), type="dxa")), E.tblBorders(*lines))
    grid = E.tblGrid(*(E.gridCol(_at(w=str(each))) for _cell in rows[0]))
    return E.tbl(look, grid, *(_row(row, each, first=not n) for n, row in enumerate(rows)))


def _row(cells: Sequence[str], width: int, *, first: bool) -> Any:
    repeated = [E.trPr(E.tblHeader())] if first else []
    drawn = [
        E.tc(E.tcPr(E.tcW(_at(w=str(width), type="dxa"))), _paragraph(cell, bold=first))
        for cell in cells
    ]
    return E.tr(*repeated, *drawn)


def _page() -> Any:
    foot = E.footerReference(_at(type="default"), {f"{{{R}}}id": "rId2"})
    margins = dict.fromkeys(("top", "right", "bottom", "left"), "1418")
    return E.sectPr(
        foot, E.pgSz(_at(w="11906", h="16838")),
        E.pgMar(_at(**margins, header="720", footer="720", gutter="0")),
    )  # fmt: skip


def _styles() -> Any:
    fonts = E.rFonts(_at(ascii="Times New Roman", hAnsi="Times New Roman", eastAsia=FONT))
    plain = E.docDefaults(
        E.rPrDefault(E.rPr(fonts, E.sz(_val("22")), E.lang(_at(eastAsia="zh-CN")))),
        E.pPrDefault(E.pPr(E.spacing(_at(after="80", line="320", lineRule="auto")))),
    )
    return E.styles(
        plain,
        _style("Title", "Title", "36", bold=True, middle=True),
        _style("Heading1", "heading 1", "26", bold=True),
        _style("Foot", "footer", "16"),
    )


def _style(key: str, name: str, size: str, *, bold: bool = False, middle: bool = False) -> Any:
    place = [E.pPr(E.keepNext(), E.jc(_val("center")))] if middle else []
    weight = [E.b()] if bold else []
    head = _at(type="paragraph", styleId=key)
    return E.style(E.name(_val(name)), *place, E.rPr(*weight, E.sz(_val(size))), head)


def _types() -> bytes:
    known = {"document": "document.main", "styles": "styles", "footer": "footer"}
    parts = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{TYPES}.{kind}+xml"/>'
        for name, kind in known.items()
    )
    return _xml(
        f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{RELS}"/>{parts}</Types>'
    )


def _relations(*to: tuple[str, str]) -> bytes:
    found = "".join(
        f'<Relationship Id="rId{n}" Type="{R}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(to, 1)
    )
    return _xml(f'<Relationships xmlns="{PACKAGE}/relationships">{found}</Relationships>')


def _xml(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode()


def _written(tree: Any) -> bytes:
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _clean(text: str) -> str:
    """What XML has no way to say is left out."""
    return "".join(letter for letter in text if letter == "\t" or ord(letter) >= 32)


def _val(value: str) -> dict[str, str]:
    return _at(val=value)


def _at(**values: str) -> dict[str, str]:
    return {f"{{{W}}}{name}": value for name, value in values.items()}
