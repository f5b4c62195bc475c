"""What a vote comes to: hand values, and what must hold of every tally."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kepu.appraisal.programme import panelling
from kepu.appraisal.programme.schema import Panel

TWO_THIRDS = Panel(quorum=0.6666, majority=0.6666)
OF_MEMBERS = Panel(quorum=0.6666, majority=0.6666, of_members=True)
HALF = Panel(quorum=0.5, majority=0.5)


@pytest.mark.parametrize(
    ("entitled", "least"), [(0, 1), (1, 1), (2, 2), (3, 2), (6, 4), (7, 5), (9, 6)]
)
def test_two_thirds_of_those_who_may_vote_are_a_quorum(entitled, least):
    assert panelling.least_present(TWO_THIRDS, entitled) == least


@pytest.mark.parametrize(
    ("panel", "tally", "entitled", "carried"),
    [
        (TWO_THIRDS, {"for": 2, "against": 1}, 3, True),
        (TWO_THIRDS, {"for": 3, "against": 2}, 5, False),
        (TWO_THIRDS, {"for": 4, "against": 2}, 6, True),
        (TWO_THIRDS, {"for": 2, "abstain": 2}, 4, False),
        # four of six vote, all for: two thirds of those who voted, and of all members just enough
        (TWO_THIRDS, {"for": 4}, 6, True),
        (OF_MEMBERS, {"for": 4}, 6, True),
        (OF_MEMBERS, {"for": 4, "against": 1}, 7, False),
        (TWO_THIRDS, {"for": 4, "against": 1}, 7, True),
        (TWO_THIRDS, {"for": 3}, 5, False),  # no quorum
        (HALF, {"for": 2, "against": 2}, 4, True),
        (HALF, {}, 0, False),
    ],
)
def test_a_vote_is_carried_by_the_majority_of_a_quorum(panel, tally, entitled, carried):
    assert panelling.carries(panel, "vote", tally, entitled, 60) is carried


@pytest.mark.parametrize(
    ("tally", "carried"),
    [({"60": 3}, True), ({"59": 1, "60": 2}, False), ({"59": 1, "61": 1, "60": 1}, True)],
)
def test_points_carry_when_their_mean_reaches_the_lowest_level(tally, carried):
    assert panelling.carries(TWO_THIRDS, "score", tally, 3, 60) is carried


votes = some.integers(0, 30)


@given(votes, votes, votes, some.integers(0, 5))
def test_one_more_vote_for_never_loses_what_was_carried(yes, no, abstained, absent):
    tally = {"for": yes, "against": no, "abstain": abstained}
    entitled = yes + no + abstained + absent
    if panelling.carries(TWO_THIRDS, "vote", tally, entitled, 60):
        more = tally | {"for": yes + 1}
        assert panelling.carries(TWO_THIRDS, "vote", more, entitled + 1, 60)


@given(some.permutations(["for", "for", "against", "abstain", "for"]))
def test_the_order_of_the_votes_decides_nothing(order):
    tally: dict[str, int] = {}
    for mark in order:
        tally[mark] = tally.get(mark, 0) + 1

    assert panelling.carries(HALF, "vote", tally, 5, 60)
    assert panelling.cast(tally) == 5
