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
    require(copies >= 2, "at least two copies tell how far they differ")
    between = (1 + 1 / copies) * values.var(axis=0, ddof=1)
    whole = (errors**2).mean(axis=0) + between
    share = np.divide(between, whole, out=np.zeros_like(whole), where=whole > 0)
    with np.errstate(divide="ignore"):
        many = (copies - 1) / share**2
    own = (df + 1) / (df + 3) * df * (1 - share)
    with np.errstate(divide="ignore", invalid="ignore"):
        free = 1 / (1 / many + 1 / own)
    return Pooled(values.mean(axis=0), np.sqrt(whole), np.where(df > 0, free, 0.0), share)
