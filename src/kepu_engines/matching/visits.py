"""Orders and teams as arrays, and what each order could have: a team, a day and a half of it.

Times are minutes of local civil time since the start of 1970.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from kepu_engines.core.checks import integers, reals, require
from kepu_engines.matching.problem import Problem

DAY = 24 * 60
EARTH_KM = 6371.0088
# The first of January 1970 was a Thursday; weeks begin on Monday.
DAYS_BEFORE_THURSDAY = 3

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Rules:
    """What a day of dispatch looks like.

    Parameters
    ----------
    speed_kmh : float
        Mean speed between two addresses along the great circle, > 0.
    reach_km : float
        A team goes no further than this from its home, > 0.
    halves : ((int, int), (int, int))
        Morning and afternoon, each as begin and end in minutes of the day.
    days : int
        Days planned, from the first day an order can be served, 1 to 60.
    base, per_priority, per_km : int
        An order is worth base + per_priority x priority - per_km x km points, and one at least.
    """

    speed_kmh: float = 30.0
    reach_km: float = 40.0
    halves: tuple[tuple[int, int], tuple[int, int]] = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
    days: int = 14
    base: int = 400
    per_priority: int = 200
    per_km: int = 4

    def __post_init__(self) -> None:
        (a, b), (c, d) = self.halves
        require(self.speed_kmh > 0, "Expected speed_kmh > 0.")
        require(self.reach_km > 0, "Expected reach_km > 0.")
        require(0 <= a < b <= c < d <= DAY, "Expected halves that follow each other.")
        require(1 <= self.days <= 60, "Expected days in [1, 60].")
        require(min(self.base, self.per_priority, self.per_km) >= 0, "Expected points >= 0.")


@dataclass(frozen=True)
class Orders:
    """n orders: place in degrees, skills as bits, window and length in minutes, priority 0-9."""

    lon: Floats
    lat: Floats
    skills: Longs
    earliest: Longs
    latest: Longs
    minutes: Longs
    priority: Longs

    @classmethod
    def of(cls, place: tuple[ArrayLike, ArrayLike], skills: ArrayLike, **times: ArrayLike) -> Self:
        """Check the arrays.

        Raises
        ------
        EngineError
            If lengths differ, a place is not on Earth, or a window ends before it begins.
        """
        lon, lat = _place(place)
        rest = [np.asarray(skills, dtype=np.int64)]
        rest += [
            np.asarray(times[name], dtype=np.int64)
            for name in ("earliest", "latest", "minutes", "priority")
        ]
        require(all(len(column) == len(lon) for column in rest), "orders differ in length")
        _, earliest, latest, minutes, priority = rest
        require(bool((earliest < latest).all()), "a window ends before it begins")
        require(bool((minutes > 0).all()), "an order must take some minutes")
        require(bool(((priority >= 0) & (priority <= 9)).all()), "priority must lie in [0, 9]")
        return cls(lon, lat, *rest)


@dataclass(frozen=True)
class Teams:
    """t teams: home in degrees, skills as bits, orders they can take a day and a week.

    `turn` are points that an order is worth more when the team serves it: those whose turn it is get more.
    """

    lon: Floats
    lat: Floats
    skills: Longs
    day_capacity: NDArray[np.int32]
    week_capacity: NDArray[np.int32]
    turn: NDArray[np.int32]

    @classmethod
    def of(
        cls,
        place: tuple[ArrayLike, ArrayLike],
        skills: ArrayLike,
        day: ArrayLike,
        week: ArrayLike,
        turn: ArrayLike | None = None,
    ) -> Self:
        """Check the arrays; without `turn` it is nobody's more than another's.

        Raises
        ------
        EngineError
            If lengths differ, a place is not on Earth, or a capacity or a turn is negative.
        """
        lon, lat = _place(place)
        columns = (
            np.asarray(skills, dtype=np.int64),
            integers(day, "day_capacity", low=0),
            integers(week, "week_capacity", low=0),
            integers(np.zeros(len(lon), np.int32) if turn is None else turn, "turn", low=0),
        )
        require(all(len(column) == len(lon) for column in columns), "teams differ in length")
        return cls(lon, lat, *columns)


@dataclass(frozen=True)
class Allowed:
    """Which teams may serve which orders, whatever their skills and wherever they live.

    Orders that the same teams may serve, as those of one area, share a group.

    Parameters
    ----------
    group : (n,) int
        Group of order i, from 0 to g - 1.
    team : (g, t) bool
        Whether team j may serve the orders of each group.
    """

    group: Longs
    team: NDArray[np.bool_]

    @classmethod
    def of(cls, group: ArrayLike, team: ArrayLike) -> Self:
        """Check the arrays.

        Raises
        ------
        EngineError
            If `team` is no table, or an order's group has no row in it.
        """
        table = np.asarray(team, dtype=np.bool_)
        require(table.ndim == 2, "Expected a row of teams for each group.")
        rows = integers(group, "group", low=0, high=max(len(table) - 1, 0))
        require(not len(rows) or len(table) > 0, "a group has no row of teams")
        return cls(rows.astype(np.int64), table)


@dataclass(frozen=True)
class Calendar:
    """Half-days of the plan, from day `first` on; slot = (team x days + day) x 2 + half."""

    first: int
    days: int

    def team_of(self, slot: NDArray[np.integer]) -> Longs:
        """Team of each slot; -1 stays -1."""
        return np.where(slot < 0, -1, slot // (2 * self.days))

    def hours(self, slot: NDArray[np.integer], rules: Rules) -> tuple[Longs, Longs]:
        """Begin and end of each slot's half-day."""
        day = self.first + slot // 2 % self.days
        halves = np.array(rules.halves)
        return day * DAY + halves[slot % 2, 0], day * DAY + halves[slot % 2, 1]


