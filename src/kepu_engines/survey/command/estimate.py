"""The command `kepu survey estimate DATA.csv --strata S --psu P --weight W --mean Y --by D`."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.chunks import (
    Chunk,
    quantile_in_chunks,
    ratio_in_chunks,
    total_in_chunks,
)
from kepu_engines.survey.command import replicated
from kepu_engines.survey.command.answers import Answer, about, cell, run
from kepu_engines.survey.command.contrasts import CONTRAST, contrasts, refuse_unfit
from kepu_engines.survey.command.persons import ID, Persons
from kepu_engines.survey.command.regress import Explained, Formula, regressed
from kepu_engines.survey.command.tables import (
    MISSING,
    Table,
    chunks,
    header_of,
    order,
    read,
)
from kepu_engines.survey.design import Design, Lonely, Reals
from kepu_engines.survey.disclosure import CellRule, Withheld
from kepu_engines.survey.estimates import Estimates, mean, ratio, total
from kepu_engines.survey.quantiles import quantiles
from kepu_engines.survey.replicated import Sample
from kepu_engines.survey.replicates import Replicates
from kepu_engines.survey.shares import share_interval

Make = Callable[..., argparse.ArgumentParser]
FIGURES = ("total", "mean", "share", "ratio", "quantile", "regress")
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
    one.add_argument("--regress", metavar='"Y ~ X"', help=REGRESS)
    found.add_argument("--logistic", action="store_true", help="--regress: on the log odds of Y")
    replicated.add(found)
    found.add_argument("--by", metavar="D", help="column of domains")
    found.add_argument("--contrast", action="append", metavar="U-V", help=CONTRAST)
    found.add_argument("--id", help=ID)
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


REGRESS = "coefficients of a regression; columns of words count as 0 and 1 for each but the first"
CHUNK = "read so many rows at a time, for files larger than memory"
LONELY = "what a stratum with one cluster adds; it is refused unless this is named"


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read a sample, estimate, print. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    return run("estimate", lambda: answered(asked, progress))


def answered(asked: argparse.Namespace, progress: Progress = silent) -> Answer:
    """The figure asked for of the file asked for, as a table or one object, with remarks.

    Raises
    ------
    EngineError
        If the file cannot be understood, or the figure not be estimated; the sentence names
        the file, and the row and column where there is one.
    """
    figure = figure_of(asked)
    replicated.refuse_mixture(asked)
    refuse_unfit(asked, figure.name)
    regress = figure.name == "regress"
    require(regress or not asked.logistic, "--logistic needs --regress")
    require(not (regress and asked.least), "--least is of figures: leave it out with --regress")
    header = header_of(asked.data)
    stages = [*(asked.strata or []), *(asked.psu or []), *(asked.fpc or [])]
    others = [] if asked.by is None else [asked.by]
    weights = replicated.columns(asked, header)
    columns = list(dict.fromkeys([*figure.columns, asked.weight, *stages, *others, *weights]))
    persons = Persons.of(asked.id, header, columns)
    if asked.chunk is not None:
        require(not regress, "--regress reads the file whole: leave --chunk out")
        answer = in_chunks(asked, figure, columns, persons, progress)
    else:
        table = read(asked.data, list(dict.fromkeys([*columns, *persons.columns])))
        persons.refuse_doubles(lambda: [table])
        with about(table.file):
            answer = _estimated(asked, figure, table, progress)
    gaps = answer["left_out"]
    left_out = (
        (f"{gaps} {'row' if gaps == 1 else 'rows'} left out, a value is missing",) if gaps else ()
    )
    notes = (*persons.notes, *left_out, *_certain(asked, answer["domains"]))
    if asked.json:
        return Answer(plain=answer, notes=notes)
    rows = answer["contrasts"] if asked.contrast else answer["domains"]
    told = {name: [row[name] for row in rows] for name in rows[0]}
    return Answer(told, notes=notes, words=("domain", "term", "contrast"))


def _certain(asked: argparse.Namespace, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """An error of 0 is not measured: it follows from calling lonely clusters certain."""
    if Lonely(asked.lonely) is not Lonely.CERTAINTY or all(row["se"] != 0 for row in rows):
        return ()
    return (
        "an error of 0 is none that was measured: clusters alone in their stratum count as sure to be "
        "drawn (--lonely certainty), and no other varies; such a figure has no interval",
    )


def in_chunks(
    asked: argparse.Namespace,
    figure: Figure,
    columns: list[str],
    persons: Persons,
    progress: Progress = silent,
) -> dict[str, Any]:
    """The same for a file larger than memory, which is read several times.

    Raises
    ------
    EngineError
        As `answered`; or if every row is a cluster.
    """
    require(bool(asked.psu), "--chunk needs --psu: without it every row is a cluster to be kept")
    if persons.column is not None:
        persons.refuse_doubles(lambda: chunks(asked.data, persons.columns, asked.chunk))
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
        names, found = _figure_in_chunks(asked, figure, passes, progress)
    return _answer(asked, figure, (rows, gaps), *_told(asked, found, names))


def _figure_in_chunks(
    asked: argparse.Namespace,
    figure: Figure,
    passes: Callable[[], Iterator[Chunk]],
    progress: Progress,
) -> tuple[list[str], Found]:
    lonely = Lonely(asked.lonely)
    if figure.name == "quantile":
        names, one = quantile_in_chunks(passes, figure.share, asked.level, lonely, order, progress)
        return names, Found(one.value, one.se, one.low, one.high, one.share)
    names, found = (total_in_chunks if figure.name == "total" else ratio_in_chunks)(
        passes, lonely, order, progress
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
    if name == "regress":
        return Figure(name, words, Formula.of(words).columns)
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
    asked: argparse.Namespace, figure: Figure, table: Table, progress: Progress
) -> dict[str, Any]:
    domain, names = np.zeros(len(table), np.int32), ["all"]
    if asked.by is not None:
        domain, names = table.domains(asked.by)
    if figure.name == "regress":
        told = Explained.of(Formula.of(figure.of), table)
        gap = told.gap | (domain < 0)
    else:
        values, gap = _values(asked, figure, table)
    _refuse_nothing(figure, gap)
    domain, names = _without_empty(np.where(gap, -1, domain), names)
    sample, apart = _sample(asked, table), list[dict[str, Any]]()
    if figure.name == "regress":
        rows = regressed(asked, told, sample, domain, names, progress)
    else:
        found = _figure(sample, figure, values, domain, asked, progress)
        rows, apart = _told(asked, found, names)
    return _answer(asked, figure, (len(table), int(gap.sum())), rows, apart)


def _sample(asked: argparse.Namespace, table: Table) -> Design | Replicates:
    """How it was drawn, or what its replicates weigh."""
    if asked.replicates is None:
        return _design(asked, table)
    return replicated.replicates(asked, table, _weight(asked, table))


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
    domains: list[dict[str, Any]],
    apart: list[dict[str, Any]],
) -> dict[str, Any]:
    rows, gaps = counts
    return {
        "figure": figure.name,
        "of": figure.of,
        "level": asked.level,
        "rows": rows,
        "left_out": gaps,
        "domains": [{name: cell(one) for name, one in row.items()} for row in domains],
        **({"contrasts": apart} if apart else {}),
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
    sample: Design | Replicates,
    figure: Figure,
    values: list[Reals],
    domain: NDArray[Any],
    asked: argparse.Namespace,
    progress: Progress,
) -> Found:
    if isinstance(sample, Replicates):
        return _by_replicates(Sample.of(sample, domain, asked.df), figure, values, asked, progress)
    if figure.name == "quantile":
        one = quantiles(sample, values[0], [figure.share], domain, asked.level)[0]
        return Found(one.value, one.se, one.low, one.high, one.share)
    if figure.name == "ratio":
        found = ratio(sample, values[0], values[1], domain)
    else:
        found = (total if figure.name == "total" else mean)(sample, values[0], domain)
    return _with_interval(found, figure, asked)


def _by_replicates(
    sample: Sample,
    figure: Figure,
    values: list[Reals],
    asked: argparse.Namespace,
    progress: Progress,
) -> Found:
    if figure.name == "quantile":
        one = sample.quantile(values[0], figure.share, asked.level, progress)
        return Found(one.value, one.se, one.low, one.high, one.share)
    if figure.name == "ratio":
        return _with_interval(sample.ratio(values[0], values[1], progress), figure, asked)
    of = sample.total if figure.name == "total" else sample.mean
    return _with_interval(of(values[0], progress), figure, asked)


def _with_interval(found: Estimates, figure: Figure, asked: argparse.Namespace) -> Found:
    """Estimates with intervals: those of a share stay inside [0, 1]."""
    if figure.name == "share":
        low, high = share_interval(found, asked.level, asked.interval)
    else:
        low, high = found.interval(asked.level)
    return Found(found.value, found.se, low, high, found)


def _told(
    asked: argparse.Namespace, found: Found, names: list[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A row for each domain, and for each difference of two."""
    rule = CellRule("--least", asked.least, complement=len(names) > 1)
    reasons = rule.withheld(found.told)
    apart = contrasts(asked, found.told, names, reasons) if asked.contrast else []
    return _rows(found, names, asked.least, reasons), apart


def _rows(
    found: Found, names: list[str], least: int, reasons: Sequence[Withheld | None]
) -> list[dict[str, Any]]:
    """A row for each domain; of one that is withheld only the reason."""
    numbers = (found.value, found.se, found.low, found.high, found.told.deff, found.told.n)
    rows = []
    for place, (name, reason) in enumerate(zip(names, reasons, strict=True)):
        cells = [None if reason else column[place] for column in numbers]
        row = dict(zip(HEADER, [name, *cells], strict=True))
        rows.append(row | ({"withheld": reason and str(reason)} if least else {}))
    return rows
