"""Two votes of one member at the same moment: one is counted, the other is refused."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from kepu.appraisal.actions import standards_open as opened
from kepu.kernel.errors import RuleBroken
from tests.kepu.appraisal import standard_factories as make
from tests.kepu.appraisal.standard_factories import AFTER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer, who waits for no row"
)
def test_of_votes_cast_at_the_same_moment_by_one_member_one_counts():
    one = make.standard("vote")
    member = one.ballots.get().voters.first().person
    ready, refused = threading.Barrier(6), []

    def cast() -> None:
        ready.wait(10)
        try:
            opened.vote(one.pk, choice="for", by=member, now=AFTER)
        except RuleBroken as refusal:
            refused.append(refusal.reason)
        finally:
            connections.close_all()

    hands = [threading.Thread(target=cast) for _ in range(6)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(30)

    assert len(refused) == 5
    assert one.ballots.get().cast == 1
