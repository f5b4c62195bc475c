"""The command `kepu survey segments ANSWERS.csv --question Q1 --question Q2 --question Q3`."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.command.answers import Answer, Columns, about, checked_out, run
from kepu_engines.survey.command.persons import ID, NOBODY, Persons
from kepu_engines.survey.command.tables import MISSING, Table, header_of, read
from kepu_engines.survey.design import Design, Lonely, Reals
from kepu_engines.survey.replicates import Spread, bootstrap
from kepu_engines.survey.segments import Classes, Patterns, chosen, fit, limits, several

Make = Callable[..., argparse.ArgumentParser]
HEADER = ("segment", "about", "cell", "estimate", "se", "low", "high")
UNKNOWN = "-"  # the cell of people of whom nothing stands in a column of --by


MOST = 10_000  # replicates of a bootstrap


def parser(make: Make = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Words of the command."""
    found = make(
        prog="kepu survey segments",
        description="Find segments of the public who answer alike; prints CSV.",
    )
    found.add_argument("answers", type=Path, help="CSV or Parquet: a row for each person asked")
    found.add_argument("--question", action="append", required=True, metavar="Q", help=QUESTION)
    found.add_argument("--weight", help="column of design weights")
    found.add_argument("--strata", help="column of first-stage strata, for errors")
    found.add_argument("--psu", help="column of first-stage clusters, for errors")
    found.add_argument("--lonely", default="fail", choices=["fail", "certainty"], help=LONELY)
    found.add_argument("--classes", type=int, metavar="K", help="so many segments, not by BIC")
    found.add_argument("--most", type=int, default=6, help="try as many segments, at most")
    found.add_argument("--starts", type=int, default=20, help="of each number of segments")
    found.add_argument(
        "--seed", type=int, default=1, help="the same seed starts at the same places"
    )
    found.add_argument(
        "--share", action="append", metavar="Y", help="column of 0 and 1, told of each segment"
    )
    found.add_argument(
        "--by", action="append", metavar="D", help="column of words that describe the segments"
    )
    found.add_argument("--replicates", type=int, default=200, help="bootstrap: how many replicates")
    found.add_argument("--level", type=float, default=0.95, help="level of the intervals")
    found.add_argument("--id", help=ID)
    found.add_argument("--assign", type=Path, metavar="FILE", help=ASSIGN)
    found.add_argument("--out", type=Path, metavar="FILE", help="CSV or Parquet to write to")
    return found


QUESTION = "column of answers, once for each question; empty is missing"
LONELY = "what a stratum with one cluster adds; it is refused unless this is named"
ASSIGN = "CSV or Parquet to write each person's chance of every segment to; needs --id"


def main(
    arguments: Sequence[str] | None = None,
    progress: Progress = silent,
    make: Make = argparse.ArgumentParser,
) -> int:
    """Read answers, find segments, print. 2 means the input was refused."""
    asked = parser(make).parse_args(arguments)
    return run("segments", lambda: segmented(asked, progress))


def segmented(asked: argparse.Namespace, progress: Progress = silent) -> Answer:
    """Size, answers and what else is told of each segment, with errors by the design.

    Raises
    ------
    EngineError
        If the file cannot be understood, or the classes not be told apart.
    """
    out, assign = checked_out(asked.out), checked_out(asked.assign)
    known = asked.id is not None and asked.id != NOBODY
    require(assign is None or known, "--assign needs --id: who is who")
    require(0 < asked.level < 1, "--level must lie between 0 and 1")
    require(2 <= asked.replicates <= MOST, f"--replicates must lie between 2 and {MOST:,}")
    persons = Persons.of(asked.id, header_of(asked.answers), _columns(asked))
    table = read(asked.answers, list(dict.fromkeys([*_columns(asked), *persons.columns])))
    persons.refuse_doubles(lambda: [table])
    with about(table.file):
        codes, cells = _answers(table, asked.question)
        patterns = Patterns.of(codes, [len(one) for one in cells])
        design = _design(asked, table)
        models = _models(asked, patterns, design.weight, progress)
        found = chosen(models)
        names, y = _told_of(asked, table)
        spread = bootstrap(design, asked.replicates, asked.seed).spread(
            found.figures(patterns, y), progress
        )
    names = [(q, c) for q, some in zip(asked.question, cells, strict=True) for c in some] + names
    columns = _lines(found, names, _flat(found, spread, cells), asked.level)
    beside = ((assign, _assigned(asked, table, patterns, found)),) if assign else ()
    notes = (*persons.notes, *_notes(models, found, codes))
    return Answer(columns, notes=notes, out=out, beside=beside, words=HEADER[1:3])


