"""Quantiles of a sample by domain, with Woodruff's intervals."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.design import Codes, Design, Reals
from kepu_engines.survey.estimates import Estimates, domains_of, mean, values_of

# Shares are sums of weights; one this little below a quantile's share has reached it.
REACHED = 1e-14


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
    """Values of each domain from the least, `start[d]` to `start[d + 1]`, with their shares."""

    value: Reals
    share: Reals
    start: NDArray[np.int64]


def quantiles(
    design: Design,
    y: ArrayLike,
    shares: ArrayLike,
    domain: ArrayLike | None = None,
    level: float = 0.95,
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

    Raises
    ------
    EngineError
        As for `ratio`, or if a share or the level is outside (0, 1).

    Source
    ------
    Woodruff (1952), Confidence intervals for medians and other position measures.
    Conventions: R's svyquantile since 4.1, qrule "math", interval.type "mean", but for a
    bound below the first value's share, where R reads the second value and this the first,
    and for a share that is reached but for rounding, where this counts it as reached.
    """
    asked = reals(shares, "the shares", low=0, high=1)
    require(bool(((asked > 0) & (asked < 1)).all()), "a share must lie between 0 and 1")
    require(0 < level < 1, f"the level of an interval must lie between 0 and 1, not {level:g}")
    values, (codes, domains) = values_of(design, y, "y"), domains_of(design, domain)
    ladder = _ladder(design, values, codes, domains)
    return [_quantile(design, values, codes, ladder, float(share), level) for share in asked]


def _ladder(design: Design, y: Reals, domain: Codes, domains: int) -> _Ladder:
    start = np.concatenate([[0], np.cumsum(np.bincount(domain[domain >= 0], minlength=domains))])
    order = _grouped(domain, start)
    for first, after in pairwise(start):  # short sorts stay in the cache
        rows = order[first:after]
        order[first:after] = rows[np.argsort(y[rows])]
    return _Ladder(y[order], _climbed(design.weight[order], start), start)


def _quantile(
    design: Design, y: Reals, domain: Codes, ladder: _Ladder, share: float, level: float
) -> Quantile:
    value = _read(ladder, np.full(ladder.start.size - 1, share - REACHED))
    below = mean(design, _at_or_below(y, domain, value), domain)
    t = stdtrit(np.where(below.df > 0, below.df, np.nan), (1 + level) / 2)
    half = t * below.se
    low, high = _read(ladder, below.value - half), _read(ladder, below.value + half)
    return Quantile(value, (high - low) / (2 * t), low, high, below)


def _read(ladder: _Ladder, shares: Reals) -> Reals:
    """The least value of each domain whose share is reached; NaN for no share."""
    found = np.empty(shares.size)
    for domain, share in enumerate(shares):
        first, after = ladder.start[domain], ladder.start[domain + 1]
        step = int(np.searchsorted(ladder.share[first:after], share))
        found[domain] = ladder.value[min(first + step, after - 1)]
    return np.where((shares >= 0) & (shares <= 1), found, np.nan)


@njit(cache=True)
def _grouped(domain: Any, start: Any) -> Any:
    """Rows of each domain together."""
    place = start.copy()
    grouped = np.empty(start[-1], np.int64)
    for row in range(domain.size):
        at = domain[row]
        if at >= 0:
            grouped[place[at]] = row
            place[at] += 1
    return grouped


@njit(cache=True)
def _climbed(weight: Any, start: Any) -> Any:
    """Share of its domain's weight at or before each row."""
    share = np.empty(weight.size)
    for domain in range(start.size - 1):
        so_far = 0.0
        for row in range(start[domain], start[domain + 1]):
            so_far += weight[row]
            share[row] = so_far
        for row in range(start[domain], start[domain + 1]):
            share[row] /= so_far
    return share


@njit(cache=True)
def _at_or_below(y: Any, domain: Any, value: Any) -> Any:
    """1 where a row is at or below its domain's quantile."""
    below = np.zeros(y.size)
    for row in range(y.size):
        if domain[row] >= 0 and y[row] <= value[domain[row]]:
            below[row] = 1
    return below
