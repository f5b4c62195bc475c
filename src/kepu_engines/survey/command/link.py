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
from kepu_engines.survey.command.by_group import told
from kepu_engines.survey.command.tables import read
from kepu_engines.survey.irt.linking import METHODS, Link, anchors, link
from kepu_engines.survey.irt.responses import Floats

Make = Callable[..., argparse.ArgumentParser]


@dataclass(frozen=True)
class Item:
    """Slope, difficulties and chance of guessing of an item; `guesses` if it has one of its own."""

    a: float
    b: tuple[float, ...]
    c: float = 0.0
    guesses: bool = False

    @property
    def figures(self) -> int:
        """How many numbers an item has."""
        return 1 + len(self.b) + self.guesses


@dataclass(frozen=True)
class Bank:
    """The items of one year by name, and the covariance of all their figures where it was printed."""

    file: str
    items: Mapping[str, Item]
    covariance: Floats | None = None

    def of(self, names: Sequence[str]) -> tuple[Floats, Floats, Floats]:
        """Slopes, difficulties (a row for each item, filled up with NaN) and guesses of some items."""
        held = [self.items[name] for name in names]
        most = max((len(one.b) for one in held), default=1)
        b = [[*one.b, *[np.nan] * (most - len(one.b))] for one in held]
        return (
            np.array([one.a for one in held]),
            np.array(b).reshape(len(held), most),
            np.array([one.c for one in held]),
        )

    def spread(self, names: Sequence[str]) -> Floats | None:
        """The covariance of the figures of some items, in this order."""
        if self.covariance is None:
            return None
        ends = np.cumsum([one.figures for one in self.items.values()])
        starts = dict(zip(self.items, ends, strict=True))
        at = [place for name in names for place in self._places(name, int(starts[name]))]
        return self.covariance[np.ix_(at, at)]

    def _places(self, name: str, end: int) -> range:
        return range(end - self.items[name].figures, end)


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


CREDIT = ("pcm", "gpcm")
UNLINKED = (
    "partial credit is not linked from two files: put both years in one, with kepu survey irt --group "
    "YEAR --link"
)
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
        (a_old, b_old, c_old), (a_new, b_new, c_new) = _alike(old.of(names), new.of(names))
        items = anchors(a_old, b_old, a_new, b_new, c_old, c_new)
        guess = [any(year.items[name].guesses for name in names) for year in (old, new)]
        require(guess[0] == guess[1], "one year has chances of guessing and the other has none")
        found = link(items, asked.method, old.spread(names), new.spread(names))
    return Answer(plain=_summary(asked.method, names, found, new), notes=_notes(old, new))


def _alike(
    old: tuple[Floats, Floats, Floats], new: tuple[Floats, Floats, Floats]
) -> list[tuple[Floats, Floats, Floats]]:
    """Tables of difficulties of equal width."""
    most = max(old[1].shape[1], new[1].shape[1])
    found = []
    for a, b, c in (old, new):
        more = np.full((len(b), most - b.shape[1]), np.nan)
        found.append((a, np.hstack([b, more]), c))
    return found


def _notes(old: Bank, new: Bank) -> tuple[str, ...]:
    """Which files say nothing of their own errors."""
    without = [year.file for year in (old, new) if year.covariance is None]
    if not without:
        return ()
    files = " and ".join(without)
    return (
        f"{files}: no covariance, so that the sampling of persons is not counted; "
        "kepu survey irt --covariance prints it",
    )


def bank(file: Path) -> Bank:
    """Items of a calibration.

    Raises
    ------
    EngineError
        If the file is of another kind, or an item comes twice.
    """
    if file.suffix.lower() == ".json":
        return _of_json(file)
    header = ["name", "a", "b"]
    table = read(file, header)
    table.each_once("name")
    numbers = zip(table.cells["name"], table.filled("a"), table.filled("b"), strict=True)
    return Bank(file.name, {name: Item(float(a), (float(b),)) for name, a, b in numbers})


def _of_json(file: Path) -> Bank:
    try:
        whole = json.loads(file.read_text(encoding="utf-8"))
        rows = [(str(one["name"]), _item(one)) for one in whole["items"]]
        given = whole.get("covariance")
        covariance = None if given is None else np.array(given, dtype=np.float64)
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError(f"{file.name} is not what kepu survey irt prints") from error
    found = dict(rows)
    require(whole.get("model") not in CREDIT, f"{file.name}: {UNLINKED}")
    require(len(found) == len(rows), f"{file.name}: an item comes twice")
    size = sum(one.figures for one in found.values())
    right = covariance is None or covariance.shape == (size, size)
    require(right, f"{file.name}: the covariance is not that of its items: print it again")
    return Bank(file.name, found, covariance)


def _item(one: Mapping[str, Any]) -> Item:
    steps = one["b"] if isinstance(one["b"], list) else [one["b"]]
    return Item(float(one["a"]), tuple(map(float, steps)), float(one.get("c", 0)), "c" in one)


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
        **told(found),
        "anchors": names,
        "items": [_moved(name, one, found) for name, one in new.items.items()],
    }


def _moved(name: str, one: Item, found: Link) -> dict[str, Any]:
    """A new item on the old scale."""
    b = [found.slope * step + found.shift for step in one.b]
    row = {"name": name, "a": one.a / found.slope, "b": b if len(b) > 1 else b[0]}
    return row | ({"c": one.c} if one.guesses else {})
