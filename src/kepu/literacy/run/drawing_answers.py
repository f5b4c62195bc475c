"""Who had which item right, where booklets left items out: drawn as plausibly as the other answers tell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run.items import Curves
from kepu.literacy.run.reading import Read
from kepu.literacy.run.weighing import Weighed
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.design import Reals
from kepu_engines.survey.irt.completing import completed
from kepu_engines.survey.irt.fit import fit
from kepu_engines.survey.irt.information import errors
from kepu_engines.survey.irt.responses import Responses

FEWEST = 10  # people of a category that tell where it lies


def copies(
    read: Read, weighed: Weighed, told: Curves, progress: Progress = silent
) -> tuple[NDArray[np.bool_], ...]:
    """The answers as they are; or, drawn anew for each copy, those to items that were not asked."""
    if not read.plan.plausible:
        return (read.right,)
    rule = read.plan.scoring
    right, asked = read.right[read.said], read.asked[read.said]
    weight = weighed.weight[read.said]
    each = weight * (len(weight) / weight.sum())
    answers = Responses(
        np.where(asked, right, -1).astype(np.int8), each, each**2, _groups(read),
        told.answers.names, len(weight), True,
    )  # fmt: skip
    found = fit(answers, "2pl", progress=progress)
    drawn = completed(
        found, answers, errors(found, answers), draws=rule.draws, seed=read.plan.seed,
        traits=traits_of(read),
    )  # fmt: skip
    return tuple(_placed(read, one) for one in drawn)


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
    columns = [np.ones(int(read.said.sum()))]
    for name in read.plan.conditions:
        labels = read.labels(name)[read.said]
        known, many = np.unique(labels, return_counts=True)
        apart = [one for one, n in zip(known, many, strict=True) if n >= FEWEST]
        here = np.isin(labels, apart)
        columns += [
            np.where(here, labels == one, (labels[here] == one).mean()) for one in apart[1:]
        ]
    return np.column_stack(columns)


def _placed(read: Read, drawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows of those who answered, back among everybody drawn."""
    found = read.right.copy()
    found[read.said] = drawn
    return found
