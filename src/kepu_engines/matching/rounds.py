"""Start times for a whole plan, and a second offer of what did not fit.

The flow fills half-days by number alone. Here each becomes a round, and what does not fit
in it is offered, the most valuable first, to every half-day that has a seat left and
could take it without dropping anybody. Visits that stand already keep their times.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.progress import Progress
from kepu_engines.matching.booked import Blocks, Booked
from kepu_engines.matching.problem import Ints, Problem
from kepu_engines.matching.schedule import EXACT, round_on, ways
from kepu_engines.matching.seats import add_load, full_node
from kepu_engines.matching.visits import Calendar, Orders, Rules, Teams

Longs = NDArray[np.int64]

# How often progress is told, in half-days or orders.
EVERY = 256


@dataclass(frozen=True)
class Timetable:
    """Slot (-1: none), start and travel in minutes of every order.

    `proved` is False where an order that has no start might have fitted after all: a
    round it was tried in had too many visits to look through them all.
    """

    slot_of: Ints
    start: Longs
    travel: Longs
    proved: NDArray[np.bool_]


def timetable(
    market: tuple[Orders, Teams, Rules, Calendar],
    problem: Problem,
    slot_of: Ints,
    booked: Booked,
    progress: Progress,
) -> Timetable:
    """Put every half-day in order, then offer again what is left over.

    Parameters
    ----------
    market : (Orders, Teams, Rules, Calendar)
        What the problem was made of.
    problem : Problem
        Its slots are half-days.
    slot_of : (n,) int
        An assignment within its capacities.
    booked : Booked
        Visits of the teams that keep their times.
    progress : Progress
        Told about half-days, then about orders offered again.
    """
    book = _Book(market, problem, booked)
    half_days = list(_half_days(market[0], slot_of))
    for done, (slot, visits) in enumerate(half_days):
        if done % EVERY == 0:
            progress("timetable", done, len(half_days))
        book.make_round(slot, visits)
    left = book.left_over()
    for done, order in enumerate(left):
        if done % EVERY == 0:
            progress("second offer", done, len(left))
        book.offer(int(order))
    return Timetable(book.slot_of, book.start, book.travel, book.proved)


class _Book:
    """The rounds as they are being written."""

    def __init__(
        self, market: tuple[Orders, Teams, Rules, Calendar], problem: Problem, booked: Booked
    ) -> None:
        self._orders, self._teams, self._rules, self._when = market
        self._problem, self._booked = problem, booked
        orders = problem.orders
        self.slot_of = np.full(orders, -1, np.int32)
        self.start, self.travel = np.full((2, orders), -1, dtype=np.int64)
        self.proved = np.ones(orders, dtype=bool)
        self._load = np.zeros(len(problem.forest.capacity), np.int32)
        self._visits: dict[int, Longs] = {}
        self._blocks: dict[int, Blocks] = {}

    def make_round(self, slot: int, visits: Longs) -> None:
        """Visit what is worth most of `visits` in a half-day."""
        (route, start, travel), exact = self._round(slot, visits)
        self.proved[visits] = exact
        self._write(slot, visits[route], start, travel)

    def left_over(self) -> Longs:
        """Orders without a start that have options, the most valuable first."""
        options = self._problem.options
        left = np.flatnonzero((self.slot_of < 0) & (options.stop > options.start))
        best = [options.utility[options.start[i] : options.stop[i]].max() for i in left]
        return left[np.argsort(-np.array(best, dtype=np.int64), kind="stable")]

    def offer(self, order: int) -> None:
        """Give an order to the best half-day with a seat whose round can still take it in."""
        options, forest = self._problem.options, self._problem.forest
        rows = np.arange(options.start[order], options.stop[order])
        proved = True
        for row in rows[np.argsort(-options.utility[rows], kind="stable")]:
            slot = int(options.slot[row])
            if options.utility[row] <= 0 or full_node(forest, self._load, slot) >= 0:
                continue
            visits = np.append(self._visits.get(slot, np.empty(0, np.int64)), order)
            (route, start, travel), exact = self._round(slot, visits)
            if len(route) == len(visits):
                self._write(slot, visits[route], start, travel)
                return
            proved = proved and exact
        self.proved[order] &= proved

    def _write(self, slot: int, visits: Longs, start: Longs, travel: Longs) -> None:
        new = len(visits) - len(self._visits.get(slot, ()))
        add_load(self._problem.forest, self._load, slot, new)
        self._visits[slot] = visits
        self.slot_of[visits], self.start[visits], self.travel[visits] = slot, start, travel

    def _round(self, slot: int, visits: Longs) -> tuple[tuple[Longs, Longs, Longs], bool]:
        """The best round of some visits in a half-day beside what stands in it already, and whether
        all rounds were looked through.
        """
        orders, team = self._orders, slot // (2 * self._when.days)
        begin, end = (int(hour) for hour in self._when.hours(np.array(slot), self._rules))
        if slot not in self._blocks:
            self._blocks[slot] = self._booked.blocks(team, (begin, end))
        blocks = self._blocks[slot]
        home = [[self._teams.lon[team], self._teams.lat[team]]]
        new = np.column_stack([orders.lon[visits], orders.lat[visits]])
        leaving, coming = np.r_[home, blocks.leaving, new], np.r_[home, blocks.coming, new]
        way = ways(np.radians(leaving), np.radians(coming), float(self._rules.speed_kmh))
        _leave_to_the_team(way, blocks, begin)
        windows = np.column_stack(
            [orders.earliest[visits], orders.latest[visits], orders.minutes[visits]]
        )
        points = np.array([self._points(order, slot) for order in visits], dtype=np.int64)
        stand = len(blocks.windows)
        first = np.full(stand, points.sum() + 1)  # worth more than all that could come instead
        route, start, travel = round_on(
            way, np.r_[blocks.windows, windows], np.r_[first, points], (begin, end)
        )
        added = route >= stand
        made = route[added] - stand, start[added], travel[added]
        return made, len(visits) + stand <= EXACT

    def _points(self, order: int, slot: int) -> int:
        options = self._problem.options
        rows = slice(options.start[order], options.stop[order])
        return int(options.utility[rows][options.slot[rows] == slot][0])


def _leave_to_the_team(way: Longs, blocks: Blocks, begin: int) -> None:
    """How a team gets to what it has set itself, from home and from one to the next, is its own concern."""
    free = np.r_[begin, blocks.windows[:, 1]]
    for block, starts in enumerate(blocks.windows[:, 0]):
        before = slice(0, block + 1)
        way[before, block + 1] = np.minimum(way[before, block + 1], starts - free[before])


def _half_days(orders: Orders, slot_of: Ints) -> Iterator[tuple[int, Longs]]:
    """Each slot in use with its orders, urgent ones first, then those hardest to fit."""
    served = np.flatnonzero(slot_of >= 0)
    ranked = served[
        np.lexsort((served, orders.latest[served], -orders.priority[served], slot_of[served]))
    ]
    slots, first = np.unique(slot_of[ranked], return_index=True)
    for slot, visits in zip(slots, np.split(ranked, first[1:]), strict=False):
        yield int(slot), visits
