"""What somebody came for stands first on the page of an order."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.orders import actions
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def seen_by(person, order, verb: str = "") -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    address = reverse("order-act", args=[order.pk, verb]) if verb else f"/orders/{order.pk}/"
    with time_machine.travel(NOW, tick=False):
        return client.get(address).text


def test_who_dispatched_an_order_goes_straight_on_to_the_next_that_waits(loop):
    waits = loop.order("placed", title="讲讲防诈骗")
    done = loop.order("dispatched")

    said = seen_by(loop.worker, done)

    assert "Next to dispatch: 讲讲防诈骗" in said
    assert f'href="{reverse("order", args=[waits.pk])}"' in said
    assert "Next to dispatch" not in seen_by(loop.worker, waits)
    assert "Next to dispatch" not in seen_by(loop.officer, done)
    assert "Next to dispatch" not in seen_by(loop.resident, done)


def test_a_worker_is_not_led_to_an_order_of_another_place(loop):
    elsewhere = factories.loop("50.104.001.001.")
    elsewhere.order("placed", title="别处的事")

    assert "Next to dispatch" not in seen_by(loop.worker, loop.order("dispatched"))


def test_who_waits_for_a_visit_finds_its_code_and_its_time_before_anything_that_could_be_done(loop):
    order = loop.order("scheduled")

    said = seen_by(loop.resident, order)

    assert said.index(order.check_in_code) < said.index("Withdraw the order")
    assert "They come tomorrow 10:00" in said
    assert order.check_in_code not in seen_by(loop.leader, order)


def test_who_answers_a_rating_has_it_before_the_eyes(loop):
    order = loop.order("delivered")
    later = order.wanted_from
    actions.rate(order.pk, stars=3, words="声音太小", by=loop.resident, now=later)

    said = seen_by(loop.leader, order, "answer")

    assert said.count("声音太小") == 1
    assert said.index("声音太小") < said.index("Your answer")
