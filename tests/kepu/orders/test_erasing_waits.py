"""Who waits for a visit is not erased before it is withdrawn or over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.errors import RuleBroken
from kepu.orders import actions
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
STATES = ["placed", "dispatched", "declined", "accepted", "open", "claimed", "scheduled"]


@pytest.mark.parametrize("state", STATES)
def test_a_resident_with_an_order_under_way_is_not_erased_and_told_what_to_do(state):
    loop = factories.loop()
    order = loop.order(state)

    with pytest.raises(RuleBroken, match=f"{order.number}.*withdraw"):
        accounts.erase(loop.resident, by=loop.resident, now=NOW)

    actions.withdraw(order.pk, reason="不需要了", by=loop.resident, now=NOW)
    assert accounts.erase(loop.resident, by=loop.resident, now=NOW).erased_at == NOW


@pytest.mark.parametrize("state", ["draft", "rated", "no_show"])
def test_an_order_that_nobody_is_under_way_to_keeps_nobody(state):
    loop = factories.loop()
    loop.order(state)
    later = NOW + timedelta(days=10)

    assert accounts.erase(loop.resident, by=loop.resident, now=later).erased_at == later


def test_the_page_says_which_order_stands_against_it():
    loop = factories.loop()
    order = loop.order("scheduled")
    client = Client(headers={"accept-language": "en"})
    client.force_login(loop.resident, "kepu.kernel.accounts.backend.Accounts")

    assert order.number in client.get(reverse("account-erase")).content.decode()
