"""Regression on a sample: weighted linear and logistic, with linearised errors."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, stdtrit

from kepu_engines.core.checks import require
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.cells import covariance
from kepu_engines.survey.design import Design, Reals
from kepu_engines.survey.estimates import values_of
from kepu_engines.survey.replicates import Figure

Kind = Literal["linear", "logistic"]

# After a step of this share of the coefficients' size, one more reaches the last digit.
SETTLED = 1e-8
STEPS, HALVINGS = 50, 30
# The least of the eigenvalues of columns of length 1: below it one is made of the others.
INDEPENDENT = 1e-12
DEPENDENT = "a column of x is made of the others: leave one of them out"
UNSETTLED = "the regression does not settle: the columns tell every answer, or nearly"


@dataclass(frozen=True)
class Regression:
    """Coefficients of a regression.

    Attributes
    ----------
    value, se : (k,) float64
        Coefficients, on the log odds if logistic, and their standard errors.
    covariance : (k, k) float64
    df : int
        Clusters less strata, counted where there are rows, plus 1, less k.
    n : int
        Rows used.
    """

    value: Reals
    covariance: NDArray[np.float64]
    df: int
    n: int

    @property
    def se(self) -> Reals:
        """Standard error of each coefficient."""
        found: Reals = np.sqrt(np.diag(self.covariance))
        return found

    def interval(self, level: float = 0.95) -> tuple[Reals, Reals]:
        """Intervals by Student's t; NaN without degrees of freedom."""
        require(0 < level < 1, f"the level of an interval must lie between 0 and 1, not {level:g}")
        half = stdtrit(self.df if self.df > 0 else np.nan, (1 + level) / 2) * self.se
        return self.value - half, self.value + half


def regression(
    design: Design,
    y: ArrayLike,
    x: ArrayLike,
    kind: Kind = "linear",
    inside: ArrayLike | None = None,
) -> Regression:
    """Regress `y` on the columns of `x`, as if the whole population had been asked.

    Parameters
    ----------
    design : Design
        Of n rows.
    y : (n,) float
        Finite; in [0, 1] if logistic.
    x : (n, k) float
        Finite. A column of ones is the intercept; none is added.
    kind : {"linear", "logistic"}
    inside : (n,) bool, optional
        Rows to use; the clusters of the others still count as drawn, which is right for a
        missing value and for a part of the population.

    Raises
    ------
    EngineError
        If lengths differ, a number is not finite, the kind is unknown, a column is made of
        the others, or a logistic regression parts the answers completely.

    Source
    ------
    Binder (1983), On the variances of asymptotically normal estimators from complex surveys.
    Conventions: R's svyglm, families gaussian and quasibinomial.
    """
    answer, table, used = _checked(design, y, x, kind, inside)
    weight = np.where(used, design.weight, 0)
    size = _lengths(table, weight)
    value, bread = _solved(answer, table / size, weight / weight.sum(), kind)
    rest = weight / weight.sum() * (answer - _fitted(table / size @ value, kind))
    units = [_unit_sums(s.unit, s.stratum.size, rest, table / size) @ bread for s in design.stages]
    spread = covariance(design, units, used)
    first, n = design.stages[0], int(used.sum())
    clusters = np.unique(first.unit[used])
    df = clusters.size - np.unique(first.stratum[clusters]).size + 1 - value.size
    return Regression(value / size, spread / np.outer(size, size), int(df), n)


def coefficients_of(
    design: Design,
    y: ArrayLike,
    x: ArrayLike,
    kind: Kind = "linear",
    inside: ArrayLike | None = None,
) -> Figure:
    """The coefficients as a figure of the weights, (n,) to (k,), for replicates.

    Parameters, errors and source as `regression`, whose coefficients they are at the sample's weights.
    """
    answer, table, used = _checked(design, y, x, kind, inside)

    def figure(weights: Reals) -> Reals:
        weight = np.where(used, weights, 0)
        size = _lengths(table, weight)
        return _solved(answer, table / size, weight / weight.sum(), kind)[0] / size

    return figure


def _checked(
    design: Design, y: ArrayLike, x: ArrayLike, kind: Kind, inside: ArrayLike | None
) -> tuple[Reals, NDArray[np.float64], NDArray[np.bool_]]:
    words = get_args(Kind)
    require(kind in words, f"the kind must be one of {', '.join(words)}, not {kind!r}")
    answer, table = values_of(design, y, "y"), _table(design, x)
    used = _inside(design, inside)
    share = kind == "linear" or bool(((answer >= 0) & (answer <= 1))[used].all())
    require(share, "a logistic regression needs y in [0, 1]")
    return answer, table, used


