"""Figures from several completed copies of the same answers, as one figure with one error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.survey.design import Reals


@dataclass(frozen=True)
class Pooled:
    """Figures over all copies, (k,) each.

    Attributes
    ----------
    value, se : float64
    df : float64
        Degrees of freedom, never more than the sample's own.
    measurement : float64
        Share of the variance that comes from what was not measured.
    """

    value: Reals
    se: Reals
    df: Reals
    measurement: Reals


def pooled(values: Reals, errors: Reals, df: NDArray[np.int64]) -> Pooled:
    """Rubin's rules.

    Parameters
    ----------
    values, errors : (m, k) float
        Figures of each copy, and their standard errors by the design.
    df : (k,) int
        Degrees of freedom of the sample.

    Raises
    ------
    EngineError
        If there is one copy alone.

    Source
    ------
    Rubin (1987), Multiple Imputation, 3.1; Barnard & Rubin (1999), Biometrika 86, 948-955, for
    small degrees of freedom.
    """
    copies = len(values)
    between = _between(values)
    whole = (errors**2).mean(axis=0) + between
    share = np.divide(between, whole, out=np.zeros_like(whole), where=whole > 0)
    free = _freedom(share, copies, df)
    return Pooled(values.mean(axis=0), np.sqrt(whole), np.where(df > 0, free, 0.0), share)


@dataclass(frozen=True)
class PooledTogether:
    """Figures over all copies that move together, for each of some cells.

    Attributes
    ----------
    value : (k, cells) float64
    within, between : (k, k, cells) float64
        Covariance by the design, and by what was not measured.
    copies, df : int
        How many copies, and the sample's degrees of freedom.
    """

    value: Reals
    within: Reals
    between: Reals
    copies: int
    df: int

    @property
    def covariance(self) -> Reals:
        """(k, k, cells), of all that is not known."""
        return self.within + self.between

    def freedom(self, of: Reals) -> Reals:
        """Degrees of freedom of the sum of `of` (k, cells) times the figures, (cells,)."""
        if self.copies == 1:
            return np.full(self.value.shape[1], float(self.df))
        between, whole = (
            np.einsum("ic,ijc,jc->c", of, one, of) for one in (self.between, self.covariance)
        )
        share = np.divide(between, whole, out=np.zeros_like(whole), where=whole > 0)
        return _freedom(np.clip(share, 0, 1), self.copies, np.full(share.shape, self.df))


def pooled_together(values: Reals, covariances: Reals, df: int) -> PooledTogether:
    """Rubin's rules for figures that move together; of one copy its own.

    Parameters
    ----------
    values : (m, k, cells) float
    covariances : (m, k, k, cells) float
        By the design.
    df : int
        Degrees of freedom of the sample.

    Source
    ------
    Rubin (1987), Multiple Imputation, 3.4, for several figures at once; degrees of freedom of each
    sum as in `pooled`.
    """
    between = np.zeros(covariances.shape[1:])
    if len(values) > 1:
        away = values - values.mean(axis=0)
        between = np.einsum("mic,mjc->ijc", away, away) / (len(values) - 1) * (1 + 1 / len(values))
    return PooledTogether(values.mean(axis=0), covariances.mean(axis=0), between, len(values), df)


def _between(values: Reals) -> Reals:
    """Variance between copies, with what a few of them leave open."""
    copies = len(values)
    require(copies >= 2, "at least two copies tell how far they differ")
    found: Reals = (1 + 1 / copies) * values.var(axis=0, ddof=1)
    return found


def _freedom(share: Reals, copies: int, df: NDArray[np.int64]) -> Reals:
    """Degrees of freedom by Barnard & Rubin, where `share` of the variance lies between copies."""
    own = (df + 1) / (df + 3) * df * (1 - share)
    with np.errstate(divide="ignore", invalid="ignore"):
        many = (copies - 1) / share**2
        free: Reals = 1 / (1 / many + 1 / own)
    return free
