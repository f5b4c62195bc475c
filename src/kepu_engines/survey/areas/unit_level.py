"""The unit-level model: respondents of an area are alike, and its figure borrows from all the others."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from kepu_engines.core.checks import integers, reals, require
from kepu_engines.survey.areas.area_level import SETTLED, Areas
from kepu_engines.survey.design import Codes, Reals
from kepu_engines.survey.regression import DEPENDENT, INDEPENDENT

Method = Literal["reml", "ml"]

# Ratios of the variance between areas to that within, before the best of them is refined.
TRIED = np.concatenate([[0.0], np.geomspace(1e-6, 1e4, 31)])


@dataclass(frozen=True)
class Sums:
    """All that the model needs of n respondents in m areas: one pass over them.

    Attributes
    ----------
    n : (m,) float64
        Respondents of every area.
    x : (m, k) float64
        Their mean covariates, in columns that are orthonormal over all; 0 where there are none.
    rest : (m,) float64
        Their mean of y less what plain regression says.
    squares : float
        Sum of that rest's squares over all respondents.
    plain : (k,) float64
        Coefficients of the plain regression, in the orthonormal columns.
    back : (k, k) float64
        Leads from these to the columns that were given.
    """

    n: Reals
    x: NDArray[np.float64]
    rest: Reals
    squares: float
    plain: Reals
    back: NDArray[np.float64]

    @cached_property
    def pairs(self) -> NDArray[np.float64]:
        """(m, k * k): x x' of every area."""
        m, k = self.x.shape
        found: NDArray[np.float64] = (self.x[:, :, None] * self.x[:, None, :]).reshape(m, k * k)
        return found


@dataclass(frozen=True)
class UnitModel:
    """The fitted model.

    Attributes
    ----------
    beta : (k,) float64
    beta_covariance : (k, k) float64
    between, within : float
        Variance of areas' effects, and of respondents about their area.
    effect : (m,) float64
        What every area is better by than its covariates say; 0 where nobody was asked.
    pull : (m,) float64
        How far the mean of an area's respondents is believed, in [0, 1).
    loglik : float
        But for a constant.
    """

    sums: Sums
    beta: Reals
    beta_covariance: NDArray[np.float64]
    between: float
    within: float
    effect: Reals
    pull: Reals
    loglik: float

    def means(self, x: ArrayLike) -> Areas:
        """Mean of y over all who live in each area, whose mean covariates are the rows of `x`, (m, k).

        The mean squared error is that of Prasad & Rao (1990), for areas much larger than their
        samples.

        Parameters
        ----------
        x : (m, k) float
            Mean covariates of all who live in each area.

        Raises
        ------
        EngineError
            If `x` has not a row for each area and a column for each coefficient.
        """
        x = np.asarray(x, dtype=np.float64)
        same = x.shape == (len(self.effect), len(self.beta))
        require(same, f"x must have a row of {len(self.beta)} for each of {len(self.effect)} areas")
        value = x @ self.beta + self.effect
        apart = x - self.pull[:, None] * (self.sums.x @ np.linalg.inv(self.sums.back))
        mse = (1 - self.pull) * self.between + ((apart @ self.beta_covariance) * apart).sum(1)
        mse += 2 * self._of_the_variances()
        return Areas(value, mse, self.pull, self.beta, self.beta_covariance, self.between)

    def share_above(
        self, cut: float, x: ArrayLike, area: ArrayLike, people: ArrayLike | None = None
    ) -> Reals:
        """Share of people with y of `cut` and over in every area, by empirical best prediction.

        `x`, (rows, k), and `area`, (rows,), tell of all who live there, or of a fair sample of
        them; a row stands for one of them or for `people`, (rows,) over 0. Errors are normal, so
        no simulation is needed. NaN where nobody is told of. `resampling` has its error.

        Raises
        ------
        EngineError
            If shapes differ, an area is unknown, or a number is impossible.
        """
        require(bool(np.isfinite(cut)), "the cut must be finite")
        x, m = np.asarray(x, dtype=np.float64), len(self.effect)
        area = integers(area, "area", low=0, high=m - 1)
        require(x.shape == (len(area), len(self.beta)), "x must have a row for each person")
        held = np.ones(len(area)) if people is None else reals(people, "people", low=0)
        require(len(held) == len(area), "people must have a number for each row of x")
        left = np.sqrt(self.within + (1 - self.pull) * self.between)
        over = ndtr((x @ self.beta + self.effect[area] - cut) / left[area])
        with np.errstate(invalid="ignore"):
            found: Reals = np.bincount(area, over * held, m) / np.bincount(area, held, m)
        return found

    def _of_the_variances(self) -> Reals:
        """What it costs each area that both variances are estimated."""
        n, total = self.sums.n, self.within + self.sums.n * self.between
        asked = n > 0
        information = np.empty((2, 2))
        information[0, 0] = (n**2 / total**2).sum()
        information[0, 1] = information[1, 0] = (n / total**2)[asked].sum()
        information[1, 1] = ((n - 1) / self.within**2 + 1 / total**2)[asked].sum()
        v = np.linalg.inv(information / 2)
        both = v[0, 0] * self.within**2 + v[1, 1] * self.between**2
        both -= 2 * v[0, 1] * self.within * self.between
        found: Reals = n * both / total**3
        return found


