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

from kepu_engines.matching.board import (
    BEFORE,
    COPIED,
    COPY,
    END,
    FAR,
    FROM,
    GAIN,
    LENGTH,
    LISTED,
    LOSS,
    MOVER,
    NOBODY,
    ORIGIN,
    PAID,
    REACHED,
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
    lent,
    lent_in_line,
)
from kepu_engines.matching.frontier import NONE, SHELF, clear, put, take
from kepu_engines.matching.problem import Ints

# Most chains cost nothing. A search looks for these first, and then WIDEN times as far.
WIDEN = 8


@lent
def push_in(board: Board, order: int, most: int) -> bool:
    """Place an order that is outside, or leave it there, at the least cost to all.

    False if that costs `most` or more; prices have then changed as far as that.
    """
    end, limit, spent = NOBODY, 1, 0
    while end == NOBODY and spent < most:
        _begin(board, limit)
        _enter(board, order)
        end, length = _nearest_end(board)
        if end != NOBODY:
            _follow_push(board, end)
        _reprice(board, length, 1)
        spent, limit = spent + length, min(WIDEN * limit, most)
    return end != NOBODY


@lent
def _begin(board: Board, limit: int) -> None:
    """Nothing reached yet; nothing will be from `limit` on, as if the root were there."""
    board.distance[len(board.price) - 1] = limit
    board.found[REACHED], board.found[END], board.found[LENGTH] = 0, NOBODY, limit
    clear(board.frontier)


@lent
def _nearest_end(board: Board) -> tuple[int, int]:
    """Nearest vacant seat or the root, whichever is nearer, and its distance, or the limit."""
    found, known = board.found, board.distance
    node = take(board.frontier, known)
    while node != NONE and known[node] < found[LENGTH]:
        _spread_out(board, (node, known[node]))
        node = take(board.frontier, known)
    return found[END], found[LENGTH]


@lent
def _enter(board: Board, order: int) -> None:
    """Reach the root and the near slots from outside: the order loses what it could gain."""
    option, price, near = board.option, board.price, board.near
    best = 0
    for row in range(near[order, FROM], near[order, TO]):
        best = max(best, option[row, GAIN] - price[option[row, WHAT]])
    _reach(board, best, (START, order, len(price) - 1), True)
    for row in range(near[order, FROM], near[order, TO]):
        to = option[row, WHAT]
        length = best - option[row, GAIN] + price[to]
        _reach(board, length, (START, order, to), True)


@lent_in_line
def _spread_out(board: Board, here: tuple[int, int]) -> None:
    """Reach what lies one move beyond a node; `here` is the node and its distance."""
    forest, price = board.forest, board.price
    node, distance = here
    if node < len(board.taken):
        _move_out(board, here)
    if board.load[node] < forest.capacity[node]:
        parent = forest.parent[node]
        extra = price[parent] - price[node]
        _reach(board, distance + extra, (node, NOBODY, parent), True)
    child = forest.child[node]
    while child >= 0:
        if board.load[child] > 0:
            extra = price[child] - price[node]
            _reach(board, distance + extra, (node, NOBODY, child), True)
        child = forest.sibling[child]


@lent_in_line
def _move_out(board: Board, here: tuple[int, int]) -> None:
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
    _queue(board, noted, True)


@lent
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


@lent
def pull_in(board: Board, vacant: int, most: int) -> bool:
    """Fill a vacant seat, or give it up, at the least cost to all; False as in `push_in`."""
    node, limit, spent = NOBODY, 1, 0
    while node == NOBODY and spent < most:
        _begin(board, limit)
        _reach(board, 0, (START, NOBODY, vacant), False)
        node, length = _way_from_root(board)
        if node != NOBODY:
            _follow_pull(board, vacant)
        _reprice(board, length, -1)
        spent, limit = spent + length, min(WIDEN * limit, most)
    return node != NOBODY


@lent
def _way_from_root(board: Board) -> tuple[int, int]:
    """The root and its distance, once it is reached, or the limit."""
    found, known = board.found, board.distance
    node = take(board.frontier, known)
    while node != NONE and known[node] < found[LENGTH]:
        _spread_back(board, (node, known[node]))
        node = take(board.frontier, known)
    return found[END], found[LENGTH]


@lent_in_line
def _spread_back(board: Board, here: tuple[int, int]) -> None:
    """Reach the nodes from which one move leads to `node`."""
    forest, price = board.forest, board.price
    node, distance = here
    if node < len(board.taken):
        _move_in(board, here)
    if board.load[node] > 0:
        parent = forest.parent[node]
        extra = price[node] - price[parent]
        _reach(board, distance + extra, (node, NOBODY, parent), False)
    child = forest.child[node]
    while child >= 0:
        if board.load[child] < forest.capacity[child]:
            extra = price[node] - price[child]
            _reach(board, distance + extra, (node, NOBODY, child), False)
        child = forest.sibling[child]


@lent_in_line
def _move_in(board: Board, here: tuple[int, int]) -> None:
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
    _queue(board, noted, False)


@lent
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


@lent
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


@lent_in_line
def _reach(board: Board, length: int, step: tuple[int, int, int], outward: bool) -> None:
    """Note a way to a node if it is shorter than the one known, and than the one to the root."""
    known, node = board.distance, step[2]
    if length < known[node] and length < known[len(known) - 1]:
        _queue(board, _note(known, board.via, board.fresh, 0, length, step), outward)


@lent_in_line
def _note(
    known: Longs, via: Ints, fresh: Ints, noted: int, length: int, step: tuple[int, int, int]
) -> int:
    """Remember the shortest way to a node known so far; returns how many are to wait."""
    before, mover, node = step
    fresh[noted, WHAT], fresh[noted, GAIN] = node, known[node] == FAR
    known[node], via[node, BEFORE], via[node, MOVER] = length, before, mover
    return noted + 1


@lent_in_line
def _queue(board: Board, noted: int, outward: bool) -> None:
    """Let the nodes noted wait, but for ends: the nearest end bounds what else need be reached.

    A chain may end at the root and, outward, at a vacant seat.
    """
    fresh, vacant, known, found = board.fresh, board.vacant, board.distance, board.found
    frontier, trail = board.frontier, board.trail
    root = len(known) - 1
    for row in range(noted):
        node = fresh[row, WHAT]
        if fresh[row, GAIN]:
            trail[found[REACHED]] = node
            found[REACHED] += 1
        if node != root and not (outward and vacant[node] > 0):
            put(frontier, node, known[node])
        elif known[node] < found[LENGTH]:
            found[END], found[LENGTH] = node, known[node]
            known[root] = min(known[root], known[node])


@lent
def _reprice(board: Board, length: int, sign: int) -> None:
    """Raise (1) or lower (-1) prices up to the end of the chain; forget the search."""
    distance, price, frontier = board.distance, board.price, board.frontier
    for row in range(board.found[REACHED]):
        node = board.trail[row]
        price[node] += sign * max(0, length - distance[node])
        distance[node], frontier[node, SHELF] = FAR, NONE
