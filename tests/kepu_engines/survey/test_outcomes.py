"""Outcome rates against AAPOR's formulas, worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.outcomes import Counts, count, rates, share_eligible

# I 400, P 50, R 200, NC 100, O 50, UH 80, UO 20, not eligible 100: eligible 800, unknown 100.
DOORS = {
    "1.1": 400, "1.2": 50, "2.111": 120, "2.112": 60, "2.12": 20, "2.24": 60, "2.25": 40,
    "2.32": 30, "2.33": 20, "3.11": 50, "": 20, "3.18": 10, "3.21": 20, "4.5": 40, "4.6": 60,
}  # fmt: skip
HAND = Counts(400, 50, 200, 100, 50, 80, 20, 100)


def test_codes_are_sorted_into_aapors_letters():
    assert count(DOORS) == HAND
    assert (HAND.eligible, HAND.unknown, HAND.all) == (800, 100, 1000)


def test_rates_are_those_of_the_formulas():
    told = rates(HAND)

    e = 800 / 900
    assert told.e == share_eligible(HAND) == pytest.approx(e)
    below = 800 + 100 * e
    assert told.response == pytest.approx(
        (400 / 900, 450 / 900, 400 / below, 450 / below, 400 / 800, 450 / 800)
    )
    assert told.cooperation == pytest.approx((400 / 700, 450 / 700, 400 / 650, 450 / 650))
    assert told.refusal == pytest.approx((200 / 900, 200 / below, 200 / 800))
    assert told.contact == pytest.approx((700 / 900, 700 / below, 700 / 800))


def test_e_can_be_told():
    assert rates(HAND, 0).response[2] == pytest.approx(400 / 800)
    assert rates(HAND, 1).response[2] == pytest.approx(400 / 900)
    with pytest.raises(EngineError, match="must lie in"):
        rates(HAND, 1.2)


def test_nothing_below_the_line_is_no_rate():
    told = rates(count({}))

    assert told.e == 1
    assert {*told.response, *told.cooperation, *told.refusal, *told.contact} == {None}


@pytest.mark.parametrize(
    ("doors", "reason"), [({"9.9": 1}, "no disposition"), ({"1.1": -1}, "cannot")]
)
def test_what_is_no_disposition_is_refused(doors, reason):
    with pytest.raises(EngineError, match=reason):
        count(doors)


@given(st.lists(st.integers(0, 500), min_size=8, max_size=8))
def test_rates_are_ordered_as_their_definitions_are(numbers):
    told = rates(Counts(*numbers))

    for strict, eased, most in zip(
        told.response[:2], told.response[2:4], told.response[4:], strict=True
    ):
        if most is not None:
            assert 0 <= strict <= eased + 1e-12
            assert eased <= most + 1e-12
            assert most <= 1
