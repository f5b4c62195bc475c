"""The command `kepu survey link OLD.json NEW.json --method stocking-lord`."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.command.answers import Answer, about, run
from kepu_engines.survey.command.tables import read
from kepu_engines.survey.irt.linking import METHODS, Link, anchors, link

Make = Callable[..., argparse.ArgumentParser]
THETAS = (-2.0, -1.0, 0.0, 1.0, 2.0)


@dataclass(frozen=True)
class Bank:
    """Slope and difficulty of the items of one year, by name."""

    file: str
    items: Mapping[str, tuple[float, float]]


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey link",
        description="Put the items of one year on the scale of another; prints one JSON object.",
    )
    found.add_argument("old", type=Path, help=FILES)
    found.add_argument("new", type=Path, help="the same of the year to be put on the old scale")
    found.add_argument(
        "--method",
        default="stocking-lord",
        choices=sorted(METHODS),
        help="how the years are compared",
    )
    found.add_argument("--anchor", action="append", metavar="ITEM", help=ANCHOR)
    found.add_argument(
        "--leave-out", action="append", metavar="ITEM", help="item that is no anchor"
    )
    return found


FILES = "JSON as kepu survey irt prints it, or CSV with name, a and b"
ANCHOR = "item of both years to link by, once for each; all that both have if none is named"


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read two calibrations, link them, print. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    return run("link", lambda: linked(asked))


def linked(asked: argparse.Namespace) -> Answer:
    """The link with its error, and the new items on the old scale.

    Raises
    ------
    EngineError
        If a file cannot be understood, an anchor is not in both, or the link not be found.
    """
    old, new = bank(asked.old), bank(asked.new)
    names = _anchors(asked, old, new)
    with about(f"{old.file} and {new.file}"):
        values = [[year.items[name][at] for name in names] for year in (old, new) for at in (0, 1)]
        found = link(anchors(*values), asked.method)
    return Answer(plain=_summary(asked.method, names, found, new))


def bank(file: Path) -> Bank:
    """Items of a calibration.

    Raises
    ------
    EngineError
        If the file is of another kind, an item comes twice, or an item has several difficulties
        or a guessing parameter.
    """
    if file.suffix.lower() == ".json":
        rows = _of_json(file)
    else:
        table = read(file, ["name", "a", "b"])
        table.each_once("name")
        numbers = zip(table.cells["name"], table.filled("a"), table.filled("b"), strict=True)
        rows = [(name, float(a), float(b)) for name, a, b in numbers]
    found = {name: (a, b) for name, a, b in rows}
    require(len(found) == len(rows), f"{file.name}: an item comes twice")
    return Bank(file.name, found)


def _of_json(file: Path) -> list[tuple[str, float, float]]:
    try:
        items = json.loads(file.read_text(encoding="utf-8"))["items"]
        known = [(str(one["name"]), one["a"], one["b"], "c" in one) for one in items]
    except (UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"{file.name} is not what kepu survey irt prints") from error
    for name, a, b, guesses in known:
        plain = all(isinstance(one, int | float) for one in (a, b)) and not guesses
        require(
            plain,
            f"{file.name}, item {name}: only items with one slope and one difficulty are linked",
        )
    return [(name, float(a), float(b)) for name, a, b, _ in known]


def _anchors(asked: argparse.Namespace, old: Bank, new: Bank) -> list[str]:
    names = asked.anchor or [name for name in old.items if name in new.items]
    left_out = asked.leave_out or []
    for year in (old, new):
        missing = next((name for name in asked.anchor or [] if name not in year.items), None)
        require(missing is None, f"{year.file} has no item {missing}")
    unknown = next((name for name in left_out if name not in names), None)
    require(unknown is None, f"--leave-out {unknown}: this item is no anchor")
    return [name for name in names if name not in left_out]


def _summary(method: str, names: list[str], found: Link, new: Bank) -> dict[str, Any]:
    return {
        "method": method,
        "slope": found.slope,
        "shift": found.shift,
        "se_slope": float(np.sqrt(found.covariance[0, 0])),
        "se_shift": float(np.sqrt(found.covariance[1, 1])),
        "covariance": found.covariance.tolist(),
        "anchors": names,
        "linking_error": [{"theta": theta, "se": found.error(theta)} for theta in THETAS],
        "items": [
            {"name": name, "a": a / found.slope, "b": found.slope * b + found.shift}
            for name, (a, b) in new.items.items()
        ],
    }
