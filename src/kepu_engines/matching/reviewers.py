"""Applications to reviewers: the best panels under loads and conflicts, and the fairest ones.

Each application needs some reviewers, each reviewer takes some applications, and some pairs may
not meet. That is the assignment problem of orders to teams: an application is as many orders as it
needs reviewers, and each allowed pair is a slot for one, nested in the reviewer, so that no
reviewer sits twice on a panel. Only each application's most fitting reviewers are searched; the
prices then tell whether anybody left out could have mattered, and such pairs are let in.

Source
------
Charlin & Zemel (2013), The Toronto paper matching system, ICML workshop on peer reviewing; Garg,
Kavitha, Kumar, Mehlhorn & Mestre (2010), Assigning papers to referees, Algorithmica 58 (the
worst-served paper). The reduced costs are those of `flow`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import LARGEST, integers, require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.matching.flow import Assignment, certify, solve
from kepu_engines.matching.problem import Ints, Problem

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

CONFLICT = -1  # affinity of a pair that may not meet
NEAREST = 40  # reviewers searched for each application at first
HEAVIEST = 64  # most that a badly served application counts beside another


@dataclass(frozen=True)
class Panels:
    """Who reviews what, and how far that may be from the best.

    `reviewers` is (a, k), the reviewers of each application from the most fitting on, -1 where one
    is missing. `affinity` is (a,), the sum over each panel, and `load` (r,) the applications of
    each reviewer. `value` is the sum over all panels; no panels with as many reviews reach more
    than `bound`. `worst` is the least affinity among the applications that could have a whole
    panel, each with what it has, so 0 where one has nobody; in no panels is it more than
    `worst_bound`. An application that wants no review, or whose conflicts leave it fewer
    reviewers than it wants, is not compared: `missing` tells of it.
    """

    reviewers: Ints
    affinity: Longs
    load: Longs
    value: int
    bound: int
    worst: int
    worst_bound: int

    @property
    def missing(self) -> Longs:
        """Reviews each application still lacks, (a,)."""
        lacking = (self.reviewers == LACKING).sum(axis=1)
        return np.asarray(lacking, dtype=np.int64)


LACKING, UNWANTED = -1, -2  # in `Panels.reviewers`: nobody could be found; nobody was asked for


@dataclass(frozen=True)
class _Call:
    """The checked input: affinities (a, r), reviews wanted (a,) and the load of each reviewer (r,)."""

    affinity: Ints
    reviews: Ints
    load: Ints

    @property
    def allowed(self) -> Flags:
        return np.asarray(self.affinity >= 0)

    @property
    def compared(self) -> Flags:
        """Applications that want reviews and could have all of them, were no other there, (a,)."""
        could = (self.allowed & (self.load > 0)).sum(axis=1)
        return np.asarray((self.reviews > 0) & (could >= self.reviews))


def assign(
    affinity: ArrayLike,
    *,
    reviews: int | ArrayLike = 3,
    load: int | ArrayLike,
    progress: Progress = silent,
) -> Panels:
    """Panels of the largest total affinity, proved so; as many reviews as can be had come first.

    Parameters
    ----------
    affinity : (a, r) int
        How well reviewer and application fit, in whole points from 0; `CONFLICT` (-1) where they
        may not meet.
    reviews : int or (a,) int
        Reviewers each application needs.
    load : int or (r,) int
        Applications each reviewer takes at most.
    progress : Progress, optional
        Told as by `flow.solve`.

    Returns
    -------
    Panels
        Optimal: `value` equals `bound`.

    Raises
    ------
    EngineError
        If shapes differ or a number is out of range.
    Cancelled
        If `progress` does.
    """
    call = _call(affinity, reviews, load)
    return _panels(call, np.ones(len(call.affinity), dtype=np.int64), progress)


def protect(
    affinity: ArrayLike,
    *,
    reviews: int | ArrayLike = 3,
    load: int | ArrayLike,
    most_loss: float = 0.005,
    progress: Progress = silent,
) -> Panels:
    """Panels whose worst-served application is served as well as can be found for a small loss.

    Applications below a mark count twice as much, and again, until all reach it or the loss of
    total affinity passes `most_loss`; the mark is the best that can be for the worst served, or
    else found by halving. Each round is an exact optimum of its weights.

    Parameters
    ----------
    affinity, reviews, load, progress
        As for `assign`.
    most_loss : float
        Share of the largest total affinity that may be given up, in [0, 1].

    Returns
    -------
    Panels
        As many reviews as of `assign`, and a `worst` at least as good; where it equals
        `worst_bound` no panels do better.

    Raises
    ------
    EngineError
        If `most_loss` is outside its range, or as for `assign`.
    """
    require(0 <= most_loss <= 1, "most_loss must lie in [0, 1]")
    call = _call(affinity, reviews, load)
    freest = _panels(call, np.ones(len(call.affinity), dtype=np.int64), progress)
    least = (1 - most_loss) * freest.value
    best, mark, out_of_reach = freest, freest.worst_bound, freest.worst_bound + 1
    while best.worst < mark < out_of_reach:
        found = _lifted(call, mark, freest, least, progress)
        if found is None:
            out_of_reach = mark
        else:
            best = found
        mark = (best.worst + out_of_reach) // 2
    return Panels(**{**vars(best), "bound": freest.bound})


def _lifted(
    call: _Call, mark: int, found: Panels, least: float, progress: Progress
) -> Panels | None:
    """Panels that all reach `mark`, in total `least` or more; None where this way finds none."""
    weight = np.ones(len(call.affinity), dtype=np.int64)
    while found.value >= least and found.worst < mark:
        low = (found.affinity < mark) & (weight < HEAVIEST)
        if not low.any():
            return None
        weight[low] *= 2
        found = _panels(call, weight, progress)
    return found if found.value >= least else None


def _call(affinity: ArrayLike, reviews: int | ArrayLike, load: int | ArrayLike) -> _Call:
    table = np.asarray(affinity)
    require(table.ndim == 2, f"affinity must have two dimensions, not {table.ndim}")
    applications, reviewers = table.shape
    most = LARGEST // (HEAVIEST * (reviewers + 2)) - 1
    points = integers(table.ravel(), "affinity", low=CONFLICT, high=most)
    wanted = integers(
        np.broadcast_to(reviews, (applications,)), "reviews", low=0, high=max(reviewers, 1)
    )
    room = integers(np.broadcast_to(load, (reviewers,)), "load", low=0)
    return _Call(points.reshape(applications, reviewers), wanted, room)


def _panels(call: _Call, weight: Longs, progress: Progress) -> Panels:
    """The optimum at these weights, with pairs let in until nobody left out could matter."""
    worth = np.where(call.allowed, call.affinity * weight[:, None], CONFLICT)
    # A review more outweighs all that a chain of moves through every reviewer could gain.
    placed = (int(worth.max(initial=0)) + 1) * (worth.shape[1] + 1)
    searched = _nearest(worth)
    while True:
        problem, pairs = _problem(call, worth + placed, searched)
        plan = solve(problem, progress=progress)
        wanted = _left_out(call, worth + placed, searched, (problem, plan))
        if not wanted.any():
            break
        searched |= wanted
    bound = certify(problem, plan).bound - placed * int((plan.slot_of >= 0).sum())
    return _told(call, pairs, plan, bound)


def _nearest(worth: Longs) -> Flags:
    """The pairs to search: each application's most fitting allowed reviewers."""
    nearest = min(NEAREST, worth.shape[1])
    searched = np.zeros(worth.shape, dtype=bool)
    if nearest:
        best = np.argpartition(-worth, nearest - 1, axis=1)[:, :nearest]
        np.put_along_axis(searched, best, True, axis=1)
    return np.asarray(searched & (worth >= 0))


