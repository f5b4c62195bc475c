"""The literacy rule as data: what a score is made of, and from which score on somebody is literate.

A framework is revised every few years, and figures of different frameworks are not one series. So it
is a value with a version, never a constant in a formula.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import reals, require

Reals = NDArray[np.float64]

# A share such as 8/24 has no exact binary form, so a sum of them that is 70 may come out just below.
# Scores are therefore kept to the billionth of a point: no two true scores of a test lie so close.
DIGITS = 9


@dataclass(frozen=True)
class Framework:
    """Points of each dimension, and the lowest score of each level, the highest level first.

    A cut belongs to the level above it: who scores exactly 70 has reached the level that begins at 70.

    Raises
    ------
    EngineError
        If a dimension has no points, the cuts do not fall, or one lies outside the points there are.
    """

    version: str
    points: dict[str, float]
    cuts: dict[str, float]

    def __post_init__(self) -> None:
        require(bool(self.points) and bool(self.cuts), "a framework has dimensions and levels")
        require(all(p > 0 for p in self.points.values()), "every dimension must have points")
        falling = all(high > low for high, low in pairwise(self.cuts.values()))
        require(falling, "the cuts must fall from the highest level to the lowest")
        inside = all(0 < cut <= self.most for cut in self.cuts.values())
        require(inside, f"every cut must lie above 0 and up to {self.most:g} points")

    @property
    def most(self) -> float:
        """The highest score there is."""
        return sum(self.points.values())


# The points and the three levels published with the results of 2024. The plan's share of literate
# citizens continues the level that begins at 70.
CAST_2024 = Framework(
    version="cast-2024",
    points={"knowledge": 40, "method": 20, "spirit": 20, "application": 20},
    cuts={"advanced": 85, "literate": 70, "basic": 55},
)

# Another instrument: the test of the national benchmarks of scientific literacy (基准), 26 of them;
# 50 items of 2 points, passed with 30 right. Its share is never in one series with the one above.
JIZHUN = Framework(version="jizhun", points={"benchmark": 100}, cuts={"passed": 60})
JIZHUN_ITEMS, JIZHUN_BENCHMARKS = 50, 26


@dataclass(frozen=True)
class Shares:
    """Weighted share of people in each level alone, and in it or a higher one; both in [0, 1]."""

    exclusive: dict[str, float]
    cumulative: dict[str, float]
    below: float


def score(framework: Framework, parts: dict[str, ArrayLike]) -> Reals:
    """Add up the points of each dimension, to the billionth of a point.

    Parameters
    ----------
    framework : Framework
        What the score is made of.
    parts : dict of (n,) float
        The share of each dimension's points that respondent i reached, in [0, 1].

    Returns
    -------
    (n,) float
        Points in [0, framework.most].

    Raises
    ------
    EngineError
        If a dimension is missing or unknown, lengths differ, or a share lies outside [0, 1].
    """
    unlike = sorted(set(parts) ^ set(framework.points))
    require(not unlike, f"these dimensions are missing or unknown: {', '.join(unlike)}")
    known = {name: reals(share, name, low=0, high=1) for name, share in parts.items()}
    require(len({len(share) for share in known.values()}) == 1, "dimensions must be equally long")
    found = np.sum([known[name] * points for name, points in framework.points.items()], axis=0)
    return np.minimum(np.round(found, DIGITS), framework.most)


def reached(framework: Framework, scores: ArrayLike) -> dict[str, NDArray[np.bool_]]:
    """Who has reached each level, as (n,) bool: the variables whose means are the published shares.

    Parameters
    ----------
    framework : Framework
    scores : (n,) float
        Points.

    Raises
    ------
    EngineError
        If a score lies outside the framework's points.
    """
    points = reals(scores, "scores", low=0, high=framework.most)
    return {level: points >= cut for level, cut in framework.cuts.items()}


def shares(framework: Framework, scores: ArrayLike, weight: ArrayLike) -> Shares:
    """Weighted shares of the levels, cumulative and exclusive. Standard errors are the design's.

    Published trios are cumulative in some years and have been read as bands in others, so both stand
    here under their names.

    Parameters
    ----------
    framework : Framework
    scores : (n,) float
        Points.
    weight : (n,) float
        People that each stands for, > 0.

    Raises
    ------
    EngineError
        If nobody is given, lengths differ, a score is outside the points, or a weight is not positive.
    """
    levels = reached(framework, scores)
    weights = reals(weight, "weight", low=0)
    require(len(weights) > 0, "there is nobody to take a share of")
    require(bool((weights > 0).all()), "every weight must be above 0")
    require(
        all(len(level) == len(weights) for level in levels.values()),
        "scores and weights must be equally long",
    )
    total = weights.sum()
    cumulative = {name: float(weights[level].sum() / total) for name, level in levels.items()}
    steps = [0.0, *cumulative.values()]
    exclusive = {
        name: high - low for name, (low, high) in zip(levels, pairwise(steps), strict=True)
    }
    return Shares(exclusive, cumulative, 1 - steps[-1])
