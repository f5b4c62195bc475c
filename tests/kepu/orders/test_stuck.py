"""What a device sent is never dropped: whoever can put it right finds it, and so does who sent it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from kepu.orders import actions
from kepu.orders.actions.syncing import Sent
from kepu.orders.models import DeviceEvent
from tests import factories
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db


def reader(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


@pytest.fixture
def member(loop):
    return factories.member(loop.team)


@pytest.fixture
def stuck(loop, member) -> DeviceEvent:
    """A member was at the door without a network, and meanwhile the team let the order go."""
    order = loop.order("scheduled")
    actions.release(order.pk, reason="讲师病了", by=loop.leader, now=order.starts_at)
    data = {"code": order.check_in_code}
    sent = Sent(uuid4(), "check_in", order.pk, order.starts_at, data)
    return actions.receive(sent, by=member, now=order.starts_at + timedelta(hours=1))


def test_what_is_sent_of_an_order_out_of_sight_stays_with_the_order_and_does_nothing(stuck):
    assert (stuck.outcome, stuck.reason) == (
        "refused", "this order is not known or no longer yours",
    )  # fmt: skip
    assert stuck.order is not None
    assert not stuck.order.check_ins.exists()


def test_nobody_fills_the_desk_of_an_order_his_teams_never_had(loop):
    stranger = factories.user("路人示例")
    order = loop.order("scheduled")

    sent = Sent(uuid4(), "check_in", order.pk, order.starts_at, {"code": "AAAAAA"})
    event = actions.receive(sent, by=stranger, now=order.starts_at)

    assert (event.outcome, event.order) == ("refused", None)


def test_the_desk_finds_it_with_who_sent_it(loop, member, stuck):
    page = reader(loop.worker).get(reverse("desk")).text
    listed = caller(loop.worker).get("events").json()["items"]

    assert stuck.order.number in page
    assert member.name in page
    assert [one["id"] for one in listed] == [stuck.pk]


def test_who_sent_it_finds_it_too_and_nobody_else_of_the_team(loop, member, stuck):
    assert stuck.order.number in reader(member).get(reverse("team-board")).text
    assert [one["id"] for one in caller(member).get("events").json()["items"]] == [stuck.pk]
    assert stuck.order.number not in reader(factories.member(loop.team)).get("/team/").text
    assert caller(loop.leader).get("events").json()["items"] == []
    assert reader(member).post(reverse("settle", args=[stuck.pk])).status_code == 404


def test_what_was_sent_of_no_order_is_read_and_settled_by_its_sender(member):
    sent = Sent(uuid4(), "check_out", 99_999, factories.NOW, {})
    event = actions.receive(sent, by=member, now=factories.NOW)
    browser = reader(member)
    assert reverse("settle", args=[event.pk]) in browser.get(reverse("team-board")).text

    answer = browser.post(reverse("settle", args=[event.pk]))

    assert answer["Location"] == reverse("team-board")
    assert browser.get(answer["Location"]).status_code == 200
    event.refresh_from_db()
    assert event.outcome == "settled"


@pytest.mark.parametrize("ended", ["0001-01-01T00:00", "9999-12-31T23:59:59-23:59"])
def test_a_time_out_of_all_bounds_is_no_time(loop, ended):
    order = loop.order("scheduled")
    late = order.ends_at + timedelta(minutes=5)
    actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=order.starts_at)
    said = {"attended": 3, "ended_at": ended}

    event = actions.receive(
        Sent(uuid4(), "deliver", order.pk, late, said), by=loop.leader, now=late
    )

    assert event.outcome == "done"