def _lengths(table: NDArray[np.float64], weight: Reals) -> Reals:
    """Length of each column, which the regression is scaled by."""
    size: Reals = np.sqrt(weight @ table**2 / weight.sum())
    require(bool((size > 0).all()), f"column {int(size.argmin())} of x is 0 in every row used")
    return size


def _table(design: Design, x: ArrayLike) -> NDArray[np.float64]:
    try:
        table = np.ascontiguousarray(x, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise EngineError("x must hold numbers, in rows of the same length") from error
    shape = table.ndim == 2 and table.shape[0] == len(design) and table.shape[1] > 0
    require(shape, f"x must be a table of {len(design)} rows and a column at least")
    require(bool(np.isfinite(table).all()), "x must hold finite numbers")
    return table


def _inside(design: Design, inside: ArrayLike | None) -> NDArray[np.bool_]:
    if inside is None:
        return np.ones(len(design), bool)
    used = np.asarray(inside)
    require(used.shape == (len(design),) and used.dtype == bool, "inside must be bool, one a row")
    require(bool(used.any()), "no row is inside")
    return used


def _solved(y: Reals, x: NDArray[Any], weight: Reals, kind: Kind) -> tuple[Reals, NDArray[Any]]:
    """Coefficients by Newton's method, and the inverse of the information at them.

    The residuals are worked out anew in each step, which refines the linear case too.
    """
    value, settled, wrong = np.zeros(x.shape[1]), False, DEPENDENT
    for _ in range(STEPS):
        linear, logistic = x @ value, kind == "logistic"
        slope, information = _moments(y, x, weight, _fitted(linear, kind), logistic)
        bread, wrong = _inverse(information, wrong), UNSETTLED
        step = bread @ slope
        if settled:
            return value + step, bread
        if logistic:
            step = _uphill(y, linear, weight, x, step)
        value = value + step
        settled = bool(np.abs(step).max() <= SETTLED * np.abs(value).max())
    raise EngineError(UNSETTLED)


def _uphill(y: Reals, linear: Reals, weight: Reals, x: NDArray[Any], step: Reals) -> Reals:
    """The step, halved until the likelihood does not fall."""
    level, way = _likelihood(y, linear, weight), x @ step
    for _ in range(HALVINGS):
        if _likelihood(y, linear + way, weight) >= level - SETTLED * abs(level):
            break
        step, way = step / 2, way / 2
    return step


def _likelihood(y: Reals, linear: Reals, weight: Reals) -> float:
    return float(weight @ (y * linear - np.logaddexp(0, linear)))


def _fitted(linear: Reals, kind: Kind) -> Reals:
    fitted: Reals = linear if kind == "linear" else expit(linear)
    return fitted


def _inverse(information: NDArray[Any], otherwise: str) -> NDArray[np.float64]:
    """Inverse of the information, or a refusal where it is singular."""
    scale = np.sqrt(np.diag(information))
    require(bool((scale > 0).all()), otherwise)
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    require(bool(values[0] > INDEPENDENT), otherwise)
    inverse: NDArray[np.float64] = (vectors / values) @ vectors.T / np.outer(scale, scale)
    return inverse


@njit(cache=True)
def _moments(y: Any, x: Any, weight: Any, fitted: Any, logistic: bool) -> Any:
    """Slope of the weighted likelihood and its information, in one pass over the rows."""
    columns = x.shape[1]
    slope, information = np.zeros(columns), np.zeros((columns, columns))
    for row in range(y.size):
        if weight[row] == 0:
            continue
        rest = weight[row] * (y[row] - fitted[row])
        about = weight[row] * fitted[row] * (1 - fitted[row]) if logistic else weight[row]
        for i in range(columns):
            slope[i] += rest * x[row, i]
            part = about * x[row, i]
            for j in range(i + 1):
                information[i, j] += part * x[row, j]
    for i in range(columns):
        for j in range(i):
            information[j, i] = information[i, j]
    return slope, information


@njit(cache=True)
def _unit_sums(unit: Any, units: int, rest: Any, x: Any) -> Any:
    """Sum of the residuals times each column, by unit."""
    table = np.zeros((units, x.shape[1]))
    for row in range(unit.size):
        for i in range(x.shape[1]):
            table[unit[row], i] += rest[row] * x[row, i]
    return table
