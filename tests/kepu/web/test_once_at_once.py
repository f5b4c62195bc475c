"""Two presses at the same moment: the second waits for the first and is led where it led."""

from __future__ import annotations

import pytest
from django.test import Client

from kepu.kernel import clock
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW
from tests.kepu.orders.test_at_once import at_once
from tests.kepu.orders.test_drafts import reader
from tests.kepu.web.test_once import send

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_of_six_presses_at_the_same_moment_one_is_carried_out(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    loop = factories.loop()
    clients: list[Client] = [reader(loop.resident) for _press in range(6)]

    ends = at_once(
        *[lambda client=client: send(client, loop, form_key="one") for client in clients]
    )

    assert [end.status_code for end in ends] == [200] * 6
    assert len({str(end.redirect_chain) for end in ends}) == 1
    assert Order.objects.count() == 1


def test_of_four_presses_that_take_a_used_key_over_one_is_carried_out(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    loop = factories.loop()
    clients: list[Client] = [reader(loop.resident) for _press in range(4)]
    send(clients[0], loop, form_key="one")

    at_once(*[lambda one=client: send(one, loop, form_key="one", people=33) for client in clients])

    assert Order.objects.count() == 2
