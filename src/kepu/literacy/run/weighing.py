"""Weights: from the draw over those who did not answer to what is known of the population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run.reading import Read
from kepu_engines.core.checks import present
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.design import Design, Lonely, Reals
from kepu_engines.survey.replicates import Correct, Replicates, bootstrap
from kepu_engines.survey.weighting.calibration import Calibration
from kepu_engines.survey.weighting.distances import raking
from kepu_engines.survey.weighting.response import Classes
from kepu_engines.survey.weighting.trimming import kish_effect


@dataclass(frozen=True)
class Step:
    """What one correction did to the weights of those who answered."""

    name: str
    rows: int
    people: float
    low: float
    high: float
    kish: float


@dataclass(frozen=True)
class Weighed:
    """Weights of the sample and of its replicates, each corrected in the same steps.

    Attributes
    ----------
    weight : (n,) float64
        0 for who did not answer.
    replicates : Replicates
    design : Design
        Of those who answered, in their order: for degrees of freedom and design effects. Strata in
        `alone` have no degree of freedom in it, and differ from the whole.
    alone : tuple of str
        Strata of several clusters in only one of which somebody answered.
    steps : tuple of Step
    missed : float
        The worst relative distance from a margin after the last step; 0 without margins.
    """

    weight: Reals
    replicates: Replicates
    design: Design
    alone: tuple[str, ...]
    steps: tuple[Step, ...]
    missed: float


def weigh(read: Read) -> Weighed:
    """Correct the weights of `read` as its plan says."""
    plan, drawn = read.plan, read.weight()
    strata, psu = (read.table.labels(getattr(plan.answers, name)) for name in ("strata", "psu"))
    lonely = Lonely(plan.replicates.lonely)
    if lonely is Lonely.FAIL:
        for name in _alone(strata, psu)[:1]:
            raise EngineError(
                f"stratum {name} has one cluster: merge it with a neighbour, or name the rule "
                "`lonely: certainty`"
            )
    sample = Design.of(strata, psu, drawn, lonely=lonely)
    replicates = bootstrap(sample, plan.replicates.count, plan.seed)
    steps = [_step("design", drawn[read.said])]
    missed = 0.0
    for name, correct in _corrections(read):
        replicates = replicates.corrected(correct)
        steps.append(_step(name, replicates.weight[read.said]))
        if isinstance(correct, Calibration):
            missed = _missed(read, replicates.weight)
    weight = replicates.weight
    answered = Design.of(
        strata[read.said], psu[read.said], weight[read.said],
        lonely=Lonely.ADJUST if lonely is Lonely.FAIL else lonely,
    )  # fmt: skip
    alone = _alone(strata[read.said], psu[read.said]) if lonely is Lonely.FAIL else ()
    return Weighed(weight, replicates, answered, alone, tuple(steps), missed)


def _alone(strata: NDArray[Any], psu: NDArray[Any]) -> tuple[str, ...]:
    """Strata of one cluster."""
    return tuple(str(one) for one in np.unique(strata) if np.unique(psu[strata == one]).size == 1)


def _corrections(read: Read) -> list[tuple[str, Correct]]:
    found: list[tuple[str, Correct]] = []
    rows = len(read.table)
    if not read.said.all():
        classes = _classes(read)
        found.append(("non-response", Classes.of(read.said, classes, rows)))
    if rule := read.plan.margins:
        distance = raking(rule.low, rule.high)
        found.append(("margins", Calibration.of(read.margins, rows, distance)))
    return found


def _classes(read: Read) -> list[str]:
    """One word for each row: alike in all columns, people stand in for each other."""
    rule = present(
        read.plan.nonresponse,
        "some did not answer: the plan must name the classes of `nonresponse`, who stand in for them",
    )
    columns = [read.table.labels(name).astype(str) for name in rule.classes]
    return [" / ".join(words) for words in zip(*columns, strict=True)]


def _step(name: str, weight: Reals) -> Step:
    low, high = float(weight.min()), float(weight.max())
    return Step(name, weight.size, float(weight.sum()), low, high, kish_effect(weight))


def _missed(read: Read, weight: Reals) -> float:
    """The worst |reached - target| / target over all categories that have people."""
    worst = 0.0
    for margin in read.margins:
        for label, people in margin.target.items():
            reached = float(weight[np.asarray(margin.labels) == label].sum())
            worst = max(worst, abs(reached - people) / people if people else reached)
    return worst
