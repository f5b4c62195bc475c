"""The command `kepu survey estimate DATA.csv --strata S --psu P --weight W --mean Y --by D`."""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError, told
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.chunks import (
    Chunk,
    quantile_in_chunks,
    ratio_in_chunks,
    total_in_chunks,
)
from kepu_engines.survey.command.answers import about
from kepu_engines.survey.command.tables import MISSING, Table, chunks, order, read
from kepu_engines.survey.design import Design, Lonely, Reals
from kepu_engines.survey.disclosure import CellRule
from kepu_engines.survey.estimates import Estimates, mean, ratio, total
from kepu_engines.survey.quantiles import quantiles
from kepu_engines.survey.shares import share_interval

Make = Callable[..., argparse.ArgumentParser]
FIGURES = ("total", "mean", "share", "ratio", "quantile")
HEADER = ("domain", "estimate", "se", "low", "high", "deff", "n")


@dataclass(frozen=True)
class Figure:
    """What is asked for: which figure, of which columns, and the share of a quantile."""

    name: str
    of: str
    columns: tuple[str, ...]
    share: float = 0.5


@dataclass(frozen=True)
class Found:
    """An estimate of every domain with its interval; `told` holds rows and degrees of freedom."""

    value: Reals
    se: Reals
    low: Reals
    high: Reals
    told: Estimates


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey estimate",
        description="Estimate a figure of the population by domain; prints CSV.",
    )
    found.add_argument("data", type=Path, help="CSV or Parquet: a row for each person asked")
    found.add_argument("--weight", required=True, help="column of design weights")
    found.add_argument("--strata", action="append", help="column of strata, once for each stage")
    found.add_argument("--psu", action="append", help="column of clusters, once for each stage")
    found.add_argument(
        "--fpc", action="append", help="column of sampling fractions or sizes, once for each stage"
    )
    found.add_argument("--lonely", default="fail", choices=list(Lonely), help=LONELY)
    one = found.add_mutually_exclusive_group(required=True)
    one.add_argument("--total", metavar="Y", help="the total of a column")
    one.add_argument("--mean", metavar="Y", help="the mean of a column")
    one.add_argument("--share", metavar="Y", help="the share of ones in a column of 0 and 1")
    one.add_argument("--ratio", metavar="Y/X", help="the ratio of two columns' totals")
    one.add_argument("--quantile", metavar="Y:0.5", help="a quantile of a column")
    found.add_argument("--by", metavar="D", help="column of domains")
    found.add_argument("--id", help="column that names the person, each once")
    found.add_argument("--level", type=float, default=0.95, help="level of the intervals")
    found.add_argument(
        "--interval", default="logit", choices=["logit", "beta"], help="interval of a share"
    )
    found.add_argument(
        "--least", type=int, default=0, metavar="N", help="withhold domains of fewer rows"
    )
    found.add_argument("--chunk", type=int, metavar="ROWS", help=CHUNK)
    found.add_argument("--json", action="store_true", help="print one JSON object instead")
    return found


CHUNK = "read so many rows at a time, for files larger than memory"
LONELY = "what a stratum with one cluster adds; it is refused unless this is named"


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read a sample, estimate, print. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    try:
        answer, left_out = estimate(asked)
    except (EngineError, OSError) as error:
        print(f"kepu survey estimate: {told(error)}", file=sys.stderr)
        return 2
    if left_out:
        print(
            f"kepu survey estimate: {left_out} rows left out, a value is missing", file=sys.stderr
        )
    if asked.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _print_table(answer["domains"])
    return 0


