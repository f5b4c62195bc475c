"""`kepu export SHEET --out FILE`: write records as XLSX or CSV, row by row."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kepu.kernel.errors import BadInput
from kepu.web import starting
from kepu.web.progress import Progress
from kepu.web.speech import n_, say

if TYPE_CHECKING:
    from kepu.kernel.sheets import Written

EXAMPLE = """\
kepu export orders --out orders.xlsx
kepu export hours --out hours.csv --within 50.103."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sheet", metavar="SHEET", help=n_("orders, teams, volunteers, hours, menus, organisations")
    )
    parser.add_argument(
        "--out", metavar="FILE", required=True, help=n_("a new file: .xlsx or .csv")
    )
    parser.add_argument(
        "--within", metavar="PATH", default="", help=n_("only this division, such as 50.103.")
    )


def run(options: argparse.Namespace) -> int:
    target = Path(options.out)
    if target.suffix.lower() not in (".xlsx", ".csv"):
        raise BadInput(say(n_("the file's name must end in .xlsx or .csv")))
    if target.exists() or not target.absolute().parent.is_dir():
        raise BadInput(say(n_("%(target)s exists already, or its folder does not"), target=target))
    starting.start_city(reading=True)
    from kepu.kernel import clock, sheets
    from kepu.web import actions

    now = clock.now()
    written = sheets.to_write(options.sheet)(options.within, now)
    count = _write(target, written, sheets.title_of(options.sheet))
    actions.note_export(options.sheet, options.within, count, by=None, now=now)
    print(say(n_("%(count)s rows in %(target)s"), count=f"{count:,}", target=target))
    return 0


def _write(target: Path, written: Written, title: str) -> int:
    """Beside the target first, so that a file half written never has its name."""
    from kepu.kernel import tables

    headers, rows = written
    progress = Progress(sys.stderr)
    tell = partial(_tell, progress)
    beside = target.with_name(f".{os.getpid()}-{target.name}")
    try:
        if target.suffix.lower() == ".xlsx":
            count = tables.write_xlsx(beside, headers, rows, tell, title)
        else:
            count = tables.write_csv(beside, headers, rows, tell)
        beside.rename(target)
    finally:
        progress.finish()
        beside.unlink(missing_ok=True)
    return count


def _tell(progress: Progress, rows: int) -> None:
    """How many there will be is known when the last is read: they are counted as they come."""
    progress("rows", rows, 0)
