"""Two hundred leaders reach for one order at once."""

from __future__ import annotations

import pytest
from benchmarks.load import Ask, fire
from django.contrib.messages import constants

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.facts.models import Happening
from kepu.orders.models import Order, Step
from kepu.web.simulation import past, sessions, town
from tests.factories import division, skill
from tests.strain.browsers import said

pytestmark = pytest.mark.slow

RIVALS = 200


def test_of_two_hundred_claims_at_once_one_wins_and_the_others_are_told_who(city):
    now = clock.now()
    division("50.103.001.001.")
    skill()
    settled = town.build(now=now, teams=RIVALS, residents=1, topics=1000)
    past.write(past.spread(settled, 1, lambda _chance: "open", now=now))
    order = Order.objects.get()
    doors = sessions.sign_in([leader for _team, leader in settled.teams], now)
    city.serve()

    result = fire(
        city.port,
        [
            [Ask("POST", f"/orders/{order.pk}/claim/{team.pk}/", doors[leader.pk])]
            for team, leader in settled.teams
        ],
    )

    order.refresh_from_db()
    sentences = [said(answer.cookie) for answer in result.flat]
    refused = [text for levels in sentences for level, text in levels if level == constants.ERROR]
    won = [text for levels in sentences for level, text in levels if level == constants.SUCCESS]
    assert {answer.status for answer in result.flat} == {302}
    assert len(won) == 1
    assert len(refused) == RIVALS - 1
    assert order.team is not None
    assert all(order.team.name in sentence for sentence in refused)
    assert order.state == "claimed"
    assert Step.objects.filter(order=order, verb="claim").count() == 1
    assert Entry.objects.filter(verb="order.claim", object_id=str(order.pk)).count() == 1
    assert Happening.objects.filter(name="OrderMoved", data__verb="claim").count() == 1
