"""The bound on how often an item is asked: it holds whoever comes, and somebody can always come."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.irt.exposure import LEAST, Bound


def test_of_the_first_takers_and_of_a_full_window_the_share_is_kept_in_whole_takers():
    bound = Bound(0.3, 100)

    assert bound.cap([1, 33, 34, 50, 99, 100, 5000]).tolist() == [10, 10, 10, 15, 29, 30, 30]
    assert bound.resting([9, 10, 11], 20).tolist() == [False, True, True]


def test_how_long_a_test_can_be_by_hand():
    """At a half, two takers before make one asking: 39 others each asked half of the time."""
    assert Bound(0.5, 500).length(40) == 19
    assert Bound(0.5, 500).length(21) == 10
    assert Bound(1.0, 500).length(0) == 0


@pytest.mark.parametrize(("most", "window"), [(0, 100), (1.1, 100), (0.2, 49)])
def test_a_bound_that_says_nothing_is_refused(most, window):
    with pytest.raises(EngineError):
        Bound(most, window)


@settings(max_examples=40, deadline=None)
@given(
    most=st.sampled_from([0.25, 0.3, 0.5, 0.8]),
    window=st.integers(40, 90),
    items=st.integers(12, 40),
    at_once=st.integers(1, 12),
    seed=st.integers(0, 2**31),
)
def test_it_holds_in_every_window_though_takers_overlap_and_choose_as_badly_as_they_can(
    most, window, items, at_once, seed
):
    """Takers go on in any order, always with the item that was asked most of those that may be."""
    bound, rng = Bound(most, window), np.random.default_rng(seed)
    length, taken = bound.length(items), np.zeros((260, items), bool)
    open_ones, begun = [], 0
    while begun < 250 or open_ones:
        if begun < 250 and len(open_ones) < at_once:
            begun += 1
            open_ones.append(begun)
        taker = open_ones[rng.integers(len(open_ones))]
        near = taken[max(taker - window + 1, 1) :].sum(axis=0)
        free = ~bound.resting(near, begun) & ~taken[taker]
        if taker == begun and not taken[taker].any() and length:
            assert free.any()  # who comes now is asked something
        if taken[taker].sum() >= length or not free.any():
            open_ones.remove(taker)
            continue
        taken[taker, np.where(free, near, -1).argmax()] = True

    summed = np.vstack([np.zeros(items), np.cumsum(taken[1:251], axis=0)])
    windows = summed[window:] - summed[:-window]
    assert windows.max() <= most * window + 1e-9
    first = np.arange(251)
    if at_once == 1:
        assert (summed.max(axis=1) <= np.maximum(most * first, LEAST) + 1e-9)[: window + 1].all()
