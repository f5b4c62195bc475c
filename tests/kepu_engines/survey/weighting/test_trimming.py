"""Cut weights keep the people of their group."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.weighting.trimming import kish_effect, trim, upper_limit


def test_what_is_cut_is_shared_in_proportion():
    found = trim([1, 2, 9], high=6)

    assert found.weight == pytest.approx([2, 4, 6])
    assert found.cut.tolist() == [False, False, True]


def test_sharing_that_lifts_another_weight_over_the_limit_goes_on():
    found = trim([1, 4, 10], high=6)  # the 4 would become 7.2

    assert found.weight == pytest.approx([3, 6, 6])


def test_both_limits_hold_at_once():
    found = trim([0.1, 1, 2, 9], low=0.5, high=5)

    assert found.weight.sum() == pytest.approx(12.1)
    assert found.weight[[0, 3]] == pytest.approx([0.5, 5])
    assert found.weight[2] / found.weight[1] == pytest.approx(2, rel=0.2)


@given(
    weights=st.lists(st.floats(0.01, 1000), min_size=1, max_size=40),
    low=st.floats(0.1, 0.9),
    high=st.floats(1.1, 5),
)
@settings(max_examples=80, deadline=None)
def test_weights_end_inside_with_their_people_and_in_their_order(weights, low, high):
    weights = np.array(weights)
    mean = weights.mean()

    found = trim(weights, low * mean, high * mean).weight

    assert found.sum() == pytest.approx(weights.sum(), rel=1e-12)
    assert found.min() >= low * mean
    assert found.max() <= high * mean
    assert (np.diff(found[np.argsort(weights)]) >= -1e-9 * mean).all()


def test_people_stay_in_their_group():
    found = trim([1, 9, 1, 1], high=6, group=["a", "a", "b", "b"])

    assert found.weight == pytest.approx([4, 6, 1, 1])


def test_people_who_do_not_fit_are_refused_by_group():
    with pytest.raises(EngineError, match=r"group b has 1 rows for 9 people.*move the limits"):
        trim([1, 9], high=6, group=["a", "b"])
    with pytest.raises(EngineError, match="limits must be"):
        trim([1, 9], low=3, high=2)


def test_the_usual_limit_is_median_and_ranges():
    assert upper_limit([1, 2, 3, 4, 5], 2) == pytest.approx(np.full(5, 3 + 2 * 2))


def test_unequal_weights_cost_what_kish_says():
    assert kish_effect([1, 1, 1]) == pytest.approx(1)
    assert kish_effect([1, 3]) == pytest.approx(2 * 10 / 16)
