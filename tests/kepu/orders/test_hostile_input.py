"""What no form of ours sends is refused in words, and never breaks the page."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from kepu.kernel import clock
from kepu.orders.models import DeviceEvent
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def reader(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def send(person, body: str):
    return reader(person).post("/orders/sync/", body, content_type="application/json")


def event(order, **also) -> dict[str, object]:
    return {
        "uuid": str(uuid4()), "kind": "check_in", "order_id": order.pk, "schema": 1,
        "device_time": (NOW + timedelta(minutes=1)).isoformat(), "data": {"code": "AAAAAA"}, **also,
    }  # fmt: skip


@pytest.mark.parametrize(
    "also",
    [
        {"order_id": float("inf")},
        {"order_id": 10**30},
        {"schema": 10**30},
        {"schema": 70_000},
        {"schema": -1},
        {"kind": "check\x00in"},
        {"kind": "\ud800"},
        {"data": {"code": "\x00"}},
        {"data": {"\x00": 1}},
        {"data": {"code": "\udfff"}},
        {"data": {"attended": float("nan")}},
        {"data": {"note": "长" * 20_000}},
        {"device_time": "0001-01-01T00:00:00+14:00"},
        {"device_time": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_an_event_that_no_database_keeps_is_refused_and_nothing_is_stored(loop, also):
    order = loop.order("scheduled")

    answer = send(loop.leader, json.dumps({"events": [event(order, **also)]}))

    assert answer.status_code == 422
    assert not DeviceEvent.objects.exists()


def test_an_endless_nesting_is_refused(loop):
    deep = '{"events":' + "[" * 200_000 + "]" * 200_000 + "}"

    assert send(loop.leader, deep).status_code == 422


@pytest.mark.parametrize("asked", ["²", "٣", "9" * 5000, "1.5", "-1", "9" * 30])
def test_a_dish_that_is_no_number_of_ours_breaks_nothing(loop, asked):
    asked_for = {"service": asked, "place": loop.community.path}

    assert reader(loop.resident).get("/orders/new/", asked_for).status_code in (200, 404)


@pytest.mark.parametrize("page", ["9" * 5000, "9" * 18, "0", "²", "-1"])
def test_a_page_beyond_all_teams_is_empty_and_breaks_nothing(page):
    assert Client().get("/people/teams/", {"page": page}).status_code == 200


@pytest.mark.parametrize("verb", ["merge", "hand_over", "dispatch"])
@pytest.mark.parametrize("who", ["resident", "leader"])
def test_a_form_is_shown_only_to_who_may_send_it(loop, verb, who):
    """The form of a merge names other people's orders, that of a dispatch every department."""
    order = loop.order("open")
    loop.order("placed", title="别人的心事")

    answer = reader(getattr(loop, who)).get(f"/orders/{order.pk}/do/{verb}/")

    assert answer.status_code == 403
    assert "别人的心事" not in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/menu/?q=%00",
        "/places/?below=%00",
        "/people/teams/?q=%00",
        "/orders/%00/",
        "/menu/?place=%00",
    ],
)
def test_a_letter_zero_in_an_address_is_refused_before_any_database_sees_it(loop, path):
    assert reader(loop.resident).get(path).status_code in (400, 404, 422)
