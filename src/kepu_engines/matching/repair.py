"""From nearly optimal to optimal: shortest chains of moves between slots.

An order may sit only where it gains most at present prices; whoever does not is sent
out, and its seat is kept *vacant*. Then every order outside pushes its way in along the
cheapest chain of moves, and every vacant seat pulls somebody in along the cheapest chain;
a chain may also end at the root, which stands for "served by nobody" and costs nothing.
Prices follow the lengths of the chains, so no order ever has a better option: when
nothing is left to place the plan is optimal, and the prices prove it.

An order moves as a whole, so the search runs over slots and groups alone: the edge
a -> b costs what the cheapest order in a loses by moving to b. Only *near* options, not
far behind an order's best, are searched; if prices then moved so far that others may
have come near, all options are surveyed anew, from the third time on with a longer reach.

Source
------
Ahuja, Magnanti & Orlin (1993), Network Flows, 9.7 (successive shortest paths).
"""

from itertools import chain, repeat

import numpy as np
from numba import njit

from kepu_engines.core.progress import Progress, silent
from kepu_engines.matching.board import (
    FAR,
    FROM,
    GAIN,
    LOSS,
    MOVES,
    ORIGIN,
    SLOT,
    TO,
    WHAT,
    WHO,
    WIDTH,
    WORTH,
    Board,
    arrive,
    lent,
)
from kepu_engines.matching.chains import pull_in, push_in
from kepu_engines.matching.frontier import frontier_over
from kepu_engines.matching.problem import Forest, Ints, Options, Problem
from kepu_engines.matching.seats import CLOSED, add_load, full_node

# A list made anew may be so many times as long as the longest one now.
LONGER = 2


def repair(
    problem: Problem, begin: tuple[Ints, Ints], reach: int, progress: Progress = silent
) -> tuple[Board, Ints, int]:
    """Board with an optimal plan, the prices its near options were listed at, and their reach.

    `begin` is where to begin: slots (n, -1: none) and prices (one per node, the root last);
    both are overwritten. The better they are, the shorter the way. `reach` is how far
    behind its best an option may be to be searched at first.
    """
    slot_of, price = begin
    for round_, widen in enumerate(chain((1, 1), repeat(2))):
        progress("repair", round_, round_ + 1)
        reach = min(widen * reach, CLOSED)
        board, waiting = _lay_out(problem.options, problem.forest, slot_of, price, reach)
        listed = price.copy()
        if move_all(board, waiting, reach) and not strayed(price, listed, reach):
            break
        slot_of = board.sits[:, SLOT].copy()
    return board, listed, reach


def strayed(price: Ints, listed: Ints, reach: int) -> bool:
    """Whether prices moved so far that an option out of reach may be the best one now.

    It comes nearer by what its own price fell and the price of the best one rose.
    """
    return int(np.ptp(price - listed)) > reach


@njit(cache=True)
def _lay_out(
    options: Options, forest: Forest, slot_of: Ints, price: Ints, reach: int
) -> tuple[Board, Ints]:
    """Board on which everybody sits where they gain most, and who waits outside."""
    orders, nodes = len(slot_of), len(price)
    sits, near = np.zeros((orders, 2), np.int32), np.zeros((orders, 3), np.int32)
    load, vacant = np.zeros(nodes, np.int32), np.zeros(nodes, np.int32)
    _take_seats(forest, slot_of, sits, load)
    _keep_vacant(forest, load, vacant, price)
    waiting, option = _survey(options, (sits, near, vacant), price, reach)
    door, guest, guests, place = _guests((sits, near, option), forest.high[nodes - 1])
    slots, root = len(guests), nodes - 1
    first = np.zeros(slots + 1, np.int32)
    for slot in range(slots):
        # One seat more than can be filled, for a guest in passing.
        room = min(forest.capacity[slot], door[slot + 1] - door[slot]) + 1
        first[slot + 1] = first[slot] + room
    seat, taken = np.empty((first[slots], WIDTH), np.int32), np.zeros(slots, np.int32)
    distance, via = np.full(nodes, FAR, np.int64), np.zeros((nodes, 2), np.int32)
    seats, lists = (seat, first, taken), (guest, door, guests)
    used = np.full(2, near[orders - 1, TO] if orders else 0, np.int32)
    used[MOVES] = LONGER * _most_listed(near)
    fresh = np.empty((_most_moves(used[MOVES], first, door), 2), np.int32)
    board = Board(
        forest, price, load, vacant, sits, near, option, place, used,
        *seats, *lists, distance, via, fresh,
        frontier_over(nodes), np.empty(nodes, np.int32), np.zeros(3, np.int64),
    )  # fmt: skip
    for order in range(orders):
        if sits[order, SLOT] != root:
            arrive(board, order, sits[order, SLOT])
    return board, waiting


@njit(cache=True)
def _most_listed(near: Ints) -> int:
    """Moves that the order with the longest list could make, out of its slot to nobody included."""
    moves = 1
    for order in range(len(near)):
        moves = max(moves, near[order, TO] - near[order, FROM] + 1)
    return moves


@njit(cache=True)
def _most_moves(moves: int, first: Ints, door: Ints) -> int:
    """No fewer than the moves that could lead out of one slot, `moves` for each order, or into it."""
    most = 1
    for slot in range(len(first) - 1):
        most = max(most, moves * (first[slot + 1] - first[slot]), door[slot + 1] - door[slot])
    return most


