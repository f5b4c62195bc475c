"""An ascending auction: orders bid for slots, and prices tell which slots are scarce.

Every order asks where it gains most at present prices and bids up to the point where
its second choice is as good, plus a step. A full slot - or a full group of slots -
sends its lowest bidder away, and that bid becomes its price. The result is within
`step` points per order of the optimum. A run with a small step is short when it begins
at the prices a run with a larger step found, a little lowered.

Source
------
Bertsekas (1988), The auction algorithm, Annals of Operations Research 14; Bertsekas &
Castañon (1989), The auction algorithm for the transportation problem, ibid. 20. For
nested capacities the seats are a laminar matroid: Bikhchandani, de Vries, Schummer &
Vohra (2011), An ascending Vickrey auction for selling bases of a matroid, Operations
Research 59.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.matching.problem import Forest, Ints, Options, Problem
from kepu_engines.matching.seats import (
    Seats,
    add_load,
    clear,
    empty_seats,
    full_node,
    lowest_bid,
    remove_lowest,
    replace_lowest,
    sit,
)


@dataclass(frozen=True)
class Pace:
    """How the auction goes from rough to fine prices, and what is searched after it.

    Parameters
    ----------
    rough : float
        First step, as a share of the largest utility, in (0, 1].
    ratio : int
        Each step is this many times smaller than the one before, >= 2.
    fine : int
        Last step in points, >= 1.
    markdown : float
        Before the next step prices are lowered by this many steps, >= 0: too little
        leaves seats too dear to fill, too much is bidding done twice.
    reach : int
        Points behind the best up to which an option is searched at first, >= 1.
    """

    rough: float = 1 / 8
    ratio: int = 8
    fine: int = 1
    markdown: float = 1.5
    reach: int = 32

    def __post_init__(self) -> None:
        require(0 < self.rough <= 1, "Expected rough in (0, 1].")
        require(self.ratio >= 2, "Expected ratio >= 2.")
        require(self.fine >= 1, "Expected fine >= 1.")
        require(self.markdown >= 0, "Expected markdown >= 0.")
        require(self.reach >= 1, "Expected reach >= 1.")

    def steps(self, largest: int) -> list[int]:
        """Steps of an auction whose largest utility is `largest`, falling."""
        step, steps = int(self.rough * largest), []
        while step > self.fine:
            steps.append(step)
            step //= self.ratio
        return [*steps, self.fine]


def auction(problem: Problem, pace: Pace, progress: Progress = silent) -> tuple[Ints, Ints]:
    """Nearly optimal slot of every order (-1: none) and price of every node."""
    options, forest = problem.options, problem.forest
    seats = empty_seats(options, forest)
    price = np.zeros(len(forest.capacity), dtype=np.int32)
    largest = int(options.utility.max(initial=0))
    markdown = 0
    steps = pace.steps(largest)
    for run, step in enumerate(steps):
        progress("auction", run, len(steps))
        price = np.maximum(price - np.int32(markdown), 0)
        clear(seats)
        _sell(options, forest, seats, price, step)
        _price_groups(forest, seats, price)
        markdown = int(pace.markdown * step)
    return _places(seats, problem.orders), price


@njit(cache=True)
def _sell(options: Options, forest: Forest, seats: Seats, price: Ints, step: int) -> None:
    """Let every order bid; whoever is sent away bids again at once."""
    for first in range(len(options.start)):
        order = first
        while order >= 0:
            slot, bid = _best_bid(options, price, order)
            order = _admit(forest, seats, price, (slot, order, bid + step)) if slot >= 0 else -1


@njit(cache=True)
def _best_bid(options: Options, price: Ints, order: int) -> tuple[int, int]:
    """Slot where an order gains most, and the price at which its next best is as good."""
    slot, bid = -1, 0
    best, second = np.int32(0), np.int32(0)
    for option in range(options.start[order], options.stop[order]):
        gain = options.utility[option] - price[options.slot[option]]
        if gain > best:
            slot = options.slot[option]
            second, best = best, gain
        elif gain > second:
            second = gain
    if slot >= 0:
        bid = price[slot] + best - second
    return slot, bid


@njit(cache=True)
def _admit(forest: Forest, seats: Seats, price: Ints, offer: tuple[int, int, int]) -> int:
    """Seat an order; returns the order that must leave, or -1."""
    slot, order, bid = offer
    full = full_node(forest, seats.load, slot)
    if full >= 0 and forest.capacity[full] == 0:
        leaver = order
    elif full == slot:
        leaver = replace_lowest(seats, slot, order, bid)
    else:
        leaver = -1
        if full >= 0:
            loser, _ = lowest_bid(seats, forest, full)
            leaver = remove_lowest(seats, loser)
            add_load(forest, seats.load, loser, -1)
        sit(seats, slot, order, bid)
        add_load(forest, seats.load, slot, 1)
    _raise_prices(forest, seats, price, slot)
    return leaver


@njit(cache=True)
def _raise_prices(forest: Forest, seats: Seats, price: Ints, slot: int) -> None:
    """In every full node round a slot, nothing sells below the node's lowest bid."""
    node, root = slot, len(price) - 1
    while node != root:
        if seats.load[node] == forest.capacity[node]:
            _, floor = lowest_bid(seats, forest, node)
            for other in range(forest.low[node], forest.high[node]):
                price[other] = max(price[other], floor)
        node = forest.parent[node]


@njit(cache=True)
def _price_groups(forest: Forest, seats: Seats, price: Ints) -> None:
    """A full group costs what its cheapest slot costs; another what the group round it does."""
    slots = len(seats.taken)
    for node in range(len(price) - 2, slots - 1, -1):
        if seats.load[node] == forest.capacity[node]:
            price[node] = np.min(price[forest.low[node] : forest.high[node]])
        else:
            price[node] = max(price[node], price[forest.parent[node]])


@njit(cache=True)
def _places(seats: Seats, orders: int) -> Ints:
    """Slot of every order, -1 for none."""
    places = np.full(orders, -1, np.int32)
    for slot in range(len(seats.taken)):
        for place in range(seats.first[slot], seats.first[slot] + seats.taken[slot]):
            places[seats.order[place]] = slot
    return places
