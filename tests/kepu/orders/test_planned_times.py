"""The time a plan has found for a team reaches it: in the notice, on its pages, and in the form."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kepu.kernel.facts import worker
from kepu.kernel.notices import queries as notices
from kepu.orders import actions, visits
from kepu.orders.models import Order
from kepu.ui import formats
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(loop) -> Order:
    """The team was asked to come two days after the first hour wanted: 03-08 10:00."""
    order = loop.order("open")
    start = order.wanted_from + timedelta(days=2)
    actions.offer(
        order.pk, team=loop.team, reason="会急救", starts_at=start, by=loop.officer, now=NOW
    )
    return order


def reader(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def test_the_notice_says_when_the_plan_has_the_team_there(loop, asked):
    another = factories.member(loop.team, role="leader")
    another.language = "en"
    another.save(update_fields=["language"])

    worker.work_off(NOW)

    for leader, words in (
        (another, "会急救; the plan has you there 8 Mar (Sun) 10:00"),
        (loop.leader, "会急救；排单方案建议 3 月 8 日(周日) 10:00 上门"),
    ):
        notice = notices.of_person(leader).get(template="order_offered")
        assert words in notices.words(notice, leader).text


def test_the_leader_reads_the_time_on_the_teams_page_and_on_the_orders(loop, asked):
    client = reader(loop.leader)

    with translation.override("en"):
        when = formats.moment(asked.wanted_from + timedelta(days=2), NOW)

    with time_machine.travel(NOW, tick=False):
        for page in (reverse("team-board"), reverse("order", args=[asked.pk])):
            assert f"Planned {when}" in client.get(page).text, page


def test_the_form_begins_with_the_time_of_the_plan(loop, asked):
    loop.claim(asked)
    claimed = Order.objects.get(pk=asked.pk)

    assert visits.first_start(claimed, NOW) == asked.wanted_from + timedelta(days=2)
    with time_machine.travel(NOW, tick=False):
        form = reader(loop.leader).get(reverse("order-act", args=[asked.pk, "schedule"])).text
    assert 'value="2026-03-08T10:00"' in form


def test_a_time_that_has_passed_or_was_found_for_another_visit_is_not_proposed(loop, asked):
    loop.claim(asked)
    claimed = Order.objects.get(pk=asked.pk)
    late = asked.wanted_from + timedelta(days=3, minutes=5)
    assert visits.first_start(claimed, late) == late + timedelta(minutes=10)

    actions.release(asked.pk, reason="讲师病了", by=loop.leader, now=NOW + timedelta(minutes=1))
    actions.claim(asked.pk, team=loop.team, by=loop.leader, now=NOW + timedelta(minutes=2))

    assert visits.first_start(Order.objects.get(pk=asked.pk), NOW) == asked.wanted_from