def _columns(asked: argparse.Namespace) -> list[str]:
    single = [one for one in (asked.weight, asked.strata, asked.psu) if one]
    return list(dict.fromkeys([*asked.question, *single, *(asked.share or []), *(asked.by or [])]))


def _answers(table: Table, questions: Sequence[str]) -> tuple[NDArray[Any], list[list[str]]]:
    """Code of every answer, -1 where there is none, and what the codes of each question mean."""
    told = [table.domains(name) for name in questions]
    for name, (_codes, cells) in zip(questions, told, strict=True):
        require(len(cells) > 1, f"column {name} has one answer alone: it tells nobody apart")
    return np.column_stack([codes for codes, _cells in told]), [cells for _codes, cells in told]


def _design(asked: argparse.Namespace, table: Table) -> Design:
    rows = len(table)
    weight = table.above(asked.weight) if asked.weight else np.ones(rows)
    strata = table.labels(asked.strata) if asked.strata else np.zeros(rows, np.int64)
    psu = table.labels(asked.psu) if asked.psu else np.arange(rows)
    return Design.of(strata, psu, weight, lonely=Lonely(asked.lonely))


def _models(
    asked: argparse.Namespace, patterns: Patterns, weight: Reals, progress: Progress
) -> tuple[Classes, ...]:
    how = {"starts": asked.starts, "seed": asked.seed}
    if asked.classes is not None:
        return (fit(patterns, weight, asked.classes, progress=progress, **how),)
    return several(patterns, weight, asked.most, **how, progress=progress)


def _told_of(
    asked: argparse.Namespace, table: Table
) -> tuple[list[tuple[str, str]], NDArray[np.float64]]:
    """What is told of each segment beside its answers: a name and a column of 0 and 1 each."""
    names = [(name, "1") for name in asked.share or []]
    columns = [table.ones(name).astype(float) for name in asked.share or []]
    for name in asked.by or []:
        words = np.array([UNKNOWN if one in MISSING else one for one in table.cells[name]])
        for one in sorted(set(words.tolist())):
            names.append((name, one))
            columns.append((words == one).astype(float))
    return names, np.array(columns).reshape(len(columns), len(table)).T


def _flat(
    found: Classes, spread: Spread, cells: Sequence[Sequence[str]]
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Figures and errors, a row for each segment: its size, its answers, and what is told of it."""
    beside = (spread.value.size - found.share.size - found.answer.size) // len(found)
    rows = []
    for flat in (spread.value, spread.se):
        share, answer, told = found.split(flat, beside)
        parts = [answer[:, at, : len(some)] for at, some in enumerate(cells)]
        rows.append(np.hstack([share[:, None], *parts, told]))
    return rows[0], rows[1], spread.df


def _lines(
    found: Classes,
    names: Sequence[tuple[str, str]],
    told: tuple[NDArray[np.float64], NDArray[np.float64], int],
    level: float,
) -> Columns:
    value, se, df = told
    low, high = limits(value, se, df, level)
    every = [("size", ""), *names]
    segments = [number for number in range(1, len(found) + 1) for _name in every]
    whose = [name for _segment in range(len(found)) for name in every]
    columns: list[Sequence[Any]] = [segments, [a for a, _c in whose], [c for _a, c in whose]]
    numbers = [one.ravel() for one in (value, se, low, high)]
    return dict(zip(HEADER, [*columns, *numbers], strict=True))


def _assigned(
    asked: argparse.Namespace, table: Table, patterns: Patterns, found: Classes
) -> Columns:
    chances = found.posterior(patterns)[patterns.row]
    each = {f"segment_{one + 1}": chances[:, one] for one in range(len(found))}
    return {asked.id: table.cells[asked.id], "segment": chances.argmax(axis=1) + 1, **each}


def _notes(models: Sequence[Classes], found: Classes, codes: NDArray[Any]) -> tuple[str, ...]:
    tried = [
        f"{len(one)} segments: BIC {one.bic:.2f}, log-likelihood {one.loglik:.2f}, "
        f"{one.parameters} figures, {one.reached} of {one.ends} starts"
        for one in models
    ]
    gaps = int((codes < 0).sum())
    return (
        *tried,
        f"{len(found)} taken; entropy {found.entropy:.3f}; weights count as {found.people:.1f} persons; "
        f"{gaps} answers missing",
    )
