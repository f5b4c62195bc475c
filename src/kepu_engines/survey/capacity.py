"""An index of capacity over districts: comparable indicators, weights with a reason, and doubt said aloud.

No official formula is known for the capacity to build scientific literacy, so each step is a choice of
the office that publishes it, and `sensitivity` tells what the choice of weights decides.

Sources: OECD & JRC (2008), Handbook on Constructing Composite Indicators; Saaty (1980), The Analytic
Hierarchy Process; Diakoulaki, Mavrotas & Papayannakis (1995), Computers & Operations Research 22
(CRITIC); Theil (1967), Economics and Information Theory.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, reals, require
from kepu_engines.core.errors import EngineError
from kepu_engines.core.seeds import generator

Reals = NDArray[np.float64]
Normalisation = Literal["min-max", "z", "base"]
Aggregation = Literal["linear", "geometric"]

# Mean consistency index of random judgements over 1 to 10 indicators (Saaty 1980).
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
NOTHING = 1e-12  # a share of nothing has no logarithm; differences below it are those of rounding
# What differs by less than this share of its own size differs by rounding only.
ROUNDING = 1e-12


def table(values: ArrayLike, name: str = "values") -> Reals:
    """Districts by indicators as a (n, k) float array, every value finite.

    Parameters
    ----------
    values : (n, k) float
        A row for each district, a column for each indicator, each in a unit of its own.
    name : str
        What the table is called in a refusal.

    Raises
    ------
    EngineError
        If the values are no table of finite numbers with two districts and one indicator at least.
    """
    found = _matrix(values, name)
    require(found.shape[0] >= 2 and found.shape[1] >= 1, f"{name} must have two rows and a column")
    require(bool(np.isfinite(found).all()), f"{name} must hold finite numbers; fill the gaps first")
    return found


def _matrix(values: ArrayLike, name: str) -> Reals:
    """A table with rows of one length, or a refusal."""
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise EngineError(f"{name} must hold numbers, in rows of the same length") from error
    require(found.ndim == 2, f"{name} must be a table of districts by indicators")
    return found


def _known(word: str, choices: Any, name: str) -> None:
    """Refuse a word that is not one of the choices, rather than take it for another."""
    words = get_args(choices)
    require(word in words, f"{name} must be one of {', '.join(words)}, not {word!r}")


def _varying(known: Reals) -> None:
    """Refuse indicators that are the same in every district but for rounding.

    Their range is asked: the standard deviation of three times 0.1 is not 0.
    """
    size = np.abs(known).max(axis=0)
    flat = np.flatnonzero(np.ptp(known, axis=0) <= ROUNDING * size)
    names = ", ".join(str(column) for column in flat)
    require(not names, f"these indicators are the same in every district: {names}")


def normalise(
    values: ArrayLike,
    method: Normalisation = "min-max",
    *,
    falling: ArrayLike = (),
    base: ArrayLike = (),
) -> Reals:
    """Make indicators comparable: (n, k) without units, more is better.

    Parameters
    ----------
    values : (n, k) float
        Districts by indicators, each column in its own unit.
    method : {"min-max", "z", "base"}
        To [0, 1] over these districts; to mean 0 and standard deviation 1 over them (n in the
        denominator); or as a ratio to a base year, which alone lets years be compared.
    falling : (m,) int
        Columns of which less is better; they are turned round, base ratios inverted.
    base : (k,) float
        The city's values of the base year, every one > 0; for "base" only.

    Raises
    ------
    EngineError
        If the method is unknown, there is no such column, a column is the same everywhere, or
        a ratio would not be positive.
    """
    _known(method, Normalisation, "the method")
    known = table(values)
    down = np.zeros(known.shape[1], dtype=bool)
    down[integers(falling, "falling", low=0, high=known.shape[1] - 1)] = True
    if method == "base":
        return _ratio(known, reals(base, "base"), down)
    _varying(known)
    spread = np.ptp(known, axis=0) if method == "min-max" else known.std(axis=0)
    centre = known.min(axis=0) if method == "min-max" else known.mean(axis=0)
    scaled = (known - centre) / spread
    turned = 1 - scaled if method == "min-max" else -scaled
    return np.where(down, turned, scaled)


def _ratio(known: Reals, base: Reals, down: NDArray[np.bool_]) -> Reals:
    require(len(base) == known.shape[1], "the base year must have a value for every indicator")
    require(bool((known > 0).all() and (base > 0).all()), "ratios need values above 0")
    return np.where(down, base / known, known / base)


@dataclass(frozen=True)
class Judged:
    """Weights from pairwise judgements, and how far these contradict one another.

    A `ratio` above 0.1 is held to be too much contradiction to use (Saaty 1980).
    """

    weights: Reals
    ratio: float


def ahp(judgements: ArrayLike) -> Judged:
    """Weights by the analytic hierarchy process: the principal eigenvector of the judgements.

    Parameters
    ----------
    judgements : (k, k) float
        How many times more important indicator i is than j; the mirror holds the reciprocal.

    Raises
    ------
    EngineError
        If the table is not square, larger than 10, or not reciprocal.
    """
    known = _matrix(judgements, "judgements")
    require(known.shape[0] == known.shape[1], "judgements must be square")
    size = len(known)
    require(1 <= size <= len(RANDOM_INDEX), "judge between 1 and 10 indicators at a time")
    require(bool(np.isfinite(known).all() and (known > 0).all()), "judgements must be above 0")
    require(bool(np.allclose(known * known.T, 1, rtol=1e-6)), "the mirror must be the reciprocal")
    values, vectors = np.linalg.eig(known)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    excess = (values[first].real - size) / (size - 1) if size > 1 else 0.0
    expected = RANDOM_INDEX[size - 1]
    return Judged(vector / vector.sum(), max(0.0, excess / expected) if expected else 0.0)


def entropy(normalised: ArrayLike) -> Reals:
    """Weights by how unevenly an indicator is spread over districts: (k,), adding up to 1.

    Parameters
    ----------
    normalised : (n, k) float
        As `normalise` gives it, without units.

    Raises
    ------
    EngineError
        If a value is negative, or no indicator differs between districts.
    """
    known = table(normalised, "normalised")
    require(bool((known >= 0).all()), "entropy needs values that are not negative: use min-max")
    require(bool((known.sum(axis=0) > 0).all()), "every indicator must be above 0 somewhere")
    share = np.maximum(known / known.sum(axis=0), NOTHING)
    order = -(share * np.log(share)).sum(axis=0) / np.log(len(known))
    return _to_one(np.maximum(1 - order, 0), "no indicator differs between districts")


def critic(normalised: ArrayLike) -> Reals:
    """Weights by contrast and conflict: deviation times how little the others tell: (k,), sum 1.

    Parameters
    ----------
    normalised : (n, k) float
        As `normalise` gives it, without units.

    Raises
    ------
    EngineError
        If an indicator is the same everywhere, or all say the same.
    """
    known = table(normalised, "normalised")
    _varying(known)
    deviation = known.std(axis=0, ddof=1)
    conflict = (1 - np.atleast_2d(np.corrcoef(known.T))).sum(axis=0)
    return _to_one(deviation * conflict, "all indicators say the same")


def principal(normalised: ArrayLike) -> Reals:
    """Weights by the squared loadings on the first principal component of the correlations: (k,).

    Parameters
    ----------
    normalised : (n, k) float
        As `normalise` gives it, without units.

    Raises
    ------
    EngineError
        If an indicator is the same everywhere.
    """
    known = table(normalised, "normalised")
    _varying(known)
    _values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(known.T)))
    return np.asarray(vectors[:, -1] ** 2)


def _to_one(raw: Reals, otherwise: str) -> Reals:
    total = raw.sum()
    require(bool(total > NOTHING), otherwise)
    return np.asarray(raw / total)


def aggregate(normalised: ArrayLike, weights: ArrayLike, how: Aggregation = "linear") -> Reals:
    """One figure for each district: (n,). Geometric lets little of one not be made up by another.

    Parameters
    ----------
    normalised : (n, k) float
        As `normalise` gives it, without units.
    weights : (k,) float
        >= 0, adding up to 1.
    how : str
        How indicators are joined.

    Raises
    ------
    EngineError
        If the aggregation is unknown, the weights are negative or do not add up to 1, or a
        geometric mean meets a value <= 0.
    """
    _known(how, Aggregation, "the aggregation")
    known, weight = table(normalised, "normalised"), reals(weights, "weights", low=0)
    require(len(weight) == known.shape[1], "there must be a weight for every indicator")
    require(abs(weight.sum() - 1) < 1e-9, "the weights must add up to 1")
    if how == "linear":
        return np.asarray(known @ weight)
    require(bool((known > 0).all()), "a geometric mean needs values above 0: use base ratios")
    return np.asarray(np.exp(np.log(known) @ weight))


def ranks(index: ArrayLike) -> NDArray[np.intp]:
    """Rank of each district, 1 the highest; equals share the better rank.

    Equal are neighbours in the order that differ by less than `ROUNDING` of the index's size.

    Parameters
    ----------
    index : (n,) float
        Figure of each district.

    Returns
    -------
    (n,) int
        From 1.

    Raises
    ------
    EngineError
        If a figure is not finite.
    """
    known = reals(index, "index")
    if known.size == 0:
        return np.empty(0, dtype=np.intp)
    order = np.argsort(-known, kind="stable")
    steps = -np.diff(known[order]) > ROUNDING * np.abs(known).max()
    first = np.concatenate([[0], np.where(steps, np.arange(1, known.size), 0)])
    rank = np.empty(known.size, dtype=np.intp)
    rank[order] = 1 + np.maximum.accumulate(first)
    return rank


@dataclass(frozen=True)
class Sensitivity:
    """Ranks as published; the range in which 95 % of drawn weights leave them; ranks without each
    indicator, (k, n)."""

    rank: NDArray[np.intp]
    low: NDArray[np.intp]
    high: NDArray[np.intp]
    without: NDArray[np.intp]


def sensitivity(
    normalised: ArrayLike,
    weights: ArrayLike,
    *,
    seed: int,
    how: Aggregation = "linear",
    draws: int = 2000,
    firmness: float = 50.0,
) -> Sensitivity:
    """What of the ranking the weights decide.

    Parameters
    ----------
    normalised : (n, k) float
        Comparable indicators.
    weights : (k,) float
        The weights published, every one > 0.
    seed : int
        Of the draws.
    draws : int
        Weights drawn from a Dirichlet distribution round the published ones.
    firmness : float
        Its concentration: at 50 a weight of 0.2 mostly stays within 0.1 and 0.3.

    Raises
    ------
    EngineError
        If a weight is not positive, or as `aggregate`.
    """
    known, weight = table(normalised, "normalised"), reals(weights, "weights", low=0)
    rank = ranks(aggregate(known, weight, how))
    require(bool((weight > 0).all()), "every weight must be above 0")
    require(draws >= 1 and firmness > 0, "Expected draws >= 1 and firmness > 0.")
    drawn = generator(seed).dirichlet(weight * firmness, draws)
    drawn /= drawn.sum(axis=1, keepdims=True)
    found = np.array([ranks(aggregate(known, one, how)) for one in drawn])
    low, high = np.percentile(found, [2.5, 97.5], axis=0, method="nearest").astype(np.intp)
    return Sensitivity(rank, low, high, _without_each(known, weight, how))


def _without_each(known: Reals, weight: Reals, how: Aggregation) -> NDArray[np.intp]:
    if len(weight) == 1:
        return np.empty((0, len(known)), dtype=np.intp)
    rows = []
    for column in range(len(weight)):
        rest = np.delete(weight, column)
        rows.append(ranks(aggregate(np.delete(known, column, axis=1), rest / rest.sum(), how)))
    return np.array(rows)


def gini(values: ArrayLike, people: ArrayLike) -> float:
    """Half the mean difference between two people, over the mean: 0 all alike, near 1 one has all.

    Parameters
    ----------
    values : (n,) float
        What each person of a district has, >= 0.
    people : (n,) float
        Inhabitants, > 0.

    Raises
    ------
    EngineError
        If a value is negative, all are 0, or a district has nobody.
    """
    known, share = _spread(values, people)
    order = np.argsort(known, kind="stable")
    had = known[order] * share[order]
    before = np.cumsum(had) - had / 2
    return float(max(0.0, 1 - 2 * (share[order] * before).sum() / had.sum()))


@dataclass(frozen=True)
class Theil:
    """Theil's T: what lies between the groups, and within them; `total` is their sum."""

    between: float
    within: float

    @property
    def total(self) -> float:
        """The inequality of all."""
        return self.between + self.within