def _problem(call: _Call, utility: Longs, searched: Flags) -> tuple[Problem, Ints]:
    """Each review an order, each searched pair a slot for one in its reviewer; and whose slot is whose."""
    reviewer, application = np.nonzero(searched.T)  # the slots of one reviewer stand together
    slots = len(reviewer)
    slot = np.empty(searched.shape, dtype=np.int32)
    slot[application, reviewer] = np.arange(slots)
    rows, columns = np.nonzero(searched)
    count = searched.sum(axis=1)
    copies = np.repeat(np.arange(len(count)), call.reviews)
    start = np.concatenate([[0], np.cumsum(count[copies])])
    first = np.cumsum(count) - count
    row = np.arange(start[-1]) + np.repeat(first[copies] - start[:-1], count[copies])
    met = searched.any(axis=0)
    group = slots + np.cumsum(met) - 1  # whoever meets nobody is no group
    capacity = np.concatenate([np.ones(slots, dtype=np.int32), call.load[met]])
    parent = np.concatenate([group[reviewer], np.full(met.sum(), -1)])
    options = slot[rows, columns][row], utility[rows, columns][row]
    return Problem.of(start, *options, capacity, parent), reviewer.astype(np.int32)


def _left_out(
    call: _Call, utility: Longs, searched: Flags, solved: tuple[Problem, Assignment]
) -> Flags:
    """Pairs not searched that would gain an application more than its panel does at these prices."""
    problem, plan = solved
    options = problem.options
    gains = np.append(options.utility - plan.price[options.slot], 0)
    first = np.cumsum(call.reviews) - call.reviews
    asked = np.flatnonzero(call.reviews)
    best = np.zeros(len(utility), dtype=np.int64)
    if len(asked):  # the copies of an application all gain alike: the first one speaks for it
        order = first[asked]
        spans = np.stack([options.start[order], options.stop[order]], axis=1).ravel()
        some = spans[1::2] > spans[::2]
        best[asked] = np.where(some, np.maximum(np.maximum.reduceat(gains, spans)[::2], 0), 0)
    price = np.zeros(utility.shape[1], dtype=np.int64)
    price[searched.any(axis=0)] = plan.price[problem.slots :]
    beyond = utility - price > best[:, None]
    return np.asarray(beyond & call.allowed & ~searched & (call.reviews > 0)[:, None])


