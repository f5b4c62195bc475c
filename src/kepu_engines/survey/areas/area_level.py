"""The area-level model: each direct estimate is drawn toward what the covariates say of its area."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

from kepu_engines.core.checks import require
from kepu_engines.survey.design import Reals

Method = Literal["adjusted", "reml", "ml"]

TRIED = 24  # variances, before the best of them is refined
LEAST = 1e-5  # of them, over the median sampling variance
SMALLEST = 1e-12  # stands for zero where the adjusted likelihood has none
SETTLED = 4 * np.finfo(np.float64).eps
# Multiplications done at once: the threads that share more of them cost more than they spare.
ALONE = 2**18
# The least singular value of columns of length 1: below it one is made of the others.
INDEPENDENT = 1e-10


@dataclass(frozen=True)
class Areas:
    """One figure for every area.

    Attributes
    ----------
    value : (m,) float64
        Empirical best linear unbiased predictor; where nobody was asked, what the covariates say.
    mse : (m,) float64
        Its mean squared error, that of the estimated variance included.
    direct : (m,) float64
        Weight of the direct estimate in the figure, in [0, 1).
    beta : (k,) float64
    beta_covariance : (k, k) float64
    variance : float
        Between areas, given the covariates.
    """

    value: Reals
    mse: Reals
    direct: Reals
    beta: Reals
    beta_covariance: NDArray[np.float64]
    variance: float

    @property
    def se(self) -> Reals:
        """Root of the mean squared error."""
        found: Reals = np.sqrt(self.mse)
        return found

    def interval(self, level: float = 0.95) -> tuple[Reals, Reals]:
        """Normal intervals; too short where `variance` is zero, see `fay_herriot`."""
        require(0 < level < 1, f"the level of an interval must lie between 0 and 1, not {level:g}")
        half = ndtri((1 + level) / 2) * self.se
        return self.value - half, self.value + half


def fay_herriot(y: ArrayLike, se: ArrayLike, x: ArrayLike, method: Method = "adjusted") -> Areas:
    """Fit y = x beta + u + e, u of one variance and e of `se` squared, and predict x beta + u.

    Cost and memory are linear in the areas.

    Parameters
    ----------
    y : (m,) float
        Direct estimates; NaN where nobody was asked.
    se : (m,) float
        Their standard errors, taken as known; over 0 where somebody was asked.
    x : (m, k) float
        What is known of every area. A column of ones is the intercept; none is added.
    method : {"adjusted", "reml", "ml"}
        Residual likelihood adjusted so that the variance is never zero; residual likelihood; or
        likelihood. At a few dozen areas the last two often find zero, and then give the direct
        estimates no weight and the figures too small an error.

    Raises
    ------
    EngineError
        If shapes differ, a number is impossible, fewer areas were asked than k + 2, or a column
        of x is made of the others there.

    Source
    ------
    Fay & Herriot (1979); Prasad & Rao (1990), Datta & Lahiri (2000) for the mean squared error;
    Yoshimori & Lahiri (2014), A new adjusted maximum likelihood method for the Fay-Herriot small
    area model, for "adjusted". Conventions: the variance of the variance is asymptotic, as in R's
    sae and in samplics.
    """
    words = get_args(Method)
    require(method in words, f"the method must be one of {', '.join(words)}, not {method!r}")
    y, se, x = _arrays(y, se, x)
    asked = ~np.isnan(y)
    likelihood = Likelihood(y[asked], se[asked] ** 2, x[asked], method)
    _refuse_dependent(likelihood.basis[1])
    variance = _best(likelihood)
    return _predicted(likelihood, variance, asked, x)


def _arrays(y: ArrayLike, se: ArrayLike, x: ArrayLike) -> tuple[Reals, Reals, Reals]:
    """The three as float64, checked."""
    y, se, x = (np.asarray(each, dtype=np.float64) for each in (y, se, x))
    require(y.ndim == 1 and x.ndim == 2, "y must have one dimension and x two")
    same = len(y) == len(se) == len(x) and se.ndim == 1
    require(same, f"y, se and x must have as many rows, not {len(y)}, {len(se)} and {len(x)}")
    asked = ~np.isnan(y)
    require(
        not np.isinf(y).any(), "a direct estimate must be finite, or NaN where nobody was asked"
    )
    good = np.isfinite(se[asked]) & (se[asked] > 0)
    require(bool(good.all()), "the standard error of a direct estimate must be over 0")
    require(bool(np.isfinite(x).all()), "x must hold finite numbers")
    m, k = x[asked].shape
    require(m >= k + 2, f"{m} areas are too few for {k} columns: at least {k + 2} must be asked")
    return y, se, x


def _refuse_dependent(r: NDArray[np.float64]) -> None:
    """Refuse columns of which one is made of the others; r has the lengths and angles of x."""
    lengths = np.linalg.norm(r, axis=0)
    least = np.linalg.svd(r / np.where(lengths > 0, lengths, 1), compute_uv=False)[-1]
    require(least > INDEPENDENT, "a column of x is made of the others: leave one of them out")


def _inverse(square: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.inv(square), dtype=np.float64)


def _blocks(areas: int, each: int) -> list[slice]:
    """The areas in turn, so many at once as `each` multiplications an area leave to one thread."""
    step = max(1, ALONE // each)
    return [slice(first, first + step) for first in range(0, areas, step)]


def _summed(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """left @ right, the areas summed over: (g, m) by (m, k)."""
    blocks = _blocks(len(right), left.shape[0] * right.shape[1])
    found: NDArray[np.float64] = sum(
        (left[:, rows] @ right[rows] for rows in blocks),
        np.zeros((left.shape[0], right.shape[1])),
    )
    return found


def _of_areas(beta: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """beta @ q.T, a column for each area: (g, k) by (m, k)."""
    blocks = _blocks(len(q), beta.size)
    return np.concatenate([beta @ q[rows].T for rows in blocks], axis=1)


@dataclass(frozen=True)
class Fitted:
    """The model at each of g variances.

    Attributes
    ----------
    loglik, score : (g,) float64
        Log-likelihood but for a constant, and its derivative.
    beta : (g, k) float64
    spread : (g, k, k) float64
        Covariance of beta.
    """

    loglik: Reals
    score: Reals
    beta: NDArray[np.float64]
    spread: NDArray[np.float64]


@dataclass(frozen=True)
class Likelihood:
    """How likely a variance between areas is, given what was asked; all candidates in one pass."""

    y: Reals
    sampling: Reals
    x: NDArray[np.float64]
    method: Method

    @cached_property
    def basis(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Orthonormal columns for x, and what leads back: x = q r."""
        q, r = np.linalg.qr(self.x)
        return q, r

    @cached_property
    def squares(self) -> NDArray[np.float64]:
        """(m, k * k): each area's q q'."""
        q, _r = self.basis
        m, k = q.shape
        found: NDArray[np.float64] = (q[:, :, None] * q[:, None, :]).reshape(m, k * k)
        return found

    def at(self, variances: Reals) -> Fitted:
        """Everything at these (g,) variances, beta in the orthonormal basis.

        Parameters
        ----------
        variances : (g,) float
            >= 0, in the squared units of y.
        """
        weight, rest, beta, spread, score = self._solved(variances)
        loglik: Reals = np.log(weight).sum(1) - (rest**2 / weight).sum(1)
        if self.method != "ml":
            loglik += np.linalg.slogdet(spread)[1]
        return Fitted(loglik / 2 + self._adjustment(variances, weight)[0], score, beta, spread)

    def slope(self, variance: float) -> float:
        """The score at one variance."""
        return float(self._solved(np.array([variance]))[-1][0])

    def _solved(self, variances: Reals) -> tuple[NDArray[np.float64], ...]:
        """Weights and weighted residuals of the areas, (g, m) each, beta and its spread, the score."""
        q, _r = self.basis
        k = q.shape[1]
        weight = 1 / (variances[:, None] + self.sampling)
        spread = _inverse(_summed(weight, self.squares).reshape(-1, k, k))
        beta = np.einsum("gkl,gl->gk", spread, _summed(weight * self.y, q))
        rest = weight * (self.y - _of_areas(beta, q))
        score = (rest**2).sum(1) - weight.sum(1)
        if self.method != "ml":
            twice = _summed(weight**2, self.squares).reshape(-1, k, k)
            score += np.einsum("gkl,glk->g", spread, twice)
        return weight, rest, beta, spread, score / 2 + self._adjustment(variances, weight)[1]

    def _adjustment(self, variances: Reals, weight: NDArray[np.float64]) -> tuple[Reals, Reals]:
        """Yoshimori and Lahiri's factor, (arctan sum of A / (A + D)) ** (1 / m): its log and slope."""
        if self.method != "adjusted":
            return np.zeros(len(variances)), np.zeros(len(variances))
        m = len(self.y)
        total = variances * weight.sum(1)
        steep = (self.sampling * weight**2).sum(1)
        angle = np.arctan(total)
        return np.log(angle) / m, steep / ((1 + total**2) * angle * m)


