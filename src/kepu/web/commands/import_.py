"""`kepu import SHEET FILE`: every wrong row is listed, and nothing is imported until there is none."""

from __future__ import annotations

import argparse
from pathlib import Path

from kepu.kernel.errors import BadInput
from kepu.web import starting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sheet", metavar="SHEET", help="what the file holds, such as teams")
    parser.add_argument("file", metavar="FILE", help="an XLSX or CSV file")
    parser.add_argument("--dry-run", action="store_true", help="only say what is wrong")


def run(options: argparse.Namespace) -> int:
    starting.start_city()
    from kepu.kernel import clock
    from kepu.web import sheets

    sheet = sheets.find(options.sheet, "read")
    path = Path(options.file)
    if not path.is_file() or sheet.read is None:
        raise BadInput(f"there is no file {path}")
    faults = list(sheet.read(path, options.dry_run, clock.now()))
    print("\n".join(faults))
    if faults:
        raise BadInput(f"{len(faults)} rows are wrong; nothing was imported")
    print("every row is right" + ("" if options.dry_run else "; imported"))
    return 0
