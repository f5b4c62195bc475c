"""The exact optimum of an assignment problem, and the prices that prove it."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.matching.auction import Pace, auction
from kepu_engines.matching.board import SLOT, WORTH, Board
from kepu_engines.matching.problem import Forest, Ints, Options, Problem
from kepu_engines.matching.repair import repair


@dataclass(frozen=True)
class Assignment:
    """Where every order goes, and what a seat is worth.

    `slot_of` is (n,), -1 where an order is served by nobody. `price` is (k,), one per
    node of the problem: what one more order in that slot or group would add if all
    that is nested round it had room too.
    """

    slot_of: Ints
    price: Ints
    value: int


@dataclass(frozen=True)
class Certificate:
    """A feasible value and a bound no plan can exceed; equal means optimal."""

    value: int
    bound: int

    @property
    def gap(self) -> int:
        """Points that may still be missing."""
        return self.bound - self.value


def solve(
    problem: Problem,
    *,
    start: Assignment | None = None,
    pace: Pace | None = None,
    progress: Progress = silent,
) -> Assignment:
    """Serve orders for the largest total utility. The result is exact.

    Parameters
    ----------
    problem : Problem
        n orders, m options and k nested capacities.
    start : Assignment, optional
        The answer to a problem with the same nodes, to begin from after a change: its
        `slot_of` has one entry per order of `problem`, -1 for an order that is new. It
        need not be feasible or optimal now. Without it, an auction finds a beginning.
    pace : Pace, optional
        Steps of the auction and reach of the repair; they change the time, not the value.
    progress : Progress, optional
        Told before each run of the auction and before each round of the repair.

    Returns
    -------
    Assignment
        One of the optimal assignments, with prices that prove it (see `certify`).

    Raises
    ------
    EngineError
        If `start` has other shapes than the problem.
    Cancelled
        If `progress` does.
    """
    pace = pace or Pace()
    if start is None:
        slot_of, price = auction(problem, pace, progress)
    else:
        slot_of, price = _begin(problem, start)
    board, _, _ = repair(problem, (slot_of, price), pace.reach, progress)
    return seated(board)


def seated(board: Board) -> Assignment:
    """The plan on a board, as arrays of its own that nobody can change."""
    slot_of, price = board.sits[:, SLOT].copy(), board.price[:-1].copy()
    slot_of[slot_of == len(price)] = -1
    slot_of.setflags(write=False)
    price.setflags(write=False)
    return Assignment(slot_of, price, int(board.sits[:, WORTH].sum(dtype=np.int64)))


def certify(problem: Problem, assignment: Assignment) -> Certificate:
    """Check a plan and bound every plan, in one pass over the options and no search.

    The value counts orders in slots they chose. The bound is the dual one: a node sells
    its seats at the difference between its price and the price round it, and an order
    keeps its best gain.

    Raises
    ------
    EngineError
        If an order sits in a slot it has no option for, a node holds more than its
        capacity, or a price lies below the price round it.
    """
    options, forest = problem.options, problem.forest
    price = np.append(assignment.price, 0).astype(np.int64)
    load = np.bincount(assignment.slot_of[assignment.slot_of >= 0], minlength=len(price))
    gains, value, placed = _gains(options, assignment.slot_of, price)
    require(placed == load.sum(), "an order sits in a slot it has no option for")
    return Certificate(value, gains + rents(forest, load, price))


def rents(forest: Forest, load: NDArray[np.int64], price: NDArray[np.int64]) -> int:
    """What all seats sell for; `load` counts the orders of each slot, and is summed up in place.

    Raises
    ------
    EngineError
        If a node holds more than its capacity or a price lies below the price round it.
    """
    rent = price[:-1] - price[forest.parent[:-1]]
    require(bool((rent >= 0).all()), "a price lies below the price of the group round it")
    for node in range(int(forest.high[-1]), len(price) - 1):
        load[node] = load[forest.low[node] : forest.high[node]].sum()
    require(bool((load <= forest.capacity).all()), "a capacity is exceeded")
    return int(rent @ forest.capacity[:-1].astype(np.int64))


def _begin(problem: Problem, start: Assignment) -> tuple[Ints, Ints]:
    """Own copies of the arrays of an earlier assignment."""
    nodes = len(problem.forest.capacity) - 1
    require(len(start.slot_of) == problem.orders, "start must have one slot for every order")
    require(len(start.price) == nodes, "start must have one price for every node")
    known = (start.slot_of >= -1) & (start.slot_of < problem.slots)
    require(bool(known.all()), "start names a slot that does not exist")
    return start.slot_of.astype(np.int32), np.append(start.price, 0).astype(np.int32)


@njit(cache=True)
def _gains(options: Options, slot_of: Ints, price: NDArray[np.int64]) -> tuple[int, int, int]:
    """Most that all orders could gain at these prices, their utility, and how many it counts.

    An order that stays out gains 0.
    """
    gains = value = placed = 0
    for order in range(len(slot_of)):
        best = 0
        for row in range(options.start[order], options.stop[order]):
            best = max(best, options.utility[row] - price[options.slot[row]])
            if options.slot[row] == slot_of[order]:
                value += options.utility[row]
                placed += 1
        gains += best
    return gains, value, placed
