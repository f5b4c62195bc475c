"""Tables people send and take away: XLSX and CSV, read with every fault named, written safely."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import BadInput
from kepu_engines.core.cells import disarmed, live

MOST_ROWS = 20_000
MOST_OCTETS = 8 * 1024 * 1024  # of the file as it is sent
MOST_UNPACKED = 64 * 1024 * 1024  # octets of an XLSX once unpacked
WIDE = 17  # characters of a column that is written: a day and an hour are seen whole
MOST_COLUMNS = 200  # a row may name a cell far to the right, and every one before it costs
# Tags of an XLSX: the reader keeps those of one row in memory, and takes seconds for a million.
MOST_TAGS, MOST_TAGS_OF_A_ROW = 4_000_000, 100_000
_AT_ONCE = 1 << 20
_ROW = re.compile(rb"<(?:\w+:)?row\b")
# What the reader of spreadsheets lets out when a file was damaged or made to hurt.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError, OSError, SyntaxError, TypeError,
    ValueError,
)  # fmt: skip
Reader = Callable[[str], Any]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Column:
    """One column of a table to be read: its header, and how a cell is read.

    `read` gets the cell as trimmed text and returns the value or raises ValueError with a sentence.
    """

    key: str
    header: Promise | str
    read: Reader = str
    required: bool = True
    hint: Promise | str = ""


@dataclass(frozen=True)
class Row:
    """One row as it was read; `number` is what the spreadsheet shows at its left."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where. Row 0 is the table as a whole."""

    row: int
    column: str
    sentence: str


