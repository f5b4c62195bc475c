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

from kepu_engines.matching.board import (
    FROM,
    GAIN,
    OUTSIDE,
    SLOT,
    TO,
    WHAT,
    WORTH,
    Board,
    arrive,
    leave,
    no_search,
)
from kepu_engines.matching.chains import pull_in, push_in
from kepu_engines.matching.problem import Forest, Ints, Options, Problem
from kepu_engines.matching.seats import CLOSED, Seats, add_load, empty_seats, full_node


def repair(problem: Problem, slot_of: Ints, price: Ints, reach: int) -> tuple[Ints, Ints, int]:
    """Optimal slot of every order (-1: none), price of every node, and total utility.

    `slot_of` and `price` (one per node, the root last) are where to begin; both are
    overwritten. The better they are, the shorter the way. `reach` is how far behind its
    best an option may be to be searched at first.
    """
    options, forest = problem.options, problem.forest
    card, vacant = np.zeros((problem.orders, 5), np.int32), np.zeros(len(price), np.int32)
    seats = _take_seats(options, forest, slot_of, card)
    _keep_vacant(forest, seats, vacant, price)
    while True:
        waiting, option = _survey(options, seats, (card, vacant), price, reach)
        if not len(waiting) and not vacant.any():
            break
        before = price.copy()
        lists = option, *_guests(card, option, problem.slots)
        _move_all(Board(forest, seats, card, *lists, vacant, no_search(len(price)), price), waiting)
        _lift(forest, price)
        # Prices moved by d bring an option nearer by 2d at most: one out of reach stays behind.
        if 2 * int(np.abs(price - before).max()) <= reach:
            break
        reach = min(4 * reach, CLOSED)
    served = card[:, SLOT] != OUTSIDE
    return card[:, SLOT].copy(), price, int(card[served, WORTH].sum(dtype=np.int64))


@njit(cache=True)
def _take_seats(options: Options, forest: Forest, slot_of: Ints, card: Ints) -> Seats:
    """Seat every order where it was, as far as there is room."""
    seats = empty_seats(options, forest)
    for order in range(len(slot_of)):
        slot = slot_of[order]
        card[order, SLOT] = OUTSIDE
        if slot != OUTSIDE and full_node(forest, seats, slot) < 0:
            arrive(seats, card, order, slot)
            add_load(forest, seats, slot, 1)
    return seats


@njit(cache=True)
def _keep_vacant(forest: Forest, seats: Seats, vacant: Ints, price: Ints) -> None:
    """Keep free seats of a node vacant if it is dearer than the one round it, or lower its price.

    Only a full node may be dearer. Seats are kept from the slots upwards, as long as
    there is room all the way up; prices are corrected from the root downwards.
    """
    root = len(price) - 1
    price[root] = 0
    for node in range(root):
        if price[node] > price[forest.parent[node]]:
            while full_node(forest, seats, node) < 0:
                vacant[node] += 1
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
def _survey(
    options: Options, seats: Seats, places: tuple[Ints, Ints], price: Ints, reach: int
) -> tuple[Ints, Ints]:
    """Send out every order that gains more elsewhere; who waits, and the near options.

    `places` are the cards and the vacant seats.
    """
    start, slot, utility = options
    card, vacant = places
    orders = len(start) - 1
    waiting = np.empty(orders, np.int32)
    # Pages that stay untouched cost nothing: the near options are few.
    near = np.empty((len(slot) + 1, 2), np.int32)
    waits = found = 0
    for order in range(orders):
        sits, best, own = card[order, SLOT], 0, -1
        for option in range(start[order], start[order + 1]):
            gain = utility[option] - price[slot[option]]
            best = max(best, gain)
            if slot[option] == sits:
                own = gain
        card[order, FROM] = found
        for option in range(start[order], start[order + 1]):
            # Written in any case and kept if near: cheaper than a branch nobody can predict.
            near[found, WHAT], near[found, GAIN] = slot[option], utility[option]
            found += utility[option] - price[slot[option]] >= best - reach
        card[order, TO] = found
        if sits != OUTSIDE:
            card[order, WORTH] = own + price[sits]
            if own < best or own < 0:
                leave(seats, card, order)
                vacant[sits] += 1
        if best > 0 and card[order, SLOT] == OUTSIDE:
            waiting[waits] = order
            waits += 1
    return waiting[:waits].copy(), near[:found]


@njit(cache=True)
def _guests(card: Ints, option: Ints, slots: int) -> tuple[Ints, Ints]:
    """List the near options by slot (a counting sort): where each slot begins, and the list."""
    first = np.zeros(slots + 2, np.int32)
    for row in range(len(option)):
        first[option[row, WHAT] + 2] += 1
    for slot in range(slots):
        first[slot + 2] += first[slot + 1]
    guest = np.empty_like(option)
    for order in range(len(card)):
        for row in range(card[order, FROM], card[order, TO]):
            slot = option[row, WHAT]
            guest[first[slot + 1], WHAT] = order
            guest[first[slot + 1], GAIN] = option[row, GAIN]
            first[slot + 1] += 1
    return first, guest


@njit(cache=True)
def _move_all(board: Board, waiting: Ints) -> None:
    """Let everybody who waits push in, then let every vacant seat pull somebody in."""
    for order in waiting:
        push_in(board, order)
    for node in range(len(board.price)):
        while board.vacant[node] > 0:
            pull_in(board, node)
