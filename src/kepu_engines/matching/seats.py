"""Who sits where while orders bid: those each slot holds, and how full every node of the forest is.

The seats of one slot are consecutive places of one array, a binary heap with the lowest
bid first.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from kepu_engines.core.checks import LARGEST
from kepu_engines.matching.problem import Forest, Ints, Options

# The price of what has no seats at all: more than any order could gain.
CLOSED = 2 * LARGEST


class Seats(NamedTuple):
    """Arrays that change while an assignment is built.

    Places first[s]:first[s] + taken[s] hold the orders of slot s; load counts these
    orders for every node.
    """

    first: Ints
    taken: Ints
    order: Ints
    bid: Ints
    load: Ints


@njit(cache=True)
def empty_seats(options: Options, forest: Forest) -> Seats:
    """Seats for every order that could ever come."""
    nodes = len(forest.capacity)
    slots = forest.high[nodes - 1]
    wanted = np.zeros(slots, np.int32)
    for order in range(len(options.start)):
        for option in range(options.start[order], options.stop[order]):
            wanted[options.slot[option]] += 1
    first = np.zeros(slots + 1, np.int32)
    for slot in range(slots):
        first[slot + 1] = first[slot] + min(wanted[slot], forest.capacity[slot]) + 1
    places = first[slots]
    taken = np.zeros(slots, np.int32)
    load = np.zeros(nodes, np.int32)
    return Seats(first, taken, np.empty(places, np.int32), np.empty(places, np.int32), load)


@njit(cache=True)
def clear(seats: Seats) -> None:
    """Send everybody away."""
    seats.taken[:] = 0
    seats.load[:] = 0


@njit(cache=True)
def lowest_bid(seats: Seats, forest: Forest, node: int) -> tuple[int, int]:
    """Slot under `node` that holds the lowest bid, and that bid; CLOSED if it has no seats."""
    slot, level = -1, CLOSED
    for other in range(forest.low[node], forest.high[node]):
        if seats.taken[other] > 0 and seats.bid[seats.first[other]] < level:
            slot, level = other, seats.bid[seats.first[other]]
    return slot, level


@njit(cache=True)
def sit(seats: Seats, slot: int, order: int, bid: int) -> None:
    """Add an order to the heap of a slot that has a free seat."""
    first = seats.first[slot]
    place = seats.taken[slot]
    seats.taken[slot] += 1
    while place > 0 and seats.bid[first + (place - 1) // 2] > bid:
        above = (place - 1) // 2
        seats.bid[first + place] = seats.bid[first + above]
        seats.order[first + place] = seats.order[first + above]
        place = above
    seats.bid[first + place] = bid
    seats.order[first + place] = order


@njit(cache=True)
def replace_lowest(seats: Seats, slot: int, order: int, bid: int) -> int:
    """Put an order in the place of the lowest bidder of a slot; returns who leaves."""
    first, count = seats.first[slot], seats.taken[slot]
    leaver: int = seats.order[first]
    place, child = 0, 1
    while child < count:
        if child + 1 < count and seats.bid[first + child + 1] < seats.bid[first + child]:
            child += 1
        if seats.bid[first + child] >= bid:
            break
        seats.bid[first + place] = seats.bid[first + child]
        seats.order[first + place] = seats.order[first + child]
        place, child = child, 2 * child + 1
    seats.bid[first + place] = bid
    seats.order[first + place] = order
    return leaver


@njit(cache=True)
def remove_lowest(seats: Seats, slot: int) -> int:
    """Take the lowest bidder of a slot away; returns who leaves."""
    seats.taken[slot] -= 1
    last = seats.first[slot] + seats.taken[slot]
    return replace_lowest(seats, slot, seats.order[last], seats.bid[last])


@njit(cache=True)
def full_node(forest: Forest, load: Ints, node: int) -> int:
    """Smallest full node that is or contains `node`, or -1."""
    while node >= 0 and load[node] < forest.capacity[node]:
        node = forest.parent[node]
    return node


@njit(cache=True)
def add_load(forest: Forest, load: Ints, node: int, change: int) -> None:
    """Count orders in or out of a node and of everything it is nested in."""
    while node >= 0:
        load[node] += change
        node = forest.parent[node]
