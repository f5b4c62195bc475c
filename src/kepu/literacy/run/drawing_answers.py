"""Who had which item right, where booklets left items out: drawn as plausibly as the other answers tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run.items import Curves
from kepu.literacy.run.reading import Read, Sheets
from kepu.literacy.run.weighing import Weighed
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.design import Reals
from kepu_engines.survey.irt.completing import Draw, beside, completed
from kepu_engines.survey.irt.fit import fit
from kepu_engines.survey.irt.information import errors
from kepu_engines.survey.irt.responses import Responses

FEWEST = 10  # people of a category that tell where it lies
VOLUNTEERS, OVERLAP = 300_007, 400_009  # between the seeds of samples that are drawn independently
Right = NDArray[np.bool_]


@dataclass(frozen=True)
class Copies:
    """Who had which item right, once for each draw: of everybody drawn, of volunteers, of the overlap.

    The last two are empty where nobody was asked in such a way. The same place is the same draw.
    """

    homes: tuple[Right, ...]
    volunteers: tuple[Right, ...] = ()
    overlap: tuple[Right, ...] = ()


@dataclass(frozen=True)
class Apart:
    """How another sample is drawn beside that of the homes: its items, what its seed is moved by."""

    names: tuple[str, ...]
    seed: int
    progress: Progress


def copies(read: Read, weighed: Weighed, told: Curves, progress: Progress = silent) -> Copies:
    """The answers as they are; or, drawn anew for each copy, those to items that were not asked."""
    online = read.online
    if not read.plan.plausible:
        sheets = [one for one in (online.volunteers, online.overlap) if one] if online else []
        return Copies((read.right,), *((one.right,) for one in sheets))
    drawn = list(_draws(read, weighed, told, progress))
    homes = tuple(_placed(read, one.right) for one in drawn)
    return Copies(homes, *_beside(read, drawn, told.answers.names, progress))


def _draws(read: Read, weighed: Weighed, told: Curves, progress: Progress) -> Iterator[Draw]:
    """Items and answers of the homes, as plausible as the answers given tell."""
    rule = read.plan.scoring
    weight = weighed.weight[read.said]
    each = weight * (len(weight) / weight.sum())
    right, asked = read.right[read.said], read.asked[read.said]
    answers = _rows(right, asked, each, _groups(read), told.answers.names)
    found = fit(answers, "2pl", progress=progress)
    return completed(
        found, answers, errors(found, answers, progress), draws=rule.draws, seed=read.plan.seed,
        traits=traits_of(read), progress=progress,
    )  # fmt: skip


def _beside(
    read: Read, drawn: Sequence[Draw], names: tuple[str, ...], progress: Progress
) -> Iterator[tuple[Right, ...]]:
    """Copies of volunteers and of the overlap, with the items as each draw of the homes has them.

    What volunteers are compared by moves their mean; in the overlap the way of asking does too.
    """
    modes, online = read.plan.modes, read.online
    if modes is None or online is None:
        return
    columns = [online.volunteers.labels(name) for name in modes.covariates]
    apart = Apart(names, VOLUNTEERS, progress)
    yield _drawn_beside(read, drawn, online.volunteers, columns, apart)
    if online.overlap is not None and online.way is not None and modes.overlap:
        columns = [online.overlap.labels(name) for name in modes.overlap.covariates]
        columns.append(online.way.astype(str))
        yield _drawn_beside(read, drawn, online.overlap, columns, replace(apart, seed=OVERLAP))


def _drawn_beside(
    read: Read,
    drawn: Sequence[Draw],
    sheets: Sheets,
    columns: Sequence[NDArray[Any]],
    apart: Apart,
) -> tuple[Right, ...]:
    rows = len(sheets.table)
    groups = np.zeros(rows, np.int32)
    answers = _rows(sheets.right, sheets.asked, np.ones(rows), groups, apart.names)
    traits = table_of(columns, rows)
    begin, found = read.plan.seed + apart.seed, []
    for draw, one in enumerate(drawn):
        apart.progress("drawn answers", draw, len(drawn))
        found.append(
            beside(one, answers, traits=traits, seed=begin + 2 * draw, progress=apart.progress)
        )
    return tuple(found)


def _rows(
    right: Right, asked: Right, weight: Reals, group: NDArray[np.int32], names: tuple[str, ...]
) -> Responses:
    """A row for each person; what was not asked is missing by design."""
    codes = np.where(asked, right, -1).astype(np.int8)
    return Responses(codes, weight, weight**2, group, names, len(weight), True)


def _groups(read: Read) -> NDArray[np.int32]:
    """Groups in which people differ in mean and spread, where the condition is one column; else one."""
    column = read.plan.scoring.condition
    if not isinstance(column, str):
        return np.zeros(int(read.said.sum()), np.int32)
    labels = read.labels(column)[read.said]
    return np.unique(labels, return_inverse=True)[1].astype(np.int32)


def traits_of(read: Read) -> Reals | None:
    """What moves the mean of ability, where the condition is several columns: (n, 1 + categories).

    A category of fewer than `FEWEST` people tells too little by itself: it is put in the middle of the
    others.
    """
    if isinstance(read.plan.scoring.condition, str) or not read.plan.conditions:
        return None
    labels = [read.labels(name)[read.said] for name in read.plan.conditions]
    return table_of(labels, int(read.said.sum()))


def table_of(columns: Sequence[NDArray[Any]], rows: int) -> Reals:
    """A column of ones, then one for each category but the first of those that are large enough."""
    found = [np.ones(rows)]
    for labels in columns:
        known, many = np.unique(labels, return_counts=True)
        apart = [one for one, n in zip(known, many, strict=True) if n >= FEWEST]
        here = np.isin(labels, apart)
        found += [np.where(here, labels == one, (labels[here] == one).mean()) for one in apart[1:]]
    return np.column_stack(found)


def _placed(read: Read, drawn: Right) -> Right:
    """Rows of those who answered, back among everybody drawn."""
    found = read.right.copy()
    found[read.said] = drawn
    return found
