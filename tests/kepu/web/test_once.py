"""A form sent twice, by two presses or by a network that swallowed the answer, is carried out once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.idempotency import actions as idempotency
from kepu.kernel.idempotency.models import Answered
from kepu.orders.models import Order
from kepu.web import once
from tests import factories
from tests.factories import NOW
from tests.kepu.orders.test_drafts import PLACE, reader, typed
from tests.kepu.orders.test_evidence import DURING
from tests.kepu.orders.test_evidence import upload as photograph

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


def test_a_press_whose_server_died_can_be_repeated_after_ten_minutes(loop, monkeypatch):
    client = reader(loop.resident)
    send(client, loop, form_key="one")
    Answered.objects.update(status=0)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=10, seconds=1))
    client.force_login(loop.resident)

    assert send(client, loop, form_key="one").status_code == 200
    assert Order.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 101, "two\nlines"])
def test_a_key_that_cannot_be_one_is_no_key(loop, key):
    client = reader(loop.resident)
    for _time in range(2):
        assert send(client, loop, form_key=key).status_code == 200

    assert Order.objects.count() == 2
    assert not Answered.objects.exists()


def press(words, at=NOW):
    return idempotency.press(actor="p-1", key="one", request=words, now=at)


def test_a_key_taken_over_is_no_longer_the_first_ones_to_keep_or_to_drop():
    first = press("first")
    second = press("other words", NOW + timedelta(seconds=1))
    assert (first.new, second.new) == (True, True)

    idempotency.pressed(first, "/first/")
    assert idempotency.find_press(first) is None
    assert idempotency.find_press(second).location is None  # not where the first led
    idempotency.pressed(first, None)
    idempotency.pressed(second, "/second/")

    assert press("other words").location == "/second/"


def test_the_answer_to_a_program_is_not_touched_by_a_form_of_the_same_key():
    def ask():
        return idempotency.once(
            lambda: (201, {"n": 1}), actor="p-1", key="one", request="asked", now=NOW
        )

    ask()
    press("first")

    assert ask().replayed


@pytest.mark.parametrize("words", ["HX-Request"])
def test_a_part_of_a_page_that_keeps_itself_is_sent_as_often_as_it_likes(loop, words):
    client = reader(loop.resident)
    address = f"{reverse('new-order')}?place={PLACE}"
    for _time in range(2):
        client.post(address, typed(loop, do="keep", form_key="one"), headers={words: "true"})

    assert Order.objects.count() == 2
    assert not Answered.objects.exists()


def test_files_are_told_apart_by_what_is_in_them(loop):
    rule = RequestFactory()

    def words(content: bytes):
        file = SimpleUploadedFile("table.csv", content)
        return once._words(rule.post("/", {"file": file, "csrfmiddlewaretoken": content.decode()}))

    assert words(b"1,2") != words(b"1,3")
    request = rule.post("/", {"file": SimpleUploadedFile("table.csv", b"1,2")})
    assert once._words(request) == words(b"1,2")
    assert request.FILES["file"].read() == b"1,2"  # and can still be read


def test_what_is_done_in_part_is_done(loop, monkeypatch):
    order = loop.order("scheduled")
    monkeypatch.setattr(clock, "now", lambda: DURING)
    leader = reader(loop.leader)
    address = reverse("evidence-add", args=[order.pk])

    def sent():
        files = [photograph("good.jpg"), SimpleUploadedFile("bad.jpg", b"no picture")]
        return leader.post(address, {"files": files, "form_key": "one"}, follow=True)

    first, second = sent(), sent()

    assert order.evidence.count() == 1, first.content.decode()
    assert "had been sent already" in second.content.decode()


def test_a_button_that_asks_nothing_may_be_meant_again_after_half_a_minute():
    def bare(at):
        return idempotency.press(actor="p-1", key="one", request="bare", now=at, bare=True)

    first = bare(NOW)
    idempotency.pressed(first, "/there/")

    assert not bare(NOW + timedelta(seconds=29)).new
    assert bare(NOW + timedelta(seconds=31)).new
