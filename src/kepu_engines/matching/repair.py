"""From nearly optimal to optimal: shortest chains of moves between slots.

An order may sit only where it gains most at present prices; whoever does not is sent
out, and its seat is kept *vacant*. Then every order outside pushes its way in along the
cheapest chain of moves, and every vacant seat pulls somebody in along the cheapest chain;
a chain may also end at the root, which stands for "served by nobody" and costs nothing.
Prices follow the lengths of the chains, so no order ever has a better option: when
nothing is left to place the plan is optimal, and the prices prove it.

An order moves as a whole, so the search runs over slots and groups alone: the edge
a -> b costs what the cheapest order in a loses by moving to b. Only *near* options, not
far behind an order's best, are searched; a sweep over all options then looks for those
the prices have brought near, and the reach grows until there is none.

Source
------
Ahuja, Magnanti & Orlin (1993), Network Flows, 9.7 (successive shortest paths).
"""

import numpy as np
from numba import njit

from kepu_engines.matching.board import OUTSIDE, Board, Near, Places, arrive, leave, no_search
from kepu_engines.matching.chains import pull_in, push_in
from kepu_engines.matching.problem import Forest, Ints, Options, Problem
from kepu_engines.matching.seats import CLOSED, Seats, add_load, empty_seats, full_node


def repair(problem: Problem, slot_of: Ints, price: Ints, reach: int) -> tuple[Ints, Ints]:
    """Optimal slot of every order (-1: none) and price of every node.

    `slot_of` and `price` (one per node, the root last) are where to begin; both are
    overwritten. The better they are, the shorter the way. `reach` is how far behind its
    best an option may be to be searched at first.
    """
    options, forest = problem.options, problem.forest
    seats, places = _take_seats(options, forest, slot_of)
    _keep_vacant(forest, seats, places, price)
    waiting, near = _sweep(options, seats, places, price, reach)
    while len(waiting) or places.vacant.any():
        search = no_search(len(price))
        board = Board(forest, seats, places, near, search, price)
        _push_all(board, waiting)
        _pull_all(board)
        _lift(forest, price)
        reach = min(4 * reach, CLOSED)
        waiting, near = _sweep(options, seats, places, price, reach)
    return slot_of, price


@njit(cache=True)
def _take_seats(options: Options, forest: Forest, slot_of: Ints) -> tuple[Seats, Places]:
    seats = empty_seats(options, forest)
    nodes, orders = len(forest.capacity), len(slot_of)
    seat = np.full(orders, -1, np.int32)
    places = Places(slot_of, seat, np.zeros(orders, np.int32), np.zeros(nodes, np.int32))
    for order in range(orders):
        slot = slot_of[order]
        if slot != OUTSIDE:
            slot_of[order] = OUTSIDE
            if full_node(forest, seats, slot) < 0:
                arrive(seats, places, order, slot)
                add_load(forest, seats, slot, 1)
    return seats, places


@njit(cache=True)
def _keep_vacant(forest: Forest, seats: Seats, places: Places, price: Ints) -> None:
    """A node dearer than the one round it must be full: keep its free seats vacant, or go down.

    Vacant seats are taken from the slots upwards, prices corrected from the root downwards.
    """
    root = len(price) - 1
    price[root] = 0
    for node in range(root):
        if price[node] > price[forest.parent[node]]:
            while full_node(forest, seats, node) < 0:
                places.vacant[node] += 1
                add_load(forest, seats, node, 1)
    for node in range(root - 1, -1, -1):
        above = price[forest.parent[node]]
        full = seats.load[node] == forest.capacity[node]
        price[node] = max(price[node], above) if full else above


@njit(cache=True)
def _lift(forest: Forest, price: Ints) -> None:
    """Nothing is cheaper than the group round it; only empty nodes ever were."""
    for node in range(len(price) - 2, -1, -1):
        price[node] = max(price[node], price[forest.parent[node]])


@njit(cache=True)
def _sweep(
    options: Options, seats: Seats, places: Places, price: Ints, reach: int
) -> tuple[Ints, Near]:
    """Send out every order that gains more elsewhere; list the waiting and the near options."""
    orders = len(places.slot)
    waiting = np.empty(orders, np.int32)
    start = np.zeros(orders + 1, np.int32)
    # Pages of these two that stay untouched cost nothing: the near options are few.
    slots, utilities = np.empty_like(options.slot), np.empty_like(options.slot)
    waits = found = 0
    for order in range(orders):
        best = _settle(options, seats, places, price, order)
        if best > 0 and places.slot[order] == OUTSIDE:
            waiting[waits] = order
            waits += 1
        for option in range(options.start[order], options.start[order + 1]):
            slot = options.slot[option]
            if options.utility[option] - price[slot] >= best - reach:
                slots[found], utilities[found] = slot, options.utility[option]
                found += 1
        start[order + 1] = found
    return waiting[:waits].copy(), _by_slot(
        start, slots[:found], utilities[:found], len(seats.taken)
    )


@njit(cache=True)
def _settle(options: Options, seats: Seats, places: Places, price: Ints, order: int) -> int:
    """Most an order can gain at these prices; if it gains less where it sits, it leaves."""
    best, own, sits = 0, 0, places.slot[order]
    for option in range(options.start[order], options.start[order + 1]):
        slot = options.slot[option]
        gain = options.utility[option] - price[slot]
        best = max(best, gain)
        if slot == sits:
            own = gain
            places.utility[order] = options.utility[option]
    if sits != OUTSIDE and own < best:
        leave(seats, places, order)
        places.vacant[sits] += 1
    return best


@njit(cache=True)
def _by_slot(start: Ints, slot: Ints, utility: Ints, slots: int) -> Near:
    """Near options listed by slot as well (a counting sort)."""
    first = np.zeros(slots + 2, np.int32)
    for other in slot:
        first[other + 2] += 1
    first = np.cumsum(first).astype(np.int32)
    who, worth = np.empty_like(slot), np.empty_like(slot)
    for order in range(len(start) - 1):
        for option in range(start[order], start[order + 1]):
            place = first[slot[option] + 1]
            who[place], worth[place] = order, utility[option]
            first[slot[option] + 1] += 1
    return Near(start, slot, utility, first, who, worth)


@njit(cache=True)
def _push_all(board: Board, waiting: Ints) -> None:
    for order in waiting:
        push_in(board, order)


@njit(cache=True)
def _pull_all(board: Board) -> None:
    for node in range(len(board.price)):
        while board.places.vacant[node] > 0:
            pull_in(board, node)
