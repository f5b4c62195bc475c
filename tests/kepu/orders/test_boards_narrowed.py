"""A board is narrowed where it stands; its words, files and rest lead to the list narrowed alike."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.orders import actions, boards
from kepu.orders.models import DeviceEvent, Order
from kepu.orders.states import AT_THE_DESK
from kepu.orders.views import boards as pages
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BOARDS = [("desk", "worker", "placed"), ("department", "officer", "dispatched"),
          ("team-board", "leader", "open"), ("team-board", "leader", "claimed")]  # fmt: skip


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


def reader(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


@pytest.fixture
def two(loop):
    """Orders of two topics in two communities, as far as a board wants them."""
    loop.team.skills.add(factories.skill("safety"))

    def made(state):
        elsewhere = factories.division("50.103.001.002.")
        factories.grant(loop.worker, "community_worker", "50.103.001.002.")
        return (
            loop.order(state, title="甲讲座"),
            loop.order(state, title="乙讲座", topic=factories.skill("safety"), division=elsewhere),
        )

    return made


def titles(page: str) -> set[str]:
    return {one for one in ("甲讲座", "乙讲座") if one in page}


@pytest.mark.parametrize(("page", "who", "state"), BOARDS)
def test_a_board_is_narrowed_by_topic_and_by_place(loop, two, page, who, state):
    first, second = two(state)
    client = reader(getattr(loop, who))

    assert titles(client.get(reverse(page)).text) == {"甲讲座", "乙讲座"}
    by_topic = client.get(reverse(page), {"topic": second.topic_id}).text
    by_place = client.get(reverse(page), {"place": first.path}).text

    assert titles(by_topic) == {"乙讲座"}
    assert titles(by_place) == {"甲讲座"}


@pytest.mark.parametrize(("page", "who", "state"), BOARDS)
def test_words_lead_to_the_list_that_keeps_the_boards_filters(loop, two, page, who, state):
    _first, second = two(state)
    client = reader(getattr(loop, who))

    led = client.get(reverse(page), {"q": "讲座", "topic": second.topic_id})
    listed = client.get(led["Location"]).text

    assert led["Location"].startswith(reverse("order-list"))
    assert titles(listed) == {"乙讲座"}


@pytest.mark.parametrize(("page", "who", "state"), BOARDS)
def test_a_board_is_taken_away_as_it_is_narrowed(loop, two, page, who, state):
    _first, second = two(state)
    client = reader(getattr(loop, who))

    shown = client.get(reverse(page), {"topic": second.topic_id}).text
    file = html.unescape(re.search(r'href="([^"]*/csv/[^"]*)"', shown)[1])
    rows = list(csv.reader(io.StringIO(client.get(file).getvalue().decode("utf-8-sig"))))

    assert [row[1] for row in rows[1:]] == ["乙讲座"]


def test_a_long_column_leads_to_the_list_narrowed_as_the_board_is(loop, two):
    first, _second = two("placed")
    loop.order("placed", title="甲讲座")
    orders, kept = Order.objects.all(), {"topic": str(first.topic_id)}

    waiting = boards.columns(orders, boards.of_desk(), NOW, kept, shown=1)[0]

    assert waiting.total == 3
    assert len(waiting.cards) == 1
    assert waiting.more_href == boards.listed(AT_THE_DESK, kept)
    assert f"topic={first.topic_id}" in waiting.more_href


def in_order(page: str, *titles: str) -> list[str]:
    return sorted(titles, key=lambda one: page.index(f">{one}<"))


@pytest.mark.parametrize(("page", "who", "state"), BOARDS[:2])
def test_a_board_stands_in_the_order_that_is_asked_for_and_so_does_its_list(loop, page, who, state):
    for title, days in {"甲": 3, "乙": 2, "丙": 4}.items():
        begin = NOW + timedelta(days=days)
        loop.order(state, title=title, wanted_from=begin, wanted_until=NOW + timedelta(days=9))
    Order.objects.filter(title="丙").update(due_at=NOW)
    client = reader(getattr(loop, who))
    expected = {"-number": "丙乙甲", "wanted": "乙甲丙", "": "丙", "nonsense": "丙"}

    for word, titles in expected.items():
        shown = client.get(reverse(page), {"sort": word} if word else {}).text
        led = html.unescape(re.search(r'href="(/orders/list/?\?[^"]*)"', shown)[1])

        for text in (shown, client.get(led).text):
            assert in_order(text, *"甲乙丙")[: len(titles)] == [*titles], word


def test_a_board_by_date_of_the_visit_puts_those_without_one_last(loop):
    for title, days in {"晚": 3, "早": 2, "未约": 0}.items():
        order = loop.order("claimed", title=title)
        if days:
            begin = order.wanted_from + timedelta(days=days)
            actions.schedule(order.pk, starts_at=begin, by=loop.leader, now=NOW)

    shown = reader(loop.worker).get(reverse("desk"), {"sort": "visit"}).text

    assert in_order(shown, "晚", "早", "未约") == ["早", "晚", "未约"]
    assert "Sorted soonest visit first" in shown


def test_what_devices_could_not_do_goes_on_over_pages(loop, monkeypatch):
    order = loop.order("scheduled")
    for n in range(3):
        DeviceEvent.objects.create(
            uuid=f"00000000-0000-4000-8000-00000000000{n}", order=order, by=loop.leader,
            kind="check_in", device_time=NOW, received_at=NOW, outcome="refused", reason=f"Grund {n}",
            data={}, schema=1,
        )  # fmt: skip
    monkeypatch.setattr(pages, "STUCK_SHOWN", 2)
    client = reader(loop.worker)

    first = client.get(reverse("desk")).text
    second = client.get(reverse("desk") + "?stuck=2").text

    assert "Grund 1" in first
    assert "Grund 2" not in first
    assert 'href="?stuck=2#stuck"' in first
    assert "Grund 2" in second


def test_a_board_asks_as_much_of_the_database_for_many_cards_as_for_one(
    loop, django_assert_max_num_queries
):
    client = reader(loop.worker)
    loop.order("placed")
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("desk"))
    for _one in range(8):
        loop.order("placed")

    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(reverse("desk"))


def test_narrowing_a_board_keeps_the_order_it_stands_in(loop):
    client = reader(loop.worker)

    sorted_page = client.get(reverse("desk"), {"sort": "new"}).text
    usual = client.get(reverse("desk")).text

    form = re.search(r'<form class="filters".*?</form>', sorted_page, re.DOTALL)[0]
    assert '<input type="hidden" name="sort" value="new">' in form
    assert 'name="sort"' not in usual
