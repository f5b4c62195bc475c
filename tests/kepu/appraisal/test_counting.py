"""Counting slips: by hand, at the edges, and whatever the slips are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu.appraisal.programme.counting import Votes, count, least


def votes(slips, *, candidates=4, electors=None, seats=2, **said) -> Votes:
    usual = {"quorum": "0.6666", "majority": "0.5001", "of_electors": False, "run_off": True}
    return Votes(
        candidates=candidates, electors=electors or len(slips), seats=seats, slips=slips,
        **usual | said,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("of", "share", "needed"),
    [
        (3, "0.6666", 2), (4, "0.6666", 3), (9, "0.6666", 6), (4, "0.5", 2), (4, "0.5001", 3),
        (5, "0.5001", 3), (7, "1", 7), (0, "0.5", 0),
    ],
)  # fmt: skip
def test_a_share_of_people_is_a_whole_number_of_people(of, share, needed):
    assert least(of, share) == needed


def test_who_has_the_votes_is_elected_as_long_as_there_are_places():
    found = count(votes([[0, 1], [0, 1], [0, 2], [0, 3], [1, 2]]))

    assert found.votes == [4, 3, 2, 1]
    assert found.needed == 3
    assert (found.elected, found.tied, found.run_off, found.left) == ([0, 1], [], [], 0)


def test_equals_at_the_last_place_are_not_told_apart_by_chance_but_stand_once_more():
    found = count(votes([[0, 1], [0, 2], [0, 1], [0, 2], [1, 2]]))

    assert (found.elected, found.tied) == ([0], [1, 2])
    assert (found.run_off, found.left) == ([1, 2], 1)


def test_places_that_nobody_reaches_stay_open_and_the_next_two_for_each_stand_once_more():
    found = count(votes([[0], [0], [0], [1], [2]], candidates=5))

    assert found.elected == [0]
    assert (found.run_off, found.left) == ([1, 2], 1)


def test_too_few_votes_elect_nobody_and_lead_to_no_other_round():
    found = count(votes([[0], [0]], electors=5))

    assert not found.quorate
    assert (found.elected, found.run_off, found.left) == ([], [], 2)


def test_a_majority_of_the_whole_jury_asks_more_than_one_of_who_voted():
    slips = [[0], [0], [0], [1]]

    assert count(votes(slips, electors=6)).elected == [0]
    assert count(votes(slips, electors=6, of_electors=True)).elected == []


def test_an_empty_slip_is_a_vote_that_counts_for_the_quorum_and_for_nobody():
    found = count(votes([[], [], [0]], electors=3))

    assert (found.cast, found.quorate, found.elected) == (3, True, [])


def test_nobody_is_elected_without_a_vote():
    assert count(votes([], electors=3, quorum="0.0001", majority="0.0001")).elected == []


slips_of = st.lists(st.lists(st.integers(0, 5), max_size=3, unique=True), min_size=1, max_size=30)


@given(slips_of, st.integers(1, 4), st.randoms())
def test_the_order_of_the_slips_decides_nothing(slips, seats, chance):
    shuffled = [list(slip) for slip in slips]
    chance.shuffle(shuffled)

    assert count(votes(slips, candidates=6, seats=seats)) == count(
        votes(shuffled, candidates=6, seats=seats)
    )


@given(slips_of, st.integers(1, 4))
def test_no_more_are_elected_than_there_are_places_and_none_with_fewer_votes_than_one_who_is_not(
    slips, seats
):
    found = count(votes(slips, candidates=6, seats=seats))

    others = [found.votes[place] for place in range(6) if place not in found.elected]
    assert len(found.elected) <= seats
    assert all(found.votes[place] >= found.needed for place in found.elected)
    assert all(
        found.votes[place] > max(others, default=-1) for place in found.elected if found.tied
    )
    assert not set(found.elected) & set(found.run_off)


def test_a_thousand_shuffles_of_one_box_give_one_result():
    chance = random.Random(7)
    slips = [[0, 1], [1, 2], [0], [3], [0, 2], [1]]
    first = count(votes(slips))

    for _ in range(1000):
        chance.shuffle(slips)
        assert count(votes(slips)) == first


@pytest.mark.parametrize("slips", [[[0]], [[0], [0, 1]]])
def test_of_so_few_slips_that_sums_tell_who_voted_how_nothing_is_told_but_their_number(slips):
    found = count(votes(slips, electors=3, quorum="0.1"))

    assert (found.votes, found.cast, found.quorate) == ([0, 0, 0, 0], len(slips), False)
    assert (found.elected, found.run_off) == ([], [])
