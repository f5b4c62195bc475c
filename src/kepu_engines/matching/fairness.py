"""What it costs to load teams evenly.

The utilisation of a team is the share of its seats in use, and the spread of a plan is
the 90th less the 10th percentile of it over all teams. To narrow the spread we let no
team be used beyond a ceiling and lower that ceiling step by step: what the busiest
teams may no longer do goes to idle ones, as far as they are near enough and skilled.
A ceiling rarely is a whole number of seats; it is rounded up, to the nearest and down.
A tenth of the teams lies beyond the 90th percentile in any case: those whose seats are
worth most are free of the ceiling, or nobody is: both are tried. Rounded down, the
spread is no wider than the ceiling: a plan as even as asked is found if a ceiling that
low is tried, though where teams have few seats it may be a dear one.

Each plan is the best under its ceiling. It need not be the best of all plans with that
spread, so the price printed is an upper bound. The only lower bound known is 0.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.matching.flow import Assignment, solve
from kepu_engines.matching.problem import Problem

Rounding = Callable[[NDArray[np.float64]], NDArray[np.float64]]

# How a ceiling becomes a number of seats; 1e-9 forgives what a float is off.
ROUNDINGS: tuple[Rounding, ...] = (
    lambda seats: np.ceil(seats - 1e-9),
    lambda seats: np.floor(seats + 0.5),
    lambda seats: np.floor(seats + 1e-9),
)


@dataclass(frozen=True)
class FairPlan:
    """The best plan found with a spread of at most `asked`.

    `price` is the share of the unrestricted value lost, `spread` what the plan has, and
    `ceiling` the largest utilisation it allowed. Where no ceiling reaches `asked`, the
    plan with the narrowest spread stands here and `reached` is False.
    """

    asked: float
    reached: bool
    spread: float
    price: float
    ceiling: float
    assignment: Assignment


def price_of_fairness(
    problem: Problem,
    spreads: Sequence[float] = (0.5, 0.3, 0.1),
    levels: int = 20,
    progress: Progress = silent,
) -> tuple[FairPlan, ...]:
    """Find for each spread the most valuable plan among `levels` ceilings, from 1 to 0.

    Parameters
    ----------
    problem : Problem
        Its outermost nodes are the teams.
    spreads : sequence of float
        Largest P90 - P10 of the teams' utilisation, each in [0, 1].
    levels : int
        Ceilings tried, evenly spaced, >= 1.
    progress : Progress
        Told before each ceiling; the last ones may not be needed.

    Raises
    ------
    EngineError
        If a spread is not in [0, 1] or there is no level.
    """
    require(all(0 <= spread <= 1 for spread in spreads), "a spread must lie in [0, 1]")
    require(levels >= 1, "Expected levels >= 1.")
    tried = list(_under_ceilings(problem, levels, min(spreads, default=1.0), progress))
    return tuple(_choose(tried, spread) for spread in spreads)


def utilisation(problem: Problem, slot_of: NDArray[np.int32]) -> NDArray[np.float64]:
    """Share of seats in use, for every outermost node that has seats."""
    forest = problem.forest
    root = len(forest.capacity) - 1
    load = np.bincount(slot_of[slot_of >= 0], minlength=root + 1)
    for node in range(root):
        load[forest.parent[node]] += load[node]
    team = (forest.parent == root) & (forest.capacity > 0)
    share: NDArray[np.float64] = load[team] / forest.capacity[team]
    return share


def spread_of(share: NDArray[np.float64]) -> float:
    """P90 - P10 of the utilisation of teams."""
    return float(np.subtract(*np.percentile(share, [90, 10]))) if len(share) else 0.0


def _under_ceilings(
    problem: Problem, levels: int, narrowest: float, progress: Progress
) -> Iterator[FairPlan]:
    """The best plan under each ceiling, until one is as even as anybody asks."""
    progress("fairness", 0, levels)
    best = solve(problem)
    spread = spread_of(utilisation(problem, best.slot_of))
    yield FairPlan(0.0, True, spread, 0.0, 1.0, best)
    dearest = _dearest(problem, best)
    for level in range(levels - 1, 0, -1):
        progress("fairness", levels - level, levels)
        spreads = []
        for rounded, free in product(ROUNDINGS, (dearest, dearest[:0])):
            made = solve(_with_ceiling(problem, level / levels, rounded, free))
            spread = spread_of(utilisation(problem, made.slot_of))
            price = 1 - made.value / best.value if best.value else 0.0
            yield FairPlan(0.0, True, spread, price, level / levels, made)
            spreads.append(spread)
        if max(spreads) <= narrowest:
            return


def _dearest(problem: Problem, best: Assignment) -> NDArray[np.intp]:
    """Teams that may do as they like: so many as lie above the 90th percentile anyway.

    Those whose seats are worth most are chosen.
    """
    forest = problem.forest
    root = len(forest.capacity) - 1
    team = np.flatnonzero((forest.parent == root) & (forest.capacity > 0))
    worth = best.price[team].astype(np.int64) * forest.capacity[team]
    count = max(0, len(team) - 1 - int(np.ceil(0.9 * (len(team) - 1))))
    return team[np.argsort(-worth, kind="stable")[:count]]


def _with_ceiling(
    problem: Problem, ceiling: float, rounded: Rounding, free: NDArray[np.intp]
) -> Problem:
    """The same problem with fewer seats in every team that is not free of the ceiling."""
    forest = problem.forest
    team = forest.parent == len(forest.parent) - 1
    team[free] = False
    allowed = rounded(ceiling * forest.capacity.astype(np.float64)).astype(np.int32)
    return Problem(
        problem.options, forest._replace(capacity=np.where(team, allowed, forest.capacity))
    )


def _choose(tried: list[FairPlan], asked: float) -> FairPlan:
    """Cheapest plan that is even enough, else the most even one."""
    enough = [plan for plan in tried if plan.spread <= asked]
    if enough:
        return replace(min(enough, key=lambda plan: plan.price), asked=asked)
    return replace(min(tried, key=lambda plan: plan.spread), asked=asked, reached=False)
