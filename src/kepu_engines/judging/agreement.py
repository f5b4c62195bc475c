"""How far reviewers agree: Krippendorff's alpha of many, Cohen's kappa of two.

Source
------
Krippendorff (2011), Computing Krippendorff's alpha-reliability, University of Pennsylvania; Cohen
(1968), Weighted kappa, Psychological Bulletin 70.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, require

Floats = NDArray[np.float64]
Scale = Literal["nominal", "ordinal", "interval"]
Weights = Literal["none", "linear", "quadratic"]


def alpha(scores: ArrayLike, scale: Scale = "interval") -> float:
    """Agreement of any number of reviewers, with scores missing: 1 perfect, 0 as by chance.

    Parameters
    ----------
    scores : (a, r) float
        What each reviewer gave each application; nan where none was given.
    scale : "nominal", "ordinal" or "interval"
        What a difference means: another word, a rank apart, points apart.

    Returns
    -------
    float
        nan where all scores that can be compared are equal, for then nothing could disagree.

    Raises
    ------
    EngineError
        If the table has not two dimensions, the scale is unknown, or no application has two scores.
    """
    table = np.asarray(scores, dtype=np.float64)
    require(table.ndim == 2, f"scores must have two dimensions, not {table.ndim}")
    require(scale in ("nominal", "ordinal", "interval"), f"there is no scale called {scale}")
    given = np.isfinite(table)
    table, given = table[given.sum(axis=1) > 1], given[given.sum(axis=1) > 1]
    require(len(table) > 0, "no application has two scores to compare")
    values, codes = np.unique(table[given], return_inverse=True)
    counts = np.zeros((len(table), len(values)))
    np.add.at(counts, (np.nonzero(given)[0], codes), 1)
    panel = counts.sum(axis=1)
    together = (counts / (panel - 1)[:, None]).T @ counts
    together -= np.diag((counts / (panel - 1)[:, None]).sum(axis=0))
    margins = counts.sum(axis=0)
    apart = _apart(values, margins, scale)
    expected = float((np.outer(margins, margins) * apart).sum()) / (margins.sum() - 1)
    return float("nan") if expected == 0 else 1 - float((together * apart).sum()) / expected


def _apart(values: Floats, margins: Floats, scale: Scale) -> Floats:
    """Squared difference of each pair of values."""
    if scale == "nominal":
        return 1.0 - np.eye(len(values))
    if scale == "interval":
        return np.asarray((values[:, None] - values[None, :]) ** 2)
    ranks = np.cumsum(margins) - margins / 2  # as many scores as lie between, ends half
    return np.asarray((ranks[:, None] - ranks[None, :]) ** 2)


def kappa(first: ArrayLike, second: ArrayLike, weights: Weights = "none") -> float:
    """Agreement of two reviewers on the same applications beyond chance.

    Parameters
    ----------
    first, second : (a,) int
        The class each put each application into, numbered from 0 in their order.
    weights : "none", "linear" or "quadratic"
        Whether classes further apart disagree more.

    Returns
    -------
    float
        nan where both put everything into one and the same class.

    Raises
    ------
    EngineError
        If lengths differ, nothing is given, or the weights are unknown.
    """
    one, other = integers(first, "first", low=0), integers(second, "second", low=0)
    require(len(one) == len(other) > 0, "both must have judged the same applications, one at least")
    require(weights in ("none", "linear", "quadratic"), f"there are no weights called {weights}")
    classes = int(max(one.max(), other.max())) + 1
    table = np.zeros((classes, classes))
    np.add.at(table, (one, other), 1 / len(one))
    apart = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes))).astype(float)
    apart = (apart > 0).astype(float) if weights == "none" else apart
    apart = apart**2 if weights == "quadratic" else apart
    by_chance = float((np.outer(table.sum(axis=1), table.sum(axis=0)) * apart).sum())
    return float("nan") if by_chance == 0 else 1 - float((table * apart).sum()) / by_chance
