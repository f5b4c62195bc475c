"""Totals, means, shares and ratios of a sample by domain, with linearised variances."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.cells import Cells, Scored, Sums, freedom, summed, variance
from kepu_engines.survey.design import Codes, Design, Reals

ONE = np.ones(1)


@dataclass(frozen=True)
class Scores:
    """Linearised scores of the cells of each stage: what a variance is made of."""

    design: Design
    stages: tuple[Scored, ...]

    def variance(self) -> Reals:
        """Variance of every domain's estimate, all stages added."""
        lonely = self.design.lonely
        parts = zip(self.design.stages, self.stages, strict=True)
        found: Reals = np.sum([variance(stage, scored, lonely) for stage, scored in parts], axis=0)
        return found


@dataclass(frozen=True)
class Estimates:
    """One figure for every domain.

    Attributes
    ----------
    value, se : (domains,) float64
        Estimate and standard error.
    deff : (domains,) float64
        Variance over that of a simple random sample of as many rows drawn without
        replacement, as R's `deff=TRUE`.
    df : (domains,) int64
        Clusters less strata, counted where the domain has rows.
    n : (domains,) int64
        Rows of the domain.
    scores : Scores
        For contrasts.
    """

    value: Reals
    se: Reals
    deff: Reals
    df: NDArray[np.int64]
    n: NDArray[np.int64]
    scores: Scores

    def interval(self, level: float = 0.95) -> tuple[Reals, Reals]:
        """Interval by Student's t on the domains' degrees of freedom; NaN where there are none."""
        require(0 < level < 1, f"the level of an interval must lie between 0 and 1, not {level:g}")
        half = stdtrit(np.where(self.df > 0, self.df, np.nan), (1 + level) / 2) * self.se
        return self.value - half, self.value + half

    def contrast(self, coefficients: ArrayLike) -> tuple[float, float]:
        """Sum of the domains' estimates times `coefficients`, with its standard error.

        Domains that share clusters are not independent; this counts it.

        Parameters
        ----------
        coefficients : (domains,) float

        Raises
        ------
        EngineError
            If there is not one coefficient a domain.
        """
        times = reals(coefficients, "the coefficients")
        require(times.size == self.value.size, f"a contrast needs {self.value.size} coefficients")
        design = self.scores.design
        stages = zip(design.stages, self.scores.stages, strict=True)
        joined = tuple(
            _joined(stage.stratum.size, scored, scored.score * times[scored.domain])
            for stage, scored in stages
        )
        spread = Scores(design, joined).variance()[0]
        return float(self.value @ times), float(np.sqrt(spread))


def total(design: Design, y: ArrayLike, domain: ArrayLike | None = None) -> Estimates:
    """Total of `y` in the population, by domain; in the units of `y`.

    Parameters and refusals as `ratio`. Its error counts that the number of people is estimated too: where
    that is known, bring the weights to it first.

    Source
    ------
    Horvitz & Thompson (1952), JASA 47, 663-685; the variance as `ratio`.
    """
    return _estimate(Parted.of(design, domain), values_of(design, y, "y"), None)


def mean(design: Design, y: ArrayLike, domain: ArrayLike | None = None) -> Estimates:
    """Mean of `y`, by domain, in the units of `y`; of zeros and ones it is a share in [0, 1].

    The ratio of the total of `y` to the estimated number of people (Hájek's), linearised. Parameters,
    refusals and source as `ratio`.
    """
    return Parted.of(design, domain).mean(values_of(design, y, "y"))


