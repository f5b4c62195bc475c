"""A half-day's round is the best of all rounds, as trying them all shows."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu_engines.matching.schedule import EXACT, best_round

# On the equator a degree is 111 km; at this speed the way from x to y takes |x - y| minutes.
MINUTE = np.radians(0.01)
SPEED = 66.73


def random_round(seed, count):
    """Home and visits on a line, with windows, lengths and points."""
    draw = np.random.default_rng(seed)
    east = np.r_[0, draw.integers(-30, 31, count)]
    begin = draw.integers(0, 120, count)
    windows = np.column_stack(
        [begin, begin + draw.integers(20, 150, count), draw.integers(5, 40, count)]
    )
    return east, windows, draw.integers(1, 10, count)


def best_by_trying(east, windows, points, close):
    """Most points, and the earliest end of a round that has them."""
    best = (0, 0)
    for size in range(len(windows) + 1):
        for route in permutations(range(len(windows)), size):
            now, here = 0, 0
            for visit in route:
                begin, end, length = windows[visit]
                now = max(now + abs(east[visit + 1] - east[here]), begin) + length
                here = visit + 1
                if now > min(end, close):
                    break
            else:
                best = max(best, (points[list(route)].sum(), -now))
    return best


@given(st.integers(0, 10**6), st.integers(0, 5))
@settings(max_examples=150, deadline=None)
@pytest.mark.slow
def test_the_round_is_worth_as_much_and_ends_as_early_as_the_best_of_all(seed, count):
    east, windows, points = random_round(seed, count)
    place = np.column_stack([east * MINUTE, np.zeros(count + 1)])

    route, start, travel = best_round(place, windows, points, (0, 180), SPEED)

    ends = start + windows[route, 2]
    worth, end = best_by_trying(east, windows, points, 180)
    assert points[route].sum() == worth
    assert (ends[-1] if len(route) else 0) == -end
    assert (start >= windows[route, 0]).all()
    assert (ends <= windows[route, 1]).all()
    assert (start[1:] >= ends[:-1] + travel[1:]).all()


def test_a_long_round_keeps_every_window_and_visits_nobody_twice():
    east, windows, points = random_round(1, EXACT + 6)
    place = np.column_stack([east * MINUTE, np.zeros(EXACT + 7)])

    route, start, _ = best_round(place, windows, points, (0, 300), SPEED)

    assert len(route) >= 6
    assert len(set(route.tolist())) == len(route)
    assert (start + windows[route, 2] <= np.minimum(windows[route, 1], 300)).all()
