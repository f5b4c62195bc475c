"""Whoever was at a visit gets hours for it once, however late the device sends it and however it ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from kepu.orders import actions, visits
from kepu.orders.actions.syncing import Sent
from kepu.orders.hints import hints
from kepu.orders.models import Order
from kepu.people.models import Service
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def told_later(order: Order, person, **moments) -> set[str]:
    """What the person's device wrote down during the visit, sent after it; returns what came of it."""
    data = {"check_in": {"code": order.check_in_code}}
    sent = [
        Sent(
            uuid4(), kind, order.pk, order.starts_at + timedelta(minutes=after), data.get(kind, {})
        )
        for kind, after in moments.items()
    ]
    late = order.starts_at + timedelta(hours=3)
    return {actions.receive(one, by=person, now=late).outcome for one in sent}


def given(person) -> list[tuple[str, int, str]]:
    found = Service.objects.filter(person=person).order_by("pk")
    return list(found.values_list("source", "minutes", "state"))


@pytest.mark.parametrize(
    ("moments", "minutes"),
    [
        ({"check_in": 10}, 50),  # who stays leaves with the others
        ({"check_in": 10, "check_out": 40}, 30),
        ({"check_in": 10, "check_out": 100}, 50),  # never beyond the report
    ],
)
def test_who_is_heard_of_after_the_report_gets_hours_too(loop, moments, minutes):
    order, member = loop.order("delivered"), factories.member(loop.team)

    assert told_later(order, member, **moments) == {"done"}

    kept = [one for one in given(member) if one[2] != "dropped"]
    assert kept == [("orders.order", minutes, "proposed")]
    assert given(loop.leader) == [("orders.order", 60, "proposed")]


def test_a_rating_that_came_first_does_not_keep_a_late_device_out(loop):
    order, member = loop.order("rated"), factories.member(loop.team)

    assert told_later(order, member, check_in=0) == {"done"}
    assert given(member) == [("orders.order", 60, "proposed")]


def test_leaving_said_late_shortens_hours_that_nobody_has_certified(loop):
    order, member = loop.order("scheduled"), factories.member(loop.team)
    actions.check_in(order.pk, code=order.check_in_code, by=member, now=order.starts_at)
    loop.deliver(order)

    told_later(order, member, check_out=20)
    told_later(order, member, check_out=30)

    assert given(member)[-1] == ("orders.order", 20, "proposed")
    assert [one[2] for one in given(member)].count("proposed") == 1


def test_hours_that_are_certified_stay_as_they_were_agreed(loop):
    order, member = loop.order("scheduled"), factories.member(loop.team)
    actions.check_in(order.pk, code=order.check_in_code, by=member, now=order.starts_at)
    loop.deliver(order)
    actions.certify_hours(order.pk, by=loop.officer, now=order.ends_at)

    assert told_later(order, member, check_out=20) == {"done"}
    assert given(member) == [("orders.order", 60, "certified")]


def test_who_arrived_after_the_report_gets_no_hours_of_it(loop):
    order, member = loop.order("delivered"), factories.member(loop.team)

    told_later(order, member, check_in=90, check_out=110)

    assert given(member) == []


def ended(loop, way: str, order: Order, now) -> Order:
    """The order comes to nothing while a team is at the door."""
    if way == "withdraw":
        return actions.withdraw(order.pk, reason="不用了", by=loop.resident, now=now)
    return actions.cancel(order.pk, reason="停电了", by=loop.worker, now=now)


@pytest.mark.parametrize("way", ["withdraw", "cancel"])
def test_an_order_that_ends_after_volunteers_arrived_gives_them_hours_both_sides_agree_to(
    loop, way
):
    order, member = loop.order("scheduled"), factories.member(loop.team)
    actions.check_in(order.pk, code=order.check_in_code, by=member, now=order.starts_at)
    later = order.starts_at + timedelta(minutes=40)

    after = ended(loop, way, order, later)

    assert given(member) == [("orders.order", 40, "proposed")]
    assert "certify_hours" in {hint.verb for hint in hints(after, loop.officer, later)}
    actions.certify_hours(order.pk, by=loop.officer, now=later)
    assert "confirm_hours" in {hint.verb for hint in hints(after, loop.resident, later)}
    actions.confirm_hours(order.pk, by=loop.resident, now=later)
    assert given(member) == [("orders.order", 40, "confirmed")]
    assert "no visit was reported" in next(
        iter(visits.tell_of_hours([*visits.hours(after)]).values())
    )


def test_an_order_that_ends_before_anybody_arrived_gives_no_hours(loop):
    order = loop.order("scheduled")

    after = ended(loop, "withdraw", order, NOW)

    assert not visits.hours(after).exists()
    assert "certify_hours" not in {hint.verb for hint in hints(after, loop.officer, NOW)}
