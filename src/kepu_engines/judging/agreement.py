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
Longs = NDArray[np.int64]
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
        If the table has not two dimensions, a score is infinite, the scale is unknown, or no
        application has two scores.
    """
    table = np.asarray(scores, dtype=np.float64)
    require(table.ndim == 2, f"scores must have two dimensions, not {table.ndim}")
    require(scale in ("nominal", "ordinal", "interval"), f"there is no scale called {scale}")
    require(not np.isinf(table).any(), "scores must be finite, or nan where none was given")
    given = ~np.isnan(table)
    table, given = table[given.sum(axis=1) > 1], given[given.sum(axis=1) > 1]
    require(len(table) > 0, "no application has two scores to compare")
    apart = _classes_apart if scale == "nominal" else _points_apart
    values = table[given] if scale != "ordinal" else _ranks(table[given])
    which, panel = np.nonzero(given)[0], given.sum(axis=1)
    expected = float(apart(values, np.zeros(len(values), dtype=np.int64))[0]) / (len(values) - 1)
    if expected == 0:
        return float("nan")
    return 1 - float((apart(values, which) / (panel - 1)).sum()) / expected


def _ranks(values: Floats) -> Floats:
    """How many of the values lie below each, those equal to it counted half, (n,)."""
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - counts / 2)[codes])


def _points_apart(values: Floats, which: Longs) -> Floats:
    """Sum over all ordered pairs within each group of their squared difference, in ranges squared."""
    low, high = values.min(), values.max()
    shares = (values - low) / (high - low) if high > low else np.zeros(len(values))
    count = np.bincount(which)
    mean = np.bincount(which, shares) / count
    return np.asarray(2 * count * np.bincount(which, (shares - mean[which]) ** 2))


def _classes_apart(values: Floats, which: Longs) -> Floats:
    """How many ordered pairs within each group differ."""
    count = np.bincount(which)
    pairs, equal = np.unique(np.stack([which, values]), axis=1, return_counts=True)
    return np.asarray(count**2 - np.bincount(pairs[0].astype(np.int64), equal**2))


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
