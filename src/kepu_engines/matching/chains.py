"""Shortest chains of moves: an order pushes its way in, a vacant seat pulls somebody in.

Both are one Dijkstra search over the nodes of the forest, forwards from an order or
backwards from a vacant seat, that ends at the root or, forwards, at a vacant seat.
Its edges, none of which is negative at the prices of the board:

- from slot a to slot b, and from slot a to the root: what the order in a that loses
  least by the move loses by it;
- from a node up to the one round it, if it has a free seat, and from a node down to a
  loaded one inside, which gives up a seat there: the difference in price. The first
  difference is 0 unless the inner node is empty.

Afterwards every node nearer than the end changes its price by the difference, which
keeps all edges from being negative.
"""

from heapq import heappop, heappush

import numpy as np
from numba import njit

from kepu_engines.matching.board import (
    DISTANCE,
    FAR,
    FROM,
    GAIN,
    MOVER,
    NOBODY,
    OUTSIDE,
    SLOT,
    START,
    TO,
    VIA,
    WHAT,
    WORTH,
    Board,
    Longs,
    arrive,
    leave,
)
from kepu_engines.matching.problem import Ints

# Most chains cost nothing. A search looks for these first, and then WIDEN times as far.
WIDEN = 8


@njit(cache=True)
def push_in(board: Board, order: int) -> None:
    """Place an order that is outside, or leave it there, at the least cost to all."""
    option, price, card = board.option, board.price, board.card
    best = 0
    for row in range(card[order, FROM], card[order, TO]):
        best = max(best, option[row, GAIN] - price[option[row, WHAT]])
    end, limit = NOBODY, 1
    while end == NOBODY:
        frontier, trail = _begin(board, limit)
        _try_moves(board, frontier, trail, (START, best), np.full(1, order, np.int32))
        end, length = _nearest_end(board, frontier, trail)
        if end != NOBODY:
            _follow_push(board, end)
        _reprice(board, trail, length, 1)
        limit = min(WIDEN * limit, FAR)


@njit(cache=True)
def _begin(board: Board, limit: int) -> tuple[list[int], list[int]]:
    """Nothing reached yet; nothing will be from `limit` on, as if the root were there."""
    board.search[len(board.price) - 1, DISTANCE] = limit
    return [0 for _ in range(0)], [0 for _ in range(0)]


@njit(cache=True)
def _nearest_end(board: Board, frontier: list[int], trail: list[int]) -> tuple[int, int]:
    """Nearest vacant seat or the root, whichever is nearer, and its distance."""
    root = len(board.price) - 1
    while len(frontier) > 0:
        key = heappop(frontier)
        node, distance = key & FAR, key >> 32
        if node == root or board.vacant[node] > 0:
            return node, distance
        if distance == board.search[node, DISTANCE]:
            _spread_out(board, frontier, trail, (node, distance))
    return NOBODY, 0


@njit(cache=True)
def _spread_out(board: Board, frontier: list[int], trail: list[int], here: tuple[int, int]) -> None:
    """Reach what lies one move beyond a node; `here` is the node and its distance."""
    forest, seats, price = board.forest, board.seats, board.price
    node, distance = here
    if node < len(seats.taken):
        first = seats.first[node]
        inside = seats.order[first : first + seats.taken[node]]
        _try_moves(board, frontier, trail, here, inside)
    if seats.load[node] < forest.capacity[node]:
        parent = forest.parent[node]
        extra = price[parent] - price[node]
        step = (node, NOBODY, parent)
        _reach(board.vacant, board.search, frontier, trail, distance + extra, step)
    child = forest.child[node]
    while child >= 0:
        if seats.load[child] > 0:
            extra = price[child] - price[node]
            step = (node, NOBODY, child)
            _reach(board.vacant, board.search, frontier, trail, distance + extra, step)
        child = forest.sibling[child]


@njit(cache=True)
def _try_moves(
    board: Board, frontier: list[int], trail: list[int], here: tuple[int, int], orders: Ints
) -> None:
    """Reach the root and the near slots by moving one of the orders that are here."""
    card, option, price = board.card, board.option, board.price
    vacant, search = board.vacant, board.search
    node, distance = here
    root = len(price) - 1
    for order in orders:
        idle = distance
        if node != START:
            idle += card[order, WORTH] - price[node]
        _reach(vacant, search, frontier, trail, idle, (node, order, root))
        for row in range(card[order, FROM], card[order, TO]):
            to = option[row, WHAT]
            length = idle - option[row, GAIN] + price[to]
            _reach(vacant, search, frontier, trail, length, (node, order, to))


@njit(cache=True)
def _follow_push(board: Board, end: int) -> None:
    """Make the moves of a chain that ends at `end`, the last one first."""
    forest, seats, search = board.forest, board.seats, board.search
    if board.vacant[end] > 0:
        board.vacant[end] -= 1
    while end != START:
        node, order = search[end, VIA], search[end, MOVER]
        if order != NOBODY:
            _move(board, order, end)
        elif forest.parent[node] == end:
            seats.load[node] += 1
        else:
            seats.load[end] -= 1
        end = node


