"""A sample is shared out in whole people, within its limits, by the measure asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.sampling.allocation import (
    allocate,
    half_width,
    neyman,
    power,
    proportional,
    sample_size,
    to_approach,
)

STRATA = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30)


def test_a_proportional_sample_mirrors_the_people():
    assert allocate(100, proportional([500, 300, 200])).tolist() == [50, 30, 20]


def test_largest_remainders_are_served_first_and_equal_ones_in_order():
    assert allocate(10, [5.4, 3.3, 1.3]).tolist() == [6, 3, 1]
    assert allocate(10, [1, 1, 1]).tolist() == [4, 3, 3]


def test_neyman_asks_more_where_answers_differ_more():
    # Cochran (1977), 5.5: in proportion to N S, here 1 : 4 : 5.
    measure = neyman([100, 200, 100], [10, 20, 50])

    assert allocate(100, measure).tolist() == [10, 40, 50]
    assert neyman([1, 1], [1, 1], cost=[1, 4]) == pytest.approx([1, 0.5])


@pytest.mark.parametrize(("exponent", "shares"), [(0, [50, 50]), (1, [80, 20]), (0.5, [67, 33])])
def test_power_lies_between_equal_and_proportional(exponent, shares):
    assert allocate(100, power([4, 1], exponent)).tolist() == shares


def test_a_minimum_per_district_is_taken_from_the_others_in_proportion():
    assert allocate(100, [1, 33, 66], least=10).tolist() == [10, 30, 60]


def test_a_stratum_gives_no_more_people_than_it_has():
    assert allocate(100, neyman([50, 60, 500], [9, 1, 1]), most=[50, 60, 500]).tolist() == [
        45,
        6,
        49,
    ]
    assert allocate(100, [1, 2, 300], most=[60, 60, 60]).tolist() == [13, 27, 60]


@given(measure=STRATA, total=st.integers(0, 5000), least=st.integers(0, 50))
@settings(max_examples=100, deadline=None)
def test_shares_add_up_and_keep_their_limits(measure, total, least):
    least = min(least, total // len(measure))

    found = allocate(total, measure, least)

    assert found.sum() == total
    assert found.min() >= least
    rank = np.argsort(measure)
    assert (np.diff(found[rank]) >= -1).all()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"total": 10, "measure": [1, 0]}, "stratum 2 is 0"),
        ({"total": 10, "measure": []}, "none"),
        ({"total": 10, "measure": [1, 1], "least": 6}, "10 people do not fit.*allow 12 to"),
        ({"total": 10, "measure": [1, 1], "most": 4}, "allow 0 to 8"),
        ({"total": 10, "measure": [1, 1], "least": [1, 5], "most": [9, 4]}, "stratum 2 must"),
    ],
)
def test_an_allocation_that_cannot_be_is_refused(words, sentence):
    with pytest.raises(EngineError, match=sentence):
        allocate(**words)


def test_an_exponent_outside_its_range_is_refused():
    with pytest.raises(EngineError, match="exponent"):
        power([1, 2], 1.5)


def test_the_sample_size_is_cochrans():
    # Cochran (1977), 4.4: n0 = t^2 p q / d^2, n = n0 / (1 + (n0 - 1) / N).
    first = 1.959963984540054**2 * 0.5 * 0.5 / 0.05**2
    assert sample_size(0.05) == 385 == int(np.ceil(first))
    assert sample_size(0.05, population=4000) == int(np.ceil(first / (1 + (first - 1) / 4000)))
    assert sample_size(0.05, deff=1.5) == int(np.ceil(1.5 * first))


def test_a_census_is_the_most_that_can_be_asked():
    assert sample_size(0.001, population=500) == 500
    assert half_width(500, population=500) == pytest.approx([0])


@given(
    width=st.floats(0.005, 0.2),
    share=st.floats(0.05, 0.95),
    deff=st.floats(1, 3),
    population=st.one_of(st.just(np.inf), st.integers(1000, 10**7)),
)
@settings(max_examples=60, deadline=None)
def test_the_size_is_the_least_that_gives_the_half_width(width, share, deff, population):
    words = {"share": share, "deff": deff, "population": population}

    people = sample_size(width, **words)

    assert half_width(people, **words)[0] <= width * (1 + 1e-8)
    if people > 1:
        assert half_width(people - 1, **words)[0] > width * (1 - 1e-8)


def test_refusals_are_counted_in():
    assert to_approach(480, 0.6) == 800
    with pytest.raises(EngineError, match="share who answer"):
        to_approach(480, 0)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"half_width": 0}, "half-width"),
        ({"half_width": 0.1, "share": 1}, "share"),
        ({"half_width": 0.1, "level": 1}, "level"),
        ({"half_width": 0.1, "deff": 0}, "design effect"),
        ({"half_width": 0.1, "population": 1}, "population"),
    ],
)
def test_a_size_that_cannot_be_is_refused(words, sentence):
    with pytest.raises(EngineError, match=sentence):
        sample_size(**words)
