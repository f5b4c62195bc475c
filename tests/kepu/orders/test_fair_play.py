"""Nobody is a judge in one's own cause, and nobody guesses a way in."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from kepu.kernel.api import limits
from kepu.kernel.api.limits import TooMany
from kepu.kernel.api.models import Lease
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.orders import actions, rules
from kepu.orders.actions.delivering import TRIES_A_MINUTE, count_try
from kepu.orders.actions.syncing import Sent
from kepu.orders.hints import hints
from kepu.orders.models import Rating
from tests import factories
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["leader", "member"])
def test_a_resident_does_not_rate_the_visit_of_a_team_of_ones_own(loop, role):
    factories.member(loop.team, loop.resident, role=role)
    order = loop.order("delivered")
    later = order.wanted_from + timedelta(days=1)

    with pytest.raises(NotAllowed, match="of one's own"):
        actions.rate(order.pk, stars=5, by=loop.resident, now=later)

    assert not Rating.objects.exists()
    assert "rate" not in {hint.verb for hint in hints(order, loop.resident, later)}


def test_codes_are_not_tried_one_after_the_other(loop):
    order = loop.order("scheduled")
    begin = order.wanted_from
    for _ in range(TRIES_A_MINUTE):
        with pytest.raises(RuleBroken, match="not the code"):
            actions.check_in(order.pk, code="222222", by=loop.leader, now=begin)

    with pytest.raises(TooMany):
        actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=begin)

    assert not order.check_ins.exists()
    other = factories.member(loop.team)
    assert actions.check_in(order.pk, code=order.check_in_code, by=other, now=begin)


def test_a_device_does_not_try_codes_one_after_the_other_either(loop):
    order = loop.order("scheduled")
    begin = order.wanted_from
    sent = [
        Sent(
            uuid=uuid4(), kind="check_in", order_id=order.pk, device_time=begin, data={"code": code}
        )
        for code in [*["222222"] * (TRIES_A_MINUTE + 5), order.check_in_code]
    ]

    kept = [actions.receive(event, by=loop.leader, now=begin) for event in sent]

    assert {event.outcome for event in kept} == {"refused"}
    assert not order.check_ins.exists()


def test_a_person_sends_so_many_events_a_day_and_no_more(loop, monkeypatch):
    monkeypatch.setattr(rules, "EVENTS_A_DAY", 2)
    order = loop.order("scheduled")
    begin = order.wanted_from

    def event() -> Sent:
        return Sent(uuid=uuid4(), kind="check_out", order_id=order.pk, device_time=begin, data={})

    first, second = event(), event()
    actions.receive(first, by=loop.leader, now=begin)
    actions.receive(second, by=loop.leader, now=begin)

    with pytest.raises(RuleBroken, match="send them tomorrow"):
        actions.receive(event(), by=loop.leader, now=begin)
    assert actions.receive(first, by=loop.leader, now=begin).uuid == first.uuid
    tomorrow = begin + timedelta(days=1, seconds=1)
    assert actions.receive(event(), by=loop.leader, now=tomorrow)


@pytest.mark.parametrize("way", ["plainly", "with a version", "under a key"])
def test_tries_stay_counted_for_other_processes_when_the_refusal_is_undone(loop, way):
    order = loop.order("scheduled")
    by = caller(loop.leader, order.wanted_from)
    words = {
        "with a version": {"If_Match": f'"{order.version}"'},
        "under a key": {"Idempotency_Key": "k1"},
    }
    with time_machine.travel(order.wanted_from, tick=False):
        answer = by.post(f"orders/{order.pk}/check-in", {"code": "222222"}, **words.get(way, {}))

    assert answer.status_code == 409
    row = Lease.objects.get(caller=f"code:{order.pk}:{loop.leader.pseudonym}")
    assert row.taken == 1


def test_a_process_that_ends_takes_one_try_with_it_and_not_the_minute(loop):
    """Ten tries are few: were they taken as one handful, a restart would lock the team out."""
    order = loop.order("scheduled")
    for _process in range(TRIES_A_MINUTE):
        limits._purses.clear()
        count_try(order.pk, loop.leader, order.wanted_from)

    limits._purses.clear()
    with pytest.raises(TooMany):
        count_try(order.pk, loop.leader, order.wanted_from)
