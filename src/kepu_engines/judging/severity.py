"""Scores of reviewers who are more and less severe, put on one scale, with errors.

A score is what the application deserves, plus how lenient the reviewer is, plus what nobody can
explain: `y = m_a + v_r + e`. Applications are fixed, so nothing is drawn toward the middle and
the rubric's cut-offs keep their meaning; reviewers are drawn from a population of lenient and
severe ones, so one who gave few scores is corrected little. How much reviewers differ, against
what is unexplained, is estimated by restricted maximum likelihood.

With applications swept out, the reviewers' information is one symmetric matrix. It is taken
apart once; then the likelihood of each ratio of variances costs one pass over its eigenvalues.

Whether a reviewer scatters more than chance allows is told by leaving it out: with every leniency
let free, the squares its scores add to what is unexplained, against those that are left without
it, follow Fisher's F, however leniencies are spread.

Source
------
Patterson & Thompson (1971), Recovery of inter-block information when block sizes are unequal,
Biometrika 58; Cook & Weisberg (1982), Residuals and influence in regression, 2.2 (leaving out
several cases); Henderson (1975), Best linear unbiased estimation and prediction under a selection
model, Biometrics 31. The many-facet view of ratings: Linacre (1989), Many-facet Rasch measurement.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import f, t

from kepu_engines.core.checks import integers, reals, require
from kepu_engines.core.errors import EngineError

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEAST, MOST = -28.0, 14.0  # logarithms of the ratio of variances that are searched
EXACT = 1e-12  # share of the squares below which what leniency leaves is rounding
NULL = 1e-9  # share of the largest eigenvalue below which one is 0
FREE = 1e-7  # ratio of variances, in largest eigenvalues, at which leniencies are as good as free
ALIKE = 1e-6  # two chances, relative to each other, that differ by rounding only


@dataclass(frozen=True)
class Calibrated:
    """Applications and reviewers on one scale, in the points of the scores.

    `raw` is (a,), the mean of each application's scores; `score` its value corrected for who
    reviewed it, and `error` the standard error of that; nan where nobody scored it. `board` (a,)
    numbers from 0 the sets of applications that reviewers in common connect, -1 where nobody scored: scores
    of two boards compare only if their reviewers were drawn by lot. `leniency` is (r,), how much
    more a reviewer gives than the others would, `leniency_error` the standard error of that, and
    `reviews` (r,) the scores each gave. `strangeness` (r,) is how probable by chance alone a
    scatter as large as the reviewer's is; 1 where it cannot be told. `between` is the standard
    deviation of leniency, `within` that of what is left, known with `freedom` degrees of freedom.
    """

    raw: Floats
    score: Floats
    error: Floats
    board: Longs
    leniency: Floats
    leniency_error: Floats
    reviews: Longs
    strangeness: Floats
    between: float
    within: float
    freedom: int
    _scores: _Scores = field(repr=False)

    def margin(self, level: float = 0.95) -> Floats:
        """Half the width of each application's interval that holds with probability `level`, (a,)."""
        require(0 < level < 1, "level must lie between 0 and 1")
        return np.asarray(t.ppf((1 + level) / 2, self.freedom) * self.error)

    def chance_above(self, cut: float) -> Floats:
        """How probable it is that each application deserves `cut` points or more, (a,) in [0, 1]."""
        known = np.where(self.error > 0, self.error, np.nan)
        certain = (self.score >= cut).astype(float)
        chance = t.sf((cut - self.score) / known, self.freedom)
        return np.where(np.isnan(self.score), np.nan, np.where(np.isnan(chance), certain, chance))

    def strange(self, level: float = 0.01) -> Flags:
        """Reviewers whose scores scatter round the others' more than chance allows, (r,).

        Held so that in a call of honest reviewers all are passed over with probability 1 - `level`
        (Bonferroni), whatever their leniencies. The strangest is left out and the others are
        calibrated and tried again without it, so that nobody is accused for sitting beside it; each
        one named costs a calibration. Two who only ever sat together, and with nobody else, are
        named together.
        """
        require(0 < level < 1, "level must lie between 0 and 1")
        bar = level / max(int((self.reviews > 1).sum()), 1)
        named = np.zeros(len(self.reviews), dtype=bool)
        chance = self.strangeness
        while chance.min() < bar:
            named |= chance <= max(chance.min() * (1 + ALIKE), np.finfo(float).tiny)
            kept = self._scores.without(named)
            if kept.free <= 0:
                break
            chance = _fitted(kept).strangeness()
        return named


