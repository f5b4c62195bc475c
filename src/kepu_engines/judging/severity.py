"""Scores of reviewers who are more and less severe, put on one scale, with errors.

A score is what the application deserves, plus how lenient the reviewer is, plus what nobody can
explain: `y = m_a + v_r + e`. Applications are fixed, so nothing is drawn toward the middle and
the rubric's cut-offs keep their meaning; reviewers are drawn from a population of lenient and
severe ones, so one who gave few scores is corrected little. How much reviewers differ, against
what is unexplained, is estimated by restricted maximum likelihood.

With applications swept out, the reviewers' information is one symmetric matrix. It is taken
apart once; then the likelihood of each ratio of variances costs one pass over its eigenvalues.

Source
------
Patterson & Thompson (1971), Recovery of inter-block information when block sizes are unequal,
Biometrika 58; Henderson (1975), Best linear unbiased estimation and prediction under a selection
model, Biometrics 31. The many-facet view of ratings: Linacre (1989), Many-facet Rasch measurement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import coo_array
from scipy.stats import chi2, norm

from kepu_engines.core.checks import integers, reals, require
from kepu_engines.core.errors import EngineError

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEAST, MOST = -14.0, 14.0  # logarithms of the ratio of variances that are searched


@dataclass(frozen=True)
class Calibrated:
    """Applications and reviewers on one scale, in the points of the scores.

    `raw` is (a,), the mean of each application's scores; `score` its value corrected for who
    reviewed it, and `error` the standard error of that; nan where nobody scored it. `leniency`
    is (r,), how much more a reviewer gives than the others would, `leniency_error` the standard
    error of that, and `reviews` (r,) the scores each gave. `between` is the standard deviation of
    leniency, `within` that of what is left.
    """

    raw: Floats
    score: Floats
    error: Floats
    leniency: Floats
    leniency_error: Floats
    reviews: Longs
    strangeness: Floats
    between: float
    within: float

    def chance_above(self, cut: float) -> Floats:
        """How probable it is that each application deserves `cut` points or more, (a,) in [0, 1]."""
        known = np.where(self.error > 0, self.error, np.nan)
        certain = (self.score >= cut).astype(float)
        chance = norm.sf((cut - self.score) / known)
        return np.where(np.isnan(self.score), np.nan, np.where(np.isnan(chance), certain, chance))

    def strange(self, level: float = 0.01) -> Flags:
        """Reviewers whose scores scatter round the others' more than chance allows, (r,).

        A test of each by the chi-squared law of its residuals, so held that in a call of honest
        reviewers all are passed over with probability 1 - `level` (Bonferroni).
        """
        require(0 < level < 1, "level must lie between 0 and 1")
        tried = max(int((self.reviews > 1).sum()), 1)
        return np.asarray(self.strangeness < level / tried)


def calibrate(application: ArrayLike, reviewer: ArrayLike, score: ArrayLike) -> Calibrated:
    """Put applications scored by different reviewers on one scale.

    Parameters
    ----------
    application, reviewer : (n,) int
        Whose score it is, numbered from 0; each reviewer scores an application at most once.
    score : (n,) float
        Points of the rubric.

    Returns
    -------
    Calibrated
        One entry per application and per reviewer, up to the largest number named.

    Raises
    ------
    EngineError
        If arrays differ in length, a number is out of range, a pair occurs twice, or no
        application has two scores, so that reviewers cannot be compared.
    """
    which = integers(application, "application", low=0)
    who = integers(reviewer, "reviewer", low=0)
    points = reals(score, "score")
    require(len(which) == len(who) == len(points) > 0, "there must be one score for each pair")
    table = coo_array((np.ones(len(which)), (which, who))).tocsr()
    if table.nnz < len(which):
        pairs = which.astype(np.int64) * (int(who.max()) + 1) + who
        first = _first_double(pairs)
        raise EngineError(f"reviewer {who[first]} scores application {which[first]} twice")
    count = np.asarray(table.sum(axis=1)).ravel()
    free = len(points) - int((count > 0).sum())
    require(free > 0, "no application has two scores, so reviewers cannot be compared")
    return _calibrated(table, (which, who, points), count, free)


def _first_double(pairs: Longs) -> int:
    """Where a pair occurs for the second time."""
    _, first = np.unique(pairs, return_index=True)
    again = np.ones(len(pairs), dtype=bool)
    again[first] = False
    return int(np.flatnonzero(again)[0])


def _calibrated(
    table: coo_array, scores: tuple[NDArray[np.int32], NDArray[np.int32], Floats],
    count: Floats, free: int,
) -> Calibrated:  # fmt: skip
    """Sweep out applications, find the ratio of variances, and read everything off it."""
    which, who, points = scores
    some = np.where(count > 0, count, 1.0)
    raw = np.bincount(which, points, len(count)) / some
    beside = points - raw[which]  # each score beside the mean of its application
    shares = table.multiply(1 / some[:, None]).tocsr()
    reviews = np.bincount(who)
    information = np.diag(reviews.astype(float)) - (table.T @ shares).toarray()
    eigenvalues, vectors = np.linalg.eigh(information)
    eigenvalues = np.maximum(eigenvalues, 0.0)
    theirs = np.asarray(np.bincount(who, beside, len(reviews)), dtype=np.float64)
    seen = vectors.T @ theirs
    ratio, within2 = _variances(eigenvalues, seen, float(beside @ beside), free)
    spread = vectors / np.sqrt(eigenvalues + ratio)
    leniency = spread @ (spread.T @ (vectors @ seen))
    reached = shares @ spread  # how the reviewers' errors reach each application
    score = raw - shares @ leniency
    error = np.sqrt(within2 * (1 / some + (reached**2).sum(axis=1)))
    own = (spread**2).sum(axis=1)
    nobody = count == 0
    left = points - score[which] - leniency[who]
    return Calibrated(
        raw=np.where(nobody, np.nan, raw),
        score=np.where(nobody, np.nan, score),
        error=np.where(nobody, np.nan, error),
        leniency=leniency,
        leniency_error=np.sqrt(within2 * own),
        reviews=reviews.astype(np.int64),
        strangeness=_strangeness(who, left, count[which], within2, reviews),
        between=float(np.sqrt(within2 / ratio)) if ratio < np.exp(MOST) else 0.0,
        within=float(np.sqrt(within2)),
    )


def _variances(eigenvalues: Floats, seen: Floats, total: float, free: int) -> tuple[float, float]:
    """Ratio of the unexplained to the reviewers' variance, and the unexplained one, by REML.

    `total` is the sum of squares within applications, with `free` degrees of freedom. Where
    reviewers do not differ more than chance has them differ the ratio is the largest searched.
    """
    require(total > 0, "all scores of each application are equal: there is nothing to calibrate")

    def within2(logarithm: float) -> float:
        left = total - float((seen**2 / (eigenvalues + np.exp(logarithm))).sum())
        return max(left, 1e-12 * total) / free

    def minus_twice(logarithm: float) -> float:
        log_det = float(np.log(eigenvalues / np.exp(logarithm) + 1).sum())
        return free * float(np.log(within2(logarithm))) + log_det

    grid = np.linspace(LEAST, MOST, 29)
    at = grid[int(np.argmin([minus_twice(one) for one in grid]))]
    found = minimize_scalar(
        minus_twice, bounds=(max(at - 1, LEAST), min(at + 1, MOST)), method="bounded",
        options={"xatol": 1e-6},
    )  # fmt: skip
    best = MOST if minus_twice(MOST) <= found.fun else float(found.x)
    return float(np.exp(best)), within2(best)


def _strangeness(
    who: NDArray[np.int32], left: Floats, panel: Floats, within2: float, reviews: NDArray[np.int64]
) -> Floats:
    """How probable residuals as large as each reviewer's are by chance, (r,); 1 where none are left."""
    kept = np.where(panel > 1, 1 - 1 / panel, np.nan)  # what the application's own mean takes away
    squares = np.where(np.isnan(kept), 0.0, left**2 / np.where(np.isnan(kept), 1.0, kept) / within2)
    number = np.bincount(who, ~np.isnan(kept), len(reviews))
    sums = np.bincount(who, squares, len(reviews))
    return np.where(number > 1, chi2.sf(sums, np.maximum(number - 1, 1)), 1.0)
