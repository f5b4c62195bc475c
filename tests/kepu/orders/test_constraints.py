"""The database repeats what the code promises."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from kepu.orders.models import CheckIn, Order, Rating
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("open", {"state": "claimed"}),
        ("claimed", {"team": None}),
        ("claimed", {"claimed_at": None}),
        ("open", {"claimed_at": NOW}),
        ("claimed", {"state": "scheduled"}),
        ("placed", {"state": "dispatched"}),
        ("placed", {"wanted_until": NOW}),
    ],
)
def test_a_half_done_order_cannot_be_stored(loop, state, change):
    order = loop.order(state)

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**change)


def test_one_person_checks_in_once(loop):
    order = loop.order("delivered")

    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.create(order=order, person=loop.leader, arrived_at=NOW)


def test_six_stars_cannot_be_stored(loop):
    order = loop.order("rated")

    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.filter(order=order).update(stars=6)