class Room(NamedTuple):
    """Seats for new orders: (t, days) of each team's days, (t, weeks) of its weeks.

    `whole` is (t,), how many a team may take in all, or None where nothing bounds that.
    """

    day: NDArray[np.integer]
    week: NDArray[np.integer]
    whole: NDArray[np.integer] | None = None


@dataclass(frozen=True)
class Pairs:
    """Orders and the teams that have the skills and live near enough, with distances in km."""

    order: Longs
    team: Longs
    km: Floats
    travel: Longs


def distance_km(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> Floats:
    """Great-circle distance between points given as (lon, lat) in degrees (haversine)."""
    (lon, lat), (lon2, lat2) = np.radians(a), np.radians(b)
    half = np.sin((lat2 - lat) / 2) ** 2
    half = half + np.cos(lat) * np.cos(lat2) * np.sin((lon2 - lon) / 2) ** 2
    km: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1)))
    return km


def travel_minutes(km: Floats, rules: Rules) -> Longs:
    """Whole minutes on the way, rounded up."""
    return np.ceil(km / rules.speed_kmh * 60 - 1e-9).astype(np.int64)


def weeks_of(days: Longs | int) -> Longs:
    """Number of the week of each day; weeks begin on Monday."""
    return (np.asarray(days) + DAYS_BEFORE_THURSDAY) // 7


def empty_room(teams: Teams, when: Calendar) -> Room:
    """All seats of the teams, when they have nothing on yet."""
    weeks = int(weeks_of(when.first + when.days - 1) - weeks_of(when.first)) + 1
    day = np.repeat(teams.day_capacity[:, None], when.days, axis=1)
    return Room(day, np.repeat(teams.week_capacity[:, None], weeks, axis=1))


def worth(orders: Orders, teams: Teams, rules: Rules, found: Pairs) -> NDArray[np.int32]:
    """Points of each pair: urgent orders, near teams, and those whose turn it is, count more."""
    points = rules.base + rules.per_priority * orders.priority[found.order]
    worth_going = np.maximum(1, points - np.rint(rules.per_km * found.km))
    return (worth_going + teams.turn[found.team]).astype(np.int32)