def _told(call: _Call, pairs: Ints, plan: Assignment, bound: int) -> Panels:
    """The plan as panels."""
    applications, widest = len(call.reviews), int(call.reviews.max(initial=0))
    panel = np.full((applications, widest), UNWANTED, dtype=np.int32)
    panel[np.arange(widest)[None, :] < call.reviews[:, None]] = np.where(
        plan.slot_of >= 0, pairs[plan.slot_of] if len(pairs) else LACKING, LACKING
    )
    sat = panel >= 0
    points = panel.astype(np.int64)
    points[sat] = call.affinity[np.nonzero(sat)[0], panel[sat]]
    order = np.argsort(-points, axis=1, kind="stable")
    panel, points = np.take_along_axis(panel, order, 1), np.take_along_axis(points, order, 1)
    sums = np.where(points >= 0, points, 0).sum(axis=1, dtype=np.int64)
    compared = call.compared
    panel.setflags(write=False)
    return Panels(
        reviewers=panel,
        affinity=sums,
        load=np.bincount(panel[panel >= 0], minlength=len(call.load)),
        value=int(sums.sum()),
        bound=bound,
        worst=int(sums[compared].min()) if compared.any() else 0,
        worst_bound=_best_worst(call),
    )


def _best_worst(call: _Call) -> int:
    """The least that any compared application has with its most fitting reviewers: no worst is better."""
    points = np.where(call.load > 0, np.maximum(call.affinity, 0), 0)
    falling = -np.sort(-points, axis=1)
    widest = int(call.reviews.max(initial=0))
    counted = np.arange(falling.shape[1])[None, :widest] < call.reviews[:, None]
    best = np.where(counted, falling[:, :widest], 0).sum(axis=1, dtype=np.int64)
    return int(best[call.compared].min()) if call.compared.any() else 0
