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

from numba import njit

from kepu_engines.matching.board import (
    BEFORE,
    COPIED,
    COPY,
    FAR,
    FROM,
    GAIN,
    LISTED,
    LOSS,
    MOVER,
    NOBODY,
    ORIGIN,
    PAID,
    SLOT,
    START,
    TO,
    WHAT,
    WHO,
    WORTH,
    Board,
    Longs,
    arrive,
    be_seen,
    leave,
)
from kepu_engines.matching.problem import Ints

# Most chains cost nothing. A search looks for these first, and then WIDEN times as far.
WIDEN = 8


@njit(cache=True)
def push_in(board: Board, order: int, most: int) -> bool:
    """Place an order that is outside, or leave it there, at the least cost to all.

    False if that costs `most` or more; prices have then changed as far as that.
    """
    end, limit, spent = NOBODY, 1, 0
    while end == NOBODY and spent < most:
        frontier, trail = _begin(board, limit)
        _enter(board, frontier, trail, order)
        end, length = _nearest_end(board, frontier, trail)
        if end != NOBODY:
            _follow_push(board, end)
        _reprice(board, trail, length, 1)
        spent, limit = spent + length, min(WIDEN * limit, most)
    return end != NOBODY


@njit(cache=True)
def _begin(board: Board, limit: int) -> tuple[list[int], list[int]]:
    """Nothing reached yet; nothing will be from `limit` on, as if the root were there."""
    board.distance[len(board.price) - 1] = limit
    return [0 for _ in range(0)], [0 for _ in range(0)]


@njit(cache=True)
def _nearest_end(board: Board, frontier: list[int], trail: list[int]) -> tuple[int, int]:
    """Nearest vacant seat or the root, whichever is nearer, and its distance, or the limit."""
    root = len(board.price) - 1
    while len(frontier) > 0:
        key = heappop(frontier)
        node, distance = key & FAR, key >> 32
        if node == root or board.vacant[node] > 0:
            return node, distance
        if distance == board.distance[node]:
            _spread_out(board, frontier, trail, (node, distance))
    return NOBODY, board.distance[root]


@njit(cache=True)
def _enter(board: Board, frontier: list[int], trail: list[int], order: int) -> None:
    """Reach the root and the near slots from outside: the order loses what it could gain."""
    option, price, near = board.option, board.price, board.near
    best = 0
    for row in range(near[order, FROM], near[order, TO]):
        best = max(best, option[row, GAIN] - price[option[row, WHAT]])
    _reach(board, frontier, trail, best, (START, order, len(price) - 1))
    for row in range(near[order, FROM], near[order, TO]):
        to = option[row, WHAT]
        length = best - option[row, GAIN] + price[to]
        _reach(board, frontier, trail, length, (START, order, to))


@njit(cache=True, inline="always")
def _spread_out(board: Board, frontier: list[int], trail: list[int], here: tuple[int, int]) -> None:
    """Reach what lies one move beyond a node; `here` is the node and its distance."""
    forest, price = board.forest, board.price
    node, distance = here
    if node < len(board.taken):
        _move_out(board, frontier, trail, here)
    if board.load[node] < forest.capacity[node]:
        parent = forest.parent[node]
        extra = price[parent] - price[node]
        _reach(board, frontier, trail, distance + extra, (node, NOBODY, parent))
    child = forest.child[node]
    while child >= 0:
        if board.load[child] > 0:
            extra = price[child] - price[node]
            _reach(board, frontier, trail, distance + extra, (node, NOBODY, child))
        child = forest.sibling[child]


@njit(cache=True, inline="always")
def _move_out(board: Board, frontier: list[int], trail: list[int], here: tuple[int, int]) -> None:
    """Reach the root and the near slots by moving one of the orders that sit in a slot."""
    near, option, price, seat = board.near, board.option, board.price, board.seat
    known, via, fresh = board.distance, board.via, board.fresh
    slot, distance = here
    root, begin, noted = len(price) - 1, board.first[slot], 0
    for place in range(begin, begin + board.taken[slot]):
        order, listed = seat[place, WHO], seat[place, LISTED]
        idle = distance + seat[place, PAID] - price[slot]
        if idle < known[root]:
            noted = _note(known, via, fresh, noted, idle, (slot, order, root))
        for copy in range(min(listed, COPIED)):
            to = seat[place, COPY + 2 * copy]
            length = idle - seat[place, COPY + 2 * copy + 1] + price[to]
            if length < known[to] and length < known[root]:
                noted = _note(known, via, fresh, noted, length, (slot, order, to))
        overflow = near[order, FROM] + COPIED if listed > COPIED else 0
        for row in range(overflow, overflow + max(0, listed - COPIED)):
            to = option[row, WHAT]
            length = idle - option[row, GAIN] + price[to]
            if length < known[to] and length < known[root]:
                noted = _note(known, via, fresh, noted, length, (slot, order, to))
    _queue(board, frontier, trail, noted)


@njit(cache=True)
def _follow_push(board: Board, end: int) -> None:
    """Make the moves of a chain that ends at `end`, the last one first."""
    parent, load, via = board.forest.parent, board.load, board.via
    if board.vacant[end] > 0:
        board.vacant[end] -= 1
    while end != START:
        node, order = via[end, BEFORE], via[end, MOVER]
        if order != NOBODY:
            _move(board, order, end)
        elif parent[node] == end:
            load[node] += 1
        else:
            load[end] -= 1
        end = node