def ratio(design: Design, y: ArrayLike, x: ArrayLike, domain: ArrayLike | None = None) -> Estimates:
    """Ratio of the totals of `y` and `x`, by domain.

    Parameters
    ----------
    design : Design
        Of n rows.
    y, x : (n,) float
        Finite.
    domain : (n,) int, optional
        Domain of a row, 0, 1, 2 ...; -1 leaves it out of every domain while its cluster
        still counts as drawn, which is right for a missing value.

    Raises
    ------
    EngineError
        If lengths differ, a number is not finite, a domain has no rows, or a domain's
        total of `x` is zero.

    Source
    ------
    Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, 5.5-5.8.
    Conventions: R's survey (svytotal, svymean, svyratio, svyby).
    """
    top, below = values_of(design, y, "y"), values_of(design, x, "x")
    return _estimate(Parted.of(design, domain), top, below)


def values_of(design: Design, values: ArrayLike, name: str) -> Reals:
    """One number a row, or a refusal.

    Parameters
    ----------
    design : Design
        Of n rows.
    values : (n,) float
    name : str
        What they are called in a refusal.

    Raises
    ------
    EngineError
        If there is not one finite number a row.
    """
    array = reals(values, name)
    require(array.size == len(design), f"{name} must hold {len(design)} numbers, not {array.size}")
    return array


def domains_of(design: Design, domain: ArrayLike | None) -> tuple[Codes, int]:
    """Domains as int32, and how many there are.

    Parameters
    ----------
    design : Design
        Of n rows.
    domain : (n,) int, optional
        From 0; -1 is in none. All rows are of one without it.

    Raises
    ------
    EngineError
        If there is not one whole number a row, or no row is in a domain.
    """
    if domain is None:
        return np.zeros(len(design), np.int32), 1
    array = np.asarray(domain)
    require(array.shape == (len(design),), f"domain must hold {len(design)} numbers")
    require(array.dtype.kind in "iu", f"domain must hold whole numbers, not {array.dtype}")
    require(int(array.min()) >= -1, "domain must hold numbers from -1")
    most = int(array.max()) + 1
    require(most > 0, "no row is in a domain")
    require(most <= len(design), "a domain has no rows")
    return np.ascontiguousarray(array, dtype=np.int32), most


@dataclass(frozen=True)
class Parted:
    """A sample parted into domains once, for every estimate by them."""

    design: Design
    domain: Codes
    cells: tuple[Cells, ...]

    @classmethod
    def of(cls, design: Design, domain: ArrayLike | None) -> "Parted":
        """Find the cells of every stage; without `domain` all rows are of one.

        Parameters
        ----------
        design : Design
        domain : (n,) int, optional
            As for `ratio`.
        """
        codes, domains = domains_of(design, domain)
        cells = tuple(Cells.of(stage, codes, domains) for stage in design.stages)
        return cls(design, codes, cells)

    @property
    def domains(self) -> int:
        """How many domains there are."""
        return self.cells[0].domains

    def mean(self, y: NDArray[Any]) -> Estimates:
        """Mean of `y`, numbers or bool, by domain.

        Parameters
        ----------
        y : (n,) float or bool
        """
        return _estimate(self, y, ONE)


@dataclass(frozen=True)
class Linear:
    """Estimates by domain and what linearises them: score = (y - slope x) scale, summed by unit."""

    value: Reals
    slope: Reals
    scale: Reals
    n: NDArray[np.int64]
    scores: Scores

    @classmethod
    def of(cls, parted: Parted, sums: list[Sums], whole: bool) -> "Linear":
        """From the sums of each stage's cells: a total where it is of the `whole`, else a ratio."""
        top, below, n = _by_domain(parted.cells[0], sums[0])
        require(bool((n > 0).all()), f"domain {int(n.argmin())} has no rows")
        require(whole or bool((below != 0).all()), "the total of x in a domain is zero")
        value = top if whole else top / below
        slope, scale = (np.zeros_like(top), np.ones_like(top)) if whole else (value, 1 / below)
        stages = zip(parted.cells, sums, strict=True)
        scored = tuple(_scored(c, s, slope, scale) for c, s in stages)
        return cls(value, slope, scale, n, Scores(parted.design, scored))

    def told(self, people: Reals, squares: Reals) -> Estimates:
        """With errors, and design effects from the spread of single rows' y - slope x.

        Parameters
        ----------
        people : (domains,) float
            Sum of weights.
        squares : (domains,) float
            Weighted squares of y - slope x about their mean.
        """
        spread = self.scores.variance()
        plain = _plain_variance(people, squares, self.n) * self.scale**2
        with np.errstate(invalid="ignore", divide="ignore"):
            deff = spread / plain
        df = freedom(self.scores.design.stages[0], self.scores.stages[0])
        return Estimates(self.value, np.sqrt(spread), deff, df, self.n, self.scores)


