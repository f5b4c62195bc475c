"""Those who did not answer: their weight goes to those who did and are like them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from kepu_engines.core.checks import require
from kepu_engines.survey.design import Codes, Reals, coded
from kepu_engines.survey.weighting.calibration import positive

# Newton's step after next would be the square of this, below all rounding. Where columns tell
# exactly who answers, steps stay as long as they were.
STEPS, STILL = 50, 1e-9


@dataclass(frozen=True)
class Propensity:
    """A model of who answers.

    Attributes
    ----------
    coefficients : (k + 1,) float64
        Of the logit: the constant, then one a column.
    chance : (n,) float64
        Probability that row i answers, in (0, 1).
    steps : int
        Newton's steps.
    """

    coefficients: Reals
    chance: Reals
    steps: int

    def classes(self, weight: ArrayLike, count: int = 5) -> NDArray[np.int64]:
        """Class of each row by its chance, each class about as many people.

        Rows of one chance share a class, so that there can be fewer than `count`.

        Parameters
        ----------
        weight : (n,) float
            > 0: people that each row stands for.
        count : int
            Classes wanted.

        Raises
        ------
        EngineError
            If there is not one weight > 0 a row, or no class is wanted.

        Source
        ------
        Little (1986), Survey Nonresponse Adjustments, Int. Stat. Review 54, 139-157;
        five classes: Cochran (1968), Biometrics 24, 295-313.
        """
        require(count >= 1, f"there must be at least one class, not {count}")
        people = _as_long(weight, self.chance.size)
        chances, place = np.unique(self.chance, return_inverse=True)
        held = np.bincount(place, people, chances.size)
        middle = (np.cumsum(held) - held / 2) / held.sum()
        found = np.minimum((middle * count).astype(np.int64), count - 1)
        return np.unique(found[place], return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class Classes:
    """Who answered in which class, read once to correct many sets of weights."""

    said: NDArray[np.bool_]
    codes: Codes
    names: NDArray[Any]

    @classmethod
    def of(cls, answered: ArrayLike, classes: ArrayLike, rows: int) -> "Classes":
        """Read the answers and classes of `rows` rows.

        Parameters
        ----------
        answered : (rows,) bool
        classes : (rows,) labels
        rows : int
        """
        return cls(_answers(answered, rows), *coded(classes, "the classes", rows))

    def __call__(self, weight: Reals) -> Reals:
        """Corrected weights; a replicate's zeros stay zero."""
        drawn = np.bincount(self.codes, weight)
        held = np.bincount(self.codes, weight * self.said)
        silent = (held <= 0) & (drawn > 0)
        name = self.names[int(silent.argmax())]
        require(not silent.any(), f"nobody in class {name} answered: merge it with a neighbour")
        times = drawn / np.where(held > 0, held, 1)
        found: Reals = np.where(self.said, weight * times[self.codes], 0.0)
        return found


def by_class(weight: ArrayLike, answered: ArrayLike, classes: ArrayLike) -> Reals:
    """Weights after the people of each class were given to those of it who answered.

    Parameters
    ----------
    weight : (n,) float
        Of all who were drawn and belong to the population, > 0.
    answered : (n,) bool
    classes : (n,) labels
        Those alike, such as a district by age group, or classes of propensity.

    Returns
    -------
    (n,) float64
        0 for those who did not answer; each class keeps its total.

    Raises
    ------
    EngineError
        If a weight is not positive or nobody in a class answered.

    Source
    ------
    Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, 15.6.
    """
    people = positive(weight)
    return Classes.of(answered, classes, people.size)(people)


def by_propensity(weight: ArrayLike, answered: ArrayLike, model: Propensity) -> Reals:
    """Weights over each answerer's own chance; classes are steadier where chances are small.

    Parameters
    ----------
    weight : (n,) float
        > 0: people that each row stands for.
    answered : (n,) bool
    model : Propensity
        Of the same rows.

    Returns
    -------
    (n,) float64
        0 for those who did not answer.

    Raises
    ------
    EngineError
        If lengths differ.
    """
    people = _as_long(weight, model.chance.size)
    said = _answers(answered, people.size)
    found: Reals = np.where(said, people / model.chance, 0.0)
    return found


