"""A plan that lives on: when orders change, only what they touch is looked at again.

A fresh solve reads every option to find the near ones, and forgets them. A live plan
keeps the board with its lists. A changed order gets up, its lists are written anew, and
the chains of `repair` run from there. Everybody else is untouched: an option that is
not listed was more than `reach` behind its order's best when it was listed, and it
came nearer since by what its price fell and that of the best rose. An order for which that
may have been too much looks through all its options, and gets up if it finds a better one.
Should many have to, or the
space kept for changes run out, the board is laid out anew with one pass over all options.
"""

from typing import Self

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import integers, require
from kepu_engines.matching.auction import Pace, auction
from kepu_engines.matching.board import (
    FROM,
    GAIN,
    MOVES,
    ROWS,
    SLOT,
    TO,
    WHAT,
    WHO,
    WORTH,
    Board,
    arrive,
    be_seen,
    leave,
    lent,
    move_row,
)
from kepu_engines.matching.flow import Assignment, Certificate, rents, seated
from kepu_engines.matching.problem import Ints, Options, Problem
from kepu_engines.matching.repair import move_all, repair, welcome

# One order in so many looks through all its options before lists are made anew.
MANY = 4

# Free rows for the options of changed orders: at first, as a share of all, and at least.
SPARE, FEWEST = 8, 64


