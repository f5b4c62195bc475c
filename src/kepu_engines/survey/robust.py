"""Means of cells whose errors go together inside clusters, of which there may be few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from kepu_engines.core.checks import reals, require

if TYPE_CHECKING:
    from kepu_engines.survey.design import Reals

# A cluster that tells a mean alone says nothing of how means differ between clusters.
ALONE = 1e-9


@dataclass(frozen=True)
class Contrast:
    """A combination of means.

    Attributes
    ----------
    value, se : float
        NaN as error where clusters are too few to tell one.
    df : float
        Satterthwaite's degrees of freedom; not whole.
    low, high : float
        Interval by Student's t.
    p : float
        Of no difference, two-sided.
    """

    value: float
    se: float
    df: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Means:
    """Weighted means of cells, and what each cluster moves them by.

    Attributes
    ----------
    value : (cells,) float64
    moves : (clusters, cells) float64
        Adjusted sum of a cluster's residuals in each cell, over the cell's weight.
    lengths, held : (clusters, cells) float64
        What the adjusted rows of a cluster add to the variance of each cell, were all rows
        independent; and how much of the cell's mean is made of them.
    weight : (cells,) float64
        Sum of weights.
    clusters : (cells,) int64
        How many clusters have rows in a cell.
    """

    value: Reals
    moves: NDArray[np.float64]
    lengths: NDArray[np.float64]
    held: NDArray[np.float64]
    weight: Reals
    clusters: NDArray[np.int64]

    def contrast(self, coefficients: ArrayLike, level: float = 0.95) -> Contrast:
        """Value, error (CR2), Satterthwaite's degrees of freedom, and interval.

        Parameters
        ----------
        coefficients : (means,) float
        level : float
            Of the interval, in (0, 1).
        """
        c = np.asarray(coefficients, np.float64)
        value = float(c @ self.value)
        used = self.clusters[c != 0]
        if (used < 2).any():
            return Contrast(value, np.nan, np.nan, np.nan, np.nan, np.nan)
        se = float(np.sqrt(((self.moves @ c) ** 2).sum()))
        df = self._freedom(c)
        half = float(stdtrit(df, (1 + level) / 2)) * se
        p = 2 * float(stdtr(df, -abs(value) / se)) if se > 0 else np.nan
        return Contrast(value, se, df, value - half, value + half, p)

    def _freedom(self, c: Reals) -> float:
        """Of the variance's estimate, were rows independent with a spread of 1 over their weight."""
        rows = self.held * c / np.sqrt(self.weight)
        inner, own = rows.T @ rows, (rows**2).sum(axis=1)
        diagonal = self.lengths @ c**2 - own
        off = (inner**2).sum() - (own**2).sum()
        return float(diagonal.sum() ** 2 / ((diagonal**2).sum() + off))


def means(y: ArrayLike, cell: ArrayLike, weight: ArrayLike, cluster: ArrayLike) -> Means:
    """Means of cells with errors robust to clusters (CR2), exact in small samples if rows are alike.

    Parameters
    ----------
    y, weight : (n,) float
        Finite; weights above 0.
    cell : (n,) int
        0, 1, ...; every one has rows.
    cluster : (n,) labels
        A cluster may have rows in several cells, as a person does who is measured twice.

    Raises
    ------
    EngineError
        If lengths differ, a weight is not above 0, or a cell is empty.

    Source
    ------
    Bell & McCaffrey (2002), Survey Methodology 28, 169-181; Pustejovsky & Tipton (2018), J. Business &
    Economic Statistics 36, 672-683. Working model: rows independent, variance 1 over the weight.
    """
    value, people = reals(y, "y"), reals(weight, "the weights")
    where = np.asarray(cell, np.int64)
    require(value.size == people.size == where.size, "y, cells and weights must have as many rows")
    require(bool((people > 0).all()), "every weight must be above 0")
    many = int(where.max()) + 1
    whole = np.bincount(where, people, many).astype(np.float64)
    require(bool((whole > 0).all()), f"cell {int(whole.argmin())} has no rows")
    middle = np.bincount(where, people * value, many) / whole
    named = np.asarray(cluster)
    require(named.shape == value.shape, "each row must have a cluster")
    names, unit = np.unique(named, return_inverse=True)
    flat = unit * many + where
    shape = (len(names), many)

    def summed(column: Reals) -> NDArray[np.float64]:
        return np.bincount(flat, column, shape[0] * many).reshape(shape).astype(np.float64)

    part = np.asarray(summed(people) / whole, np.float64)  # leverage of a cluster on a cell's mean
    with np.errstate(divide="ignore"):
        adjust = np.where(part < 1 - ALONE, 1 / np.sqrt(np.maximum(1 - part, 0)), 0.0)
    moves = adjust * summed(people * (value - middle[where])) / whole
    lengths = adjust**2 * part / whole
    held = np.asarray(adjust * part, np.float64)
    clusters = (part > 0).sum(axis=0)
    return Means(middle, moves, lengths, held, whole, clusters)