@dataclass(frozen=True)
class _Scores:
    """Who gave what to which application, (n,) each, and how many of both there are."""

    which: Ints
    who: Ints
    points: Floats
    applications: int
    reviewers: int

    @property
    def table(self) -> csr_array:
        """1 where a reviewer scored an application, (a, r)."""
        shape = self.applications, self.reviewers
        return coo_array((np.ones(len(self.which)), (self.which, self.who)), shape=shape).tocsr()

    @property
    def count(self) -> Longs:
        """Scores of each application, (a,)."""
        return np.bincount(self.which, minlength=self.applications)

    @property
    def free(self) -> int:
        """Scores beyond the first of each application: what reviewers can be compared by."""
        return len(self.which) - int((self.count > 0).sum())

    def without(self, reviewers: Flags) -> _Scores:
        """The same call, had these reviewers scored nothing."""
        kept = ~reviewers[self.who]
        rest = self.which[kept], self.who[kept], self.points[kept]
        return _Scores(*rest, self.applications, self.reviewers)


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
        application has two scores, or two different ones, so that reviewers cannot be compared.
    """
    which = integers(application, "application", low=0)
    who = integers(reviewer, "reviewer", low=0)
    points = reals(score, "score")
    require(len(which) == len(who) == len(points) > 0, "there must be one score for each pair")
    scores = _Scores(which, who, points, int(which.max()) + 1, int(who.max()) + 1)
    if scores.table.nnz < len(which):
        first = _first_double(which.astype(np.int64) * scores.reviewers + who)
        raise EngineError(f"reviewer {who[first]} scores application {which[first]} twice")
    require(scores.free > 0, "no application has two scores, so reviewers cannot be compared")
    fit = _fitted(scores)
    require(
        fit.within2 > 0, "all scores of each application are equal: there is nothing to calibrate"
    )
    nobody = scores.count == 0
    known = 1 / np.where(nobody, 1, scores.count) + (fit.reached**2).sum(axis=1)
    return Calibrated(
        raw=np.where(nobody, np.nan, fit.raw),
        score=np.where(nobody, np.nan, fit.score),
        error=np.where(nobody, np.nan, np.sqrt(fit.within2 * known)),
        board=_boards(scores),
        leniency=fit.leniency,
        leniency_error=np.sqrt(fit.within2 * (fit.spread**2).sum(axis=1)),
        reviews=np.bincount(who, minlength=scores.reviewers),
        strangeness=fit.strangeness(),
        between=float(np.sqrt(fit.within2 / fit.ratio)) if fit.ratio < np.exp(MOST) else 0.0,
        within=float(np.sqrt(fit.within2)),
        freedom=max(scores.free - int(fit.compared.sum()), 1),
        _scores=scores,
    )


def _first_double(pairs: Longs) -> int:
    """Where a pair occurs for the second time."""
    _, first = np.unique(pairs, return_index=True)
    again = np.ones(len(pairs), dtype=bool)
    again[first] = False
    return int(np.flatnonzero(again)[0])


def _boards(scores: _Scores) -> Longs:
    """Which applications reviewers in common connect, numbered from 0; -1 where nobody scored."""
    nodes = scores.applications + scores.reviewers
    ends = scores.which, scores.applications + scores.who.astype(np.int64)
    links = coo_array((np.ones(len(scores.which)), ends), shape=(nodes, nodes))
    part = connected_components(links, directed=False)[1][: scores.applications]
    board = np.full(scores.applications, -1, dtype=np.int64)
    scored = scores.count > 0
    board[scored] = np.unique(part[scored], return_inverse=True)[1]
    return board


@dataclass(frozen=True)
class _Fit:
    """A calibration before it is told.

    `spread` is (r, r), a root of the leniencies' covariance in units of `within2`; `compared` (r,)
    its columns along which scores compare reviewers; `reached` (a, r) is how it reaches
    applications. `let_free` is (r, k), such a root with leniencies let free, and `left` (n,) what
    neither application nor those leniencies explain, in the sum of squares `total`.
    """

    scores: _Scores
    raw: Floats
    score: Floats
    leniency: Floats
    left: Floats
    total: float
    let_free: Floats
    spread: Floats
    compared: Flags
    reached: Floats
    shares: csr_array
    ratio: float
    within2: float

    def strangeness(self) -> Floats:
        """Chance of a scatter as large as each reviewer's, (r,); 1 where it cannot be told."""
        scores = self.scores
        beside = 1 - 1 / np.maximum(scores.count, 1)  # what the application's own mean leaves
        told = scores.count[scores.which] > 1
        order = np.flatnonzero(told)[np.argsort(scores.who[told], kind="stable")]
        number = np.bincount(scores.who[told], minlength=scores.reviewers)
        chance = np.ones(scores.reviewers)
        reached = self.shares @ self.let_free
        unexplained = float(self.left @ self.left)
        for who, own in enumerate(np.split(order, np.cumsum(number)[:-1])):
            freedom = len(own) - 1
            rest = scores.free - int(self.compared.sum()) - freedom
            if freedom < 1 or rest < 1:
                continue
            seats = scores.which[own]
            taken = _taken(self.left[own], beside[seats], self.let_free[who] - reached[seats])
            remains = unexplained - taken
            if remains > EXACT * self.total:
                chance[who] = f.sf(taken / freedom / (remains / rest), freedom, rest)
        return chance


