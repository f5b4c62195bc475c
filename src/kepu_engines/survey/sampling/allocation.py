"""How many people to ask, and how they are shared out over the strata."""

from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.design import Reals

Counts = NDArray[np.int64]
# A number this near below a whole one is that whole one, rounded.
ROUNDING = 1e-9


def allocate(
    total: int, measure: ArrayLike, least: ArrayLike = 0, most: ArrayLike | None = None
) -> Counts:
    """Share out a sample in proportion to a measure, within limits, in whole people.

    Real shares are the measure times one factor, cut at the limits; of Neyman's measure
    that is the optimum within them. Whole numbers come by largest remainders; of equal ones
    the earlier stratum is served first.

    Parameters
    ----------
    total : int
        People to ask.
    measure : (strata,) float
        > 0: `proportional`, `neyman` or `power`.
    least, most : int, or (strata,) int
        Limits of each stratum, such as the people there are.

    Raises
    ------
    EngineError
        If a measure is not positive or the total does not fit the limits.
    """
    sizes = _positive(measure, "the measure")
    low, high = _limits(least, most, sizes.size, total)
    require(
        int(low.sum()) <= total <= int(high.sum()),
        f"{total} people do not fit: the strata's limits allow {low.sum()} to {high.sum()}",
    )
    real = np.clip(_factor(sizes, low, high, total) * sizes, low, high)
    whole = np.floor(real + ROUNDING).astype(np.int64)
    room = whole < high
    remainder = np.where(room, real - whole, -np.inf)
    short = total - int(whole.sum())
    whole[np.argsort(-np.round(remainder, 9), kind="stable")[:short]] += 1
    return whole


def proportional(size: ArrayLike) -> Reals:
    """Measure by which each stratum is asked in proportion to its people.

    Parameters
    ----------
    size : (strata,) float
        People, > 0.
    """
    return _positive(size, "the strata's sizes")


def neyman(size: ArrayLike, spread: ArrayLike, cost: ArrayLike = 1) -> Reals:
    """Measure that makes the whole's figure most exact for the money.

    Parameters
    ----------
    size, spread, cost : (strata,) float
        People, standard deviation of the figure, and cost of an interview; all > 0.

    Source
    ------
    Neyman (1934), JRSS 97, 558-625; Cochran (1977), Sampling Techniques, 5.5.
    """
    people = _positive(size, "the strata's sizes")
    deviation = _positive(np.broadcast_to(spread, people.shape), "the spreads")
    price = _positive(np.broadcast_to(cost, people.shape), "the costs")
    measure: Reals = people * deviation / np.sqrt(price)
    return measure


def power(size: ArrayLike, exponent: float, variation: ArrayLike = 1) -> Reals:
    """Measure between equal exactness of every stratum (0) and of the whole (1).

    Parameters
    ----------
    size, variation : (strata,) float
        People, or a total of what is measured; its coefficient of variation. Both > 0.
    exponent : float
        In [0, 1]; a half is usual.

    Raises
    ------
    EngineError
        If a size or variation is not above 0, or the exponent is outside [0, 1].

    Source
    ------
    Bankier (1988), Power Allocations, The American Statistician 42, 174-177.
    """
    require(0 <= exponent <= 1, f"the exponent must be in [0, 1], not {exponent:g}")
    people = _positive(size, "the strata's sizes")
    measure: Reals = people**exponent * _positive(
        np.broadcast_to(variation, people.shape), "the variations"
    )
    return measure


def sample_size(
    half_width: float,
    share: float = 0.5,
    level: float = 0.95,
    deff: float = 1,
    population: float = np.inf,
) -> int:
    """People to interview so that a share's interval has at most this half-width.

    Parameters
    ----------
    half_width : float
        In (0, 1), as 0.03 for 3 points.
    share : float
        Expected; 0.5 is the most demanding.
    level : float
        Of the interval, by the normal distribution.
    deff : float
        Design effect, > 0.
    population : float
        People there are.

    Source
    ------
    Cochran (1977), Sampling Techniques, 4.4, with the variance multiplied by `deff`.
    """
    spread = _spread(share, deff, population)
    require(0 < half_width < 1, f"the half-width must lie between 0 and 1, not {half_width:g}")
    variance = (half_width / _normal(level)) ** 2
    return ceil(spread / (variance + spread / population) - ROUNDING)


def half_width(
    people: ArrayLike,
    share: float = 0.5,
    level: float = 0.95,
    deff: float = 1,
    population: float = np.inf,
) -> Reals:
    """Half-width that so many interviews give; parameters as `sample_size`.

    Parameters
    ----------
    people : (n,) or () int
        Interviews, > 0.
    share, level, deff, population
        As in `sample_size`.

    Returns
    -------
    (n,) float64
        In shares: 0.03 is three percentage points.

    Raises
    ------
    EngineError
        If a number is not above 0, or the share or the level not between 0 and 1.
    """
    asked = np.atleast_1d(np.asarray(people, np.float64))
    require(bool((asked > 0).all()), "the number of interviews must be > 0")
    rest = np.maximum(1 / asked - 1 / population, 0)
    width: Reals = _normal(level) * np.sqrt(_spread(share, deff, population) * rest)
    return width


def to_approach(people: int, response: float) -> int:
    """People to approach so that so many are interviewed, if this share of them answers.

    Parameters
    ----------
    people : int
        Interviews wanted.
    response : float
        In (0, 1].

    Raises
    ------
    EngineError
        If the share is not in (0, 1].
    """
    require(0 < response <= 1, f"the share who answer must be in (0, 1], not {response:g}")
    return ceil(people / response - ROUNDING)


def _spread(share: float, deff: float, population: float) -> float:
    """Variance of one answer times the design effect."""
    require(0 < share < 1, f"the share must lie between 0 and 1, not {share:g}")
    require(deff > 0, f"the design effect must be > 0, not {deff:g}")
    require(population > 1, f"the population must have two people, not {population:g}")
    finite = 1.0 if population == np.inf else population / (population - 1)
    return deff * share * (1 - share) * finite


def _normal(level: float) -> float:
    require(0 < level < 1, f"the level of an interval must lie between 0 and 1, not {level:g}")
    return float(ndtri((1 + level) / 2))


def _positive(values: ArrayLike, name: str) -> Reals:
    array = reals(values, name)
    require(array.size > 0, f"{name} are none")
    worst = int(array.argmin())
    require(array[worst] > 0, f"{name}: that of stratum {worst + 1} is {array[worst]:g}, not > 0")
    return array


def _limits(
    least: ArrayLike, most: ArrayLike | None, strata: int, total: int
) -> tuple[Counts, Counts]:
    low = np.broadcast_to(np.asarray(least), (strata,)).astype(np.int64)
    high = np.broadcast_to(np.asarray(total if most is None else most), (strata,))
    high = np.maximum(high.astype(np.int64), low) if most is None else high.astype(np.int64)
    crossed = int((low > high).argmax())
    require(
        bool((low <= high).all()) and bool((low >= 0).all()),
        f"stratum {crossed + 1} must have at least {low[crossed]} and at most {high[crossed]} people",
    )
    return low, high


def _factor(measure: Reals, low: Counts, high: Counts, total: int) -> float:
    """Factor after which the measure, cut at the limits, has the total.

    The sum rises in straight pieces between the factors at which a limit is met.
    """
    met = np.unique(np.concatenate([low / measure, high / measure]))
    sums = np.array([np.clip(at * measure, low, high).sum() for at in met])
    return float(np.interp(total, sums, met))
