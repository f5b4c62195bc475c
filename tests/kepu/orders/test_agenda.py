"""Who is put down for a visit hears of it, and finds it on the own pages until it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.facts import worker
from kepu.kernel.notices import queries as notices
from kepu.orders import actions, roster
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(loop):
    return [factories.member(loop.team, factories.user(name)) for name in ("赵示例", "钱示例")]


def heard(person) -> list[str]:
    return list(notices.of_person(person).order_by("pk").values_list("template", flat=True))


def put(loop, order, *people, now=NOW) -> None:
    ids = [one.pk for one in people]
    actions.set_roster(order.pk, people_ids=ids, by=loop.leader, now=now)


def test_who_is_put_down_reads_when_where_and_with_whom(loop, pair):
    order = loop.order("scheduled")

    put(loop, order, *pair)

    notice = notices.of_person(pair[0]).get()
    said = str(notices.words(notice, pair[0]).text)
    assert notice.link == reverse("visit", args=[order.pk])
    assert all(
        word in said
        for word in ("健康讲座", "3 月 6 日(周五) 10:00", "示例50.103.", "赵示例", "钱示例")
    )


def test_each_is_told_once_and_a_leader_tells_himself_nothing(loop, pair):
    order = loop.order("scheduled")

    put(loop, order, pair[0], loop.leader)
    put(loop, order, *pair, loop.leader)

    assert [heard(one) for one in (*pair, loop.leader)] == [["roster_put"], ["roster_put"], []]


def test_who_is_taken_off_hears_of_it_and_the_others_do_not(loop, pair):
    order = loop.order("scheduled")
    put(loop, order, *pair)

    put(loop, order, pair[0])

    assert heard(pair[0]) == ["roster_put"]
    assert heard(pair[1]) == ["roster_put", "roster_off"]


def test_who_was_put_down_before_the_time_was_set_hears_the_time(loop, pair):
    order = loop.order("claimed")
    put(loop, order, pair[0], now=NOW - timedelta(minutes=5))

    loop.schedule(order)
    worker.work_off(NOW)

    assert heard(pair[0]) == ["roster_put_before_time", "roster_time"]
    assert heard(pair[1]) == []


@pytest.mark.parametrize("way", ["release", "hand_over", "withdraw", "cancel"])
def test_nobody_goes_to_a_visit_that_the_team_has_no_more(loop, pair, way):
    order = loop.order("scheduled")
    put(loop, order, pair[0])
    do = {
        "release": lambda: actions.release(order.pk, reason="没有人手", by=loop.leader, now=NOW),
        "hand_over": lambda: actions.hand_over(
            order.pk, to=factories.team(), by=loop.leader, now=NOW
        ),
        "withdraw": lambda: actions.withdraw(order.pk, reason="不要了", by=loop.resident, now=NOW),
        "cancel": lambda: actions.cancel(order.pk, reason="重复", by=loop.worker, now=NOW),
    }

    do[way]()
    worker.work_off(NOW)

    off = "roster_off" if way in ("release", "hand_over") else "order_withdrawn"
    assert heard(pair[0]) == ["roster_put", off]
    assert roster.agenda(pair[0], NOW) == []


def test_the_agenda_says_when_where_and_with_whom_the_soonest_first(loop, pair):
    later = loop.order("scheduled", wanted_from=NOW + timedelta(days=2))
    soon, unset = loop.order("scheduled"), loop.order("claimed")
    for order in (later, soon, unset):
        put(loop, order, *pair)

    found = roster.agenda(pair[0], NOW)

    assert [one.starts_at for one in found] == [soon.starts_at, later.starts_at, None]
    assert {one.others for one in found} == {("钱示例",)}
    assert found[0].href == reverse("visit", args=[soon.pk])


def test_the_agenda_forgets_a_visit_that_was_reported(loop, pair):
    order = loop.order("scheduled")
    put(loop, order, pair[0])
    loop.deliver(order)

    assert roster.agenda(pair[0], NOW + timedelta(days=1)) == []


@pytest.mark.parametrize("page", ["team-board", "people-me"])
def test_both_pages_lead_to_the_visit_and_only_those_who_go(loop, pair, page):
    order = loop.order("scheduled")
    put(loop, order, pair[0])
    shown = []
    with time_machine.travel(NOW, tick=False):
        for person in (*pair, loop.resident):
            client = Client()
            client.force_login(person)
            shown.append(reverse("visit", args=[order.pk]) in client.get(reverse(page)).text)

    assert shown == [True, False, False]
