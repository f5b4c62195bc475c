"""Boards propose: the desk's a department, the department's a team, each with its reason."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kepu.orders import actions, boards, candidates, departments, reaching
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def answering(name, path, *topics):
    department = factories.organisation(name, path)
    skills = [factories.skill(key) for key in topics or ("health",)]
    actions.answer_for(department, skills, by=None, now=NOW)
    return department


def shown(person, board: str) -> list:
    """The cards of the first column that has any, as the person's board shows them."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    with time_machine.travel(NOW, tick=False):
        columns = client.get(reverse(board)).context["columns"]
    return [card for column in columns for card in column.cards]


def test_the_desk_is_told_a_department_for_each_waiting_order_and_why(loop):
    answering("区卫健委示例", "50.103.")
    stars = answering("区天文馆示例", "50.103.", "astronomy")
    loop.order("placed", title="甲单")
    loop.order("placed", title="乙单", topic=factories.skill("astronomy"))
    loop.order("placed", title="丙单", topic=factories.skill("nobody"))
    loop.order("dispatched", title="丁单")

    advice = {card.title: card.advice for card in shown(loop.worker, "desk")}

    assert advice["甲单"].label == "Send to 区卫健委示例"
    assert "answers for this topic" in advice["甲单"].why
    assert advice["乙单"].href.endswith(f"?department={stars.pk}")
    assert (advice["丙单"], advice["丁单"]) == (None, None)


def test_one_press_leads_to_the_dispatch_with_that_department_chosen(loop):
    answering("街道卫生院示例", "50.103.001.")
    other = answering("区卫健委示例", "50.103.")
    order = loop.order("placed")
    client = Client()
    client.force_login(loop.worker)
    with time_machine.travel(NOW, tick=False):
        href = next(card.advice.href for card in shown(loop.worker, "desk"))
        chosen = client.get(href).context["form"]["department"].value()
        address = urlsplit(href).path
        asked = client.get(address, {"department": other.pk}).context["form"]["department"].value()
        client.post(address, {"department": asked})
        assert client.get(address, {"department": "x²"}).status_code == 200

    assert str(chosen) == str(departments.suggestions(order)[0].department.pk)
    order.refresh_from_db()
    assert order.department == other


def test_the_department_is_told_a_team_for_each_open_order_and_why(loop):
    near = factories.team("近队")
    order = loop.order("open")
    loop.order("accepted", title="未开放")

    advice = {card.title: card.advice for card in shown(loop.officer, "department")}

    first = candidates.suggestions(order, NOW)[0]
    assert advice[order.title].label == f"Ask {first.name}"
    assert "knows the topic" in advice[order.title].why
    assert advice[order.title].href == reverse("order", args=[order.pk]) + "#teams"
    assert advice["未开放"] is None
    assert near.name in {one.name for one in candidates.suggestions(order, NOW)}


@pytest.mark.parametrize("board", ["desk", "department"])
def test_a_board_asks_as_much_for_ten_orders_as_for_two(loop, board):
    answering("区卫健委示例", "50.103.")
    factories.team("近队")
    asked = []
    for more in (2, 8):
        for _ in range(more):
            loop.order("placed")
            loop.order("open")
        person = loop.worker if board == "desk" else loop.officer
        client = Client()
        client.force_login(person)
        with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as found:
            client.get(reverse(board))
        asked.append(len(found))

    assert asked[0] == asked[1]


def test_looked_at_together_each_order_is_told_the_team_it_would_be_told_alone(loop):
    factories.team("邻队")
    factories.team("外区队", areas=("50.107.",), path="50.107.")
    factories.team("不会", skills=("fraud",))
    orders = [
        loop.order("open"),
        loop.order("open", topic=factories.skill("fraud")),
        loop.order(
            "open", wanted_from=NOW + timedelta(days=9), wanted_until=NOW + timedelta(days=12)
        ),
        actions.widen(loop.order("open").pk, by=loop.officer, now=NOW),
        loop.order("claimed"),
    ]
    orders = list(Order.objects.filter(pk__in=[order.pk for order in orders]).order_by("pk"))

    together = candidates.best(orders, NOW, limit=5)

    for order in orders:
        assert together.get(order.pk, []) == candidates.suggestions(order, NOW)
        alone = set(reaching.teams_that_may(order, NOW))
        assert set(reaching.each(orders, NOW)[order.pk]) == alone
    assert orders[4].pk not in together


def test_the_first_page_shows_the_same_columns_without_advice(loop):
    loop.order("dispatched")

    columns = boards.head_of_department([loop.department.pk], NOW)

    assert [card.advice for column in columns for card in column.cards] == [None]