def _best(likelihood: Likelihood) -> float:
    """The variance of the greatest likelihood, to the last digits."""
    tried = _tried(likelihood)
    found = likelihood.at(tried)
    best = int(np.argmax(found.loglik))
    low, high = max(best - 1, 0), min(best + 1, len(tried) - 1)
    if found.score[low] <= 0:
        return float(tried[low])
    # The top is on the side to which the best of them rises.
    low, high = (best, high) if found.score[best] > 0 else (low, best)
    precise = tried[1] * SETTLED
    return float(brentq(likelihood.slope, tried[low], tried[high], xtol=precise, rtol=SETTLED))


def _tried(likelihood: Likelihood) -> Reals:
    """Variances from none to more than there can be: so much that the whole rest is explained."""
    q, _r = likelihood.basis
    rest = likelihood.y - q @ (q.T @ likelihood.y)
    most = 4 * (likelihood.sampling.max() + rest @ rest)
    tried = np.geomspace(LEAST * np.median(likelihood.sampling), most, TRIED)
    none = SMALLEST * tried[0] if likelihood.method == "adjusted" else 0.0
    return np.concatenate([[none], tried])


def _predicted(
    likelihood: Likelihood, variance: float, asked: NDArray[np.bool_], x: NDArray[np.float64]
) -> Areas:
    """The predictor and its mean squared error."""
    at = likelihood.at(np.array([variance]))
    back = _inverse(likelihood.basis[1])
    beta, spread = back @ at.beta[0], back @ at.spread[0] @ back.T
    told = x @ beta
    leverage = ((x @ spread) * x).sum(1)
    value, direct, mse = told.copy(), np.zeros(len(x)), variance + leverage
    pull = variance / (variance + likelihood.sampling)
    value[asked] = pull * likelihood.y + (1 - pull) * told[asked]
    direct[asked] = pull
    mse[asked] = pull * likelihood.sampling + (1 - pull) ** 2 * leverage[asked]
    mse[asked] += _of_the_variance(likelihood, variance, at.spread[0])
    return Areas(value, mse, direct, beta, spread, variance)


def _of_the_variance(likelihood: Likelihood, variance: float, spread: NDArray[np.float64]) -> Reals:
    """What it costs that the variance is estimated, and for "ml" how far that one is too small."""
    weight = 1 / (variance + likelihood.sampling)
    information = (weight**2).sum() / 2
    bent = likelihood.sampling**2 * weight**2
    cost = 2 * bent * weight / information
    if likelihood.method == "ml":
        k = len(spread)
        twice = (weight**2 @ likelihood.squares).reshape(k, k)
        cost += bent * np.trace(spread @ twice) / (2 * information)
    return cost
