"""`kepu export SHEET FILE`: write records as XLSX or CSV, row by row."""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from kepu.kernel.errors import BadInput
from kepu.web import starting

Rows = Iterable[Sequence[object]]
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a text that begins so


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sheet", metavar="SHEET", help="what to write, such as orders")
    parser.add_argument("file", metavar="FILE", help="a new file; .xlsx or .csv says the format")
    parser.add_argument(
        "--within", metavar="PATH", default="", help="only this division, such as 50.103."
    )


def run(options: argparse.Namespace) -> int:
    target = Path(options.file)
    write = {".xlsx": write_xlsx, ".csv": write_csv}.get(target.suffix.lower())
    if write is None:
        raise BadInput("the file's name must end in .xlsx or .csv")
    if target.exists() or not target.absolute().parent.is_dir():
        raise BadInput(f"{target} exists already, or its folder does not")
    starting.start_city()
    from kepu.web import sheets

    sheet = sheets.find(options.sheet, "write")
    assert sheet.write is not None  # noqa: S101 (find saw to it)
    header, rows = sheet.write(options.within)
    partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        count = write(partial, header, rows)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    print(f"{count:,} rows in {target}")
    return 0


def write_csv(path: Path, header: Sequence[str], rows: Rows) -> int:
    """With a byte-order mark, without which spreadsheets misread Chinese."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for count, row in enumerate(rows, 1):  # noqa: B007 (the last one is the count)
            writer.writerow([harmless(value) for value in row])
    return count


def harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def write_xlsx(path: Path, header: Sequence[str], rows: Rows) -> int:
    """In constant memory: rows go to the disk as they come."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "remove_timezone": True}  # fmt: skip
    count = 0
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header)
        for count, row in enumerate(rows, 1):
            sheet.write_row(count, 0, row)
    return count