@njit(cache=True)
def pull_in(board: Board, vacant: int) -> None:
    """Fill a vacant seat, or give it up, at the least cost to all."""
    node, limit = NOBODY, 1
    while node == NOBODY:
        frontier, trail = _begin(board, limit)
        step = (START, NOBODY, vacant)
        _reach(board.vacant, board.search, frontier, trail, 0, step)
        node, length = _way_from_root(board, frontier, trail)
        if node != NOBODY:
            _follow_pull(board, vacant)
        _reprice(board, trail, length, -1)
        limit = min(WIDEN * limit, FAR)


@njit(cache=True)
def _way_from_root(board: Board, frontier: list[int], trail: list[int]) -> tuple[int, int]:
    """The root and its distance, once it is reached."""
    root = len(board.price) - 1
    while len(frontier) > 0:
        key = heappop(frontier)
        node, distance = key & FAR, key >> 32
        if node == root:
            return node, distance
        if distance == board.search[node, DISTANCE]:
            _spread_back(board, frontier, trail, (node, distance))
    return NOBODY, 0


@njit(cache=True)
def _spread_back(
    board: Board, frontier: list[int], trail: list[int], here: tuple[int, int]
) -> None:
    """Reach the nodes from which one move leads to `node`."""
    forest, seats, price, search = board.forest, board.seats, board.price, board.search
    node, distance = here
    if node < len(seats.taken):
        _try_guests(board, frontier, trail, here)
    if seats.load[node] > 0:
        parent = forest.parent[node]
        extra = price[node] - price[parent]
        step = (node, NOBODY, parent)
        _reach(board.vacant, search, frontier, trail, distance + extra, step)
    child = forest.child[node]
    while child >= 0:
        if seats.load[child] < forest.capacity[child]:
            extra = price[node] - price[child]
            step = (node, NOBODY, child)
            _reach(board.vacant, search, frontier, trail, distance + extra, step)
        child = forest.sibling[child]


@njit(cache=True)
def _try_guests(board: Board, frontier: list[int], trail: list[int], here: tuple[int, int]) -> None:
    """Reach the places of the orders that could move to a slot."""
    card, guest, price = board.card, board.guest, board.price
    vacant, search = board.vacant, board.search
    slot, distance = here
    root = len(price) - 1
    for row in range(board.first[slot], board.first[slot + 1]):
        order = guest[row, WHAT]
        length = distance + price[slot] - guest[row, GAIN]
        origin = card[order, SLOT]
        if origin == OUTSIDE:
            origin = root
        else:
            length += card[order, WORTH] - price[origin]
        _reach(vacant, search, frontier, trail, length, (slot, order, origin))


@njit(cache=True)
def _follow_pull(board: Board, vacant: int) -> None:
    """Make the moves of the chain that leads from the root to a vacant seat."""
    forest, seats, search = board.forest, board.seats, board.search
    board.vacant[vacant] -= 1
    node = len(board.price) - 1
    while node != vacant:
        end, order = search[node, VIA], search[node, MOVER]
        if order != NOBODY:
            _move(board, order, end)
        elif forest.parent[node] == end:
            seats.load[node] += 1
        else:
            seats.load[end] -= 1
        node = end


@njit(cache=True)
def _move(board: Board, order: int, node: int) -> None:
    """Move an order to a slot, or out if `node` is the root."""
    card, option = board.card, board.option
    if card[order, SLOT] != OUTSIDE:
        leave(board.seats, card, order)
    if node < len(board.seats.taken):
        arrive(board.seats, card, order, node)
        for row in range(card[order, FROM], card[order, TO]):
            if option[row, WHAT] == node:
                card[order, WORTH] = option[row, GAIN]


@njit(cache=True)
def _reach(
    vacant: Ints,
    search: Longs,
    frontier: list[int],
    trail: list[int],
    distance: int,
    step: tuple[int, int, int],
) -> None:
    """Note a way to a node that is shorter than the one known, and than the one to the root."""
    via, mover, node = step
    root = len(search) - 1
    known = search[node, DISTANCE]
    if distance < known and distance < search[root, DISTANCE]:
        if known == FAR:
            trail.append(node)
        search[node, DISTANCE], search[node, VIA], search[node, MOVER] = distance, via, mover
        # Of nodes at one distance those that end a search come first: the others stay closed.
        later = int(node != root and vacant[node] == 0)
        heappush(frontier, (int(distance) << 32) | (later << 31) | int(node))


@njit(cache=True)
def _reprice(board: Board, trail: list[int], length: int, sign: int) -> None:
    """Raise (1) or lower (-1) prices up to the end of the chain; forget the search."""
    search, price = board.search, board.price
    for node in trail:
        price[node] += sign * max(0, length - search[node, DISTANCE])
        search[node, DISTANCE] = FAR
