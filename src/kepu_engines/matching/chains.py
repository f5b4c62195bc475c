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

from kepu_engines.matching.board import FAR, NOBODY, OUTSIDE, START, Board, Search, arrive, leave


@njit(cache=True)
def push_in(board: Board, order: int) -> None:
    """Place an order that is outside, or leave it there, at the least cost to all."""
    near, price = board.near, board.price
    best = 0
    for option in range(near.start[order], near.start[order + 1]):
        best = max(best, near.utility[option] - price[near.slot[option]])
    frontier = [np.int64(0) for _ in range(0)]
    _try_moves(board, frontier, order, (START, best))
    end, length = _nearest_end(board, frontier)
    _follow_push(board, end)
    _reprice(board, length)


@njit(cache=True)
def _nearest_end(board: Board, frontier: list[int]) -> tuple[int, int]:
    """Nearest vacant seat or the root, whichever is nearer, and its distance."""
    root = len(board.price) - 1
    while True:
        key = heappop(frontier)
        node, distance = root - (key & FAR), key >> 32
        if node == root or board.places.vacant[node] > 0:
            return node, distance
        if distance == board.search.distance[node]:
            _spread_out(board, frontier, node, distance)


@njit(cache=True)
def _spread_out(board: Board, frontier: list[int], node: int, distance: int) -> None:
    """Reach what lies one move beyond a node."""
    forest, seats, price = board.forest, board.seats, board.price
    if node < len(seats.taken):
        first = seats.first[node]
        for seat in range(first, first + seats.taken[node]):
            order = seats.order[seat]
            gain = board.places.utility[order] - price[node]
            _try_moves(board, frontier, order, (node, distance + gain))
    if seats.load[node] < forest.capacity[node]:
        extra = price[forest.parent[node]] - price[node]
        _reach(board.search, frontier, distance + extra, (node, NOBODY, forest.parent[node]))
    child = forest.child[node]
    while child >= 0:
        if seats.load[child] > 0:
            extra = price[child] - price[node]
            _reach(board.search, frontier, distance + extra, (node, NOBODY, child))
        child = forest.sibling[child]


@njit(cache=True)
def _try_moves(board: Board, frontier: list[int], order: int, origin: tuple[int, int]) -> None:
    """Reach the root and the near slots by moving one order.

    `origin` is where it is, and the distance at which it would gain nothing.
    """
    near, search = board.near, board.search
    node, cost = origin
    root = len(board.price) - 1
    _reach(search, frontier, cost, (node, order, root))
    for option in range(near.start[order], near.start[order + 1]):
        slot = near.slot[option]
        gain = near.utility[option] - board.price[slot]
        _reach(search, frontier, cost - gain, (node, order, slot))


@njit(cache=True)
def _follow_push(board: Board, end: int) -> None:
    """Make the moves of a chain that ends at `end`, the last one first."""
    forest, seats, search = board.forest, board.seats, board.search
    if board.places.vacant[end] > 0:
        board.places.vacant[end] -= 1
    while end != START:
        node, order = search.via[end], search.mover[end]
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
    search, root = board.search, len(board.price) - 1
    frontier = [np.int64(0) for _ in range(0)]
    _reach(search, frontier, 0, (START, NOBODY, vacant))
    node = vacant
    while node != root:
        key = heappop(frontier)
        node, distance = root - (key & FAR), key >> 32
        if node != root and distance == search.distance[node]:
            _spread_back(board, frontier, node, distance)
    _follow_pull(board, vacant)
    _reprice(board, -search.distance[root])


@njit(cache=True)
def _spread_back(board: Board, frontier: list[int], node: int, distance: int) -> None:
    """Reach the nodes from which one move leads to `node`."""
    forest, seats, price, search = board.forest, board.seats, board.price, board.search
    if node < len(seats.taken):
        _try_guests(board, frontier, node, distance)
    parent = forest.parent[node]
    if seats.load[node] > 0:
        extra = price[node] - price[parent]
        _reach(search, frontier, distance + extra, (node, NOBODY, parent))
    child = forest.child[node]
    while child >= 0:
        if seats.load[child] < forest.capacity[child]:
            extra = price[node] - price[child]
            _reach(search, frontier, distance + extra, (node, NOBODY, child))
        child = forest.sibling[child]


@njit(cache=True)
def _try_guests(board: Board, frontier: list[int], slot: int, distance: int) -> None:
    """Reach the places of the orders that could move to a slot."""
    near, places, price = board.near, board.places, board.price
    root = len(price) - 1
    for place in range(near.first[slot], near.first[slot + 1]):
        order = near.order[place]
        loss = price[slot] - near.worth[place]
        origin = places.slot[order]
        if origin == OUTSIDE:
            origin = root
        else:
            loss += places.utility[order] - price[origin]
        _reach(board.search, frontier, distance + loss, (slot, order, origin))


@njit(cache=True)
def _follow_pull(board: Board, vacant: int) -> None:
    """Make the moves of the chain that leads from the root to a vacant seat."""
    forest, seats, search = board.forest, board.seats, board.search
    board.places.vacant[vacant] -= 1
    node = len(board.price) - 1
    while node != vacant:
        end, order = search.via[node], search.mover[node]
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
    near, places = board.near, board.places
    if places.slot[order] != OUTSIDE:
        leave(board.seats, places, order)
    if node < len(board.seats.taken):
        arrive(board.seats, places, order, node)
        for option in range(near.start[order], near.start[order + 1]):
            if near.slot[option] == node:
                places.utility[order] = near.utility[option]


@njit(cache=True)
def _reach(search: Search, frontier: list[int], distance: int, step: tuple[int, int, int]) -> None:
    """Note a way to a node that is shorter than the one known, and than the one to the root."""
    via, mover, node = step
    root = len(search.distance) - 1
    known = search.distance[node]
    if distance < known and distance < search.distance[root]:
        if known == FAR:
            search.trail[search.length[0]] = node
            search.length[0] += 1
        search.distance[node], search.via[node], search.mover[node] = distance, via, mover
        # At equal distances the root comes first: it ends the search.
        heappush(frontier, (np.int64(distance) << 32) | (root - node))


@njit(cache=True)
def _reprice(board: Board, length: int) -> None:
    """Raise (push) or lower (pull) prices up to the end of the chain; forget the search.

    A negative `length` stands for a pull of that length.
    """
    search, price = board.search, board.price
    sign = 1 if length >= 0 else -1
    for node in search.trail[: search.length[0]]:
        price[node] += sign * max(0, abs(length) - search.distance[node])
        search.distance[node] = FAR
    search.length[0] = 0
