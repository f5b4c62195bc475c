"""How urgent an order is: who says so, when, and where it is read."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.orders import actions, queries
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

WHY = {"reason": "社区有紧急需要", "now": NOW}


@pytest.mark.parametrize("state", ["placed", "dispatched", "accepted", "open", "declined"])
def test_the_desk_says_how_urgent_a_waiting_order_is_and_why(loop, state):
    order = loop.order(state)

    said = actions.prioritise(order.pk, priority=3, by=loop.worker, **WHY)

    said.refresh_from_db()
    assert (said.priority, said.version, said.state) == (3, order.version + 1, state)
    step = said.steps.get(verb="prioritise")
    assert step.note == "urgent: 社区有紧急需要"
    entry = Entry.objects.get(verb="order.prioritise")
    assert (entry.detail["priority"], entry.actor) == (3, loop.worker.pseudonym)


def test_the_department_says_so_of_what_it_has_and_nobody_else_does(loop):
    order = loop.order("dispatched")
    stranger = factories.user()
    for person in (loop.resident, loop.leader, stranger):
        with pytest.raises(NotAllowed, match="desk"):
            actions.prioritise(order.pk, priority=3, by=person, **WHY)

    assert actions.prioritise(order.pk, priority=2, by=loop.officer, **WHY).priority == 2
    with pytest.raises(NotAllowed):
        actions.prioritise(loop.order("placed").pk, priority=2, by=loop.officer, **WHY)


@pytest.mark.parametrize("state", ["draft", "claimed", "scheduled", "delivered"])
def test_it_is_said_only_while_the_order_waits_for_a_team(loop, state):
    order = loop.order(state)

    with pytest.raises((NotAllowed, RuleBroken)):
        actions.prioritise(order.pk, priority=3, by=loop.worker, **WHY)


def test_something_has_to_change_for_a_reason_and_within_the_scale(loop):
    order = loop.order("placed")
    say = {"by": loop.worker, "now": NOW}
    with pytest.raises(RuleBroken, match="already"):
        actions.prioritise(order.pk, priority=1, reason="照旧", **say)
    with pytest.raises(BadInput):
        actions.prioritise(order.pk, priority=3, reason=" ", **say)
    with pytest.raises(BadInput, match="no such"):
        actions.prioritise(order.pk, priority=4, reason="很急", **say)
    assert not Order.objects.get(pk=order.pk).steps.filter(verb="prioritise").exists()


def test_of_what_is_due_at_once_the_urgent_comes_first(loop):
    first, second = loop.order("placed"), loop.order("placed")

    actions.prioritise(second.pk, priority=3, by=loop.worker, **WHY)

    found = Order.objects.filter(pk__in=[first.pk, second.pk]).order_by("urgent_at", "-priority")
    assert [order.pk for order in found] == [second.pk, first.pk]
    assert queries.cards().filter(pk=second.pk).get().priority == 3


def test_a_plan_names_it_among_its_reasons(loop):
    plain, urgent = loop.order("open"), loop.order("open")
    actions.prioritise(urgent.pk, priority=3, by=loop.officer, **WHY)

    lines = {line.order_id: line.reason for line in loop.plan().lines.all()}

    assert "set as “urgent” by the office" in lines[urgent.pk]
    assert "by the office" not in lines[plain.pk]


def test_the_page_asks_how_urgent_and_why_and_then_shows_it(loop):
    order = loop.order("placed")
    address = reverse("order-act", args=[order.pk, "prioritise"])
    english = {"Accept-Language": "en"}
    with time_machine.travel(NOW, tick=False):
        client = Client()
        client.force_login(loop.worker)
        page = reverse("order", args=[order.pk])
        assert address in client.get(page).text
        assert client.post(address, {"priority": "3"}).status_code == 422
        done = client.post(address, {"priority": "3", "reason": "急"}, follow=True, headers=english)
        assert "urgent" in done.text
        assert "It was said how urgent it is" in done.text
        assert "urgent" in client.get(reverse("desk"), headers=english).text
        client.force_login(loop.resident)
        assert address not in client.get(page).text
        assert client.get(address).status_code == 403
