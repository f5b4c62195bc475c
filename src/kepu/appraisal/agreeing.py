"""How far the reviewers of a call agree, before anybody's leniency is taken off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from kepu.appraisal.programme import scoring
from kepu.appraisal.programme.schema import Programme
from kepu_engines.core.errors import EngineError
from kepu_engines.judging.agreement import alpha, kappa

if TYPE_CHECKING:
    from kepu.appraisal.weighing import Case, Given

COMMON = 5  # applications that two must both have judged to be compared with each other
LEAST = 3  # pairs that agree least, which are named


def agreement(programme: Programme, cases: Sequence[Case]) -> dict[str, Any]:
    """What is told of it, all as text or whole numbers.

    `alpha` of the shares of the judged points, and `applications` and `reviews` it was told from: those
    with two reviews or more. `kappa`, the mean over the `pairs` who judged some in common of how they
    agree on the level, further apart being worse, and `least`, the pairs that agree least.
    """
    compared = [case for case in cases if len(case.reviews) > 1]
    pairs = _pairs(programme, compared)
    mean = sum(one["kappa"] for one in pairs) / len(pairs) if pairs else None
    return {
        "alpha": _alpha(compared),
        "applications": len(compared),
        "reviews": sum(len(case.reviews) for case in compared),
        "kappa": None if mean is None else _short(mean),
        "pairs": len(pairs),
        "least": [{**one, "kappa": _short(one["kappa"])} for one in pairs[:LEAST]],
    }


def _alpha(cases: Sequence[Case]) -> str | None:
    """Krippendorff's alpha of the judged shares; None where nobody can be compared."""
    most = max((len(case.reviews) for case in cases), default=0)
    table = np.full((len(cases), max(most, 1)), np.nan)
    for n, case in enumerate(cases):
        for place, one in enumerate(case.reviews):
            table[n, place] = one.share
    try:
        found = alpha(table)
    except EngineError:
        return None
    return None if np.isnan(found) else _short(found)


def _pairs(programme: Programme, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Cohen's kappa of the levels that each of two would give, who agrees least first.

    Who put everything into one and the same level cannot be told apart from chance, and is left out.
    """
    common: dict[tuple[int, int], list[tuple[Case, Given, Given]]] = defaultdict(list)
    for case in cases:
        for one, other in combinations(sorted(case.reviews, key=lambda each: each.expert), 2):
            common[one.expert, other.expert].append((case, one, other))
    found = []
    for (first, second), both in common.items():
        if len(both) < COMMON:
            continue
        by_one = [_level(programme, case, one) for case, one, _other in both]
        by_other = [_level(programme, case, other) for case, _one, other in both]
        agreed = kappa(by_one, by_other, weights="linear")
        if not np.isnan(agreed):
            found.append({"experts": [first, second], "n": len(both), "kappa": agreed})
    return sorted(found, key=lambda one: (one["kappa"], one["experts"]))


def _level(programme: Programme, case: Case, given: Given) -> int:
    """The level by one review alone, counted from none upwards."""
    alone = {key: [points] for key, points in given.points.items()}
    points = case.measured | scoring.points_judged(programme, case.klass, alone)
    total = sum(points.values(), scoring.NOTHING)
    grade = scoring.grade(programme, total, points, case.klass, case.asked)
    keys = ["", *(one.key for one in reversed(programme.levels))]
    return keys.index(grade)


def _short(number: float) -> str:
    return f"{number + 0.0:.4f}".replace("-0.0000", "0.0000")
