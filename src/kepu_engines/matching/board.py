"""The board on which orders are moved: who is where, what is near, and the prices.

What belongs together lies together, one row per order or option: a search jumps from
order to order, and every jump should cost one look into memory.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kepu_engines.matching.problem import Forest, Ints
from kepu_engines.matching.seats import Seats

Longs = NDArray[np.int64]

FAR = 2**31 - 1
NOBODY = OUTSIDE = START = -1

# Columns of a card, one per order: its slot, its place among the seats, its utility
# there, and the rows of its near options.
SLOT, SEAT, WORTH, FROM, TO = range(5)
# Columns of a near option (slot, utility) and of a guest (order, utility).
WHAT, GAIN = range(2)
# Columns of a search, one row per node: its distance, the node it was reached from, and
# the order that moves between them.
DISTANCE, VIA, MOVER = range(3)


class Board(NamedTuple):
    """All that the chains of moves read and write.

    `option` lists the near options by order (see the cards), `guest` the same by slot:
    those of slot s are the rows first[s]:first[s + 1]. `vacant` counts the seats kept
    in each node for an order still to be found.
    """

    forest: Forest
    seats: Seats
    card: Ints
    option: Ints
    first: Ints
    guest: Ints
    vacant: Ints
    search: Longs
    price: Ints


def no_search(nodes: int) -> Longs:
    """Nothing reached yet."""
    return np.full((nodes, 3), FAR, dtype=np.int64)


@njit(cache=True)
def arrive(seats: Seats, card: Ints, order: int, slot: int) -> None:
    """Seat an order in a slot."""
    seat = seats.first[slot] + seats.taken[slot]
    seats.order[seat] = order
    seats.taken[slot] += 1
    card[order, SLOT], card[order, SEAT] = slot, seat


@njit(cache=True)
def leave(seats: Seats, card: Ints, order: int) -> None:
    """Take an order out of its slot; the last one there moves up to its seat."""
    slot, seat = card[order, SLOT], card[order, SEAT]
    seats.taken[slot] -= 1
    last = seats.order[seats.first[slot] + seats.taken[slot]]
    seats.order[seat], card[last, SEAT] = last, seat
    card[order, SLOT] = OUTSIDE