def battese_harter_fuller(
    y: ArrayLike, area: ArrayLike, x: ArrayLike, areas: int, method: Method = "reml"
) -> UnitModel:
    """Fit y = x beta + v + e, v of one variance between areas and e of one within them.

    Cost and memory are linear in the respondents, who are passed over once.

    Parameters
    ----------
    y : (n,) float
        Finite, roughly normal about x beta: scores rather than answers to one question.
    area : (n,) int
        In [0, areas). Areas without respondents are predicted from their covariates.
    x : (n, k) float
        Finite. A column of ones is the intercept; none is added.
    areas : int
        How many there are, m.
    method : {"reml", "ml"}

    Raises
    ------
    EngineError
        If shapes differ, a number is impossible, a column of x is made of the others, fewer than
        two areas have respondents, or none has two.

    Source
    ------
    Battese, Harter & Fuller (1988), An error-components model for prediction of county crop areas
    using survey and satellite data. Conventions: R's lme4.
    """
    words = get_args(Method)
    require(method in words, f"the method must be one of {', '.join(words)}, not {method!r}")
    y, area, x = _checked(y, area, x, areas)
    sums = _summed(y, area, x, areas)
    profile = Profile(sums, method)
    return _fitted(profile, _best(profile))


def _checked(
    y: ArrayLike, area: ArrayLike, x: ArrayLike, areas: int
) -> tuple[Reals, Codes, NDArray[np.float64]]:
    """The three as arrays."""
    y, area = reals(y, "y"), integers(area, "area", low=0, high=areas - 1)
    x = np.asarray(x, dtype=np.float64)
    require(x.ndim == 2, "x must have two dimensions")
    same = len(y) == len(area) == len(x)
    require(same, f"y, area and x must have as many rows, not {len(y)}, {len(area)} and {len(x)}")
    require(bool(np.isfinite(x).all()), "x must hold finite numbers")
    n = np.bincount(area, minlength=areas)
    enough = (n > 0).sum() >= 2 and n.max() >= 2 and len(y) >= x.shape[1] + 2
    require(bool(enough), "at least two areas must have respondents, and one of them two")
    return y, area, x