def estimate(asked: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """The figure asked for of the file asked for, and how many rows had a gap.

    Raises
    ------
    EngineError
        If the file cannot be understood, or the figure not be estimated; the sentence names
        the file, and the row and column where there is one.
    """
    figure = figure_of(asked)
    stages = [*(asked.strata or []), *(asked.psu or []), *(asked.fpc or [])]
    others = [name for name in (asked.by, asked.id) if name is not None]
    columns = dict.fromkeys([*figure.columns, asked.weight, *stages, *others])
    if asked.chunk is not None:
        return in_chunks(asked, figure, list(columns))
    table = read(asked.data, list(columns))
    if asked.id is not None:
        table.each_once(asked.id)
    with about(table.file):
        return _estimated(asked, figure, table)


def in_chunks(
    asked: argparse.Namespace, figure: Figure, columns: list[str]
) -> tuple[dict[str, Any], int]:
    """The same for a file larger than memory, which is read several times.

    Raises
    ------
    EngineError
        As `estimate`; or if every row is a cluster or must be remembered by its name.
    """
    require(asked.id is None, "--id would keep every name: leave it out with --chunk")
    require(bool(asked.psu), "--chunk needs --psu: without it every row is a cluster to be kept")
    rows, gaps = 0, 0

    def passes() -> Iterator[Chunk]:
        nonlocal rows, gaps
        rows = gaps = 0
        for table in chunks(asked.data, columns, asked.chunk):
            chunk = _chunk(asked, figure, table)
            rows, gaps = rows + len(table), gaps + int((~chunk.inside).sum())
            del table
            yield chunk
            del chunk

    with about(asked.data.name):
        names, found = _figure_in_chunks(asked, figure, passes)
    return _answer(asked, figure, (rows, gaps), names, found), gaps


def _figure_in_chunks(
    asked: argparse.Namespace, figure: Figure, passes: Callable[[], Iterator[Chunk]]
) -> tuple[list[str], Found]:
    lonely = Lonely(asked.lonely)
    if figure.name == "quantile":
        names, one = quantile_in_chunks(passes, figure.share, asked.level, lonely, order)
        return names, Found(one.value, one.se, one.low, one.high, one.share)
    names, found = (total_in_chunks if figure.name == "total" else ratio_in_chunks)(
        passes, lonely, order
    )
    return names, _with_interval(found, figure, asked)


def _chunk(asked: argparse.Namespace, figure: Figure, table: Table) -> Chunk:
    """Some rows of the file as the engine takes them."""
    values, gap = _values(asked, figure, table)
    words = table.cells[asked.by] if asked.by else ["all"] * len(table)
    clusters = [table.words(name) for name in asked.psu]
    strata = [table.words(name) for name in asked.strata or []]
    strata += [np.zeros(len(table), "U1")] * (len(clusters) - len(strata))
    require(len(strata) == len(clusters), "strata and clusters must have the same number of stages")
    fpc = tuple(table.full(name) for name in asked.fpc) if asked.fpc else None
    require(fpc is None or len(fpc) == len(clusters), "fpc must have as many stages as strata")
    x = values[1] if len(values) > 1 else None
    weight = _weight(asked, table)
    return Chunk(tuple(strata), tuple(clusters), weight, values[0], x, np.array(words), ~gap, fpc)


def figure_of(asked: argparse.Namespace) -> Figure:
    """Which figure the words ask for.

    Raises
    ------
    EngineError
        If a ratio does not name two columns, or a quantile no share in (0, 1).
    """
    name = next(name for name in FIGURES if getattr(asked, name) is not None)
    words = str(getattr(asked, name))
    if name == "ratio":
        top, _, below = words.partition("/")
        require(bool(top and below), f"--ratio needs two columns as Y/X, not {words!r}")
        return Figure(name, words, (top, below))
    if name != "quantile":
        return Figure(name, words, (words,))
    column, _, share = words.rpartition(":")
    try:
        found = float(share)
    except ValueError:
        found = 0
    require(
        bool(column) and 0 < found < 1,
        f"--quantile needs a column and a share in (0, 1) as Y:0.5, not {words!r}",
    )
    return Figure(name, words, (column,), found)


def _estimated(
    asked: argparse.Namespace, figure: Figure, table: Table
) -> tuple[dict[str, Any], int]:
    design = _design(asked, table)
    domain, names = np.zeros(len(table), np.int32), ["all"]
    if asked.by is not None:
        domain, names = table.domains(asked.by)
    values, gap = _values(asked, figure, table)
    _refuse_nothing(figure, gap)
    domain, names = _without_empty(np.where(gap, -1, domain), names)
    found = _figure(design, figure, values, domain, asked)
    gaps = int(gap.sum())
    return _answer(asked, figure, (len(table), gaps), names, found), gaps


def _values(
    asked: argparse.Namespace, figure: Figure, table: Table
) -> tuple[list[Reals], NDArray[np.bool_]]:
    """The columns of the figure, 0 in their gaps, and which rows have a gap in them or in the domain."""
    values = [table.numbers(column) for column in figure.columns]
    if figure.name == "share":
        _refuse_other_than_0_and_1(table, figure.columns[0], values[0])
    gap = np.asarray(np.isnan(np.array(values)).any(axis=0), np.bool_)
    if asked.by is not None:
        gap |= np.array([word in MISSING for word in table.cells[asked.by]])
    return [np.nan_to_num(one) for one in values], gap


def _refuse_nothing(figure: Figure, gap: NDArray[np.bool_]) -> None:
    require(not gap.all(), f"every row misses a value in {', '.join(figure.columns)}")


def _answer(
    asked: argparse.Namespace,
    figure: Figure,
    counts: tuple[int, int],
    names: list[str],
    found: Found,
) -> dict[str, Any]:
    rows, gaps = counts
    return {
        "figure": figure.name,
        "of": figure.of,
        "level": asked.level,
        "rows": rows,
        "left_out": gaps,
        "domains": _rows(found, names, asked.least),
    }


def _design(asked: argparse.Namespace, table: Table) -> Design:
    clusters = [table.labels(name) for name in asked.psu or []] or [np.arange(len(table))]
    strata = [table.labels(name) for name in asked.strata or []]
    # A later stage is mostly drawn without strata of its own.
    strata += [np.zeros(len(table), int)] * (len(clusters) - len(strata))
    sizes = [table.full(name) for name in asked.fpc] if asked.fpc else None
    return Design.of(strata, clusters, _weight(asked, table), sizes, Lonely(asked.lonely))


def _weight(asked: argparse.Namespace, table: Table) -> Reals:
    weight = table.full(asked.weight)
    row = int(weight.argmin())
    place = table.where(row, asked.weight)
    require(weight[row] > 0, f"{place}: {weight[row]:g} is not a weight above 0")
    return weight


def _without_empty(domain: NDArray[Any], names: list[str]) -> tuple[NDArray[Any], list[str]]:
    """Domains that have rows left, numbered anew."""
    held = np.bincount(domain[domain >= 0], minlength=len(names)) > 0
    number = np.append(np.cumsum(held) - 1, -1)
    return number[domain], [name for name, some in zip(names, held, strict=True) if some]


def _refuse_other_than_0_and_1(table: Table, column: str, values: Reals) -> None:
    wrong = np.flatnonzero(~np.isnan(values) & (values != 0) & (values != 1))
    if wrong.size:
        row = int(wrong[0])
        raise EngineError(f"{table.where(row, column)}: {values[row]:g} is neither 0 nor 1")


def _figure(
    design: Design, figure: Figure, values: list[Reals], domain: NDArray[Any], asked: Any
) -> Found:
    if figure.name == "quantile":
        one = quantiles(design, values[0], [figure.share], domain, asked.level)[0]
        return Found(one.value, one.se, one.low, one.high, one.share)
    if figure.name == "ratio":
        found = ratio(design, values[0], values[1], domain)
    else:
        found = (total if figure.name == "total" else mean)(design, values[0], domain)
    return _with_interval(found, figure, asked)


def _with_interval(found: Estimates, figure: Figure, asked: argparse.Namespace) -> Found:
    """Estimates with intervals: those of a share stay inside [0, 1]."""
    if figure.name == "share":
        low, high = share_interval(found, asked.level, asked.interval)
    else:
        low, high = found.interval(asked.level)
    return Found(found.value, found.se, low, high, found)


def _rows(found: Found, names: list[str], least: int) -> list[dict[str, Any]]:
    """A row for each domain; of one that is withheld only the reason."""
    reasons = CellRule("--least", least, complement=len(names) > 1).withheld(found.told)
    numbers = (found.value, found.se, found.low, found.high, found.told.deff, found.told.n)
    rows = []
    for place, (name, reason) in enumerate(zip(names, reasons, strict=True)):
        cells = [None if reason else _cell(column[place]) for column in numbers]
        row = dict(zip(HEADER, [name, *cells], strict=True))
        rows.append(row | ({"withheld": reason and str(reason)} if least else {}))
    return rows


def _cell(number: Any) -> float | int | None:
    if isinstance(number, np.integer):
        return int(number)
    return float(number) if np.isfinite(number) else None


def _print_table(rows: list[dict[str, Any]]) -> None:
    written = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
    written.writeheader()
    written.writerows(rows)
