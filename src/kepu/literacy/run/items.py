"""How the questions did: who answered them rightly, and how well they tell people apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run.reading import Read
from kepu.literacy.run.weighing import Weighed
from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.design import Reals
from kepu_engines.survey.irt.fit import Fit, fit
from kepu_engines.survey.irt.information import Errors, errors
from kepu_engines.survey.irt.responses import Responses, responses


@dataclass(frozen=True)
class Question:
    """One item: the share of right answers, its link with the rest, its curve (2PL), and who was asked."""

    name: str
    dimension: str
    right: float
    rest: float
    slope: float | None
    slope_se: float | None
    difficulty: float | None
    difficulty_se: float | None
    n: int


@dataclass(frozen=True)
class Curves:
    """A 2PL fit with design weights to the answers given, and its errors by strata and clusters."""

    answers: Responses
    fit: Fit
    errors: Errors


def curves(read: Read, weighed: Weighed, progress: Progress = silent) -> Curves:
    """Fit the curves of all items; an item that a booklet left out is missing by design.

    Raises
    ------
    EngineError
        If everybody or nobody had an item right, or the model does not settle; named in words.
    """
    right, asked = read.right[read.said], read.asked[read.said]
    weight = weighed.weight[read.said]
    share = _share(right, asked, weight)
    flat = [read.items[place].name for place in np.flatnonzero((share <= 0) | (share >= 1))]
    if flat:
        raise EngineError(f"{', '.join(flat)}: all answers alike tell nobody apart; leave it out")
    design = replace(weighed.design, weight=weight * (len(weight) / weight.sum()))
    answers = responses(
        np.where(asked, right, -1).astype(np.int8),
        names=tuple(item.name for item in read.items),
        design=design,
    )
    found = fit(answers, "2pl", progress=progress)
    return Curves(answers, found, errors(found, answers, progress))


def together(told: Curves) -> Reals:
    """Covariance of all items' slopes and difficulties, in turn: a link to another year counts it."""
    return told.errors.together(told.fit, range(len(told.fit.slope)))


def questions(read: Read, weighed: Weighed, told: Curves) -> tuple[Question, ...]:
    """Classical figures of every item among those asked, and those of its curve."""
    right, asked = read.right[read.said], read.asked[read.said]
    weight = weighed.weight[read.said]
    share, found, spread = _share(right, asked, weight), told.fit, told.errors
    total = (right & asked).sum(axis=1)
    rows = []
    for place, item in enumerate(read.items):
        here = asked[:, place]
        rest = (total - right[:, place])[here] / _others(asked[here])
        rows.append(
            Question(
                item.name,
                item.dimension,
                float(share[place]),
                _together(right[here, place].astype(float), rest, weight[here]),
                float(found.slope[place]),
                float(spread.slope(place)),
                float(found.difficulty(place)[0]),
                float(spread.difficulty(found, place)[0]),
                int(here.sum()),
            )
        )
    return tuple(rows)


def _share(right: NDArray[np.bool_], asked: NDArray[np.bool_], weight: Reals) -> Reals:
    """Weighted share of right answers among those asked."""
    if asked.all():
        whole: Reals = weight @ right / weight.sum()
        return whole
    people = weight @ asked
    empty = np.flatnonzero(people <= 0)
    require(not empty.size, f"item {empty[0] + 1 if empty.size else 0} was in no booklet")
    found: Reals = weight @ (right & asked) / people
    return found


def _others(asked: NDArray[np.bool_]) -> Reals | float:
    """How many other items a person was asked; 1 where all were, so that sums stay sums."""
    if asked.all():
        return 1.0
    others: Reals = np.maximum(asked.sum(axis=1) - 1, 1).astype(float)
    return others


def _together(one: Reals, rest: Reals, weight: Reals) -> float:
    """Weighted correlation of an item with the sum of the others; 0 where there is none."""
    a, b = (column - np.average(column, weights=weight) for column in (one, rest))
    spread = np.sqrt(np.average(a * a, weights=weight) * np.average(b * b, weights=weight))
    return float(np.average(a * b, weights=weight) / spread) if spread > 0 else 0.0
