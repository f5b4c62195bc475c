"""Two votes of one member at the same moment: one is counted, one refused; of many, none is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from kepu.appraisal.models import MeetingItem
from kepu.kernel.errors import RuleBroken
from tests.kepu.appraisal import meeting_world as room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def at_once(deeds: list[Callable[[], None]]) -> list[str]:
    """Do them all at the same moment; the reasons of those that were refused."""
    ready, refused = threading.Barrier(len(deeds)), []

    def do(deed: Callable[[], None]) -> None:
        ready.wait(10)
        try:
            deed()
        except RuleBroken as refusal:
            refused.append(refusal.reason)
        finally:
            connections.close_all()

    hands = [threading.Thread(target=do, args=[deed]) for deed in deeds]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(30)
    return refused


def one_in_the_vote(members: int) -> tuple[MeetingItem, list]:
    of = room.call()
    who = room.judges(members)
    return room.voting(room.under_way(of, [room.reviewed(of)], who)), who


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer, who waits for no row"
)
def test_of_votes_cast_at_the_same_moment_by_one_member_one_counts():
    item, who = one_in_the_vote(3)

    refused = at_once([lambda: room.votes(item, who[0])] * 6)

    assert len(refused) == 5
    item.refresh_from_db()
    assert (item.tally, item.votes.count()) == ({"for": 1}, 1)


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer, who waits for no row"
)
def test_no_vote_is_lost_when_all_members_vote_at_the_same_moment():
    item, who = one_in_the_vote(6)
    marks = ("for", "against", "for", "abstain", "for", "for")

    refused = at_once(
        [
            lambda e=expert, m=mark: room.votes(item, e, m)
            for expert, mark in zip(who, marks, strict=True)
        ]
    )

    assert refused == []
    item.refresh_from_db()
    assert item.tally == {"abstain": 1, "against": 1, "for": 4}


def test_two_votes_of_one_member_one_after_the_other_are_one():
    item, who = one_in_the_vote(3)

    room.votes(item, who[0])
    with pytest.raises(RuleBroken):
        room.votes(item, who[0])

    item.refresh_from_db()
    assert item.tally == {"for": 1}
