"""Votes at the same moment: none is lost, none counts twice."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connections

from kepu.appraisal import actions
from kepu.appraisal.models import PublicSlip, PublicVote
from kepu.kernel.errors import RuleBroken
from tests.factories import NOW, user
from tests.kepu.appraisal import ballot_world as world
from tests.kepu.appraisal.factories import secretary

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def at_once(*deeds) -> list[object]:
    """What each deed came to, all begun at the same moment."""
    start, ends = threading.Barrier(len(deeds)), list[object]()

    def do(deed) -> None:
        start.wait(10)
        try:
            ends.append(deed() or "done")
        except RuleBroken as refusal:
            ends.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ends


def test_every_slip_of_a_jury_that_votes_at_once_is_in_the_box_and_one_members_twice_is_one():
    call, jury = world.call(), world.jury(4)
    world.candidates(call, 3900, 3000)
    ballot = world.opened(call, jury)
    twice = [jury[0], *jury]

    ends = at_once(
        *(
            lambda who=one: actions.ballots.vote(ballot.pk, [0], by=who.person, now=NOW)
            for one in twice
        )
    )

    ballot.refresh_from_db()
    assert ballot.slips == [[0]] * 4
    assert sum(isinstance(one, RuleBroken) for one in ends) == 1
    assert ballot.electors.filter(voted=True).count() == 4


def test_an_account_that_votes_twice_at_once_has_voted_once():
    call, person = world.call(ballot={"public": True}), user()
    world.candidates(call, 3900, 3000)
    actions.ballots.ask_public(call.pk, by=secretary(), now=NOW)

    ends = at_once(
        *(
            lambda n=n: actions.ballots.choose(call.pk, [n % 2], by=person, now=NOW)
            for n in range(4)
        )
    )

    assert PublicSlip.objects.count() == 1
    assert sum(isinstance(one, RuleBroken) for one in ends) == 3


def test_a_vote_that_comes_while_the_public_vote_is_counted_is_in_the_count(monkeypatch):
    call, person = world.call(ballot={"public": True}), user()
    world.candidates(call, 3900, 3000)
    actions.ballots.ask_public(call.pk, by=secretary(), now=NOW)
    looked, slip_of = threading.Event(), actions.ballots.queries.ballots.slip_of

    def slow(*asked):
        looked.set()
        time.sleep(0.5)  # the count would be over meanwhile
        return slip_of(*asked)

    def count():
        looked.wait(10)
        return actions.ballots.close_public(call.pk, by=secretary(), now=world.LATER)

    monkeypatch.setattr(actions.ballots.queries.ballots, "slip_of", slow)
    at_once(lambda: actions.ballots.choose(call.pk, [0], by=person, now=NOW), count)

    vote = PublicVote.objects.get(call=call)
    assert (vote.report["votes"], PublicSlip.objects.count()) == (1, 1)
