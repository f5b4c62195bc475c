"""Boards propose: the desk's a department, the department's a team, each with its reason."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
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


TITLE = re.compile(r'card-title"><a href="[^"]*">([^<]*)</a>')
BUTTON = re.compile(
    r'class="button button-quiet" href="([^"]*)"[^>]*>.*?</svg>([^<]*)</a>'
    r'<p class="small soft under">([^<]*)'
)


def answering(name, path, *topics):
    department = factories.organisation(name, path)
    skills = [factories.skill(key) for key in topics or ("health",)]
    actions.answer_for(department, skills, by=None, now=NOW)
    return department


def shown(person, board: str) -> dict[str, tuple[str, str, str] | None]:
    """What the person's board proposes for each card, by its title: words, address and reason."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    with time_machine.travel(NOW, tick=False):
        cards = client.get(reverse(board)).text.split("<article")[1:]
    return {TITLE.search(card)[1]: _proposed(card) for card in cards}


def _proposed(card: str) -> tuple[str, str, str] | None:
    found = BUTTON.search(card)
    return (unescape(found[2]), unescape(found[1]), unescape(found[3])) if found else None


def test_the_desk_is_told_a_department_for_each_waiting_order_and_why(loop):
    answering("区卫健委示例", "50.103.")
    stars = answering("区天文馆示例", "50.103.", "astronomy")
    loop.order("placed", title="甲单")
    loop.order("placed", title="乙单", topic=factories.skill("astronomy"))
    loop.order("placed", title="丙单", topic=factories.skill("nobody"))
    loop.order("dispatched", title="丁单")

    advice = shown(loop.worker, "desk")

    assert advice["甲单"][0] == "Send to 区卫健委示例"
    assert "answers for this topic" in advice["甲单"][2]
    assert advice["乙单"][1].endswith(f"?department={stars.pk}")
    assert (advice["丙单"], advice["丁单"]) == (None, None)


def test_one_press_leads_to_the_dispatch_with_that_department_chosen(loop):
    answering("街道卫生院示例", "50.103.001.")
    other = answering("区卫健委示例", "50.103.")
    order = loop.order("placed")
    client = Client()
    client.force_login(loop.worker)
    with time_machine.travel(NOW, tick=False):
        _label, href, _why = shown(loop.worker, "desk")[order.title]
        first = departments.suggestions(order)[0].department
        address = urlsplit(href).path
        assert _chosen(client.get(href).text) == str(first.pk)
        assert _chosen(client.get(address, {"department": other.pk}).text) == str(other.pk)
        assert _chosen(client.get(address, {"department": "x²"}).text) == str(first.pk)


def _chosen(page: str) -> str:
    """The department that the form has chosen."""
    form = page[page.index('name="department"') :]
    return re.search(r'<option value="(\d+)" selected', form)[1]


def test_the_department_is_told_a_team_for_each_open_order_and_why(loop):
    near = factories.team("近队")
    order = loop.order("open")
    loop.order("accepted", title="未开放")

    advice = shown(loop.officer, "department")

    first = candidates.suggestions(order, NOW)[0]
    assert advice[order.title][0] == f"Ask {first.name}"
    assert "knows the topic" in advice[order.title][2]
    assert advice[order.title][1] == reverse("order", args=[order.pk]) + "#teams"
    assert advice["未开放"] is None
    assert near.name in {one.name for one in candidates.suggestions(order, NOW)}


@pytest.mark.parametrize("board", ["desk", "department"])
def test_a_board_asks_as_much_for_ten_orders_as_for_two(loop, board):
    answering("区卫健委示例", "50.103.")
    factories.team("近队")
    asked = []
    for more in (1, 1, 8):  # the first finds rulebooks unread
        for _ in range(more):
            loop.order("placed")
            loop.order("open")
        person = loop.worker if board == "desk" else loop.officer
        client = Client()
        client.force_login(person)
        with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as found:
            client.get(reverse(board))
        asked.append(len(found))

    assert asked[1] == asked[2]


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
        loop.order("open", title="offered widely"),
        loop.order("claimed"),
    ]
    Order.objects.filter(title="offered widely").update(wide=True)
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
