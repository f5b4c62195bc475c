"""The command `kepu survey design FRAME.csv --stratum district --size adults --total 24000`."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.command.answers import Answer, about, checked_out, run
from kepu_engines.survey.command.tables import Table, read
from kepu_engines.survey.design import Reals
from kepu_engines.survey.sampling.allocation import (
    Counts,
    allocate,
    neyman,
    power,
    proportional,
    to_approach,
)
from kepu_engines.survey.sampling.precision import Expected, least_total

Make = Callable[..., argparse.ArgumentParser]
WHOLE = "all"


@dataclass(frozen=True)
class Strata:
    """The strata of a frame: names, people, expected shares, domains, and columns of one number."""

    names: list[str]
    first: NDArray[np.int64]
    of_row: NDArray[np.int32]
    table: Table

    @classmethod
    def of(cls, table: Table, column: str) -> "Strata":
        """Strata in the order of their labels, with the first row of each."""
        of_row, names = table.domains(column)
        gap = int((of_row < 0).argmax())
        place = table.where(gap, column)
        require(bool((of_row >= 0).all()), f"{place}: the stratum must not be missing")
        return cls(names, np.unique(of_row, return_index=True)[1], of_row, table)

    def summed(self, column: str) -> Reals:
        """A number above 0 of each row, added up by stratum."""
        return np.bincount(self.of_row, self.table.above(column)).astype(np.float64)

    def one(self, word: str) -> Reals:
        """A number for all strata, or a column that has one number for each stratum."""
        try:
            return np.full(len(self.names), float(word))
        except ValueError:
            pass
        given = self.table.filled(word)
        differs = given != given[self.first][self.of_row]
        row = int(differs.argmax())
        place = self.table.where(row, word)
        require(not differs[row], f"{place}: {given[row]:g} differs from the stratum's first row")
        return given[self.first]

    def domain(self, column: str) -> list[str]:
        """The domain of each stratum, which must be one."""
        words = self.table.cells[column]
        found = [words[row] for row in self.first]
        for row, code in enumerate(self.of_row):
            place = self.table.where(row, column)
            require(
                words[row] == found[code], f"{place}: stratum {self.names[code]} is in two domains"
            )
        return found


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey design",
        description="Share out a sample over strata and tell how exact it will be; prints CSV.",
    )
    found.add_argument("frame", type=Path, help="CSV or Parquet: rows with strata and their people")
    found.add_argument("--stratum", required=True, help="column of strata")
    found.add_argument("--size", required=True, help="column of people, added up by stratum")
    one = found.add_mutually_exclusive_group(required=True)
    one.add_argument("--total", type=int, metavar="N", help="interviews of all strata together")
    one.add_argument(
        "--half-width", type=float, metavar="H", help="wanted of the whole, as 0.01 for a point"
    )
    one.add_argument("--each", type=float, metavar="H", help="half-width wanted in every stratum")
    found.add_argument(
        "--how", default="proportional", choices=["proportional", "neyman", "power"], help=HOW
    )
    found.add_argument("--exponent", type=float, default=0.5, help="of power: 0 equal, 1 by size")
    found.add_argument("--share", default="0.5", metavar="P", help=SHARE)
    found.add_argument("--cost", default="1", metavar="C", help="of an interview: number or column")
    found.add_argument("--deff", type=float, default=1.0, help="design effect inside a stratum")
    found.add_argument("--least", type=int, default=2, metavar="N", help="interviews of a stratum")
    found.add_argument(
        "--response",
        type=float,
        default=1.0,
        metavar="R",
        help="share of those approached who answer",
    )
    found.add_argument("--by", metavar="D", help="column of domains made of whole strata")
    found.add_argument("--level", type=float, default=0.95, help="level of the intervals")
    found.add_argument("--out", type=Path, metavar="FILE", help="CSV or Parquet to write to")
    return found


HOW = "by people, by Neyman's optimum for the whole, or by a power of the people"
SHARE = "share expected: a number, or a column with one for each stratum"


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read a frame, share out, print. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    return run("design", lambda: designed(asked))


def designed(asked: argparse.Namespace) -> Answer:
    """Interviews, people to approach and half-width of each stratum, each domain and the whole.

    Raises
    ------
    EngineError
        If the frame cannot be understood, or the target not be reached.
    """
    out = checked_out(asked.out)
    numbers = [word for word in (asked.share, asked.cost) if not _is_number(word)]
    others = [asked.by] if asked.by else []
    columns = dict.fromkeys([asked.stratum, asked.size, *numbers, *others])
    table = read(asked.frame, list(columns))
    with about(table.file):
        strata = Strata.of(table, asked.stratum)
        expected = Expected(
            strata.summed(asked.size), strata.one(asked.share), asked.deff, asked.level
        )
        _refuse_impossible(expected, strata.names)
        people = _people(asked, strata, expected)
        return Answer(_columns(asked, strata, expected, people), out=out)


def _refuse_impossible(expected: Expected, names: list[str]) -> None:
    outside = (expected.share <= 0) | (expected.share >= 1)
    at = int(outside.argmax())
    share = expected.share[at]
    require(not outside[at], f"stratum {names[at]}: the share must lie in (0, 1), not {share:g}")
    small = int(expected.size.argmin())
    require(expected.size[small] >= 2, f"stratum {names[small]} has fewer than two people")


def _people(asked: argparse.Namespace, strata: Strata, expected: Expected) -> Counts:
    """Interviews of each stratum."""
    most = np.floor(expected.size).astype(np.int64)
    least = np.minimum(asked.least, most)
    if asked.each is not None:
        require(0 < asked.each < 1, f"the half-width must lie between 0 and 1, not {asked.each:g}")
        return _each(asked.each, expected, least, most)
    measure = _measure(asked, strata, expected)

    def allocated(total: int) -> Counts:
        return allocate(max(total, int(least.sum())), measure, least, most)

    if asked.total is not None:
        return allocate(asked.total, measure, least, most)
    total = least_total(
        allocated, lambda n: float(expected.joined(n)[0]), asked.half_width, int(most.sum())
    )
    return allocated(total)


def _each(width: float, expected: Expected, least: Counts, most: Counts) -> Counts:
    """The least interviews of every stratum that reach the half-width in it."""
    found = [
        least_total(
            lambda n, at=at: np.array([n]),  # type: ignore[misc]
            lambda n, at=at: _one_width(expected, at, int(n[0])),  # type: ignore[misc]
            width,
            int(most[at]),
        )
        for at in range(most.size)
    ]
    return np.maximum(found, least)


def _one_width(expected: Expected, at: int, people: int) -> float:
    one = Expected(
        expected.size[at : at + 1], expected.share[at : at + 1], expected.deff, expected.level
    )
    return float(one.each([people])[0])


def _measure(asked: argparse.Namespace, strata: Strata, expected: Expected) -> Reals:
    if asked.how == "neyman":
        spread = np.sqrt(expected.share * (1 - expected.share))
        return neyman(expected.size, spread, strata.one(asked.cost))
    if asked.how == "power":
        return power(expected.size, asked.exponent)
    return proportional(expected.size)


def _columns(
    asked: argparse.Namespace, strata: Strata, expected: Expected, people: Counts
) -> dict[str, list[Any]]:
    """Strata first, then domains, then the whole."""
    count = len(strata.names)
    home = strata.domain(asked.by) if asked.by else [""] * count
    domains, codes = np.unique(home, return_inverse=True)
    blocks = [(strata.names, home, np.arange(count), expected.each(people))]
    if asked.by:
        width = expected.joined(people, np.array(home))
        blocks.append(([""] * domains.size, domains.tolist(), codes, width))
    blocks.append(([WHOLE], [WHOLE], np.zeros(count, np.int64), expected.joined(people)))
    found: dict[str, list[Any]] = {asked.stratum: [], "size": [], "interviews": []}
    found = ({asked.stratum: [], asked.by: []} if asked.by else {}) | found
    found |= {"approach": [], "half_width": []}
    for names, of, code, width in blocks:
        interviews = np.bincount(code, people).astype(np.int64).tolist()
        found[asked.stratum] += names
        if asked.by:
            found[asked.by] += of
        found["size"] += np.bincount(code, expected.size).tolist()
        found["interviews"] += interviews
        found["approach"] += [to_approach(one, asked.response) for one in interviews]
        found["half_width"] += width.tolist()
    return found


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