def _taken(left: Floats, beside: Floats, reach: Floats) -> float:
    """What leaving out these scores takes from the squares, beside their common leniency.

    The residuals `left` (m,) have the covariance `diag(beside) - reach @ reach.T`, with `reach`
    (m, r); the smaller of the two ways to solve by it is taken.
    """
    if len(left) <= reach.shape[1]:
        solved = np.linalg.solve(np.diag(beside) - reach @ reach.T, left)
    else:
        light = reach / beside[:, None]
        inner = np.eye(reach.shape[1]) - reach.T @ light
        solved = left / beside + light @ np.linalg.solve(inner, light.T @ left)
    alone = float(beside.sum() - (reach.sum(axis=0) ** 2).sum())
    return float(left @ solved) - float(left.sum()) ** 2 / alone


def _fitted(scores: _Scores) -> _Fit:
    """Sweep out applications, find the ratio of variances, and read leniency and scores off it."""
    which, who, points = scores.which, scores.who, scores.points
    some = np.maximum(scores.count, 1).astype(float)
    raw = np.bincount(which, points, scores.applications) / some
    beside = points - raw[which]  # each score beside the mean of its application
    table = scores.table
    shares = table.multiply(1 / some[:, None]).tocsr()
    reviews = np.bincount(who, minlength=scores.reviewers).astype(float)
    eigenvalues, vectors = np.linalg.eigh(np.diag(reviews) - (table.T @ shares).toarray())
    compared = eigenvalues > NULL * eigenvalues.max()
    eigenvalues = np.where(compared, eigenvalues, 0.0)
    sums = np.bincount(who, beside, scores.reviewers)
    seen = np.where(compared, vectors.T @ sums, 0.0)
    total = float(beside @ beside)
    ratio, within2 = _variances(eigenvalues[compared], seen[compared], total, scores.free)
    spread = vectors / np.sqrt(eigenvalues + ratio)
    leniency = vectors @ (seen / (eigenvalues + ratio))
    near = FREE * float(eigenvalues.max())
    let_free = vectors[:, compared] / np.sqrt(eigenvalues[compared] + near)
    alone = let_free @ (let_free.T @ sums)
    left = beside + (shares @ alone)[which] - alone[who]
    return _Fit(
        scores, raw, raw - shares @ leniency, leniency, left, total, let_free, spread, compared,
        shares @ spread, shares, ratio, within2,
    )  # fmt: skip


def _variances(eigenvalues: Floats, seen: Floats, total: float, free: int) -> tuple[float, float]:
    """Ratio of the unexplained to the reviewers' variance, and the unexplained one, by REML.

    `eigenvalues` (k,) are those above 0, `seen` (k,) the sums of squares' roots along them, and
    `total` is the sum of squares within applications, with `free` degrees of freedom. Where
    reviewers do not differ more than chance has them differ, or nothing can tell, the ratio is
    the largest searched. Where leniency explains all, likelihood has no end; then the ratio is
    the least searched, and the reviewers' variance that of the leniencies, which are known.
    """
    if total == 0:
        return float(np.exp(MOST)), 0.0
    unexplained = max(total - float((seen**2 / eigenvalues).sum()), 0.0)
    if free > len(seen) and unexplained <= EXACT * total:
        ratio = float(np.exp(LEAST))
        return ratio, ratio * float(np.mean((seen / eigenvalues) ** 2))
    unexplained = unexplained if free > len(seen) else 0.0  # nothing is left to tell noise by

    def within2(logarithm: float) -> float:
        drawn = np.exp(logarithm) / (eigenvalues + np.exp(logarithm))
        return (unexplained + float((seen**2 / eigenvalues * drawn).sum())) / free

    def minus_twice(logarithm: float) -> float:
        log_det = float(np.log(eigenvalues / np.exp(logarithm) + 1).sum())
        return free * float(np.log(within2(logarithm))) + log_det

    grid = np.linspace(LEAST, MOST, 43)
    at = grid[int(np.argmin([minus_twice(one) for one in grid]))]
    found = minimize_scalar(
        minus_twice, bounds=(max(at - 1, LEAST), min(at + 1, MOST)), method="bounded",
        options={"xatol": 1e-6},
    )  # fmt: skip
    best = MOST if minus_twice(MOST) <= found.fun + 1e-9 else float(found.x)
    return float(np.exp(best)), within2(best)
