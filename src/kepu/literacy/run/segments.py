"""Segments of the public: who is reached by what, and how literate they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run import plan
from kepu.literacy.run.estimating import Found
from kepu.literacy.run.reading import Read
from kepu.literacy.run.vocabulary import in_order
from kepu.literacy.run.weighing import Weighed
from kepu_engines.core.checks import present, require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.command.tables import MISSING
from kepu_engines.survey.design import Reals
from kepu_engines.survey.disclosure import CellRule
from kepu_engines.survey.imputation import pooled
from kepu_engines.survey.segments import Classes, Patterns, chosen, fit, limits, several

SIZE = "size"


@dataclass(frozen=True)
class Line:
    """A share of a segment, or its share of the people: `table` and `cell` say of what.

    `table` is `size`, a level of the framework, a question, or a column of the profile. A line of
    a segment of too few people, or of a sample of too few degrees of freedom, has only a reason.
    """

    segment: int
    table: str
    cell: str
    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    withheld: str = ""


@dataclass(frozen=True)
class Segments:
    """What was found.

    Attributes
    ----------
    models : tuple of Classes
        Of one segment, two, and so on, as far as was tried.
    taken : Classes
    lines : tuple of Line
        Segment by segment, the largest first.
    everybody : dict
        Share of each (question, answer) in the city, to compare segments with.
    missing : float
        Share of the answers that are missing.
    """

    models: tuple[Classes, ...]
    taken: Classes
    lines: tuple[Line, ...]
    everybody: dict[tuple[str, str], float]
    missing: float

    def of(self, segment: int, table: str) -> list[Line]:
        """The lines of one table of a segment."""
        return [one for one in self.lines if (one.segment, one.table) == (segment, table)]


Cell = tuple[str, str]  # a table and a cell of it
Cells = NDArray[np.float64]  # (segments, cells)


def segments(read: Read, weighed: Weighed, found: Found, progress: Progress = silent) -> Segments:
    """Find the plan's segments, with errors from the replicates.

    Raises
    ------
    EngineError
        If everybody gave the same answer to a question, or the classes cannot be told apart.
    """
    asked = present(read.plan.segments, "the plan asks for no segments")
    codes, cells = _answers(read, asked)
    patterns = Patterns.of(codes, [len(some) for some in cells])
    models = _models(asked, patterns, weighed.weight, read.plan.seed, progress)
    taken = chosen(models)
    literate = _literate(read, found)
    names, profile = _profile(read, asked)
    y = np.column_stack([literate, profile])
    spread = weighed.replicates.spread(taken.figures(patterns, y), progress)
    value, se = (_table(taken, flat, cells, y.shape[1]) for flat in (spread.value, spread.se))
    many = literate.shape[1]
    start = value.shape[1] - y.shape[1]
    df = np.full(value.shape, float(spread.df))
    if many > 1:
        value, se, df = _joined(value, se, df, start, many)
    told = [(q, cell) for q, some in zip(asked.questions, cells, strict=True) for cell in some]
    every = [(SIZE, ""), *told, (read.plan.level, "or above"), *names]
    reasons = _reasons(read, weighed, taken, patterns)
    lines = tuple(_lines(read.plan.publish.level, reasons, every, (value, se, df)))
    city = dict(zip(told, (taken.share @ value[:, 1 : 1 + len(told)]).tolist(), strict=True))
    return Segments(models, taken, lines, city, float((codes[read.said] < 0).mean()))


def _answers(read: Read, asked: plan.Segments) -> tuple[NDArray[np.int32], list[list[str]]]:
    """Code of each answer, (n, questions), -1 where there is none; and what codes mean."""
    columns, cells = [], []
    for question in asked.questions:
        words = read.table.cells[question]
        some = in_order(set(words) - set(MISSING))
        sentence = "everybody gave the same answer, which tells nobody apart; leave it out"
        require(len(some) > 1, f"{read.table.file}, column {question}: {sentence}")
        place = {word: number for number, word in enumerate(some)}
        columns.append(np.where(read.said, [place.get(word, -1) for word in words], -1))
        cells.append(some)
    return np.column_stack(columns).astype(np.int32), cells


def _models(
    asked: plan.Segments, patterns: Patterns, weight: Reals, seed: int, progress: Progress
) -> tuple[Classes, ...]:
    if asked.classes is not None:
        return (fit(patterns, weight, asked.classes, starts=asked.starts, seed=seed),)
    return several(patterns, weight, asked.most, starts=asked.starts, seed=seed, progress=progress)


def _literate(read: Read, found: Found) -> NDArray[np.float64]:
    """Who reaches the plan's level, a column for each copy of the answers."""
    cut = read.plan.rule.cuts[read.plan.level]
    return np.column_stack([points >= cut for points in found.points]).astype(float)


