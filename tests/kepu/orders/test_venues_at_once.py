"""Claims and a suspension of their venue at the same moment: no claim is written after the suspension."""

from __future__ import annotations

import pytest

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import RuleBroken
from kepu.orders import actions
from kepu.orders.models import Order
from kepu.venues import actions as registry
from kepu.venues.models import Venue
from tests import factories
from tests.factories import NOW
from tests.kepu.orders.test_at_once import at_once, only_refusals
from tests.kepu.orders.test_orders_at_venues import DECISION, dish_at
from tests.kepu.venues import factories as venues

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_claims_and_a_suspension_at_once_leave_no_claim_after_the_suspension():
    loop = factories.loop()
    venue = venues.venue("active")
    dish = dish_at(loop, venue)
    orders = [loop.order("open", service=dish) for _ in range(5)]
    officer = venues.judge()
    seen = Venue.objects.get(pk=venue.pk).version

    ends = at_once(
        *(
            lambda pk=order.pk: actions.claim(pk, team=loop.team, by=loop.leader, now=NOW)
            for order in orders
        ),
        lambda: registry.decide(venue.pk, "suspend", seen=seen, by=officer, now=NOW, **DECISION),
    )

    assert only_refusals(ends)
    suspended = Entry.objects.get(verb="venue.suspend").pk
    claims = Entry.objects.filter(verb="order.claim").values_list("pk", flat=True)
    assert all(pk < suspended for pk in claims)
    assert Order.objects.filter(state="claimed").count() == len(claims)
    assert sum(isinstance(end, RuleBroken) for end in ends[:-1]) == len(orders) - len(claims)
