"""Replicate weights: the sample drawn again in part, to see how much an estimate moves.

A replicate is kept as what it does to clusters, not as a column of weights; the weights
of one are made when they are asked for, and corrected as the sample's own were.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from kepu_engines.core.checks import reals, require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.progress import Progress, silent
from kepu_engines.core.seeds import generator
from kepu_engines.survey.design import CENSUS, Codes, Design, Lonely, Reals, Stage
from kepu_engines.survey.hadamard import hadamard

Correct = Callable[[Reals], Reals]
Figure = Callable[[Reals], ArrayLike]


class Scheme(Protocol):
    """What each replicate does to the weights of each first-stage cluster."""

    @property
    def count(self) -> int:
        """How many replicates there are."""

    def factors(self, replicate: int) -> Reals:
        """Factor of the weights of each cluster in one replicate."""


@dataclass(frozen=True)
class Dropping:
    """Each replicate leaves out one cluster; the others of its stratum stand in for it."""

    stratum: Codes
    drawn: NDArray[np.int64]
    dropped: NDArray[np.int64]

    @property
    def count(self) -> int:
        """One replicate for each cluster that can be left out."""
        return self.dropped.size

    def factors(self, replicate: int) -> Reals:
        """0 for the cluster left out, m / (m - 1) for the others of its stratum."""
        unit = self.dropped[replicate]
        home = self.stratum[unit]
        many = self.drawn[home]
        found = np.where(self.stratum == home, many / (many - 1), 1.0)
        found[unit] = 0
        return found


@dataclass(frozen=True)
class Halving:
    """Each replicate favours one of the two clusters of each stratum.

    `signs` is (replicates, strata), `side` is +1 or -1 for the two clusters of a stratum,
    `reach` how far the factor of a stratum's clusters is from 1.
    """

    signs: NDArray[np.int8]
    side: Reals
    stratum: Codes
    reach: Reals

    @property
    def count(self) -> int:
        """One replicate for each row of signs."""
        return len(self.signs)

    def factors(self, replicate: int) -> Reals:
        """1 + reach for the favoured cluster of a stratum, 1 - reach for the other."""
        turn = (self.signs[replicate] * self.reach)[self.stratum]
        found: Reals = 1 + turn * self.side
        return found


@dataclass(frozen=True)
class Redrawing:
    """Each replicate draws clusters again; `times` is how often, (replicates, clusters)."""

    times: NDArray[np.uint16]
    lift: Reals
    rest: Reals

    @property
    def count(self) -> int:
        """As many replicates as were asked for."""
        return len(self.times)

    def factors(self, replicate: int) -> Reals:
        """Rao and Wu's factor of each cluster."""
        found: Reals = 1 + np.sqrt(self.rest) * (self.lift * self.times[replicate] - 1)
        return found


@dataclass(frozen=True)
class Given:
    """Replicates that came with the data: `weights` is (replicates, n), `sample` (n,)."""

    weights: NDArray[np.float64]
    sample: Reals

    @property
    def count(self) -> int:
        """One replicate for each row of weights."""
        return len(self.weights)

    def factors(self, replicate: int) -> Reals:
        """What a replicate makes of the weight of each row."""
        found: Reals = self.weights[replicate] / self.sample
        return found


@dataclass(frozen=True)
class Spread:
    """Figures of the sample, and how far they move from replicate to replicate.

    Attributes
    ----------
    value : (k,) float64
    covariance : (k, k) float64
    replicates : (R, k) float64
        The figures of each replicate.
    df : int
        Clusters less strata.
    """

    value: Reals
    covariance: Reals
    replicates: Reals
    df: int

    @property
    def se(self) -> Reals:
        """Standard errors."""
        found: Reals = np.sqrt(np.diag(self.covariance))
        return found

    def interval(self, level: float = 0.95) -> tuple[Reals, Reals]:
        """Interval by Student's t."""
        require(0 < level < 1, f"the level of an interval must lie between 0 and 1, not {level:g}")
        half = stdtrit(self.df if self.df > 0 else np.nan, (1 + level) / 2) * self.se
        return self.value - half, self.value + half