def _profile(read: Read, asked: plan.Segments) -> tuple[list[Cell], NDArray[np.float64]]:
    """Categories that describe segments, a column of 0 and 1 each."""
    names: list[Cell] = []
    columns = []
    for group in read.plan.groups if asked.profile is None else asked.profile:
        labels = read.labels(group)
        for cell in in_order(set(labels[read.said].tolist())):
            names.append((group, cell))
            columns.append((labels == cell).astype(float))
    return names, np.array(columns).reshape(len(columns), len(read.table)).T


def _table(
    taken: Classes, flat: Reals, cells: Sequence[Sequence[str]], beside: int
) -> NDArray[np.float64]:
    """A row for each segment: size, answers, levels and profile."""
    share, answer, told = taken.split(flat, beside)
    parts = [answer[:, at, : len(some)] for at, some in enumerate(cells)]
    return np.hstack([share[:, None], *parts, told])


def _joined(
    value: Cells, se: Cells, df: Cells, start: int, many: int
) -> tuple[Cells, Cells, Cells]:
    """The literate shares of several copies as one, by Rubin's rules, with their degrees of freedom."""
    place = slice(start, start + many)
    one = pooled(value[:, place].T, se[:, place].T, df[:, start].astype(np.int64))
    rows = ((value, one.value), (se, one.se), (df, one.df))
    value, se, df = (np.hstack([a[:, :start], b[:, None], a[:, start + many :]]) for a, b in rows)
    return value, se, df


@dataclass(frozen=True)
class _Counted:
    """On how many people and degrees of freedom each segment rests."""

    n: NDArray[np.int64]
    df: NDArray[np.int64]


def _reasons(read: Read, weighed: Weighed, taken: Classes, patterns: Patterns) -> list[str]:
    """Why a segment shows its size alone; "" where it shows all.

    People are those who were asked, each by the chance of being in the segment, whatever they weigh.
    Sizes times shares give the city's figures back: so its rule of freedom holds here too, and one segment
    alone is not withheld, for the others and the city would give it away.
    """
    rule = read.plan.publish
    people = taken.posterior(patterns)[patterns.row[read.said]].sum(axis=0).astype(np.int64)
    free = np.full(people.size, min(weighed.replicates.df, weighed.design.df))
    held = CellRule("plan", rule.rows, rule.freedom).withheld(_Counted(people, free))
    return [str(reason or "") for reason in held]


def _lines(
    level: float, reasons: Sequence[str], every: Sequence[Cell], told: tuple[Cells, Cells, Cells]
) -> Iterator[Line]:
    """Shares that chance took below 0 or above 1 stand at the bound."""
    value, se, df = told
    low, high = limits(value, se, df, level)
    for row, reason in enumerate(reasons):
        for place, (table, cell) in enumerate(every):
            if reason and table != SIZE:
                yield Line(row + 1, table, cell, None, None, None, None, reason)
                continue
            shown = min(max(float(value[row, place]), 0.0), 1.0)
            error, least, most = (_number(one[row, place]) for one in (se, low, high))
            yield Line(row + 1, table, cell, shown, error, least, most)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
