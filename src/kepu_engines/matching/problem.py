"""An assignment problem: what each order may take, and capacities nested in one another."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import LARGEST, integers, require

Ints = NDArray[np.int32]


class Options(NamedTuple):
    """Feasible (order, slot) pairs: those of order i are the rows start[i]:stop[i].

    The plain tuple the kernels read. Rows that belong to no order may lie between.
    """

    start: Ints
    stop: Ints
    slot: Ints
    utility: Ints


class Forest(NamedTuple):
    """Capacities as trees under one root, the last node, which holds any number of orders.

    Node a covers the slots low[a]:high[a] and is nested in parent[a] > a; the nodes
    nested in it are child[a], its sibling, and so on until -1.
    """

    capacity: Ints
    parent: Ints
    low: Ints
    high: Ints
    child: Ints
    sibling: Ints


@dataclass(frozen=True)
class Problem:
    """Give each order at most one slot, within capacities, for the largest total utility.

    Parameters
    ----------
    start : (n + 1,) int
        Options of order i are start[i]:start[i + 1].
    slot : (m,) int
        Slot of each option; an order names a slot at most once.
    utility : (m,) int
        What serving the order there is worth, in whole points. An option worth
        nothing or less is never taken.
    capacity : (k,) int
        Orders each node can hold. Nodes 0..s-1 are the slots (a team's half-day);
        the others are groups of slots (a team's day, a team's week).
    parent : (k,) int, optional
        Node in which each node is nested, numbered after it, or -1. By default
        nothing is nested. The slots of one group are numbered consecutively.

    Raises
    ------
    EngineError
        If shapes differ, a number is out of range, or the nesting is not a forest.
    """

    options: Options
    forest: Forest

    @classmethod
    def of(
        cls,
        start: ArrayLike,
        slot: ArrayLike,
        utility: ArrayLike,
        capacity: ArrayLike,
        parent: ArrayLike | None = None,
    ) -> Self:
        """Check the arrays and lay out the capacities as a forest."""
        held = integers(capacity, "capacity", low=0)
        forest = _forest(held, parent)
        starts = integers(start, "start", low=0)
        slots = integers(slot, "slot", low=0, high=max(0, int(forest.high[-1]) - 1))
        points = integers(utility, "utility", low=-LARGEST)
        require(len(slots) == len(points), "slot and utility must have the same length")
        rising = len(starts) > 0 and starts[0] == 0 and bool((starts[1:] >= starts[:-1]).all())
        require(rising and starts[-1] == len(slots), "start must rise from 0 to the options")
        require(not len(slots) or forest.high[-1] > 0, "there is an option but no slot")
        return cls(Options(starts[:-1], starts[1:], slots, points), forest)

    @property
    def orders(self) -> int:
        """Number of orders."""
        return len(self.options.start)

    @property
    def slots(self) -> int:
        """Number of slots."""
        return int(self.forest.high[-1])


def _forest(capacity: Ints, parent: ArrayLike | None) -> Forest:
    nodes = len(capacity)
    above = np.full(nodes, -1) if parent is None else np.asarray(parent)
    above = integers(above, "parent", low=-1, high=max(nodes - 1, -1))
    require(len(above) == nodes, "capacity and parent must have the same length")
    require(bool(((above == -1) | (above > np.arange(nodes))).all()), "a parent must come later")
    above = np.append(np.where(above < 0, nodes, above), -1).astype(np.int32)
    low, high = _cover(above)
    room = np.append(capacity, np.int32(LARGEST))
    return Forest(room.astype(np.int32), above, low, high, *_children(above))


def _cover(parent: Ints) -> tuple[Ints, Ints]:
    """Slots under each node, as the range low:high; the slots are the nodes without children."""
    nodes = len(parent)
    inner = np.zeros(nodes, dtype=bool)
    inner[parent] = True  # the -1 above the root makes the root one of them
    slots = int(nodes - inner.sum())
    require(not inner[:slots].any(), "slots must be numbered before the groups they are in")
    low, high, size = _gather(parent, inner, slots)
    require(bool((high - low == size).all()), "the slots of one group must be consecutive")
    return low, high


@njit(cache=True)
def _gather(parent: Ints, inner: NDArray[np.bool_], slots: int) -> tuple[Ints, Ints, Ints]:
    """First slot under each node, the one behind its last, and how many there are."""
    nodes = len(parent)
    low, high = np.arange(nodes).astype(np.int32), np.arange(1, nodes + 1).astype(np.int32)
    size = np.ones(nodes, dtype=np.int32)
    for node in range(nodes):
        if inner[node]:
            low[node], high[node], size[node] = slots, 0, 0
    for node in range(nodes - 1):
        above = parent[node]
        low[above] = min(low[above], low[node])
        high[above] = max(high[above], high[node])
        size[above] += size[node]
    return low, high, size


@njit(cache=True)
def _children(parent: Ints) -> tuple[Ints, Ints]:
    """First node nested in each node, and the next one beside it; -1 where there is none."""
    child = np.full(len(parent), -1, dtype=np.int32)
    sibling = np.full(len(parent), -1, dtype=np.int32)
    for node in range(len(parent) - 1):
        above = parent[node]
        sibling[node], child[above] = child[above], node
    return child, sibling
