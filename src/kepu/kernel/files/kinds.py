"""Which kinds of file there are. What a file is, its content says; its name says nothing."""

from __future__ import annotations

import csv
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput


class Kind(StrEnum):
    """A kind of file that may be kept. Pages, scripts, drawings in SVG and programs are not among them."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"
    XLSX = "xlsx"
    DOCX = "docx"
    CSV = "csv"
    ZIP = "zip"  # only what Kepu packed itself: from outside no archive is kept as it comes


@dataclass(frozen=True)
class Look:
    """How a kind is named outside."""

    media_type: str
    extension: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
LOOKS = {
    Kind.JPEG: Look("image/jpeg", ".jpg"),
    Kind.PNG: Look("image/png", ".png"),
    Kind.WEBP: Look("image/webp", ".webp"),
    Kind.PDF: Look("application/pdf", ".pdf"),
    Kind.XLSX: Look(f"{_OFFICE}.spreadsheetml.sheet", ".xlsx"),
    Kind.DOCX: Look(f"{_OFFICE}.wordprocessingml.document", ".docx"),
    Kind.CSV: Look("text/csv; charset=utf-8", ".csv"),
    Kind.ZIP: Look("application/zip", ".zip"),
}
IMAGES = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP})
TABLES = frozenset({Kind.XLSX, Kind.CSV})
DOCUMENTS = frozenset({Kind.PDF, Kind.DOCX})

# A workbook that unpacks to more than this is a bomb, or no use to anybody.
UNPACKED = 300 * 1024 * 1024
UNPACKED_TIMES = 200
PARTS = 5000
LIST = 4_000_000  # octets of an archive's list of parts
TYPES = 1_000_000  # octets of the list of what the parts are
HIDING = (b"\0", b"&#", b"<!")  # other encodings, letters by number, entities
PROGRAMS = (
    b"macroenabled", b"vbaproject", b"vbadata", b"macrosheet", b"activex", b".docm", b".dotm",
    b".xlsm", b".xltm", b".xlsb", b".xlam",
)  # fmt: skip
LINE = 1_000_000  # letters of a line; one without an end is not held in memory
CSV_ENCODINGS = ("utf-8-sig", "gb18030")


def of(path: Path) -> Kind:
    """The kind of the file at `path`; raises BadInput when it is none of ours, or two at once."""
    with path.open("rb") as file:
        head = file.read(4096)
    for kind, looks_so in _HEADS.items():
        if looks_so(head):
            _not_two_at_once(kind, path)
            return kind
    if head.startswith(b"PK\x03\x04"):
        if b"%PDF-" in head[:1024]:
            raise BadInput(_("this file is two kinds of file at once"))
        return _office(path)
    if _is_csv(path, head):
        if zipfile.is_zipfile(path):
            raise BadInput(_("this file is two kinds of file at once"))
        return Kind.CSV
    raise BadInput(_("this kind of file is not taken; a photograph, PDF, DOCX, XLSX or CSV is"))


_HEADS: dict[Kind, Callable[[bytes], bool]] = {
    Kind.JPEG: lambda head: head.startswith(b"\xff\xd8\xff"),
    Kind.PNG: lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    Kind.WEBP: lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    Kind.PDF: lambda head: head.startswith(b"%PDF-"),
}


def _not_two_at_once(kind: Kind, path: Path) -> None:
    """A PDF ends as one; with an archive behind it, it would be one thing here and another elsewhere.

    Pictures need no such look: they are written anew.
    """
    if kind != Kind.PDF:
        return
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2048))
        tail = file.read()
    if b"%%EOF" not in tail:
        raise BadInput(_("this PDF is cut short"))
    if zipfile.is_zipfile(path):
        raise BadInput(_("this file is two kinds of file at once"))


_DAMAGED = (
    zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, TypeError, struct.error,
    zlib.error,
)  # fmt: skip


def _office(path: Path) -> Kind:
    """A workbook or a document, without programs in it and without a bomb."""
    _refuse_long_list(path)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _refuse_bomb(parts, path.stat().st_size)
            names = {part.filename for part in parts}
            _refuse_programs(names, archive)
    except _DAMAGED as error:
        raise BadInput(_("this file is damaged")) from error
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if "word/document.xml" in names:
        return Kind.DOCX
    raise BadInput(_("archives are not taken; please hand in the files themselves"))


def _refuse_long_list(path: Path) -> None:
    """An archive's list of parts is read whole: a list of millions is refused before that."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2**16 - 42))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        raise BadInput(_("this file is damaged"))
    parts, size = struct.unpack_from("<HI", tail, at + 10)
    if parts > PARTS or size > LIST or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        raise BadInput(_("this file unpacks to far more than it should"))


def _refuse_bomb(parts: list[zipfile.ZipInfo], size: int) -> None:
    """Stated sizes bind: what reads a part stops at them. Parts that overlap sum up to too much."""
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > PARTS or unpacked > UNPACKED or unpacked > UNPACKED_TIMES * size + 2**20:
        raise BadInput(_("this file unpacks to far more than it should"))
    if packed > size:
        raise BadInput(_("this file is damaged"))
    if any(part.flag_bits & 1 for part in parts):
        raise BadInput(_("this file is locked with a password"))


def _refuse_programs(names: set[str], archive: zipfile.ZipFile) -> None:
    if "[Content_Types].xml" not in names:
        raise BadInput(_("archives are not taken; please hand in the files themselves"))
    with archive.open("[Content_Types].xml") as part:
        types = part.read(TYPES + 1)
    if len(types) > TYPES:
        raise BadInput(_("this file unpacks to far more than it should"))
    if any(
        sign in types for sign in HIDING
    ):  # what no office program writes could hide the words below
        raise BadInput(_("this file is damaged"))
    told = types.lower() + "\n".join(names).lower().encode(errors="replace")
    if any(sign in told for sign in PROGRAMS):
        raise BadInput(_("this file holds a program (macros); please save it without"))


def _is_csv(path: Path, head: bytes) -> bool:
    """Text in rows and columns, no page and no program."""
    if not head or b"\0" in head or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"", b"%"):
        return False
    return head[:2] not in (b"MZ", b"#!") and any(_reads(path, name) for name in CSV_ENCODINGS)


def _reads(path: Path, encoding: str) -> bool:
    """Whether the whole file is text in rows of more than one column, read row by row."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            lines = iter(lambda: file.readline(LINE), "")
            widths = {min(len(row), 2) for row in csv.reader(lines) if row}
    except (UnicodeDecodeError, csv.Error):
        return False
    return 2 in widths