def calendar(orders: Orders, rules: Rules) -> Calendar:
    """From the first day of any window to the last, but no longer than the rules plan."""
    if not len(orders.lon):
        return Calendar(0, 1)
    first = int(orders.earliest.min()) // DAY
    last = int((orders.latest.max() - 1) // DAY)
    return Calendar(first, min(rules.days, last - first + 1))


def pairs(orders: Orders, teams: Teams, rules: Rules, allowed: Allowed | None = None) -> Pairs:
    """All allowed pairs that agree in skills and distance, sorted by order; None allows all."""
    near = _near(orders, teams, rules)
    order, team = near
    able = (orders.skills[order] & ~teams.skills[team]) == 0
    if allowed is not None:
        able &= allowed.team[allowed.group[order], team]
    order, team = order[able], team[able]
    km = distance_km((orders.lon[order], orders.lat[order]), (teams.lon[team], teams.lat[team]))
    inside = km <= rules.reach_km
    order, team, km = order[inside], team[inside], km[inside]
    return Pairs(order, team, km, travel_minutes(km, rules))


def problem_of(
    orders: Orders, teams: Teams, rules: Rules, found: Pairs, room: Room | None = None
) -> Problem:
    """Options and nested capacities of the flow: half-days in days in weeks, and these in teams
    where `room` bounds the whole plan. Without `room` all seats are free.
    """
    when = calendar(orders, rules)
    points = worth(orders, teams, rules, found)
    picks, slots = [], []
    for half_day in range(2 * when.days):
        pick = np.flatnonzero(fits(orders, rules, found, when.hours(np.array(half_day), rules)))
        picks.append(pick)
        slots.append(found.team[pick] * 2 * when.days + half_day)
    pick, slot = np.concatenate(picks), np.concatenate(slots)
    by_order = np.argsort(found.order[pick], kind="stable")
    pick, slot = pick[by_order], slot[by_order]
    start = np.r_[0, np.cumsum(np.bincount(found.order[pick], minlength=len(orders.lon)))]
    nodes = _capacities(room or empty_room(teams, when), when)
    return Problem.of(start, slot.astype(np.int32), points[pick], *nodes)


def fits(
    orders: Orders, rules: Rules, found: Pairs, hours: tuple[Longs, Longs]
) -> NDArray[np.bool_]:
    """Whether a team that leaves home when the half-day begins can finish each order in it."""
    begin, end = hours
    arrive = np.maximum(orders.earliest[found.order], begin + found.travel)
    done = arrive + orders.minutes[found.order]
    inside: NDArray[np.bool_] = done <= np.minimum(orders.latest[found.order], end)
    return inside


def _place(place: tuple[ArrayLike, ArrayLike]) -> tuple[Floats, Floats]:
    lon = reals(place[0], "lon", low=-180, high=180)
    lat = reals(place[1], "lat", low=-90, high=90)
    require(len(lon) == len(lat), "lon and lat must have the same length")
    return lon, lat


def _near(orders: Orders, teams: Teams, rules: Rules) -> tuple[Longs, Longs]:
    """Pairs whose chord through the Earth is short enough, sorted by order."""
    empty = np.empty(0, np.int64)
    if not len(orders.lon) or not len(teams.lon):
        return empty, empty
    angle = min(rules.reach_km / EARTH_KM, np.pi)
    chord = 2 * np.sin(angle / 2) * (1 + 1e-9)
    near = cKDTree(_on_sphere(teams)).query_ball_point(
        _on_sphere(orders), chord, return_sorted=True
    )
    order = np.repeat(np.arange(len(near)), [len(some) for some in near])
    return order, np.concatenate([*near, empty]).astype(np.int64)


def _on_sphere(where: Orders | Teams) -> Floats:
    lon, lat = np.radians(where.lon), np.radians(where.lat)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _capacities(room: Room, when: Calendar) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Capacity and parent of every node: all half-days, then days, weeks, and teams if bounded."""
    count, weeks = room.week.shape
    days = count * when.days
    week = weeks_of(when.first + np.arange(when.days)) - weeks_of(when.first)
    day_nodes = 2 * days + np.arange(days)
    week_nodes = 3 * days + np.arange(count)[:, None] * weeks + week
    team_nodes = np.repeat(3 * days + count * weeks + np.arange(count), weeks)
    capacity = [np.repeat(room.day.ravel(), 2), room.day.ravel(), room.week.ravel()]
    parent = [np.repeat(day_nodes, 2), week_nodes.ravel()]
    parent.append(team_nodes if room.whole is not None else np.full(count * weeks, -1))
    if room.whole is not None:
        capacity.append(room.whole)
        parent.append(np.full(count, -1))
    return np.concatenate(capacity).astype(np.int32), np.concatenate(parent).astype(np.int32)
