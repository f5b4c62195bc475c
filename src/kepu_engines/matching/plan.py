"""A plan of dispatch: which team goes to which order, and when, or why nobody does."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.matching.booked import Booked
from kepu_engines.matching.flow import certify, solve
from kepu_engines.matching.rounds import timetable
from kepu_engines.matching.visits import (
    DAY,
    Allowed,
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
    weeks_of,
    worth,
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

    Where `proved` is False, an order with the reason `no_time` might have fitted after
    all: a half-day had too many visits to try them in every order. `objective` counts the
    orders that have a start; `bound` is what no plan of teams and half-days can exceed,
    even without travel inside a half-day.
    """

    team: Longs
    start: Longs
    travel: Longs
    reason: tuple[Unserved | None, ...]
    proved: NDArray[np.bool_]
    objective: int
    bound: int

    @property
    def gap(self) -> float:
        """Share of the bound that the plan does not reach, in [0, 1]."""
        return (self.bound - self.objective) / self.bound if self.bound else 0.0


@dataclass(frozen=True)
class Explanation:
    """Plain numbers behind the suggestion of a team for an order.

    `load` counts the team's visits of the whole plan; `of_week` says which visit of the team's week
    this one is, in the order of time and with those that stood before, and is 0 where the plan gives
    the order to another or nobody.
    """

    km: float
    travel_minutes: int
    has_skills: bool
    near_enough: bool
    load: int
    of_week: int
    week_capacity: int


def plan(
    orders: Orders,
    teams: Teams,
    rules: Rules | None = None,
    progress: Progress = silent,
    allowed: Allowed | None = None,
    booked: Booked | None = None,
) -> Plan:
    """Give orders to teams and half-days, then put each half-day in order.

    `allowed` says which of the n orders which of the t teams may serve; without it every team
    may serve every order. An order that no allowed team is skilled for has the reason `no_skill`.
    `booked` says what the teams have on already: only what it leaves of their days, their weeks and
    their whole is given out, and nothing is put beside its visits.

    The first step is exact (`flow.solve`) on these seats, and so is the round of each half-day up to
    `schedule.EXACT` visits. What does not fit is offered to other half-days with room;
    what is left then is reported as `no_time`.

    Raises
    ------
    Cancelled
        If `progress` does.
    EngineError
        If `allowed` speaks of other orders or teams than there are.
    """
    rules, booked = rules or Rules(), booked or Booked.of()
    if allowed is not None:
        require(len(allowed.group) == len(orders.lon), "every order must have a group")
        require(allowed.team.shape[1] == len(teams.lon), "every team must have a column")
    require(bool((booked.team < len(teams.lon)).all()), "a booked visit has no team")
    progress("options", 0, 1)
    found = pairs(orders, teams, rules, allowed)
    when = calendar(orders, rules)
    problem = problem_of(orders, teams, rules, found, booked.room(teams, when))
    assignment = solve(problem, progress=progress)
    market = orders, teams, rules, when
    made = timetable(market, problem, assignment.slot_of, booked, progress)
    served = made.slot_of >= 0
    team = when.team_of(made.slot_of)
    stage = _stages(orders, rules, found, _skilled(orders, teams, allowed))
    stage[assignment.slot_of >= 0] = STAGES.index(Unserved.NO_TIME)
    stage[served] = STAGES.index(None)
    reason = tuple(STAGES[reached] for reached in stage)
    objective = _points(orders, rules, teams, team)
    bound = certify(problem, assignment).bound
    return Plan(team, made.start, made.travel, reason, made.proved, objective, bound)


def explain(
    orders: Orders,
    teams: Teams,
    made: Plan,
    pair: tuple[int, int],
    rules: Rules | None = None,
    booked: Booked | None = None,
) -> Explanation:
    """Say in numbers how well a team suits an order, for `pair` = (order, team)."""
    rules = rules or Rules()
    order, team = pair
    stood = booked.of_week(team, int(made.start[order])) if booked else 0
    km = distance_km((orders.lon[order], orders.lat[order]), (teams.lon[team], teams.lat[team]))
    return Explanation(
        km=float(km),
        travel_minutes=int(travel_minutes(km, rules)),
        has_skills=int(orders.skills[order] & ~teams.skills[team]) == 0,
        near_enough=bool(km <= rules.reach_km),
        load=int(np.count_nonzero(made.team == team)),
        of_week=_of_week(made, order) + stood if made.team[order] == team else 0,
        week_capacity=int(teams.week_capacity[team]),
    )


def _of_week(made: Plan, order: int) -> int:
    """How many visits the team of an order has begun, with this one, since Monday."""
    start = made.start[made.team == made.team[order]]
    same = weeks_of(start // DAY) == weeks_of(made.start[order] // DAY)
    return int(np.count_nonzero(same & (start <= made.start[order])))


def _points(orders: Orders, rules: Rules, teams: Teams, team: Longs) -> int:
    """Total worth of the orders that have a team."""
    order = np.flatnonzero(team >= 0)
    to = team[order]
    km = distance_km((orders.lon[order], orders.lat[order]), (teams.lon[to], teams.lat[to]))
    return int(worth(orders, teams, rules, Pairs(order, to, km, travel_minutes(km, rules))).sum())


def _skilled(orders: Orders, teams: Teams, allowed: Allowed | None) -> NDArray[np.bool_]:
    """Whether any team that may serve each order has the skills for it."""
    if allowed is None:
        return _known(orders.skills, teams.skills)
    skilled = np.zeros(len(orders.lon), dtype=np.bool_)
    for group in np.unique(allowed.group):
        those = allowed.group == group
        skilled[those] = _known(orders.skills[those], teams.skills[allowed.team[group]])
    return skilled


def _known(asked: Longs, offered: Longs) -> NDArray[np.bool_]:
    known: NDArray[np.bool_] = ((asked[:, None] & ~np.unique(offered)[None, :]) == 0).any(axis=1)
    return known


def _stages(orders: Orders, rules: Rules, found: Pairs, skilled: NDArray[np.bool_]) -> Longs:
    """How far each order gets (an index into STAGES) if no team has a seat to spare."""
    stage = np.where(skilled, STAGES.index(Unserved.TOO_FAR), STAGES.index(Unserved.NO_SKILL))
    stage[found.order] = STAGES.index(Unserved.NO_WINDOW)
    when = calendar(orders, rules)
    for half_day in range(2 * when.days):
        in_time = fits(orders, rules, found, when.hours(np.array(half_day), rules))
        stage[found.order[in_time]] = STAGES.index(Unserved.NO_CAPACITY)
    return stage