class LivePlan:
    """An optimal plan that stays optimal while orders and capacities change.

    The one object of this package that changes. Orders keep their numbers: one that
    goes is given no options, and a problem with orders that have none yet has room for
    some to come.

    Parameters
    ----------
    problem : Problem
        n orders, m options and k nested capacities; it is copied.
    pace : Pace, optional
        As in `flow.solve`.
    """

    def __init__(self, problem: Problem, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._options = _with_room(problem.options)
        self._used = len(problem.options.slot)
        self._forest = problem.forest
        self._settle(*auction(problem, self._pace))

    @property
    def problem(self) -> Problem:
        """The problem as it is now; a view that changes with it."""
        return Problem(self._options, self._forest)

    @property
    def assignment(self) -> Assignment:
        """The plan as it is now, in arrays of its own."""
        return seated(self._board)

    def change(
        self, order: ArrayLike, start: ArrayLike, slot: ArrayLike, utility: ArrayLike
    ) -> Self:
        """Give some orders other options, and find the optimum again.

        Parameters
        ----------
        order : (c,) int
            The orders that change, each once.
        start : (c + 1,) int
            New options of order[i] are start[i]:start[i + 1]; none: it takes no part.
        slot, utility : (start[c],) int
            As in `Problem.of`.

        Raises
        ------
        EngineError
            As `Problem.of` does, or if an order is unknown or named twice. Nothing is changed then.
        """
        who = integers(order, "order", low=0, high=len(self._options.start) - 1)
        require(len(np.unique(who)) == len(who), "an order is named twice")
        forest = self._forest
        part = Problem.of(start, slot, utility, forest.capacity[:-1], _above(forest.parent))
        require(part.orders == len(who), "start must have one more entry than there are orders")
        self._write(who, part.options)
        if not self._follow(who):
            self._settle(self.assignment.slot_of.copy(), self._board.price)
        return self

    def resize(self, node: ArrayLike, capacity: ArrayLike) -> Self:
        """Give some nodes another capacity, and find the optimum again.

        Costs one pass over all options. `node` and `capacity` are (c,) int.

        Raises
        ------
        EngineError
            If a node is unknown or a capacity negative. Nothing is changed then.
        """
        nodes = integers(node, "node", low=0, high=len(self._forest.capacity) - 2)
        room = integers(capacity, "capacity", low=0)
        require(len(nodes) == len(room), "node and capacity must have the same length")
        every = self._forest.capacity.copy()
        every[nodes] = room
        self._forest = self._forest._replace(capacity=every)
        self._settle(self.assignment.slot_of.copy(), self._board.price)
        return self

    def certify(self) -> Certificate:
        """Bound every plan by the near options alone; the others are known to be behind.

        A fraction of the time of `flow.certify`, which reads all options and trusts
        nothing this object remembers.
        """
        board, price = self._board, self._board.price.astype(np.int64)
        missed, _ = _overlooked(self._options, board, self._listed, self._best, self._reach)
        require(not len(missed), "prices have left the reach of the lists")
        gains, value, load = _near_gains(board, price)
        return Certificate(value, gains + rents(self._forest, load, price))

    def _follow(self, who: Ints) -> bool:
        """Find the optimum after some orders changed; False if lists should be made anew instead."""
        lists = self._options, self._board, self._listed, self._best, self._reach
        while len(who):
            waiting, done = _relist(*lists, who)
            if not done or not move_all(self._board, waiting, self._reach):
                return False
            who, asked = _overlooked(*lists)
            if asked * MANY > len(self._options.start):
                return False
        return True

    def _settle(self, slot_of: Ints, price: Ints) -> None:
        """Lay the board out anew and find the optimum from this beginning.

        Should that have taken a longer reach, it is laid out once more: long lists are slow.
        """
        for _ in range(2):
            self._board, self._listed, self._reach = repair(
                self.problem, (slot_of, price), self._pace.reach
            )
            if self._reach == self._pace.reach:
                break
            slot_of, price = self.assignment.slot_of.copy(), self._board.price
        self._best = _best_listed(self._board, self._listed)

    def _write(self, who: Ints, part: Options) -> None:
        """Store the new options; when the free rows run out, pack all options first."""
        if self._used + len(part.slot) > len(self._options.slot):
            self._options = _with_room(_packed(self._options), len(part.slot))
            self._used = int(self._options.stop[-1])
        self._used = _store(self._options, self._used, who, part)


def _with_room(options: Options, more: int = 0) -> Options:
    """A copy with free rows at its end."""
    free = np.zeros(len(options.slot) // SPARE + FEWEST + more, np.int32)
    slot, utility = np.append(options.slot, free), np.append(options.utility, free)
    return Options(options.start.copy(), options.stop.copy(), slot, utility)


def _packed(options: Options) -> Options:
    """The same options, order by order, without rows that belong to no order."""
    count = options.stop - options.start
    stop = count.cumsum(dtype=np.int32)
    row = np.repeat(options.start - (stop - count), count) + np.arange(stop[-1])
    return Options(stop - count, stop, options.slot[row], options.utility[row])


def _above(parent: Ints) -> NDArray[np.int32]:
    """Parents as `Problem.of` takes them, -1 where a node is nested in nothing but the root."""
    return np.where(parent[:-1] == len(parent) - 1, -1, parent[:-1])


@njit(cache=True)
def _store(options: Options, used: int, who: Ints, part: Options) -> int:
    """Write options in place where they fit, else at the end; returns how many rows are used."""
    start, stop, slot, utility = options
    for index, order in enumerate(who):
        count = part.stop[index] - part.start[index]
        if count > stop[order] - start[order]:
            start[order] = used
            used += count
        stop[order] = start[order] + count
        slot[start[order] : stop[order]] = part.slot[part.start[index] : part.stop[index]]
        utility[start[order] : stop[order]] = part.utility[part.start[index] : part.stop[index]]
    return used


@njit(cache=True)
def _best_listed(board: Board, listed: Ints) -> Ints:
    """Most that each order could gain at the prices the lists were made at, 0 at least."""
    near, option = board.near, board.option
    best = np.zeros(len(near), np.int32)
    for order in range(len(near)):
        for row in range(near[order, FROM], near[order, TO]):
            best[order] = max(best[order], option[row, GAIN] - listed[option[row, WHAT]])
    return best


@njit(cache=True)
def _relist(
    options: Options, board: Board, listed: Ints, best: Ints, reach: int, who: Ints
) -> tuple[Ints, bool]:
    """List what is near some orders now; who waits, and whether there was room for all.

    An order stays where it is if it still gains most there.

    Near is measured at the prices the other lists were made at, `listed`, and at those of today.
    `best` is what each order could gain at the former, and is put right for these.
    """
    waiting, waits = np.empty(len(who), np.int32), 0
    for order in who:
        seat = board.sits[order, SLOT]
        if seat < len(board.taken):
            board.vacant[seat] += 1
            leave(board, order)
        _say_goodbye(board, order)
        if not _list_near(options, board, (listed, best), reach, order):
            return waiting[:0], False
        most, own = _gains(board, order, seat)
        if own == most:
            board.sits[order, WORTH] = own + board.price[seat]
            arrive(board, order, seat)
            be_seen(board, order)
            board.vacant[seat] -= 1
        elif most > 0:
            waiting[waits] = order
            waits += 1
    return waiting[:waits], True


@lent
def _say_goodbye(board: Board, order: int) -> None:
    """Take an order off the guest lists; the last guest of each moves up."""
    near, option, guest, place = board.near, board.option, board.guest, board.place
    for row in range(near[order, FROM], near[order, TO]):
        slot, at = option[row, WHAT], place[row]
        board.guests[slot] -= 1
        last = board.door[slot] + board.guests[slot]
        move_row(guest, last, at)
        other = guest[at, WHO]
        for shown in range(near[other, FROM], near[other, TO]):
            if place[shown] == last:
                place[shown] = at


@lent
def _list_near(
    options: Options, board: Board, then: tuple[Ints, Ints], reach: int, order: int
) -> bool:
    """Write the near options of an order and add it to the guest lists, if there is room."""
    listed, best_then = then
    start, stop, slot, utility = options
    near, option = board.near, board.option
    lists = board.guest, board.door, board.guests
    price = board.price
    best = most = 0
    for row in range(start[order], stop[order]):
        best = max(best, utility[row] - listed[slot[row]])
        most = max(most, utility[row] - price[slot[row]])
    best_then[order], used = best, board.used[ROWS]
    near[order, FROM] = near[order, TO] = used
    if used + stop[order] - start[order] > len(option):
        return False
    for row in range(start[order], stop[order]):
        was_near = utility[row] - listed[slot[row]] >= best - reach
        if was_near or utility[row] - price[slot[row]] >= most - reach:
            full = lists[1][slot[row]] + lists[2][slot[row]] == lists[1][slot[row] + 1]
            if full or used + 2 - near[order, FROM] > board.used[MOVES]:
                return False
            option[used, WHAT], option[used, GAIN] = slot[row], utility[row]
            board.place[used] = welcome(lists, order, option[used], board.sits[order])
            used += 1
            near[order, TO] = board.used[ROWS] = used
    return True


@lent
def _gains(board: Board, order: int, seat: int) -> tuple[int, int]:
    """Most an order could gain now, 0 at least, and what it gains in one slot; -1: nothing."""
    best, own = 0, -1
    for row in range(board.near[order, FROM], board.near[order, TO]):
        slot = board.option[row, WHAT]
        gain = board.option[row, GAIN] - board.price[slot]
        best = max(best, gain)
        if slot == seat:
            own = gain
    return best, own


@njit(cache=True)
def _overlooked(
    options: Options, board: Board, listed: Ints, best: Ints, reach: int
) -> tuple[Ints, int]:
    """Orders that would gain more by an option that is not listed, and how many may have done so.

    Those that may look through all their options; the others need not. Of its near options an order
    gains most where it sits, and who sits nowhere gains nothing by any.
    """
    sits, price = board.sits, board.price
    start, stop, slot, utility = options
    missed, misses, asked, fall = np.empty(len(sits), np.int32), 0, 0, 0
    for node in range(len(board.taken)):
        fall = max(fall, listed[node] - price[node])
    for order in range(len(sits)):
        gain = sits[order, WORTH] - price[sits[order, SLOT]]
        if best[order] - reach - 1 + fall > gain:
            asked += 1
            most = gain
            for row in range(start[order], stop[order]):
                most = max(most, utility[row] - price[slot[row]])
            if most > gain:
                missed[misses] = order
                misses += 1
    return missed[:misses], asked


@njit(cache=True)
def _near_gains(board: Board, price: NDArray[np.int64]) -> tuple[int, int, NDArray[np.int64]]:
    """Most that all orders could gain by near options, their utility, and the load of each slot."""
    sits, near, option = board.sits, board.near, board.option
    load = np.zeros(len(price), np.int64)
    gains = value = 0
    for order in range(len(sits)):
        best = 0
        for row in range(near[order, FROM], near[order, TO]):
            best = max(best, option[row, GAIN] - price[option[row, WHAT]])
            if option[row, WHAT] == sits[order, SLOT]:
                value += option[row, GAIN]
                load[option[row, WHAT]] += 1
        gains += best
    return gains, value, load