def _estimate(parted: Parted, y: NDArray[Any], x: Reals | None) -> Estimates:
    """A total where `x` is None, otherwise a ratio."""
    weight, below_one = parted.design.weight, ONE if x is None else x
    sums = [summed(cells, weight, y, below_one) for cells in parted.cells]
    linear = Linear.of(parted, sums, whole=x is None)
    return linear.told(*_residuals(parted.domain, weight, y, below_one, linear.slope))


def _by_domain(cells: Cells, sums: Sums) -> tuple[Reals, Reals, NDArray[np.int64]]:
    """Sums of y and x and the number of rows of each domain."""
    y = np.bincount(cells.domain, sums.y, cells.domains).astype(np.float64)
    x = np.bincount(cells.domain, sums.x, cells.domains).astype(np.float64)
    return y, x, np.bincount(cells.domain, sums.rows, cells.domains).astype(np.int64)


def _scored(cells: Cells, sums: Sums, slope: Reals, scale: Reals) -> Scored:
    """Score of every cell: what it moves the estimate by."""
    score = (sums.y - slope[cells.domain] * sums.x) * scale[cells.domain]
    return Scored.of(cells, sums.rows, score)


def _joined(units: int, scored: Scored, score: Reals) -> Scored:
    """The cells of all domains as one domain."""
    unit = np.arange(units, dtype=np.int32)
    rows = np.bincount(scored.unit, scored.rows, units).astype(np.int64)
    total_score = np.bincount(scored.unit, score, units).astype(np.float64)
    one = np.zeros(units, np.int32)
    held = rows > 0
    return Scored(unit[held], one[held], 1, rows[held], total_score[held])


def _plain_variance(people: Reals, squares: Reals, n: NDArray[np.int64]) -> Reals:
    """Variance of a total in a simple random sample of n from `people`, without replacement."""
    with np.errstate(invalid="ignore", divide="ignore"):
        unit: Reals = squares / people * n / (n - 1)
        return people**2 * unit / n * (1 - n / people)


def _residuals(
    codes: Codes, weight: Reals, y: NDArray[Any], x: Reals, slope: Reals
) -> tuple[Reals, Reals]:
    """People of each domain, and their squared deviations of y - slope x from its mean."""
    people, sums, squares = moments(codes, weight, y, x, slope, np.zeros(slope.size))
    middle = sums / people
    if bool((slope == 0).all()):  # a total: the second pass keeps the digits
        people, sums, squares = moments(codes, weight, y, x, slope, middle)
        middle = sums / people
    return people, squares - people * middle**2


@njit(cache=True)
def moments(domain: Any, weight: Any, y: Any, x: Any, slope: Any, middle: Any) -> Any:
    """Weighted count, sum and sum of squares of y - slope x - middle, by domain: three (domains,) float64.

    `domain` (n,) int, -1 for a row that counts nowhere; `weight` (n,) float; `y` (n,) float; `x` (n,)
    float, or one number for all; `slope`, `middle` (domains,) float. Nothing is refused here.
    """
    table = np.zeros((slope.size, 3))
    step = 0 if x.size == 1 else 1
    for row in range(domain.size):
        at = domain[row]
        if at >= 0:
            rest = y[row] - slope[at] * x[row * step] - middle[at]
            part = weight[row] * rest
            table[at, 0] += weight[row]
            table[at, 1] += part
            table[at, 2] += part * rest
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()
