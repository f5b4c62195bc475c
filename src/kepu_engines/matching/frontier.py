"""Nodes that a search has reached and not yet gone on from, the nearest first.

Lengths are whole and none is shorter than the last one taken, so a node stands on the shelf
of the highest bit in which its length differs from that one. To take the nearest, the lowest shelf
that holds any is dealt out to those below it; a node comes down at most once a bit, and the short
chains that most searches find have lengths of few bits.

All of it is one array, a row for each node and behind them one for each shelf: shelves are rings
of rows, so that to stand on one or leave it takes no branch.

Source
------
Ahuja, Mehlhorn, Orlin & Tarjan (1990), Faster algorithms for the shortest path problem, JACM 37.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from kepu_engines.matching.board import lent
from kepu_engines.matching.problem import Ints

SHELVES = 32
NONE = -1
# Columns: the next and the one before on the ring, and the shelf a node stands on, NONE: nowhere.
# In the row of the first shelf the last column is the length that was taken last.
AFTER, BEFORE, SHELF = range(3)


@njit(cache=True)
def frontier_over(nodes: int) -> Ints:
    """A frontier for searches over so many nodes, as (nodes + 32, 3) int."""
    return np.full((nodes + SHELVES, 3), NONE, np.int32)


@lent
def clear(frontier: Ints) -> None:
    """Nobody waits. Whoever let nodes wait has set their SHELF to NONE."""
    first = len(frontier) - SHELVES
    for row in range(first, len(frontier)):
        frontier[row, AFTER] = frontier[row, BEFORE] = row
    frontier[first, SHELF] = 0


@lent
def put(frontier: Ints, node: int, length: int) -> None:
    """Let a node wait at a length, or at a shorter one than it does."""
    first = len(frontier) - SHELVES
    if frontier[node, SHELF] != NONE:
        _leave(frontier, node)
    differs, level = length ^ frontier[first, SHELF], 0
    while differs > 0:
        differs >>= 1
        level += 1
    ring = first + level
    behind = frontier[ring, AFTER]
    frontier[node, AFTER], frontier[node, BEFORE], frontier[node, SHELF] = behind, ring, level
    frontier[behind, BEFORE] = frontier[ring, AFTER] = node


@lent
def _leave(frontier: Ints, node: int) -> None:
    ahead, behind = frontier[node, BEFORE], frontier[node, AFTER]
    frontier[ahead, AFTER], frontier[behind, BEFORE] = behind, ahead
    frontier[node, SHELF] = NONE


@lent
def take(frontier: Ints, length: NDArray[np.int64]) -> int:
    """The nearest node, which waits no longer; NONE if none does. `length` (k,) is where each waits."""
    first = len(frontier) - SHELVES
    ring = first
    while ring < len(frontier) and frontier[ring, AFTER] == ring:
        ring += 1
    if ring == len(frontier):
        return NONE
    if ring > first:
        node = frontier[ring, AFTER]
        nearest = length[node]
        while node != ring:
            nearest = min(nearest, length[node])
            node = frontier[node, AFTER]
        frontier[first, SHELF] = nearest
        node = frontier[ring, AFTER]
        while node != ring:
            behind = frontier[node, AFTER]
            put(frontier, node, length[node])
            node = behind
    taken = frontier[first, AFTER]
    _leave(frontier, taken)
    return taken