@njit(cache=True)
def pull_in(board: Board, vacant: int, most: int) -> bool:
    """Fill a vacant seat, or give it up, at the least cost to all; False as in `push_in`."""
    node, limit, spent = NOBODY, 1, 0
    while node == NOBODY and spent < most:
        frontier, trail = _begin(board, limit)
        _reach(board, frontier, trail, 0, (START, NOBODY, vacant))
        node, length = _way_from_root(board, frontier, trail)
        if node != NOBODY:
            _follow_pull(board, vacant)
        _reprice(board, trail, length, -1)
        spent, limit = spent + length, min(WIDEN * limit, most)
    return node != NOBODY


@njit(cache=True)
def _way_from_root(board: Board, frontier: list[int], trail: list[int]) -> tuple[int, int]:
    """The root and its distance, once it is reached, or the limit."""
    root = len(board.price) - 1
    while len(frontier) > 0:
        key = heappop(frontier)
        node, distance = key & FAR, key >> 32
        if node == root:
            return node, distance
        if distance == board.distance[node]:
            _spread_back(board, frontier, trail, (node, distance))
    return NOBODY, board.distance[root]


@njit(cache=True, inline="always")
def _spread_back(
    board: Board, frontier: list[int], trail: list[int], here: tuple[int, int]
) -> None:
    """Reach the nodes from which one move leads to `node`."""
    forest, price = board.forest, board.price
    node, distance = here
    if node < len(board.taken):
        _move_in(board, frontier, trail, here)
    if board.load[node] > 0:
        parent = forest.parent[node]
        extra = price[node] - price[parent]
        _reach(board, frontier, trail, distance + extra, (node, NOBODY, parent))
    child = forest.child[node]
    while child >= 0:
        if board.load[child] < forest.capacity[child]:
            extra = price[node] - price[child]
            _reach(board, frontier, trail, distance + extra, (node, NOBODY, child))
        child = forest.sibling[child]


@njit(cache=True, inline="always")
def _move_in(board: Board, frontier: list[int], trail: list[int], here: tuple[int, int]) -> None:
    """Reach the places of the orders that could move to a slot."""
    guest, price = board.guest, board.price
    known, via, fresh = board.distance, board.via, board.fresh
    slot, distance = here
    root, begin, noted = len(price) - 1, board.door[slot], 0
    level = distance + price[slot]
    for row in range(begin, begin + board.guests[slot]):
        origin = guest[row, ORIGIN]
        length = level + guest[row, LOSS] - price[origin]
        if length < known[origin] and length < known[root]:
            noted = _note(known, via, fresh, noted, length, (slot, guest[row, WHO], origin))
    _queue(board, frontier, trail, noted)


@njit(cache=True)
def _follow_pull(board: Board, vacant: int) -> None:
    """Make the moves of the chain that leads from the root to a vacant seat."""
    parent, load, via = board.forest.parent, board.load, board.via
    board.vacant[vacant] -= 1
    node = len(board.price) - 1
    while node != vacant:
        end, order = via[node, BEFORE], via[node, MOVER]
        if order != NOBODY:
            _move(board, order, end)
        elif parent[node] == end:
            load[node] += 1
        else:
            load[end] -= 1
        node = end


@njit(cache=True)
def _move(board: Board, order: int, node: int) -> None:
    """Move an order to a slot, or out if `node` is the root."""
    sits, near, option = board.sits, board.near, board.option
    if sits[order, SLOT] < len(board.taken):
        leave(board, order)
    if node < len(board.taken):
        for row in range(near[order, FROM], near[order, TO]):
            if option[row, WHAT] == node:
                sits[order, WORTH] = option[row, GAIN]
        arrive(board, order, node)
    be_seen(board, order)


@njit(cache=True, inline="always")
def _reach(
    board: Board, frontier: list[int], trail: list[int], length: int, step: tuple[int, int, int]
) -> None:
    """Note a way to a node if it is shorter than the one known, and than the one to the root."""
    known, node = board.distance, step[2]
    if length < known[node] and length < known[len(known) - 1]:
        _queue(board, frontier, trail, _note(known, board.via, board.fresh, 0, length, step))


@njit(cache=True, inline="always")
def _note(
    known: Longs, via: Ints, fresh: Ints, noted: int, length: int, step: tuple[int, int, int]
) -> int:
    """Remember the shortest way to a node known so far; returns how many wait for the queue.

    Loops over orders call it with arrays, not with the board: counting references to
    all of the board would take longer than the loop.
    """
    before, mover, node = step
    fresh[noted, WHAT], fresh[noted, GAIN] = node, known[node] == FAR
    known[node], via[node, BEFORE], via[node, MOVER] = length, before, mover
    return noted + 1


@njit(cache=True, inline="always")
def _queue(board: Board, frontier: list[int], trail: list[int], noted: int) -> None:
    """Queue the nodes noted, nearest first."""
    fresh, vacant, known = board.fresh, board.vacant, board.distance
    for row in range(noted):
        node = fresh[row, WHAT]
        if fresh[row, GAIN]:
            trail.append(node)
        # Of nodes at one distance those that end a search come first: the others stay closed.
        later = int(node != len(known) - 1 and vacant[node] == 0)
        heappush(frontier, (int(known[node]) << 32) | (later << 31) | int(node))


@njit(cache=True)
def _reprice(board: Board, trail: list[int], length: int, sign: int) -> None:
    """Raise (1) or lower (-1) prices up to the end of the chain; forget the search."""
    distance, price = board.distance, board.price
    for node in trail:
        price[node] += sign * max(0, length - distance[node])
        distance[node] = FAR
