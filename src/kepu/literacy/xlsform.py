"""Items as an XLSForm, which ODK Collect and its kin ask in the field.

The standard's columns carry what is asked; columns of our own beside them (`kepu_...`), which its tools
pass over, carry what belongs to the bank. A booklet goes out without the key.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput
from kepu.kernel.tables import (
    MOST_OCTETS,
    MOST_ROWS,
    Column,
    Fault,
    Row,
    Sheet,
    require_modest,
)
from kepu.literacy.models import LETTERS, Item

LABELS = {"zh": "label::中文 (zh)", "en": "label::English (en)"}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
OWN = {
    "kepu_dimension": "dimension", "kepu_discipline": "discipline", "kepu_use": "use",
    "kepu_key": "key", "kepu_source": "source",
}  # fmt: skip
ONE = "select_one "
WIDEST = 40  # columns of a sheet that are looked at


def plain(words: str) -> str:
    """Words that stay words: the compiler takes `${` for the name of another question."""
    return words.replace("${", "$ {")


# --- out ------------------------------------------------------------------------------------------


def write(items: Iterable[Item], *, title: str, with_key: bool) -> bytes:
    """A workbook with the sheets `survey`, `choices` and `settings`."""
    import xlsxwriter

    survey: list[list[str]] = [["type", "name", *LABELS.values(), "required"]]
    choices: list[list[str]] = [["list_name", "name", *LABELS.values()]]
    survey[0] += OWN if with_key else []
    for item in items:
        said = {one.language: one for one in item.wordings.all()}
        asked = [said.get(language) for language in LANGUAGES.values()]
        name = f"q_{item.code.lower()}"
        stems = [plain(one.stem) if one else "" for one in asked]
        own = [item.dimension, item.discipline.key, item.use, item.letter.lower(), item.source]
        survey.append([f"{ONE}{name}", name, *stems, "yes", *(own if with_key else [])])
        for at in range(max(len(one.options) for one in asked if one)):
            options = [plain(one.options[at]) if one else "" for one in asked]
            choices.append([name, LETTERS[at].lower(), *options])
    settings = [
        ["form_title", "form_id", "default_language"],
        [plain(title), "kepu_items", "中文 (zh)"],
    ]
    out = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, safe) as book:
        for kind, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
            sheet = book.add_worksheet(kind)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


# --- in -------------------------------------------------------------------------------------------


def is_one(file: IO[bytes], name: str) -> bool:
    """Whether the file is a workbook with the two sheets that make an XLSForm."""
    if not name.lower().endswith(".xlsx"):
        return False
    try:
        book = _opened(file)
    except BadInput:
        return False  # the reader of tables says what is wrong with it
    finally:
        file.seek(0)
    return {"survey", "choices"} <= set(book.sheetnames)


def _opened(file: IO[bytes]) -> Any:
    from openpyxl import load_workbook  # asked late: pages do not need it

    broken = BadInput(_("this file cannot be read as an XLSX table"))
    if file.seek(0, io.SEEK_END) > MOST_OCTETS:
        raise BadInput(_("a table has at most %(most)s MB") % {"most": MOST_OCTETS // 2**20})
    file.seek(0)
    try:
        require_modest(file)
        return load_workbook(file, read_only=True, data_only=True)
    except (
        zipfile.BadZipFile,
        KeyError,
        IndexError,
        OSError,
        SyntaxError,
        TypeError,
        ValueError,
    ) as error:
        raise broken from error


def read(file: IO[bytes], columns: Sequence[Column]) -> Sheet:
    """Every `select_one` question as a row of the bank's own columns; other questions are faults."""
    book = _opened(file)
    options = _choices(_rows(book["choices"]))
    sheet = Sheet()
    for number, cells in _rows(book["survey"]):
        kind = cells.get("type", "")
        if kind.startswith(ONE):
            said = _said(cells, options.get(kind.removeprefix(ONE).strip(), []))
            _take(sheet, number, said, columns)
        elif kind and kind not in ("note", "begin group", "end group", "begin_group", "end_group"):
            words = _("only questions with one answer can be items; this one is: %(kind)s")
            sheet.faults.append(Fault(number, "type", words % {"kind": kind}))
    if not sheet.rows and not sheet.faults:
        raise BadInput(_("the form has no question with one answer (select_one)"))
    return sheet


def _rows(sheet: Any) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and cells by the name above them; empty rows are passed over."""
    rows = sheet.iter_rows(max_col=WIDEST, values_only=True)
    heads = [_text(cell) for cell in next(rows, ())]
    for number, cells in enumerate(rows, start=2):
        if number > MOST_ROWS + 1:
            raise BadInput(_("a table has at most %(most)s rows") % {"most": f"{MOST_ROWS:,}"})
        found = {head: _text(cell) for head, cell in zip(heads, cells, strict=False) if head}
        if any(found.values()):
            yield number, found


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


Option = dict[str, str]


def _choices(rows: Iterable[tuple[int, Option]]) -> dict[str, list[Option]]:
    found: dict[str, list[Option]] = {}
    for _number, cells in rows:
        found.setdefault(cells.get("list_name", ""), []).append(cells)
    return found


def _said(cells: dict[str, str], options: list[Option]) -> dict[str, str]:
    """The row as a table of the bank would have it: options in one cell, the key as a letter."""
    said = {own: cells.get(column, "") for column, own in OWN.items()}
    said["code"] = cells.get("name", "").removeprefix("q_").upper()
    for end, head in LABELS.items():
        plain = cells.get("label", "") if end == "zh" else ""
        said[f"stem_{end}"] = cells.get(head) or plain
        labels = [one.get(head) or (one.get("label", "") if end == "zh" else "") for one in options]
        said[f"options_{end}"] = " | ".join(label for label in labels if label)
    names = [one.get("name", "") for one in options]
    if said["key"] in names[: len(LETTERS)]:
        said["key"] = LETTERS[names.index(said["key"])]
    return said


def _take(sheet: Sheet, number: int, said: dict[str, str], columns: Sequence[Column]) -> None:
    values: dict[str, Any] = {}
    before = len(sheet.faults)
    for column in columns:
        text = said.get(column.key, "")
        try:
            if column.required and not text:
                raise ValueError(_("this cell is empty"))
            values[column.key] = column.read(text) if text else None
        except ValueError as error:
            sheet.faults.append(Fault(number, str(column.header), str(error)))
    if len(sheet.faults) == before:
        sheet.rows.append(Row(number, values))
