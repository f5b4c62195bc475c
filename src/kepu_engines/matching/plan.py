"""A plan of dispatch: which team goes to which order, and when, or why nobody does."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kepu_engines.matching.flow import certify, solve
from kepu_engines.matching.schedule import insert_visits
from kepu_engines.matching.visits import (
    Calendar,
    Orders,
    Pairs,
    Rules,
    Teams,
    calendar,
    distance_km,
    fits,
    pairs,
    problem_of,
    travel_minutes,
)

Longs = NDArray[np.int64]


class Unserved(StrEnum):
    """Why an order has no team."""

    NO_SKILL = "no_skill"
    TOO_FAR = "too_far"
    NO_WINDOW = "no_window"
    NO_CAPACITY = "no_capacity"
    NO_TIME = "no_time"


# An order is refused at the first of these it does not get past; None: it is served.
STAGES = (*Unserved, None)


@dataclass(frozen=True)
class Plan:
    """Team (-1: none), start and travel of each order, and the reason where there is no team.

    `objective` counts the orders that have a start; `bound` is what no plan of teams and
    half-days can exceed, even without travel inside a half-day.
    """

    team: Longs
    start: Longs
    travel: Longs
    reason: tuple[Unserved | None, ...]
    objective: int
    bound: int

    @property
    def gap(self) -> float:
        """Share of the bound that the plan does not reach, in [0, 1]."""
        return (self.bound - self.objective) / self.bound if self.bound else 0.0


@dataclass(frozen=True)
class Explanation:
    """Plain numbers behind the suggestion of a team for an order."""

    km: float
    travel_minutes: int
    has_skills: bool
    near_enough: bool
    load: int
    week_capacity: int


def plan(orders: Orders, teams: Teams, rules: Rules | None = None) -> Plan:
    """Give orders to teams and half-days, then put each half-day in order.

    The first step is exact (`flow.solve`). The second inserts the most valuable visits
    first; what does not fit between the others is reported as `no_time`.
    """
    rules = rules or Rules()
    found = pairs(orders, teams, rules)
    problem = problem_of(orders, teams, rules, found)
    assignment = solve(problem)
    start, travel = _timetable(orders, teams, rules, assignment.slot_of)
    served = start >= 0
    team = np.where(served, calendar(orders, rules).team_of(assignment.slot_of), -1)
    stage = _stages(orders, teams, rules, found)
    stage[assignment.slot_of >= 0] = STAGES.index(Unserved.NO_TIME)
    stage[served] = STAGES.index(None)
    reason = tuple(STAGES[reached] for reached in stage)
    objective = _points(orders, rules, teams, team)
    bound = certify(problem, assignment).bound
    return Plan(team, start, travel, reason, objective, bound)


def explain(
    orders: Orders, teams: Teams, made: Plan, pair: tuple[int, int], rules: Rules | None = None
) -> Explanation:
    """Say in numbers how well a team suits an order, for `pair` = (order, team)."""
    rules = rules or Rules()
    order, team = pair
    km = distance_km((orders.lon[order], orders.lat[order]), (teams.lon[team], teams.lat[team]))
    return Explanation(
        km=float(km),
        travel_minutes=int(travel_minutes(km, rules)),
        has_skills=int(orders.skills[order] & ~teams.skills[team]) == 0,
        near_enough=bool(km <= rules.reach_km),
        load=int(np.count_nonzero(made.team == team)),
        week_capacity=int(teams.week_capacity[team]),
    )


def _points(orders: Orders, rules: Rules, teams: Teams, team: Longs) -> int:
    """Total worth of the orders that have a team."""
    order = np.flatnonzero(team >= 0)
    to = team[order]
    km = distance_km((orders.lon[order], orders.lat[order]), (teams.lon[to], teams.lat[to]))
    points = rules.base + rules.per_priority * orders.priority[order]
    return int(np.maximum(1, points - np.rint(rules.per_km * km)).sum())


def _timetable(
    orders: Orders, teams: Teams, rules: Rules, slot_of: NDArray[np.int32]
) -> tuple[Longs, Longs]:
    """Start and travel of every order; -1 where it does not fit its half-day."""
    start, travel = np.full((2, len(slot_of)), -1, dtype=np.int64)
    when = calendar(orders, rules)
    for slot, visits in _half_days(orders, slot_of):
        team = slot // (2 * when.days)
        place = np.radians(
            np.column_stack(
                [
                    np.r_[teams.lon[team], orders.lon[visits]],
                    np.r_[teams.lat[team], orders.lat[visits]],
                ]
            )
        )
        windows = np.column_stack(
            [orders.earliest[visits], orders.latest[visits], orders.minutes[visits]]
        )
        route, begin, way = insert_visits(
            place, windows, _hours(when, slot, rules), rules.speed_kmh
        )
        start[visits[route]], travel[visits[route]] = begin, way
    return start, travel


def _hours(when: Calendar, slot: int, rules: Rules) -> tuple[int, int]:
    begin, end = when.hours(np.array(slot), rules)
    return int(begin), int(end)


def _half_days(orders: Orders, slot_of: NDArray[np.int32]) -> Iterator[tuple[int, Longs]]:
    """Each slot in use with its orders, urgent ones first, then those hardest to fit."""
    served = np.flatnonzero(slot_of >= 0)
    ranked = served[
        np.lexsort((served, orders.latest[served], -orders.priority[served], slot_of[served]))
    ]
    slots, first = np.unique(slot_of[ranked], return_index=True)
    for slot, visits in zip(slots, np.split(ranked, first[1:]), strict=False):
        yield int(slot), visits


def _stages(orders: Orders, teams: Teams, rules: Rules, found: Pairs) -> Longs:
    """How far each order gets (an index into STAGES) if no team has a seat to spare."""
    known = np.unique(teams.skills)
    skilled = ((orders.skills[:, None] & ~known[None, :]) == 0).any(axis=1)
    stage = np.where(skilled, STAGES.index(Unserved.TOO_FAR), STAGES.index(Unserved.NO_SKILL))
    stage[found.order] = STAGES.index(Unserved.NO_WINDOW)
    when = calendar(orders, rules)
    for half_day in range(2 * when.days):
        in_time = fits(orders, rules, found, when.hours(np.array(half_day), rules))
        stage[found.order[in_time]] = STAGES.index(Unserved.NO_CAPACITY)
    return stage
