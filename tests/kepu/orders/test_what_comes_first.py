"""What needs a hand first stands first on every board, and its card says why."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import cards, listing, queries
from kepu.orders.models import Order
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOON = {"wanted_from": NOW + 6 * HOUR, "wanted_until": NOW + 9 * HOUR}
LATER = {"wanted_from": NOW + 21 * DAY, "wanted_until": NOW + 22 * DAY}


@pytest.fixture
def two(loop):
    """Orders in one state: the first wanted in three weeks, the second today. The stage of the
    second runs out later, so that the clock alone would put it last."""

    def brought(state):
        pair = loop.order(state, **LATER), loop.order(state, **SOON)
        Order.objects.filter(pk=pair[1].pk).update(due_at=NOW + 9 * DAY)
        return [order.pk for order in pair]

    return brought


def _titles(orders):
    return [order.pk for order in orders]


def test_the_desk_shows_first_what_is_wanted_today(two, loop):
    later, soon = two("placed")
    reach = roles.reach(loop.worker, Verb.ORDER_DISPATCH, NOW)

    assert _titles(queries.desk(reach)) == [soon, later]
    assert _titles(queries.under_way(reach)) == [soon, later]


def test_the_department_and_the_team_see_first_what_is_wanted_today(two, loop):
    later, soon = two("open")

    assert _titles(queries.of_department([loop.department.pk], ["open"])) == [soon, later]
    assert _titles(queries.claimable(loop.team, NOW)) == [soon, later]


def test_a_team_sees_the_visit_of_tomorrow_before_a_time_to_agree_on_next_month(loop):
    claimed = loop.order("claimed", **LATER)
    Order.objects.filter(pk=claimed.pk).update(due_at=NOW + 9 * DAY)
    scheduled = loop.order("scheduled")

    assert _titles(queries.of_team(loop.team)) == [scheduled.pk, claimed.pk]


def test_a_stage_that_runs_out_before_the_order_is_wanted_still_comes_first(loop):
    wanted = loop.order("placed", **SOON)
    overdue = loop.order("placed", **LATER)
    Order.objects.filter(pk=overdue.pk).update(due_at=NOW - HOUR)
    reach = roles.reach(loop.worker, Verb.ORDER_DISPATCH, NOW)

    assert _titles(queries.desk(reach)) == [overdue.pk, wanted.pk]


def test_an_order_whose_clock_stopped_at_the_top_is_not_lost_at_the_end(loop):
    stopped = loop.order("placed", **SOON)
    Order.objects.filter(pk=stopped.pk).update(due_at=None)
    other = loop.order("placed", **LATER)
    reach = roles.reach(loop.worker, Verb.ORDER_DISPATCH, NOW)

    assert _titles(queries.desk(reach)) == [stopped.pk, other.pk]


def test_the_list_shows_first_what_needs_a_hand_and_last_what_has_ended(two, loop):
    closed = loop.order("rated", **SOON)
    later, soon = two("placed")
    Order.objects.filter(pk=closed.pk).update(due_at=None)
    found = Order.objects.order_by(*listing.sort_of("").order())

    assert _titles(found) == [soon, later, closed.pk]


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        (6 * HOUR, 9 * HOUR, "wanted today"),
        (DAY, DAY + HOUR, "wanted tomorrow"),
        (DAY, 6 * DAY, "from tomorrow"),  # any day until then will do
        (HOUR, 6 * DAY, "from today"),
        (2 * DAY, 3 * DAY, None),
        (-2 * DAY, DAY, "wanted now"),
        (-2 * DAY, -DAY, "the wanted time is over"),
    ],
)
def test_the_card_says_why_it_cannot_wait(loop, begins, ends, words):
    order = loop.order("placed")
    order.wanted_from, order.wanted_until = NOW + begins, NOW + ends

    hurry = cards.card(order, NOW).hurry

    assert (hurry.label if hurry else None) == words


def test_a_visit_with_a_time_is_not_told_to_be_wanted(loop):
    assert cards.hurry(loop.order("scheduled", **SOON), NOW) is None


def test_the_board_of_the_department_tells_it_in_words(two, loop):
    two("dispatched")
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(loop.officer)

    with time_machine.travel(NOW, tick=False):
        page = client.get(reverse("department")).content.decode()

    assert "今天要" in page


def test_a_window_that_begins_tomorrow_makes_no_clock_pressing(loop):
    order = loop.order("placed", **SOON)
    window = {"wanted_from": NOW + DAY, "wanted_until": NOW + 6 * DAY}
    Order.objects.filter(pk=order.pk).update(**window, stage_since=NOW, due_at=NOW + 2 * DAY)
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(loop.worker)

    with time_machine.travel(NOW, tick=False):
        page = client.get(reverse("order", args=[order.pk])).text

    assert "明天起" in page
    assert 'data-tone="calm"' in page
    assert "尽快" not in page


@pytest.mark.parametrize(("ends", "tone"), [(9 * HOUR, "amber"), (-HOUR, None)])
def test_the_clock_beside_what_cannot_wait_is_never_calm(loop, ends, tone):
    order = loop.order("placed", **SOON)
    Order.objects.filter(pk=order.pk).update(wanted_from=NOW - DAY, wanted_until=NOW + ends)
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(loop.worker)

    with time_machine.travel(NOW, tick=False):
        page = client.get(reverse("order", args=[order.pk])).content.decode()

    assert re.findall(r'class="clock" data-tone="(\w+)"', page) == [one for one in (tone,) if one]