@dataclass(frozen=True)
class Replicates:
    """A sample and its replicates.

    Attributes
    ----------
    weight : (n,) float64
        Of the sample, corrected.
    base : (n,) float64
        Of the sample, as drawn.
    unit : (n,) int32
        First-stage cluster of each row.
    scheme : Scheme
    scale : (R,) float64
        What the square of each replicate's move counts in the variance.
    df : int
        Clusters less strata.
    around_sample : bool
        Moves are measured from the sample's figure, not from the replicates' mean.
    corrections : tuple of functions from weights to weights
    """

    weight: Reals
    base: Reals
    unit: Codes
    scheme: Scheme
    scale: Reals
    df: int
    around_sample: bool = False
    corrections: tuple[Correct, ...] = ()

    def __len__(self) -> int:
        """How many replicates there are."""
        return self.scheme.count

    def corrected(self, correct: Correct) -> "Replicates":
        """The same, the sample and every replicate corrected alike.

        Parameters
        ----------
        correct : function
            From (n,) weights >= 0 to (n,) weights: a `Calibration`, `Classes`, or one's own.
        """
        corrections = (*self.corrections, correct)
        return replace(self, weight=correct(self.weight), corrections=corrections)

    def weights(self, replicate: int) -> Reals:
        """Weights of one replicate, corrected.

        Raises
        ------
        EngineError
            If its weights cannot be corrected, with its number.
        """
        weight = self.base * self.scheme.factors(replicate)[self.unit]
        try:
            for correct in self.corrections:
                weight = correct(weight)
        except EngineError as refusal:
            raise EngineError(f"in replicate {replicate + 1}: {refusal}") from refusal
        return weight

    def every(self, progress: Progress = silent) -> Iterator[Reals]:
        """Weights of the replicates, one after the other."""
        for replicate in range(len(self)):
            progress("replicates", replicate, len(self))
            yield self.weights(replicate)

    def spread(self, figure: Figure, progress: Progress = silent) -> Spread:
        """Variance of any figure that is a function of the weights.

        Parameters
        ----------
        figure : function
            From (n,) weights to one number or k numbers, such as `mean_of(y)`.
        """
        moved = [np.atleast_1d(figure(weight)) for weight in self.every(progress)]
        return self._spread(np.atleast_1d(figure(self.weight)), np.array(moved))

    def spread_of_sums(
        self, columns: ArrayLike, figure: Figure, progress: Progress = silent
    ) -> Spread:
        """Variance of a figure of weighted sums: the rows are passed over once if uncorrected.

        Parameters
        ----------
        columns : (n, k) float
        figure : function
            From the k sums to one number or several.

        Raises
        ------
        EngineError
            If the columns have not all rows, or a replicate cannot be corrected.
        """
        array = np.asarray(columns, np.float64)
        require(array.ndim == 2 and len(array) == self.base.size, "columns must have all rows")
        if self.corrections:
            return self.spread(lambda weight: figure(weight @ array), progress)
        units = int(self.unit.max()) + 1
        parts = [np.bincount(self.unit, self.base * column, units) for column in array.T]
        of_unit = np.stack(parts, axis=1)
        moved = []
        for replicate in range(len(self)):
            progress("replicates", replicate, len(self))
            moved.append(np.atleast_1d(figure(self.scheme.factors(replicate) @ of_unit)))
        return self._spread(np.atleast_1d(figure(of_unit.sum(axis=0))), np.array(moved))

    def _spread(self, value: Any, moved: Any) -> Spread:
        middle = value if self.around_sample else moved[self.scale > 0].mean(axis=0)
        away = moved - middle
        covariance = (away * self.scale[:, None]).T @ away
        return Spread(value.astype(np.float64), covariance, moved, self.df)


def jackknife(design: Design) -> Replicates:
    """Leave out each first-stage cluster in turn: JK1 with one stratum, JKn with several.

    With sampling fractions each move counts 1 - fraction. Strata taken whole, and those with
    one cluster under the rule `certainty`, move nothing.

    Raises
    ------
    EngineError
        If a stratum with one cluster is under the rule `adjust` or `average`.

    Source
    ------
    Rust & Rao (1996), Variance Estimation for Complex Surveys Using Replication, SMMR 5;
    conventions of R's survey (type "JK1", "JKn").
    """
    stage = _first(design)
    moving = (stage.drawn > 1) & (stage.rest >= CENSUS)
    dropped = np.flatnonzero(moving[stage.stratum])
    require(dropped.size > 0, "no stratum has two clusters to tell a variance")
    many = stage.drawn[stage.stratum[dropped]]
    scale = (many - 1) / many * stage.rest[stage.stratum[dropped]]
    scheme = Dropping(stage.stratum, stage.drawn, dropped)
    return _replicates(design, scheme, scale)