@njit(cache=True)
def _take_seats(forest: Forest, slot_of: Ints, sits: Ints, load: Ints) -> None:
    """Leave every order where it was, as far as there is room."""
    for order in range(len(slot_of)):
        slot = slot_of[order]
        sits[order, SLOT] = len(load) - 1
        if 0 <= slot < len(load) - 1 and full_node(forest, load, slot) < 0:
            sits[order, SLOT] = slot
            add_load(forest, load, slot, 1)


@njit(cache=True)
def _keep_vacant(forest: Forest, load: Ints, vacant: Ints, price: Ints) -> None:
    """Keep free seats of a node vacant if it is dearer than the one round it, or lower its price.

    Only a full node may be dearer. Seats are kept from the slots upwards, as long as
    there is room all the way up; prices are corrected from the root downwards.
    """
    root = len(price) - 1
    price[root] = 0
    for node in range(root):
        if price[node] > price[forest.parent[node]]:
            while full_node(forest, load, node) < 0:
                vacant[node] += 1
                add_load(forest, load, node, 1)
    for node in range(root - 1, -1, -1):
        above = price[forest.parent[node]]
        full = load[node] == forest.capacity[node]
        price[node] = max(price[node], above) if full else above


@njit(cache=True)
def _survey(
    options: Options, places: tuple[Ints, Ints, Ints], price: Ints, reach: int
) -> tuple[Ints, Ints]:
    """Send out every order that gains more elsewhere; who waits, and the near options.

    `places` are who sits where, the near options of each order, and the vacant seats.
    """
    start, stop, slot, utility = options
    sits, near, vacant = places
    waiting = np.empty(len(start), np.int32)
    # Pages that stay untouched cost nothing: the near options are few.
    option = np.empty((len(slot) + 1, 2), np.int32)
    waits, found, root = 0, 0, len(price) - 1
    for order in range(len(start)):
        seated, best, own = sits[order, SLOT], 0, -1
        for row in range(start[order], stop[order]):
            gain = utility[row] - price[slot[row]]
            best = max(best, gain)
            if slot[row] == seated:
                own = gain
        near[order, FROM] = found
        for row in range(start[order], stop[order]):
            # Written in any case and kept if near: cheaper than a branch nobody can predict.
            option[found, WHAT], option[found, GAIN] = slot[row], utility[row]
            found += utility[row] - price[slot[row]] >= best - reach
        near[order, TO] = found
        if seated != root:
            sits[order, WORTH] = own + price[seated]
            if own < best or own < 0:
                sits[order, SLOT], sits[order, WORTH] = root, 0
                vacant[seated] += 1
        if best > 0 and sits[order, SLOT] == root:
            waiting[waits] = order
            waits += 1
    return waiting[:waits].copy(), option


@njit(cache=True)
def _guests(orders: tuple[Ints, Ints, Ints], slots: int) -> tuple[Ints, Ints, Ints, Ints]:
    """List the near options by slot: where each slot's list begins, the lists, their lengths.

    Last comes where each option stands on them. A quarter of each list stays free for guests to come.
    `orders` are who sits where, the near options of each, and these.
    """
    sits, near, option = orders
    guests, door = np.zeros(slots, np.int32), np.zeros(slots + 1, np.int32)
    for order in range(len(near)):
        for row in range(near[order, FROM], near[order, TO]):
            guests[option[row, WHAT]] += 1
    for slot in range(slots):
        door[slot + 1] = door[slot] + guests[slot] + guests[slot] // 4 + 4
    guest, place = np.empty((door[slots], 3), np.int32), np.empty(len(option), np.int32)
    guests[:] = 0
    for order in range(len(near)):
        for row in range(near[order, FROM], near[order, TO]):
            place[row] = welcome((guest, door, guests), order, option[row], sits[order])
    return door, guest, guests, place


@lent
def welcome(lists: tuple[Ints, Ints, Ints], order: int, option: Ints, sits: Ints) -> int:
    """Add an order, with where it sits, to the guests of the slot of a near option; returns the row."""
    guest, door, guests = lists
    slot = option[WHAT]
    row = door[slot] + guests[slot]
    guest[row, WHO] = order
    guest[row, ORIGIN], guest[row, LOSS] = sits[SLOT], sits[WORTH] - option[GAIN]
    guests[slot] += 1
    return row


@lent
def move_all(board: Board, waiting: Ints, most: int) -> bool:
    """Let everybody who waits push in, then let every vacant seat pull somebody in.

    False if one of them would have to move prices by `most` or more: that is further than
    the near options reach, and what they show there is not to be followed.
    """
    settled = True
    for order in waiting:
        settled &= push_in(board, order, most)
    for node in range(len(board.price)):
        found = True
        while board.vacant[node] > 0 and found:
            found = pull_in(board, node, most)
        settled &= found
    _lift(board.forest, board.price)
    return settled


@lent
def _lift(forest: Forest, price: Ints) -> None:
    """Nothing is cheaper than the group round it; only empty nodes ever were."""
    for node in range(len(price) - 2, -1, -1):
        price[node] = max(price[node], price[forest.parent[node]])