def theil(values: ArrayLike, people: ArrayLike, group: ArrayLike) -> Theil:
    """Inequality between people of different districts, parted by groups of districts.

    Parameters
    ----------
    values, people : (n,) float
        As for `gini`.
    group : (n,) int or str
        The group of each district, such as its zone.

    Raises
    ------
    EngineError
        As `gini`, or if lengths differ.
    """
    known, share = _spread(values, people)
    groups_of = np.asarray(group)
    require(groups_of.shape == known.shape, "every district must have a group")
    names, of = np.unique(groups_of, return_inverse=True)
    had = known * share / (known * share).sum()
    groups = np.array([np.bincount(of, one, len(names)) for one in (had, share)], np.float64)
    between = _divergence(groups[0], groups[1])
    return Theil(between, _divergence(had, share) - between)


def _divergence(had: Reals, share: Reals) -> float:
    """Sum of had * log(had / share); who has nothing adds nothing."""
    some = had > 0
    return float((had[some] * np.log(had[some] / share[some])).sum())


def _spread(values: ArrayLike, people: ArrayLike) -> tuple[Reals, Reals]:
    known, number = reals(values, "values", low=0), reals(people, "people", low=0)
    require(len(known) == len(number), "values and people must be equally long")
    require(bool((number > 0).all()), "every district must have inhabitants")
    require(bool(known.sum() > 0), "somebody must have something")
    return known, number / number.sum()
