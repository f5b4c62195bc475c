"""A form sent twice, by two presses or by a network that swallowed the answer, is carried out once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.idempotency.models import Answered
from kepu.orders.models import Order
from kepu.web import once
from tests import factories
from tests.factories import NOW
from tests.kepu.orders.test_drafts import PLACE, reader, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


def send(client: Client, loop, **also):
    address = f"{reverse('new-order')}?place={PLACE}"
    return client.post(address, typed(loop, do="keep", **also), follow=True)


def test_every_form_of_a_page_has_a_key_of_its_own(loop):
    address = f"{reverse('new-order')}?place={PLACE}"
    pages = "".join(reader(loop.resident).get(address).content.decode() for _time in range(2))

    keys = re.findall(r'name="form_key" value="([^"]+)"', pages)

    assert len(keys) == pages.count('method="post"')
    assert len(set(keys)) == len(keys) >= 2


def test_what_is_sent_twice_is_done_once_and_both_lead_to_the_same_page(loop):
    client = reader(loop.resident)
    first = send(client, loop, form_key="one")
    second = send(client, loop, form_key="one")

    assert Order.objects.count() == 1
    assert first.redirect_chain == second.redirect_chain != []
    assert "had been sent already" in second.content.decode()
    assert "had been sent already" not in first.content.decode()


def test_who_changes_a_word_or_comes_from_another_form_has_another_thing_done(loop):
    client = reader(loop.resident)
    send(client, loop, form_key="one")
    send(client, loop, form_key="one", people=21)
    send(client, loop, form_key="two", people=21)

    assert Order.objects.count() == 3


def test_the_first_words_sent_again_after_others_are_a_new_wish(loop):
    client = reader(loop.resident)
    for people in (20, 21, 20):
        send(client, loop, form_key="one", people=people)

    assert Order.objects.count() == 3


def test_a_refused_form_may_be_sent_again(loop):
    client = reader(loop.resident)

    refused = send(client, loop, form_key="one", community="")
    assert refused.status_code == 422
    assert not Answered.objects.exists()
    mended = send(client, loop, form_key="one")

    assert (mended.status_code, Order.objects.count()) == (200, 1)


def test_a_refusal_told_on_the_next_page_is_no_success(loop):
    order = loop.order("placed")
    client = reader(loop.resident)
    press = {"form_key": "one"}

    def rate():
        return client.post(reverse("order-act", args=[order.pk, "rate"]), press)

    first, second = rate(), rate()

    assert first.status_code == second.status_code
    assert not Answered.objects.exists()


def test_a_key_is_its_persons_own(loop):
    send(reader(loop.resident), loop, form_key="one")
    other = factories.user()
    send(reader(other), loop, form_key="one")

    assert Order.objects.count() == 2


def test_an_hour_later_it_counts_as_another_wish(loop, monkeypatch):
    client = reader(loop.resident)
    send(client, loop, form_key="one")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=61))
    client.force_login(loop.resident)
    send(client, loop, form_key="one")

    assert Order.objects.count() == 2


def test_a_second_press_reads_that_the_first_is_being_worked_on(loop, monkeypatch):
    client = reader(loop.resident)
    send(client, loop, form_key="one")
    Answered.objects.update(status=0)
    monkeypatch.setattr(once, "PATIENCE", 0.0)

    answer = send(client, loop, form_key="one")

    assert answer.status_code == 409
    assert "is being worked on" in answer.content.decode()
    assert Order.objects.count() == 1


def test_a_press_whose_server_died_can_be_repeated_after_a_minute(loop, monkeypatch):
    client = reader(loop.resident)
    send(client, loop, form_key="one")
    Answered.objects.update(status=0)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(seconds=61))

    assert send(client, loop, form_key="one").status_code == 200
    assert Order.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 101, "two\nlines"])
def test_a_key_that_cannot_be_one_is_no_key(loop, key):
    client = reader(loop.resident)
    for _time in range(2):
        assert send(client, loop, form_key=key).status_code == 200

    assert Order.objects.count() == 2
    assert not Answered.objects.exists()
