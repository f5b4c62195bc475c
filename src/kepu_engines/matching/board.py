"""The board on which orders are moved: who is where, what is near, and the prices.

A search jumps from slot to slot, and every jump should cost one look into memory. So a
seat holds a copy of the first near options of the order that sits in it: a slot is one
run of memory, from the first of its seats to the last. So is the list of its guests, each
with the slot it sits in and what it would lose by coming.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kepu_engines.matching.problem import Forest, Ints

Longs = NDArray[np.int64]


FAR = 2**31 - 1
NOBODY = START = -1

# Columns of `sits`, one row per order: its slot, and its utility there. Who is served by
# nobody sits at the root, where everything is worth 0.
SLOT, WORTH = range(2)
# Columns of `near`, one row per order: its near options, as rows of `option`, and its seat.
FROM, TO, SEAT = range(3)
# Columns of an option: slot, utility.
WHAT, GAIN = range(2)
# Columns of a seat: the order in it, its utility there, how many options are near, and
# from COPY on the first COPIED of them as slot, utility, slot, utility ... One seat is
# one line of 64 bytes.
WHO, PAID, LISTED, COPY, COPIED = 0, 1, 2, 4, 6
WIDTH = COPY + 2 * COPIED
# Columns of a guest: WHO it is, the slot it sits in, and the utility it loses by coming.
ORIGIN, LOSS = 1, 2
# Columns of `via`, one row per node: the node it was reached from, and the order that moves.
BEFORE, MOVER = range(2)
# What is `used`: rows of `option`; and the most moves that an order may have, nobody included.
ROWS, MOVES = range(2)
# What a search has `found`: how many nodes it reached, the nearest end, and its distance.
REACHED, END, LENGTH = range(3)


Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def lent(kernel: Kernel) -> Kernel:
    """Compile a kernel that neither makes nor keeps arrays, and so counts no references to them.

    A board has two dozen: counting took as long as searching. Whoever calls it holds them.
    """
    return njit(cache=True, _nrt=False)(kernel)  # type: ignore[call-overload]


def lent_in_line(kernel: Kernel) -> Kernel:
    """The same, written out wherever it is called."""
    return njit(cache=True, _nrt=False, inline="always")(kernel)  # type: ignore[call-overload]


class Board(NamedTuple):
    """All that the chains of moves read and write.

    Seats first[s]:first[s] + taken[s] are those in use in slot s. Guests of slot s, the
    orders that have it near, are the rows door[s]:door[s] + guests[s]; there is room until
    door[s + 1]. The first used[ROWS] rows of `option` are in use, and place[r] is the row of
    `guest` that option r made. `vacant` counts
    the seats kept in each node for an order still to be found, and `load` these and the
    orders in it. `distance`, `via`,
    `fresh` (nodes just reached), `frontier`, `trail` (all nodes reached) and `found` belong to
    the search under way.
    """

    forest: Forest
    price: Ints
    load: Ints
    vacant: Ints
    sits: Ints
    near: Ints
    option: Ints
    place: Ints
    used: Ints
    seat: Ints
    first: Ints
    taken: Ints
    guest: Ints
    door: Ints
    guests: Ints
    distance: Longs
    via: Ints
    fresh: Ints
    frontier: Ints
    trail: Ints
    found: Longs


@lent
def arrive(board: Board, order: int, slot: int) -> None:
    """Seat an order, whose worth is known, in a slot."""
    near, option = board.near, board.option
    place = board.first[slot] + board.taken[slot]
    board.taken[slot] += 1
    board.sits[order, SLOT], near[order, SEAT] = slot, place
    seat, begin = board.seat[place], near[order, FROM]
    listed = near[order, TO] - begin
    seat[WHO], seat[PAID], seat[LISTED] = order, board.sits[order, WORTH], listed
    for copy in range(min(listed, COPIED)):
        seat[COPY + 2 * copy] = option[begin + copy, WHAT]
        seat[COPY + 2 * copy + 1] = option[begin + copy, GAIN]


@lent
def leave(board: Board, order: int) -> None:
    """Take an order out of its slot; the last one there moves up to its seat."""
    slot, place = board.sits[order, SLOT], board.near[order, SEAT]
    board.taken[slot] -= 1
    last = board.first[slot] + board.taken[slot]
    move_row(board.seat, last, place)
    board.near[board.seat[place, WHO], SEAT] = place
    board.sits[order, SLOT], board.sits[order, WORTH] = len(board.price) - 1, 0


@lent
def move_row(rows: Ints, row: int, to: int) -> None:
    """Write a row where another was, number by number: a whole one would be copied aside first."""
    for column in range(rows.shape[1]):
        rows[to, column] = rows[row, column]


@lent
def be_seen(board: Board, order: int) -> None:
    """Note on all guest lists where an order sits now."""
    near, option, guest, place = board.near, board.option, board.guest, board.place
    slot, worth = board.sits[order, SLOT], board.sits[order, WORTH]
    for row in range(near[order, FROM], near[order, TO]):
        guest[place[row], ORIGIN] = slot
        guest[place[row], LOSS] = worth - option[row, GAIN]