def _summed(y: Reals, area: Codes, x: NDArray[np.float64], areas: int) -> Sums:
    """Pass over all respondents."""
    lengths = np.sqrt(np.einsum("nk,nk->k", x, x))
    scale = 1 / np.where(lengths > 0, lengths, 1)
    gram = scale[:, None] * (x.T @ x) * scale
    require(np.linalg.eigvalsh(gram)[0] > INDEPENDENT, DEPENDENT)
    # x back has orthonormal columns; it is never written out, only its means in areas are
    back = scale[:, None] * np.linalg.inv(np.linalg.cholesky(gram)).T
    plain = back.T @ (x.T @ y)
    rest = y - x @ (back @ plain)
    n = np.bincount(area, minlength=areas).astype(np.float64)
    over = 1 / np.maximum(n, 1)
    means = np.column_stack([np.bincount(area, column, areas) * over for column in x.T]) @ back
    return Sums(n, means, np.bincount(area, rest, areas) * over, float(rest @ rest), plain, back)


@dataclass(frozen=True)
class At:
    """The model at each of g ratios of variances: minus twice the log-likelihood and its slope,
    what is added to the plain coefficients, their spread over the variance within, and that variance.
    """

    loss: Reals
    slope: Reals
    added: NDArray[np.float64]
    spread: NDArray[np.float64]
    within: Reals


@dataclass(frozen=True)
class Profile:
    """How likely a ratio of the variances is, the other parameters being at their best."""

    sums: Sums
    method: Method

    def at(self, ratio: Reals) -> At:
        """Everything at these (g,) ratios.

        Parameters
        ----------
        ratio : (g,) float
            Variance between areas over that within, >= 0.
        """
        sums, k = self.sums, self.sums.x.shape[1]
        grown = 1 + ratio[:, None] * sums.n
        taken = sums.n**2 * ratio[:, None] / grown
        gram = np.eye(k) - (taken @ sums.pairs).reshape(-1, k, k)
        spread = np.asarray(np.linalg.inv(gram), dtype=np.float64)
        added = -np.einsum("gkl,gl->gk", spread, (taken * sums.rest) @ sums.x)
        apart = sums.rest - added @ sums.x.T
        # sum of squares about the fit: about areas' own means, and of the means about it
        squares = sums.squares + (added**2).sum(1) - (taken * apart**2).sum(1)
        freedom = sums.n.sum() - (k if self.method == "reml" else 0)
        steeper = (sums.n / grown) ** 2
        loss = freedom * np.log(squares) + np.log(grown).sum(1)
        slope = (sums.n / grown).sum(1) - freedom * (steeper * apart**2).sum(1) / squares
        if self.method == "reml":
            loss += np.linalg.slogdet(gram)[1]
            slope -= np.einsum("gkl,glk->g", spread, (steeper @ sums.pairs).reshape(-1, k, k))
        return At(loss, slope, added, spread, squares / freedom)

    def slope(self, ratio: float) -> float:
        """The slope at one ratio."""
        return float(self.at(np.array([ratio])).slope[0])


def _best(profile: Profile) -> float:
    """The ratio of the greatest likelihood, to the last digits."""
    found = profile.at(TRIED)
    best = int(np.argmin(found.loss))
    low, high = max(best - 1, 0), min(best + 1, len(TRIED) - 1)
    if found.slope[low] >= 0:
        return float(TRIED[low])
    require(found.slope[high] > 0, "within the areas nobody differs: y or x tells the area itself")
    return float(brentq(profile.slope, TRIED[low], TRIED[high], xtol=1e-18, rtol=SETTLED))


def _fitted(profile: Profile, ratio: float) -> UnitModel:
    """All parameters at the best ratio."""
    sums, at = profile.sums, profile.at(np.array([ratio]))
    within = float(at.within[0])
    pull = ratio * sums.n / (1 + ratio * sums.n)
    return UnitModel(
        sums=sums,
        beta=sums.back @ (sums.plain + at.added[0]),
        beta_covariance=within * (sums.back @ at.spread[0] @ sums.back.T),
        between=ratio * within,
        within=within,
        effect=pull * (sums.rest - sums.x @ at.added[0]),
        pull=pull,
        loglik=-float(at.loss[0]) / 2,
    )
