"""`kepu import SHEET FILE`: every wrong row is listed, and nothing is imported until there is none."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kepu.kernel.errors import BadInput
from kepu.web import starting
from kepu.web.progress import Progress
from kepu.web.speech import n_, say

if TYPE_CHECKING:
    from kepu.kernel.sheets import Errand, Taking

EXAMPLE = """\
kepu import teams --template teams.xlsx --as zhang.example
kepu import teams teams.xlsx --as zhang.example --dry-run
kepu import menus menu.csv --as li.example --for 市科技馆志愿服务队"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sheet", metavar="SHEET", help=n_("teams, volunteers, menus, organisations")
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help=n_("an XLSX or CSV file"))
    parser.add_argument(
        "--as",
        dest="login",
        metavar="LOGIN",
        required=True,
        help=n_("whose rights and name it has"),
    )
    parser.add_argument("--for", dest="of", metavar="NAME", default="", help=n_("whose menu it is"))
    parser.add_argument("--dry-run", action="store_true", help=n_("only say what is wrong"))
    parser.add_argument("--template", metavar="NEW", help=n_("write an empty table to fill in"))


def run(options: argparse.Namespace) -> int:
    starting.start_city()
    from kepu.kernel import clock, sheets
    from kepu.web.actions import known_login

    taking = sheets.to_take_in(options.sheet)
    errand = sheets.Errand(
        known_login(options.login), clock.now(), options.of, Progress(sys.stderr)
    )
    if options.template:
        return _write_template(taking, errand, Path(options.template))
    path = Path(options.file or "")
    if not path.is_file():
        raise BadInput(say(n_("there is no file %(path)s"), path=path))
    return _take_in(taking, errand, path, dry=options.dry_run)


def _write_template(taking: Taking, errand: Errand, path: Path) -> int:
    if path.exists() or path.suffix != ".xlsx":
        raise BadInput(
            say(n_("%(path)s exists already, or its name does not end in .xlsx"), path=path)
        )
    path.write_bytes(taking.template(errand))
    print(say(n_("fill in %(path)s; its second page says what belongs where"), path=path))
    return 0


def _take_in(taking: Taking, errand: Errand, path: Path, *, dry: bool) -> int:
    with path.open("rb") as file:
        faults = taking.attempt(file, path.name, errand)
        for fault in faults:
            print(f"{fault.row}\t{fault.column}\t{fault.sentence}")
        if faults:
            raise BadInput(say(n_("%(count)s faults; nothing was imported"), count=len(faults)))
        if dry:
            print(say(n_("every row is right; nothing was imported yet")))
            return 0
        file.seek(0)
        print(say(n_("%(count)s rows imported"), count=taking.take_in(file, path.name, errand)))
    return 0
