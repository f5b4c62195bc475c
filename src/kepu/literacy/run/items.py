"""How the questions did: who answered them rightly, and how well they tell people apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kepu.literacy.run.reading import Read
from kepu.literacy.run.weighing import Weighed
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.design import Reals
from kepu_engines.survey.irt.fit import fit
from kepu_engines.survey.irt.information import errors
from kepu_engines.survey.irt.responses import responses


@dataclass(frozen=True)
class Question:
    """One item: the share of right answers, its link with the rest, and its curve (2PL)."""

    name: str
    dimension: str
    right: float
    rest: float
    slope: float | None
    slope_se: float | None
    difficulty: float | None
    difficulty_se: float | None


def questions(read: Read, weighed: Weighed, progress: Progress = silent) -> tuple[Question, ...]:
    """Classical figures of every item, and those of a two-parameter model with design weights.

    Raises
    ------
    EngineError
        If everybody or nobody had an item right, or the model does not settle; named in words.
    """
    right = read.right[read.said]
    weight = weighed.weight[read.said]
    share = weight @ right / weight.sum()
    flat = [read.items[place].name for place in np.flatnonzero((share <= 0) | (share >= 1))]
    if flat:
        raise EngineError(f"{', '.join(flat)}: all answers alike tell nobody apart; leave it out")
    answers = responses(
        right.astype(np.int8),
        weight=weight * (len(weight) / weight.sum()),
        names=tuple(item.name for item in read.items),
    )
    found = fit(answers, "2pl", progress=progress)
    spread = errors(found, answers)
    total = right.sum(axis=1)
    rows = []
    for place, item in enumerate(read.items):
        rows.append(
            Question(
                item.name,
                item.dimension,
                float(share[place]),
                _together(right[:, place].astype(float), total - right[:, place], weight),
                float(found.slope[place]),
                float(spread.slope(place)),
                float(found.difficulty(place)[0]),
                float(spread.difficulty(found, place)[0]),
            )
        )
    return tuple(rows)


def _together(one: Reals, rest: Reals, weight: Reals) -> float:
    """Weighted correlation of an item with the sum of the others; 0 where there is none."""
    a, b = (column - np.average(column, weights=weight) for column in (one, rest))
    spread = np.sqrt(np.average(a * a, weights=weight) * np.average(b * b, weights=weight))
    return float(np.average(a * b, weights=weight) / spread) if spread > 0 else 0.0
