"""How reliable a team is, is told by its visits; what became of the orders afterwards changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kepu.kernel.errors import RuleBroken
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import actions, queries, reliability
from kepu.orders.models import Order
from kepu.orders.schemas import CLAIMS
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def put_back(loop, order) -> None:
    later = order.wanted_from + timedelta(days=1)
    actions.reopen(order.pk, reason="没有人来", by=loop.worker, now=later)


def test_visits_that_were_missed_stay_with_the_team_when_their_orders_are_reopened(loop):
    for _ in range(5):
        put_back(loop, loop.order("no_show"))
    orders = [loop.order("open") for _ in range(3)]
    for order in orders[:2]:
        loop.claim(order)
    rules = rulebooks.in_force(CLAIMS, NOW).rules
    loop.team.refresh_from_db()

    room = queries.room_of([loop.team], rules, NOW)[loop.team.pk]

    assert (reliability.late_share(loop.team, rules), room) == (1, 0)
    with pytest.raises(RuleBroken, match="late or absent"):
        loop.claim(orders[2])


def test_a_late_visit_stays_late_when_its_order_is_reopened_for_a_low_rating(loop):
    for _ in range(5):
        order = loop.order("scheduled")
        late = order.starts_at + timedelta(minutes=16)
        actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=late)
        actions.deliver(order.pk, attended=9, by=loop.leader, now=late + timedelta(hours=1))
        actions.rate(order.pk, stars=1, by=loop.resident, now=late + timedelta(days=1))
        put_back(loop, order)

    share = reliability.late_share(loop.team, rulebooks.in_force(CLAIMS, NOW).rules)

    assert share == 1


def test_the_database_lets_only_the_end_of_a_visit_say_when_it_was_set_for(loop):
    order: Order = loop.order("claimed")

    with pytest.raises(IntegrityError), transaction.atomic():
        order.steps.filter(verb="claim").update(set_for=NOW)
