"""Quantiles of a sample by domain, with Woodruff's intervals."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.design import Design, Reals
from kepu_engines.survey.estimates import Estimates, Parted, values_of

Told = Callable[[NDArray[np.bool_]], Estimates]


@dataclass(frozen=True)
class Quantile:
    """One quantile of every domain; every array is (domains,).

    `se` is the interval's width over twice its t quantile. `share` estimates how many lie
    at or below the quantile: its design effect, degrees of freedom and rows are theirs.
    """

    value: Reals
    se: Reals
    low: Reals
    high: Reals
    share: Estimates


@dataclass(frozen=True)
class _Ladder:
    """Values of each domain from the least, `start[d]` to `start[d + 1]`, and the weight at or
    before each."""

    value: Reals
    climbed: Reals
    start: NDArray[np.int64]


def quantiles(
    design: Design,
    y: ArrayLike,
    shares: ArrayLike,
    domain: ArrayLike | None = None,
    level: float = 0.95,
    told: Told | None = None,
) -> list[Quantile]:
    """Quantiles of `y` by domain, one for each of `shares`.

    A quantile is the least value at or below which at least the share lies. Its interval
    is that of the estimated share at or below it, by Student's t on the domain's degrees
    of freedom, read back through the distribution; NaN without degrees of freedom, or
    where the interval of the share leaves [0, 1].

    Parameters
    ----------
    design : Design
        Of n rows.
    y : (n,) float
        Finite.
    shares : (q,) float
        Each in (0, 1).
    domain : (n,) int, optional
        As for `ratio`.
    told : function, optional
        From (n,) bool to the share of the true ones in each domain, with its error; Taylor's where
        none is given.

    Raises
    ------
    EngineError
        As for `ratio`, or if a share or the level is outside (0, 1).

    Source
    ------
    Woodruff (1952), Confidence intervals for medians and other position measures.
    Conventions: R's svyquantile since 4.1, qrule "math", interval.type "mean", to the last
    digit of a tie; see `read_ladder` for what R does below the first row.
    """
    asked = reals(shares, "the shares", low=0, high=1)
    require(bool(((asked > 0) & (asked < 1)).all()), "a share must lie between 0 and 1")
    require(0 < level < 1, f"the level of an interval must lie between 0 and 1, not {level:g}")
    values, parted = values_of(design, y, "y"), Parted.of(design, domain)
    ladder = _ladder(parted, values)
    of_shares = told or parted.mean
    return [_quantile(parted, values, ladder, float(share), level, of_shares) for share in asked]


def _ladder(parted: Parted, y: Reals) -> _Ladder:
    domain, weight = parted.domain, parted.design.weight
    counts = np.bincount(domain[domain >= 0], minlength=parted.domains)
    start = np.concatenate([[0], np.cumsum(counts)])
    order = _grouped(domain, start)
    value, climbed = np.empty(order.size), np.empty(order.size)
    for first, after in pairwise(start):  # short sorts stay in the cache
        rows = order[first:after]
        rows = rows[np.argsort(y[rows])]
        value[first:after] = y[rows]
        climbed[first:after] = np.cumsum(weight[rows], dtype=np.longdouble)
    return _Ladder(value, climbed, start)


def _quantile(
    parted: Parted, y: Reals, ladder: _Ladder, share: float, level: float, told: Told
) -> Quantile:
    value = _read(ladder, np.full(parted.domains, share))
    below = told(_at_or_below(y, parted.domain, value))
    t = stdtrit(np.where(below.df > 0, below.df, np.nan), (1 + level) / 2)
    half, middle = t * below.se, _shares(ladder, value)
    low, high = _read(ladder, middle - half), _read(ladder, middle + half)
    return Quantile(value, (high - low) / (2 * t), low, high, below)


def _read(ladder: _Ladder, shares: Reals) -> Reals:
    """The value of each domain at its share; NaN for no share."""
    found = np.full(shares.size, np.nan)
    for domain in np.flatnonzero((shares >= 0) & (shares <= 1)):
        first, after = ladder.start[domain], ladder.start[domain + 1]
        step = read_ladder(ladder.climbed[first:after], float(shares[domain]))
        found[domain] = ladder.value[first + step]
    return found


def read_ladder(climbed: Reals, share: float, tied: bool = False) -> int:
    """The first step at which the weight has climbed to the share, as R finds it.

    Equality is asked of the rounded quotient, so that a tie falls as it does in R. Of a share
    below that of the first row R reads the second row (as `qs` of survey 4.1 starts there); where
    steps are values, `tied` says that the second row has the first value, too.
    """
    total = climbed[-1]
    last = int(np.searchsorted(climbed, share * total, side="right")) - 1
    if last < 0 and tied:
        return 0
    last = max(last, 0)
    reached = share - climbed[last] / total == 0
    return last if reached else min(last + 1, climbed.size - 1)


def _shares(ladder: _Ladder, value: Reals) -> Reals:
    """Share of each domain's weight at or below its value."""
    found = np.empty(value.size)
    for domain, (first, after) in enumerate(pairwise(ladder.start)):
        inside = slice(first, after)
        found[domain] = share_of_ladder(ladder.value[inside], ladder.climbed[inside], value[domain])
    return found


def share_of_ladder(values: Reals, climbed: Reals, value: float) -> float:
    """Share of the weight at or below a value.

    Parameters
    ----------
    values, climbed : (n,) float
        Values from the least, in the units of y, and the weight at or before each.
    value : float
    """
    below = int(np.searchsorted(values, value, side="right"))
    return float(climbed[below - 1] / climbed[-1])


@njit(cache=True)
def _grouped(domain: Any, start: Any) -> Any:
    """Rows of each domain together."""
    place = start.copy()
    grouped = np.empty(start[-1], np.int32)
    for row in range(domain.size):
        at = domain[row]
        if at >= 0:
            grouped[place[at]] = row
            place[at] += 1
    return grouped


@njit(cache=True)
def _at_or_below(y: Any, domain: Any, value: Any) -> Any:
    """Whether a row is at or below its domain's quantile."""
    below = np.zeros(y.size, np.bool_)
    for row in range(y.size):
        below[row] = domain[row] >= 0 and y[row] <= value[domain[row]]
    return below
