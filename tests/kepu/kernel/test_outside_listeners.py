"""A listener that asks an outside system holds no lock of ours while it waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from kepu.kernel.facts import actions, registry, worker
from kepu.kernel.facts.catalogue import NoticeRaised
from kepu.kernel.facts.models import Delivery, DeliveryState
from tests.factories import NOW


@pytest.fixture
def calls(monkeypatch):
    monkeypatch.setattr(registry, "_listeners", {})
    monkeypatch.setattr(registry, "_outside", set())
    return []


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.parametrize(("listen", "locked"), [("listen", True), ("listen_outside", False)])
def test_only_a_listener_inside_runs_in_the_workers_transaction(calls, listen, locked):
    @getattr(registry, listen)(NoticeRaised)
    def ask(fact, occasion):
        calls.append(connection.in_atomic_block)

    actions.publish(NoticeRaised(at=NOW, notice_id=1))
    worker.work_off(NOW)

    assert calls == [locked]
    assert Delivery.objects.get().state == DeliveryState.DONE


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_crash_outside_gives_the_delivery_back_after_the_lease(calls):
    @registry.listen_outside(NoticeRaised)
    def ask(fact, occasion):
        calls.append(occasion.delivery_id)
        if len(calls) == 1:
            raise SystemExit

    actions.publish(NoticeRaised(at=NOW, notice_id=1))
    with pytest.raises(SystemExit):
        worker.work_off(NOW)

    assert worker.work_off(NOW + timedelta(seconds=30)).delivered == 0
    assert worker.work_off(NOW + worker.LEASE).delivered == 1
    assert calls[0] == calls[1]


@pytest.mark.django_db
def test_a_delivery_may_be_told_to_wait(calls):
    @registry.listen(NoticeRaised)
    def hear(fact, occasion):
        calls.append(fact)

    actions.publish(NoticeRaised(at=NOW, notice_id=1), due_at=NOW + timedelta(hours=1))

    assert worker.work_off(NOW).delivered == 0
    assert worker.work_off(NOW + timedelta(hours=1)).delivered == 1
