"""What an outcome hangs on: one reviewer, or the weights of the criteria.

An application is worth the mean of its reviews, a review the weighted mean of its criteria. Its
outcome is the level that reaches, or whether it is within a quota. Told is whose outcome would be
another had one reviewer judged nothing, or were the weights others within a stated range.

Of all weights in the range the corners are tried. A value is a ratio of sums over the weights, so it
is largest and smallest at a corner: for levels nothing is overlooked. A rank depends on many values
at once and may change between corners as well: within a quota a change found is real, and none
found is no proof.

Source
------
Triantaphyllou & Sanchez (1997), A sensitivity analysis approach for some deterministic
multi-criteria decision-making methods, Decision Sciences 28; leaving out one: Miller (1974), The
jackknife - a review, Biometrika 61.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, reals, require

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]
Judge = Callable[[Floats], Longs]

ROUNDING = 1e-9  # points by which a value may miss a cut-off and still reach it
MOST_CRITERIA = 12  # each more doubles the corners


@dataclass(frozen=True)
class Sensitive:
    """Outcomes, and what would change them.

    `value` is (a,), nan where nobody scored. `outcome` (a,) counts the cut-offs reached, or is 1
    within the quota and 0 beyond it; -1 where nobody scored. `without` is (k, 2), pairs of an
    application and a reviewer without whom its outcome would be another. `by_weights` (a,) says
    whose outcome other weights change. `lowest` and `highest` (a,) are the outcomes reached by any
    of it.
    """

    value: Floats
    outcome: Longs
    without: Longs
    by_weights: Flags
    lowest: Longs
    highest: Longs


def levels(cuts: ArrayLike) -> Judge:
    """The level of each value (a,): how many of the cut-offs (l,), in points and rising, it reaches.

    Raises
    ------
    EngineError
        If there are no cut-offs or they do not rise.
    """
    bars = reals(cuts, "cuts")
    require(len(bars) > 0 and bool((np.diff(bars) > 0).all()), "cuts must rise")

    def reached(value: Floats) -> Longs:
        level = np.searchsorted(bars, value + ROUNDING, side="right")
        return np.where(np.isnan(value), -1, level)

    return reached


def within(quota: int) -> Judge:
    """1 for the `quota` best of the values (a,) and who ties with the last of them, 0 for others.

    Raises
    ------
    EngineError
        If the quota is below 1.
    """
    require(quota >= 1, "quota must be at least 1")

    def passed(value: Floats) -> Longs:
        scored = value[~np.isnan(value)]
        last = np.partition(scored, -quota)[-quota] if quota <= len(scored) else -np.inf
        return np.where(np.isnan(value), -1, (value >= last - ROUNDING).astype(np.int64))

    return passed


def sensitivity(
    application: ArrayLike, reviewer: ArrayLike, score: ArrayLike, judge: Judge, *,
    weights: ArrayLike, spread: float = 0.1,
) -> Sensitive:  # fmt: skip
    """Whose outcome one reviewer fewer, or other weights of the criteria, would change.

    Parameters
    ----------
    application, reviewer : (n,) int
        Whose review it is, numbered from 0.
    score : (n, c) float
        Points by criterion; take a reviewer's leniency off first to ask about calibrated scores.
    judge : Judge
        `levels(cuts)` or `within(quota)`.
    weights : (c,) float
        Weight of each criterion, above 0; only their proportions count.
    spread : float
        By which share of itself each weight may be larger or smaller, in [0, 1).

    Returns
    -------
    Sensitive
        One entry per application up to the largest number named. Who has one reviewer only keeps
        its value when that one is left out, for without it there would be none.

    Raises
    ------
    EngineError
        If shapes differ, or a number is out of range.
    """
    which = integers(application, "application", low=0)
    who = integers(reviewer, "reviewer", low=0)
    points = np.asarray(score, dtype=np.float64)
    share = reals(weights, "weights")
    require(0 < len(share) <= MOST_CRITERIA, f"there must be 1 to {MOST_CRITERIA} criteria")
    require(bool((share > 0).all()), "weights must be above 0")
    require(
        points.shape == (len(which), len(share)),
        "score must have a row per review, a column per weight",
    )
    require(bool(np.isfinite(points).all()), "score must hold finite numbers")
    require(len(which) == len(who) > 0, "there must be one reviewer for each review")
    require(0 <= spread < 1, "spread must lie in [0, 1)")
    count = np.bincount(which)
    some = np.maximum(count, 1)[:, None]
    means = np.stack([np.bincount(which, one) for one in points.T], axis=1) / some
    means[count == 0] = np.nan
    value = means @ (share / share.sum())
    outcome = judge(value)
    lowest, highest, by_weights = outcome.copy(), outcome.copy(), np.zeros(len(value), dtype=bool)
    for corner in product((1 - spread, 1 + spread), repeat=len(share)):
        found = judge(means @ (share * corner / (share * corner).sum()))
        by_weights |= found != outcome
        np.minimum(lowest, found, out=lowest)
        np.maximum(highest, found, out=highest)
    without = []
    worth = points @ (share / share.sum())
    for one in np.unique(who):
        found = judge(_left_out(value, count, which[who == one], worth[who == one]))
        changed = np.flatnonzero(found != outcome)
        without.append(np.stack([changed, np.full(len(changed), one)], axis=1))
        np.minimum(lowest, found, out=lowest)
        np.maximum(highest, found, out=highest)
    return Sensitive(value, outcome, np.concatenate(without), by_weights, lowest, highest)


def _left_out(value: Floats, count: Longs, which: Longs, worth: Floats) -> Floats:
    """The values had one reviewer not given these reviews."""
    taken = np.bincount(which, worth, len(value))
    rest = count - np.bincount(which, minlength=len(value))
    changed = (rest > 0) & (rest < count)
    return np.where(changed, (value * count - taken) / np.maximum(rest, 1), value)
