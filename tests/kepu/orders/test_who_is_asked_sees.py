"""A team that was asked or waits sees the order while that means something, and then no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.orders import actions, queries
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

WORDS = "讲得清楚，声音太小"


@pytest.fixture
def asked():
    """A team of the same district, and a plain member of it."""
    team = factories.team()
    return team, factories.member(team)


def seen_by(person, order) -> bool:
    """By itself and in the list alike."""
    alone = queries.find(person, order.pk, NOW) is not None
    assert queries.visible_to(person, NOW).filter(pk=order.pk).exists() is alone
    return alone


def test_members_of_a_team_that_was_asked_see_the_order_while_it_is_open(loop, asked):
    order, (team, member) = loop.order("open"), asked
    actions.offer(order.pk, team=team, reason="近", by=loop.officer, now=NOW)
    while_open = seen_by(member, order)
    loop.claim(order)

    assert while_open
    assert not seen_by(member, order)
    assert caller(member).get(f"orders/{order.pk}").status_code == 404


def test_members_of_a_team_that_waits_see_the_order_while_a_team_has_it(loop, asked):
    order, (team, member) = loop.order("claimed"), asked
    actions.wait(order.pk, team=team, by=team.applied_by, now=NOW)
    loop.schedule(order)
    while_claimed = seen_by(member, order)
    loop.deliver(Order.objects.get(pk=order.pk))

    assert while_claimed
    assert not seen_by(member, Order.objects.get(pk=order.pk))
    assert not seen_by(team.applied_by, Order.objects.get(pk=order.pk))


READERS = {
    "resident": True,
    "worker": True,
    "officer": True,
    "leader": True,
    "member": True,
    "rival": None,
}


@pytest.fixture
def rated(loop) -> Order:
    order = loop.order("delivered")
    later = order.wanted_from + timedelta(days=1)
    actions.rate(order.pk, stars=4, words=WORDS, by=loop.resident, now=later)
    actions.answer(order.pk, words="下次带扩音器", by=loop.leader, now=later)
    return order


@pytest.mark.parametrize(("who", "reads"), READERS.items())
def test_the_words_of_a_rating_are_for_both_sides_and_the_offices(loop, rated, who, reads):
    people = {"member": factories.member(loop.team), "rival": factories.team().applied_by}
    person = people.get(who) or getattr(loop, who)
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)

    page = client.get(reverse("order", args=[rated.pk]))
    body = caller(person).get(f"orders/{rated.pk}").json()

    assert page.status_code == (404 if reads is None else 200)
    assert (WORDS in page.text) is bool(reads)
    assert (body.get("rating") or {}).get("words") == (WORDS if reads else None)