@dataclass
class Sheet:
    """What a table holds: the rows that could be read, and every fault of the others."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


# --- reading ------------------------------------------------------------------------------------


def read_table(file: IO[bytes], name: str, columns: Sequence[Column]) -> Sheet:
    """Read an XLSX or CSV file by its name; raises BadInput when it is no such table at all.

    Headers may stand in any order; unknown ones are refused, so that a slip of the pen is seen.
    """
    _refuse_large(file)
    grid = _grid(file, name)
    places = _places([cell.text for cell in next(grid, [])], columns)
    sheet = Sheet()
    for number, cells in enumerate(grid, start=2):
        if number > MOST_ROWS + 1:
            words = _(
                "a table has at most %(most)s rows: split it, and take in one part after another"
            )
            raise BadInput(words % {"most": f"{MOST_ROWS:,}"})
        if any(cell.text for cell in cells):
            _read_row(sheet, number, cells, places)
    for row in sheet.rows:
        row.values.update({c.key: None for c in columns if c.key not in row.values})
    if not sheet.rows and not sheet.faults:
        raise BadInput(_("the table has no rows below its header"))
    return sheet


def _refuse_large(file: IO[bytes]) -> None:
    if file.seek(0, io.SEEK_END) > MOST_OCTETS:
        raise BadInput(_("a table has at most %(most)s MB") % {"most": MOST_OCTETS // 2**20})
    file.seek(0)


@dataclass(frozen=True)
class _Cell:
    text: str
    formula: bool = False


def _grid(file: IO[bytes], name: str) -> Iterator[list[_Cell]]:
    kind = Path(name).suffix.lower()
    if kind == ".xlsx":
        return _xlsx(file)
    if kind == ".csv":
        return _csv(file)
    raise BadInput(_("send a table as .xlsx or .csv"))


def require_modest(file: IO[bytes]) -> None:
    """Refuse an XLSX that unpacks to too much, or has a row of so many cells that reading it takes
    gigabytes: some kilobytes are enough for that.
    """
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            raise BadInput(_("this table is too large"))
        for part in archive.infolist():
            if part.filename.startswith("xl/worksheets/"):
                with archive.open(part) as sheet:
                    _require_modest_rows(sheet)
    file.seek(0)


def _require_modest_rows(sheet: IO[bytes]) -> None:
    every = since = 0  # tags in all, and since the last row began
    while piece := sheet.read(_AT_ONCE):
        for number, part in enumerate(_ROW.split(piece)):
            tags = part.count(b"<")
            every, since = every + tags, tags + (0 if number else since)
            if every > MOST_TAGS or since > MOST_TAGS_OF_A_ROW:
                raise BadInput(_("this table is too large"))


def _xlsx(file: IO[bytes]) -> Iterator[list[_Cell]]:
    from openpyxl import load_workbook  # asked late: pages do not need it

    try:
        require_modest(file)
        book = load_workbook(file, read_only=True)
        sheet = book.worksheets[0]
    except _DAMAGED as error:
        raise BadInput(_("this file cannot be read as an XLSX table")) from error
    try:
        for cells in sheet.iter_rows(max_col=MOST_COLUMNS):
            yield [_Cell(_text(cell.value), cell.data_type == "f") for cell in cells]
    except _DAMAGED as error:
        raise BadInput(_("this file cannot be read as an XLSX table")) from error


def _csv(file: IO[bytes]) -> Iterator[list[_Cell]]:
    octets = file.read()
    for encoding in ("utf-8-sig", "gb18030"):  # what spreadsheets in China write
        try:
            text = octets.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:  # letter zero, which no database keeps
            break
        return _csv_rows(text)
    raise BadInput(_("this file cannot be read as a CSV table"))


def _csv_rows(text: str) -> Iterator[list[_Cell]]:
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            # What `write_csv` guarded against formulas comes back as it was.
            plain = [c[1:] if c[:1] == "'" and live(c[1:]) else c for c in cells]
            yield [
                _Cell(p.strip(), c.strip().startswith("="))
                for p, c in zip(plain, cells, strict=True)
            ]
    except csv.Error as error:
        raise BadInput(_("this file cannot be read as a CSV table")) from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (
            value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # telephone numbers typed as numbers
    return str(value).strip()


def _places(headers: list[str], columns: Sequence[Column]) -> list[Column | None]:
    """Which column stands where; raises BadInput naming the headers that are missing or unknown."""
    known = {str(column.header): column for column in columns}
    faults = [
        (
            _("missing columns: %(names)s"),
            [h for h, c in known.items() if c.required and h not in headers],
        ),
        (_("unknown columns: %(names)s"), [h for h in headers if h and h not in known]),
        (
            _("columns given twice: %(names)s"),
            sorted({h for h in headers if h and headers.count(h) > 1}),
        ),
    ]
    wrong = [sentence % {"names": "、".join(names)} for sentence, names in faults if names]
    if wrong:
        raise BadInput("; ".join(wrong))
    return [known.get(header) for header in headers]


def _read_row(
    sheet: Sheet, number: int, cells: Sequence[_Cell], places: Sequence[Column | None]
) -> None:
    values: dict[str, Any] = {}
    before = len(sheet.faults)
    blank = _Cell("")
    for place, column in enumerate(places):
        if column is None:
            continue
        cell = cells[place] if place < len(cells) else blank
        try:
            values[column.key] = _read_cell(cell, column)
        except ValueError as error:
            sheet.faults.append(Fault(number, str(column.header), str(error)))
    if len(sheet.faults) == before:
        sheet.rows.append(Row(number, values))


def _read_cell(cell: _Cell, column: Column) -> Any:
    if cell.formula:
        raise ValueError(_("formulas are not taken; paste the value"))
    if cell.text:
        return column.read(cell.text)
    if column.required:
        raise ValueError(_("this cell is empty"))
    return None


def text(most: int) -> Reader:
    """Words of at most so many characters."""

    def read(value: str) -> str:
        if len(value) > most:
            raise ValueError(_("at most %(most)s characters") % {"most": most})
        return value

    return read


def whole(low: int, high: int) -> Reader:
    """A whole number between two others."""

    def read(value: str) -> int:
        if not value.isdecimal() or not low <= int(value) <= high:
            raise ValueError(
                _("a whole number from %(low)s to %(high)s") % {"low": low, "high": high}
            )
        return int(value)

    return read


def a_date(value: str) -> date:
    """A day such as 2026-03-05, 2026/3/5 or 2026.3.5."""
    try:
        year, month, day = (
            int(part) for part in value.replace("/", "-").replace(".", "-").split("-")
        )
        return date(year, month, day)
    except ValueError:
        raise ValueError(_("a day such as 2026-03-05")) from None


def one_of(choices: dict[str, str]) -> Reader:
    """A word that stands for a value; both the word and the value are taken."""

    def read(value: str) -> str:
        found = {**{v: v for v in choices.values()}, **choices}.get(value)
        if found is None:
            raise ValueError(_("one of: %(words)s") % {"words": "、".join(choices)})
        return found

    return read


# --- writing ------------------------------------------------------------------------------------


def write_xlsx(
    path: str | Path | IO[bytes],
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    progress: Progress | None = None,
    title: str = "",
) -> int:
    """Write rows as XLSX in constant memory; text stays text, times are times. Returns how many rows.

    `title` names the sheet, as far as a spreadsheet takes such a name.
    """
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd hh:mm",
    }
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        sheet.add_write_handler(date, _day_writer(book.add_format({"num_format": "yyyy-mm-dd"})))
        sheet.set_column(0, max(len(headers) - 1, 0), WIDE)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, headers, book.add_format({"bold": True}))
        number = 0
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [_in_book(value) for value in row])
            _tell(progress, number)
    return number


def _sheet_name(title: str) -> str | None:
    """What a spreadsheet takes of a title as the name of a sheet; None leaves it to the writer."""
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip("' ") or None


def _day_writer(day: Any) -> Callable[..., int]:
    """Days without an hour; a moment is of another type and keeps its own format."""
    return lambda sheet, row, column, value, _none=None: sheet.write_datetime(
        row, column, value, day
    )


def _in_book(value: Any) -> Any:
    """A moment as the clocks here showed it; a spreadsheet knows no zone, and nothing before 1900."""
    if not isinstance(value, date) or value.year < 1900:
        return _plain(value)
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(BEIJING).replace(tzinfo=None)
    return value


def write_csv(
    path: str | Path,
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    progress: Progress | None = None,
) -> int:
    """Write rows as CSV that Excel opens as UTF-8; a cell that looks like a formula is disarmed."""
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        return _write_rows(file, headers, rows, progress)


def csv_text(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The same for a short table that nobody waits for."""
    out = io.StringIO(newline="")
    _write_rows(out, headers, rows, None)
    return out.getvalue().encode("utf-8-sig")


def _write_rows(
    file: IO[str],
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    progress: Progress | None,
) -> int:
    writer = csv.writer(file)
    writer.writerow(headers)
    number = 0
    for number, row in enumerate(rows, start=1):
        writer.writerow([disarmed(_plain(value)) for value in row])
        _tell(progress, number)
    return number


def template(columns: Sequence[Column]) -> bytes:
    """An empty XLSX to fill in: the headers on the first sheet, what they mean on the second."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, words = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet, notes = book.add_worksheet(_("rows")), book.add_worksheet(_("notes"))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, 18, words)  # text: long numbers keep their digits
            sheet.write(0, place, str(column.header), bold)
            need = _("required") if column.required else _("optional")
            notes.write_row(place, 0, [str(column.header), need, str(column.hint)])
        notes.set_column(0, 2, 30)
    return out.getvalue()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, datetime):
        local = value.astimezone(BEIJING) if value.tzinfo else value
        return local.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def _tell(progress: Progress | None, number: int) -> None:
    if progress is not None and number % 1_000 == 0:
        progress(number)