def propensity(weight: ArrayLike, answered: ArrayLike, known: ArrayLike) -> Propensity:
    """Model who answers by what is known of all who were drawn: a weighted logistic regression.

    Parameters
    ----------
    weight : (n,) float
        > 0; only their ratios matter.
    answered : (n,) bool
    known : (n, k) float
        Columns without a constant; categories as 0 and 1, one left out.

    Raises
    ------
    EngineError
        If all or none answered, a column says nothing beyond the others, or some
        combination of columns tells exactly who answers.

    Source
    ------
    McCullagh & Nelder (1989), Generalized Linear Models, 4.4: Newton's method on the
    weighted likelihood.
    """
    people = positive(weight)
    said = _answers(answered, people.size)
    require(0 < int(said.sum()) < said.size, "a propensity needs both answers and refusals")
    columns, middle, spread = _standardised(known, people.size)
    share = people / people.sum()
    slope = np.zeros(columns.shape[1])
    slope[0] = np.log((share @ said) / (share @ ~said))
    slope, steps = _climbed(columns, said, share, slope)
    require(
        steps < STEPS,
        "some of what is known tells exactly who answers, so that chances reach 0 or 1: "
        "leave a column out or merge categories",
    )
    plain = np.append(slope[0] - (slope[1:] * middle / spread).sum(), slope[1:] / spread)
    return Propensity(plain, expit(columns @ slope), steps)


def _as_long(weight: ArrayLike, rows: int) -> Reals:
    people = positive(weight)
    require(people.size == rows, f"the weights must hold {rows} numbers, not {people.size}")
    return people


def _answers(answered: ArrayLike, rows: int) -> NDArray[np.bool_]:
    said = np.asarray(answered)
    require(said.shape == (rows,), f"answered must hold {rows} entries, not {said.shape}")
    plain = said.dtype == bool or bool(np.isin(said, (0, 1)).all())
    require(plain, "answered must hold true or false, or 1 or 0")
    return said.astype(bool)


def _standardised(known: ArrayLike, rows: int) -> tuple[Reals, Reals, Reals]:
    """Columns behind a constant, of mean 0 and spread 1, so that Newton's matrix is sound."""
    array = np.asarray(known, np.float64)
    array = array[:, None] if array.ndim == 1 else array
    require(array.ndim == 2 and len(array) == rows, f"known must have {rows} rows")
    require(bool(np.isfinite(array).all()), "known must hold finite numbers")
    middle, spread = array.mean(axis=0), array.std(axis=0)
    flat = np.flatnonzero(spread <= 1e-12 * np.maximum(1, np.abs(middle)))
    if flat.size:
        require(False, f"column {flat[0] + 1} of known is the same in every row: leave it out")
    columns = np.ones((rows, array.shape[1] + 1))
    columns[:, 1:] = (array - middle) / spread
    return columns, middle, spread


def _climbed(
    columns: Reals, said: NDArray[np.bool_], share: Reals, slope: Reals
) -> tuple[Reals, int]:
    """The coefficients of most likelihood, and how many steps led there."""
    steps, moved = 0, np.inf
    while moved > STILL * max(1.0, float(np.abs(slope).max())) and steps < STEPS:
        level, pull, matrix = _likelihood(columns, said, share, slope)
        way = _solved(matrix, pull)
        slope, length = _longer(columns, said, share, (slope, way, level))
        moved, steps = length * float(np.abs(way).max()), steps + 1
    return slope, steps


def _solved(matrix: Reals, pull: Reals) -> Reals:
    """Newton's step, or a refusal where columns repeat each other."""
    scale = np.sqrt(np.diag(matrix))
    require(bool((scale > 0).all()), "chances reach 0 or 1: leave a column out")
    even = matrix / np.outer(scale, scale)
    require(
        float(np.linalg.eigvalsh(even)[0]) > 1e-11,
        "a column of known repeats others, or tells exactly who answers: leave it out",
    )
    way: Reals = np.linalg.solve(even, pull / scale) / scale
    return way


def _longer(
    columns: Reals, said: NDArray[np.bool_], share: Reals, start: tuple[Reals, Reals, float]
) -> tuple[Reals, float]:
    """The step, halved until it loses no likelihood."""
    slope, way, level = start
    length = 1.0
    for _ in range(30):
        if _likelihood(columns, said, share, slope + length * way)[0] >= level - 1e-15:
            break
        length /= 2
    return slope + length * way, length


@njit(cache=True)
def _likelihood(columns: Any, said: Any, share: Any, slope: Any) -> Any:
    """Weighted log-likelihood, its gradient and its negative Hessian, in one pass."""
    rows, size = columns.shape
    level, pull, matrix = 0.0, np.zeros(size), np.zeros((size, size))
    for row in range(rows):
        odds = 0.0
        for at in range(size):
            odds += columns[row, at] * slope[at]
        faint = np.exp(-abs(odds))
        chance = 1 / (1 + faint) if odds >= 0 else faint / (1 + faint)
        level += share[row] * ((odds if said[row] else 0.0) - max(odds, 0.0) - np.log1p(faint))
        rest = share[row] * ((1.0 if said[row] else 0.0) - chance)
        curve = share[row] * chance * (1 - chance)
        for at in range(size):
            pull[at] += rest * columns[row, at]
            for by in range(at + 1):
                matrix[at, by] += curve * columns[row, at] * columns[row, by]
    return level, pull, matrix + matrix.T - np.diag(np.diag(matrix))
