"""Who hears of what, through the worker as in a city."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel.facts import worker
from kepu.kernel.notices import queries as notices
from kepu.orders import actions, telling
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def heard(person) -> list[str]:
    return list(notices.of_person(person).order_by("pk").values_list("template", flat=True))


def test_the_next_hand_hears_of_each_move_and_who_moved_it_does_not(loop):
    loop.order("scheduled")

    worker.work_off(NOW)

    assert heard(loop.worker) == ["order_to_dispatch"]
    assert heard(loop.officer) == ["order_to_accept"]
    assert heard(loop.resident) == ["order_claimed", "order_scheduled"]
    assert heard(loop.leader) == []


def test_both_levels_hear_of_an_order_that_ran_out_of_time(loop):
    above = factories.officer("community_worker", "50.103.001.", "镇街示例")
    order = loop.order("placed")
    worker.work_off(NOW)

    actions.run_clocks(order.due_at)
    worker.work_off(order.due_at)

    assert heard(above) == ["order_escalated"]
    assert heard(loop.worker) == ["order_to_dispatch", "order_overdue"]


def test_a_team_that_is_asked_reads_why(loop):
    order = loop.order("open")
    actions.offer(order.pk, team=loop.team, reason="会急救，3.2 公里", by=loop.officer, now=NOW)

    worker.work_off(NOW)

    notice = notices.of_person(loop.leader).get(template="order_offered")
    assert "3.2 公里" in str(notices.words(notice, loop.leader).text)


def test_a_notice_is_not_given_twice_when_the_worker_runs_again(loop):
    loop.order("dispatched")
    worker.work_off(NOW)
    worker.work_off(NOW + timedelta(minutes=5))

    assert heard(loop.officer) == ["order_to_accept"]


def test_the_resident_hears_the_answer_and_the_team_that_was_there_of_the_reopening(loop):
    order = loop.order("rated")
    actions.answer(order.pk, words="下次讲得更慢一些", by=loop.leader, now=order.stage_since)
    worker.work_off(order.stage_since)
    assert heard(loop.resident)[-1] == "order_answered"

    missed = loop.order("no_show")
    actions.reopen(missed.pk, reason="请再安排", by=loop.worker, now=missed.stage_since)
    worker.work_off(missed.stage_since)
    assert heard(loop.leader)[-1] == "order_reopened"


def test_everybody_reads_the_time_of_a_visit_in_their_own_language(loop):
    order = loop.order("scheduled")

    assert telling.words_of(order, "zh-hans")["when"] == "3 月 6 日(周五) 10:00"
    assert telling.words_of(order, "en")["when"] == "6 Mar (Fri) 10:00"
    assert telling.words_of(order, "zh-hans")["state"] == "已约定时间"
