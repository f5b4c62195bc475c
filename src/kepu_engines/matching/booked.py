"""What teams have on already: it keeps its time, and what is left of their seats is planned.

Times are minutes of local civil time since the start of 1970.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, require
from kepu_engines.matching.visits import (
    DAY,
    Calendar,
    Floats,
    Longs,
    Room,
    Teams,
    empty_room,
    weeks_of,
)


class Blocks(NamedTuple):
    """Spans of one half-day in which a team is busy, the first one first; they do not overlap.

    `coming` and `leaving` are (k, 2), longitude and latitude of where a span begins and ends, and
    `windows` is (k, 3): its begin, its end, and its length.
    """

    coming: Floats
    leaving: Floats
    windows: Longs


@dataclass(frozen=True)
class Booked:
    """Visits that stand, orders that were taken without a time yet, and what may still be taken.

    Parameters
    ----------
    team, start, end : (b,) int
        Team of each visit, and when it begins and ends.
    lon, lat : (b,) float
        Where it is, in degrees.
    untimed : (p, 3) int
        Team of each order that has no time yet, and its window: earliest, latest.
    whole : (t,) int, optional
        Orders that each team may still take in all.
    """

    team: Longs
    lon: Floats
    lat: Floats
    start: Longs
    end: Longs
    untimed: Longs
    whole: NDArray[np.int32] | None

    @classmethod
    def of(
        cls,
        team: ArrayLike = (),
        place: tuple[ArrayLike, ArrayLike] = ((), ()),
        times: tuple[ArrayLike, ArrayLike] = ((), ()),
        untimed: ArrayLike = (),
        whole: ArrayLike | None = None,
    ) -> Self:
        """Check the arrays; `times` are starts and ends. Without any, nothing is booked.

        Raises
        ------
        EngineError
            If lengths differ, a visit ends before it begins, or a number is negative.
        """
        lon, lat = (np.asarray(column, dtype=np.float64) for column in place)
        start, end = (np.asarray(column, dtype=np.int64) for column in times)
        who = integers(team, "team of a visit", low=0).astype(np.int64)
        same = all(len(column) == len(who) for column in (lon, lat, start, end))
        require(same, "booked visits differ in length")
        require(bool((start < end).all()), "a booked visit ends before it begins")
        waiting = np.asarray(untimed, dtype=np.int64).reshape(-1, 3)
        left = None if whole is None else integers(whole, "whole", low=0)
        return cls(who, lon, lat, start, end, waiting, left)

    def room(self, teams: Teams, when: Calendar) -> Room:
        """Seats left for new orders.

        A visit takes a seat of its day and of its week, also where the plan begins in the middle of
        one. An order without a time takes one of the first week of its window that has any, and of
        the day where its window is one.
        """
        day, week, _ = empty_room(teams, when)
        _take(day, self.team, self.start // DAY - when.first)
        _take(week, self.team, weeks_of(self.start // DAY) - weeks_of(when.first))
        for team, earliest, latest in self.untimed[np.argsort(self.untimed[:, 2], kind="stable")]:
            days = np.array([earliest, latest - 1]) // DAY
            _take_first(week[team], *(weeks_of(days) - weeks_of(when.first)))
            if days[0] == days[1]:
                _take_first(day[team], *(days - when.first))
        return Room(np.maximum(day, 0), np.maximum(week, 0), self.whole)

    def of_week(self, team: int, start: int) -> int:
        """How many of a team's visits begin in the week of `start`, and not after it."""
        same = weeks_of(self.start // DAY) == weeks_of(start // DAY)
        return int(np.count_nonzero((self.team == team) & same & (self.start <= start)))

    def blocks(self, team: int, hours: tuple[int, int]) -> Blocks:
        """When a team is busy within some hours. Visits at the same time, which several members
        make, are one span: nothing is planned beside them.
        """
        begin, end = hours
        those = np.flatnonzero((self.team == team) & (self.start < end) & (self.end > begin))
        spans = list(self._together(those[np.argsort(self.start[those], kind="stable")]))
        first, last = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        starts = np.maximum(self.start[first], begin)
        ends = np.minimum(self.end[last], end)
        return Blocks(
            np.column_stack([self.lon[first], self.lat[first]]),
            np.column_stack([self.lon[last], self.lat[last]]),
            np.column_stack([starts, ends, ends - starts]),
        )

    def _together(self, visits: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
        """Visits in the order of their starts as spans: the first of each, and the one that ends last."""
        span: tuple[int, int] | None = None
        for visit in visits:
            if span and self.start[visit] < self.end[span[1]]:
                later = self.end[visit] > self.end[span[1]]
                span = (span[0], int(visit)) if later else span
                continue
            if span:
                yield span
            span = int(visit), int(visit)
        if span:
            yield span


def _take(seats: NDArray[np.integer], team: Longs, column: Longs) -> None:
    """One seat for each pair of team and column that lies in the plan."""
    inside = (column >= 0) & (column < seats.shape[1])
    np.subtract.at(seats, (team[inside], column[inside]), 1)


def _take_first(seats: NDArray[np.integer], low: int, high: int) -> None:
    """One seat of the first column from `low` to `high` that has any."""
    for column in range(max(low, 0), min(high, len(seats) - 1) + 1):
        if seats[column] > 0:
            seats[column] -= 1
            return