def balanced(design: Design, fay: float = 0, signs: ArrayLike | None = None) -> Replicates:
    """Balanced half-samples of strata with two clusters each; Fay's, if `fay` > 0.

    Parameters
    ----------
    fay : float
        Share of its weight that the cluster out of favour keeps, in [0, 1).
    signs : (R, strata) of +1 and -1, optional
        Columns orthogonal to each other and to a column of +1; a Hadamard matrix if not given.

    Raises
    ------
    EngineError
        If a stratum has not two clusters, `fay` is out of range, or `signs` do not balance.

    Source
    ------
    McCarthy (1969), Pseudo-replication: Half Samples; Judkins (1990), Fay's Method for
    Variance Estimation, J. Off. Stat. 6. A sampling fraction f draws the factors towards 1 by
    sqrt(1 - f).
    """
    stage = _first(design)
    require(0 <= fay < 1, f"Fay's share must be in [0, 1), not {fay:g}")
    odd = np.flatnonzero(stage.drawn != 2)
    if odd.size:
        row = int((stage.stratum[stage.unit] == odd[0]).argmax())
        require(
            False,
            f"the stratum of row {row + 1} has {stage.drawn[odd[0]]} clusters: balanced "
            "half-samples need two in each; pair them, or take the jackknife",
        )
    strata = stage.drawn.size
    table = hadamard(strata + 1)[:, 1 : strata + 1] if signs is None else _balancing(signs, strata)
    first = np.unique(stage.stratum, return_index=True)[1]
    side = np.full(stage.stratum.size, -1.0)
    side[first] = 1
    scheme = Halving(table, side, stage.stratum, (1 - fay) * np.sqrt(stage.rest))
    return _replicates(design, scheme, np.full(len(table), 1 / (len(table) * (1 - fay) ** 2)))


def bootstrap(design: Design, count: int, seed: int) -> Replicates:
    """Draw m - 1 of the m clusters of each stratum again, with replacement, `count` times.

    Parameters
    ----------
    count : int
        >= 2; several hundred for quantiles.
    seed : int
        >= 0; the same seed draws the same.

    Source
    ------
    Rao & Wu (1988), Resampling Inference With Complex Survey Data, JASA 83, 231-241; Rao, Wu
    & Yue (1992), Survey Methodology 18, for weights.
    """
    stage = _first(design)
    require(count >= 2, f"a bootstrap needs at least two replicates, not {count}")
    draw, many = generator(seed), stage.drawn
    times = np.ones((count, stage.stratum.size), np.uint16)
    by_stratum = np.argsort(stage.stratum, kind="stable")
    for units in np.split(by_stratum, np.cumsum(many)[:-1]):
        if units.size > 1:
            even = np.full(units.size, 1 / units.size)
            times[:, units] = draw.multinomial(units.size - 1, even, count)
    lift = np.where(many > 1, many / np.maximum(many - 1, 1), 1.0)[stage.stratum]
    scheme = Redrawing(times, lift, stage.rest[stage.stratum])
    return _replicates(design, scheme, np.full(count, 1 / (count - 1)))


def given(
    weight: ArrayLike, weights: ArrayLike, scale: ArrayLike, around_sample: bool = False
) -> Replicates:
    """Replicates of which only the weights are known, as whoever drew the sample hands them out.

    Parameters
    ----------
    weight : (n,) float
        Of the sample, every one > 0.
    weights : (n, R) float
        Of each of R >= 2 replicates, >= 0, corrected already.
    scale : (R,) float, or one number
        What the square of each replicate's move counts in the variance, >= 0.
    around_sample : bool
        Moves are measured from the sample's figure, not from the replicates' mean.

    Returns
    -------
    Replicates
        With the rank of the replicates' weights less 1 as degrees of freedom.

    Raises
    ------
    EngineError
        If shapes differ, or a weight or a scale is impossible.

    Source
    ------
    Rust & Rao (1996), SMMR 5. Conventions: R's svrepdesign and degf; scale is its scale times rscales.
    """
    people = reals(weight, "the weights", low=0)
    require(people.size > 0 and bool((people > 0).all()), "the weights must be > 0")
    table = np.asarray(weights, np.float64)
    shape = table.ndim == 2 and len(table) == people.size and table.shape[1] > 1
    require(shape, f"replicate weights must be {people.size} rows and two columns at least")
    good = np.isfinite(table) & (table >= 0)
    require(bool(good.all()), "replicate weights must be finite and >= 0")
    counts = reals(np.atleast_1d(np.asarray(scale)), "the scales", low=0)
    require(counts.size in (1, table.shape[1]), f"there must be {table.shape[1]} scales, or one")
    require(bool(counts.any()), "no replicate counts in the variance")
    scheme = Given(np.ascontiguousarray(table.T), people)
    counts = np.broadcast_to(counts, table.shape[1]).copy()
    unit = np.arange(people.size, dtype=np.int32)
    return Replicates(people, people, unit, scheme, counts, rank(scheme.weights) - 1, around_sample)


