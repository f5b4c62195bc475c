"""The board on which orders are moved: who is where, what is near, and the prices."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kepu_engines.matching.problem import Forest, Ints
from kepu_engines.matching.seats import Seats

FAR = 2**31 - 1
NOBODY = OUTSIDE = START = -1


class Near(NamedTuple):
    """Options worth searching: by order start, slot, utility; by slot first, order, worth."""

    start: Ints
    slot: Ints
    utility: Ints
    first: Ints
    order: Ints
    worth: Ints


class Places(NamedTuple):
    """Slot, seat and utility of each order, and the vacant seats of each node."""

    slot: Ints
    seat: Ints
    utility: Ints
    vacant: Ints


class Search(NamedTuple):
    """For each node its distance, the node it was reached from and who moves between them.

    The nodes reached are trail[:length[0]].
    """

    distance: NDArray[np.int64]
    via: Ints
    mover: Ints
    trail: Ints
    length: Ints


class Board(NamedTuple):
    """All that the chains of moves read and write."""

    forest: Forest
    seats: Seats
    places: Places
    near: Near
    search: Search
    price: Ints


def no_search(nodes: int) -> Search:
    """Nothing reached yet."""
    via, mover, trail = np.empty((3, nodes), dtype=np.int32)
    distance = np.full(nodes, FAR, dtype=np.int64)
    return Search(distance, via, mover, trail, np.zeros(1, dtype=np.int32))


@njit(cache=True)
def arrive(seats: Seats, places: Places, order: int, slot: int) -> None:
    """Seat an order in a slot."""
    seat = seats.first[slot] + seats.taken[slot]
    seats.order[seat] = order
    seats.taken[slot] += 1
    places.slot[order], places.seat[order] = slot, seat


@njit(cache=True)
def leave(seats: Seats, places: Places, order: int) -> None:
    """Take an order out of its slot; the last one there moves up to its seat."""
    slot, seat = places.slot[order], places.seat[order]
    seats.taken[slot] -= 1
    last = seats.order[seats.first[slot] + seats.taken[slot]]
    seats.order[seat], places.seat[last] = last, seat
    places.slot[order] = OUTSIDE