def rank(weights: NDArray[np.float64]) -> int:
    """How many of the replicates' weights, (R, n), are not made of the others, as R's degf counts.

    Parameters
    ----------
    weights : (R, n) float
    """
    size = np.linalg.norm(weights, axis=1)
    rows = weights[size > 0] / size[size > 0, None]
    square = rows @ rows.T if len(rows) < rows.shape[1] else rows.T @ rows
    values = np.linalg.eigvalsh(square)
    return int((values > DISTINCT**2 * values[-1]).sum()) if values.size else 0


def total_of(y: ArrayLike, domain: ArrayLike | None = None) -> Figure:
    """Total of `y`, or one for each of the domains 0, 1, 2 ...; -1 is in none.

    Parameters
    ----------
    y : (n,) float
    domain : (n,) int, optional

    Raises
    ------
    EngineError
        If lengths differ or a number is not finite.
    """
    values = reals(y, "y")
    if domain is None:
        return lambda weight: weight @ values
    where = np.asarray(domain, np.int64)
    require(where.size == values.size, "y and domain must have as many rows")
    inside, domains = where >= 0, int(where.max(initial=-1)) + 1
    return lambda weight: np.bincount(where[inside], (weight * values)[inside], domains)


def mean_of(y: ArrayLike, domain: ArrayLike | None = None) -> Figure:
    """Mean of `y`, or one for each of the domains 0, 1, 2 ...; -1 is in none.

    Parameters
    ----------
    y : (n,) float
    domain : (n,) int, optional
    """
    return ratio_of(y, np.ones(np.shape(y)), domain)


def ratio_of(y: ArrayLike, x: ArrayLike, domain: ArrayLike | None = None) -> Figure:
    """Ratio of the totals of `y` and `x`, or one for each domain.

    Parameters
    ----------
    y, x : (n,) float
    domain : (n,) int, optional

    Raises
    ------
    EngineError
        If lengths differ, a number is not finite, or weights leave a domain no x.
    """
    top, below = reals(y, "y"), reals(x, "x")
    where = np.zeros(top.size, np.int64) if domain is None else np.asarray(domain, np.int64)
    require(top.size == below.size == where.size, "y, x and domain must have as many rows")
    inside = where >= 0
    top, below, where = top[inside], below[inside], where[inside]
    domains = int(where.max(initial=-1)) + 1

    def figure(weight: Reals) -> Reals:
        held = weight[inside]
        under = np.bincount(where, held * below, domains)
        require(bool((under != 0).all()), f"the total of x in domain {int(under.argmin())} is 0")
        found: Reals = np.bincount(where, held * top, domains) / under
        return found

    return figure


def quantile_of(y: ArrayLike, shares: ArrayLike) -> Figure:
    """Least values of `y` at or below which at least the shares of the people lie.

    Parameters
    ----------
    y : (n,) float
    shares : (q,) float
        In [0, 1].

    Raises
    ------
    EngineError
        If a number is impossible.
    """
    values, wanted = reals(y, "y"), reals(shares, "the shares", low=0, high=1)
    order = np.argsort(values, kind="stable")
    rising = values[order]

    def figure(weight: Reals) -> Reals:
        below = np.cumsum(weight[order])
        asked = wanted * below[-1] * (1 - ROUNDING)
        found: Reals = rising[np.minimum(np.searchsorted(below, asked), rising.size - 1)]
        return found

    return figure


# Weights whose part that the others do not make is smaller than this are made of them.
DISTINCT = 1e-5
# A share that is reached but for the rounding of sums is reached.
ROUNDING = 1e-12


def _first(design: Design) -> Stage:
    """The first stage, whose lonely strata must be under a rule that replicates can follow."""
    stage = design.stages[0]
    alone = (stage.drawn == 1) & (stage.rest >= CENSUS)
    require(
        not alone.any() or design.lonely is Lonely.CERTAINTY,
        f"replicates cannot follow the rule {design.lonely.value} for a stratum with one "
        "cluster: merge it with a neighbour, or name the rule certainty",
    )
    return stage


def _replicates(design: Design, scheme: Scheme, scale: Reals) -> Replicates:
    stage = design.stages[0]
    df = stage.stratum.size - stage.drawn.size
    return Replicates(design.weight, design.weight, stage.unit, scheme, scale, df)


def _balancing(signs: ArrayLike, strata: int) -> NDArray[np.int8]:
    table = np.asarray(signs)
    require(table.ndim == 2 and table.shape[1] == strata, f"signs must have {strata} columns")
    require(bool(np.isin(table, (-1, 1)).all()), "signs must be +1 and -1")
    whole = np.column_stack([np.ones(len(table)), table])
    even = np.abs(whole.T @ whole - len(table) * np.eye(strata + 1)) < 0.5
    require(bool(even.all()), "the columns of signs do not balance each other")
    return table.astype(np.int8)
