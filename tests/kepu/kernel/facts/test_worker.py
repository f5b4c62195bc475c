from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts import actions, registry, worker
from kepu.kernel.facts.catalogue import DivisionsChanged, PostHandedOver
from kepu.kernel.facts.models import Delivery, DeliveryState, Happening
from tests.factories import NOW, officer, user

pytestmark = pytest.mark.django_db

FACT = DivisionsChanged(at=NOW, change_id=7)


@pytest.fixture
def listeners(monkeypatch):
    """A registry of our own, empty."""
    monkeypatch.setattr(registry, "_listeners", {})
    monkeypatch.setattr(registry, "_duties", {})


@pytest.fixture
def heard(listeners):
    """What a listener was told, in order."""
    told = []

    @registry.listen(DivisionsChanged)
    def listen(fact, occasion):
        told.append((fact, occasion.delivery_id))

    return told


@pytest.fixture
def failing(listeners):
    """A listener that writes and then fails."""

    @registry.listen(DivisionsChanged)
    def fail(fact, occasion):
        user("半成品")
        raise ValueError("gateway is away")


def delivery() -> Delivery:
    return Delivery.objects.get()


def test_what_somebody_waits_for_goes_before_ten_that_were_due_before_it(heard):
    order = []

    @registry.listen(PostHandedOver, awaited=True)
    def first(fact, occasion):
        order.append(len(heard))

    for minute in range(10):
        actions.publish(FACT, due_at=NOW - timedelta(minutes=60 - minute))
    actions.publish(PostHandedOver(at=NOW, from_id=1, to_id=2))

    worker.work_off(NOW)

    assert (order, len(heard)) == ([0], 10)


def test_a_recurring_duty_keeps_its_time_before_what_nobody_waits_for(heard):
    order = []

    @registry.every(timedelta(minutes=1))
    def duty(occasion):
        order.append(len(heard))

    for _ in range(10):
        actions.publish(FACT, due_at=NOW - timedelta(minutes=60))
    worker.plan_duties(NOW)

    worker.work_off(NOW)

    assert (order, len(heard)) == ([0], 10)


def test_a_fact_is_heard_as_it_was_said_and_only_once(heard):
    actions.publish(FACT)

    worker.work_off(NOW)
    worker.work_off(NOW)

    assert [fact for fact, _ in heard] == [FACT]
    assert (delivery().state, delivery().done_at) == (DeliveryState.DONE, NOW)


def test_every_listener_of_a_kind_gets_its_own_delivery(heard):
    @registry.listen(DivisionsChanged)
    def also(fact, occasion):
        pass

    @registry.listen(PostHandedOver)
    def not_meant(fact, occasion):
        pytest.fail("another kind of fact")

    actions.publish(FACT)

    assert worker.work_off(NOW).delivered == 2


def test_two_listeners_of_one_name_are_refused(listeners):
    def listen(fact, occasion):
        pass

    registry.listen(DivisionsChanged)(listen)
    with pytest.raises(ValueError, match="two listeners"):
        registry.listen(PostHandedOver)(listen)


def test_a_fact_of_a_transaction_that_fell_is_never_heard(heard):
    with transaction.atomic():
        actions.publish(FACT)
        transaction.set_rollback(True)

    assert worker.work_off(NOW).delivered == 0
    assert heard == []
    assert not Happening.objects.exists()


def test_nothing_is_delivered_before_it_is_due(heard):
    actions.publish(FACT)

    assert worker.handle_next(NOW - timedelta(seconds=1)) is None


def test_a_failed_listener_leaves_nothing_behind_and_says_why(failing):
    actions.publish(FACT)

    assert worker.handle_next(NOW) is False

    assert not User.objects.exists()
    assert delivery().last_error == "ValueError: gateway is away"


def test_pauses_grow_and_a_letter_that_never_works_is_buried(failing):
    actions.publish(FACT)
    now, waited = NOW, []

    while delivery().state == DeliveryState.WAITING:
        now = delivery().due_at
        assert worker.handle_next(now) is False
        waited.append(delivery().due_at - now)

    assert waited[:-1] == worker.PAUSES
    assert waited == sorted(waited)
    assert delivery().state == DeliveryState.DEAD
    assert worker.handle_next(now + timedelta(days=365)) is None


@pytest.fixture
def killing(listeners):
    """A listener that takes its worker along: nothing after it is done, as when the process is killed."""

    @registry.listen(DivisionsChanged)
    def kill(fact, occasion):
        user("半成品")
        raise SystemExit


def test_a_delivery_that_kills_its_worker_is_given_up_after_as_many_tries(killing):
    actions.publish(FACT)
    now, tries = NOW, 0

    while delivery().state == DeliveryState.WAITING and tries < 20:
        tries, now = tries + 1, delivery().due_at
        try:
            assert worker.handle_next(now) is False
        except SystemExit:
            assert delivery().due_at > now  # it does not come back at once

    assert (tries, delivery().attempts) == (len(worker.PAUSES) + 2, len(worker.PAUSES) + 1)
    assert "stopped" in delivery().last_error
    assert not User.objects.exists()
    assert worker.handle_next(now + timedelta(days=365)) is None


def test_others_are_served_while_one_kills_its_worker(killing):
    heard = []

    @registry.listen(PostHandedOver)
    def other(fact, occasion):
        heard.append(fact)

    actions.publish(FACT)
    actions.publish(PostHandedOver(at=NOW, from_id=1, to_id=2))

    with pytest.raises(SystemExit):
        worker.work_off(NOW)
    worker.work_off(NOW)

    assert len(heard) == 1


def test_a_duty_that_kills_its_worker_is_never_given_up(listeners):
    @registry.every(timedelta(minutes=1))
    def duty(occasion):
        raise SystemExit

    worker.plan_duties(NOW)
    now = NOW
    for _ in range(12):
        with pytest.raises(SystemExit):
            worker.handle_next(now)
        now = delivery().due_at

    assert delivery().state == DeliveryState.WAITING


def test_one_failing_listener_does_not_hold_up_the_others(failing):
    @registry.listen(DivisionsChanged)
    def other(fact, occasion):
        pass

    @registry.listen(PostHandedOver)
    def another(fact, occasion):
        pass

    actions.publish(FACT)
    actions.publish(PostHandedOver(at=NOW, from_id=1, to_id=2))

    worker.work_off(NOW)

    assert Delivery.objects.filter(state=DeliveryState.DONE).count() == 2


def test_a_delivery_whose_listener_is_gone_waits_for_it(heard):
    actions.publish(FACT)
    registry._listeners.clear()

    assert worker.handle_next(NOW) is False
    assert "nobody is registered" in delivery().last_error


def dead_letter() -> Delivery:
    happening = Happening.objects.create(name="DivisionsChanged", at=NOW, data={})
    return Delivery.objects.create(
        fact=happening, listener="x", due_at=NOW, attempts=8, state=DeliveryState.DEAD
    )


def test_a_dead_letter_is_given_another_life_by_a_system_administrator():
    dead = dead_letter()
    later = NOW + timedelta(days=1)

    actions.revive(dead.pk, by=officer("system_administrator", "50."), now=later)

    dead.refresh_from_db()
    assert (dead.state, dead.attempts, dead.due_at) == (DeliveryState.WAITING, 0, later)


@pytest.mark.parametrize("role", ["city_officer", "security_administrator", "audit_administrator"])
def test_nobody_else_revives(role):
    with pytest.raises(NotAllowed, match="system administrator"):
        actions.revive(dead_letter().pk, by=officer(role, "50."), now=NOW)


def test_a_system_administrator_of_a_district_does_not_revive_what_is_everybodys():
    with pytest.raises(NotAllowed, match="system administrator"):
        actions.revive(dead_letter().pk, by=officer("system_administrator", "50.103."), now=NOW)


def test_what_is_not_dead_is_not_revived():
    dead = dead_letter()
    Delivery.objects.update(state=DeliveryState.WAITING)

    with pytest.raises(RuleBroken, match="not dead"):
        actions.revive(dead.pk, by=officer("system_administrator", "50."), now=NOW)


def test_a_duty_comes_round_again_and_again_and_is_never_buried(listeners):
    runs = []

    @registry.every(timedelta(hours=1))
    def duty(occasion):
        runs.append(occasion.now)
        if len(runs) < 12:
            raise ValueError

    worker.plan_duties(NOW)
    worker.plan_duties(NOW)  # a second worker starts
    now = NOW
    for _ in range(14):
        now = delivery().due_at
        worker.handle_next(now)

    assert len(runs) == 14
    assert delivery().due_at == now + timedelta(hours=1)


def test_the_row_of_a_duty_that_is_gone_is_dropped(listeners):
    registry.every(timedelta(hours=1))(lambda occasion: None)
    worker.plan_duties(NOW)
    registry._duties.clear()

    worker.plan_duties(NOW)

    assert not Delivery.objects.exists()


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_workers_share_the_work_and_neither_does_the_others_again(listeners):
    done, both_in = [], threading.Barrier(2, timeout=10)

    @registry.listen(DivisionsChanged)
    def listen(fact, occasion):
        both_in.wait()  # passes only when two deliveries are in hand at the same time
        done.append(occasion.delivery_id)

    for _ in range(2):
        actions.publish(FACT)

    def work():
        try:
            worker.handle_next(NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(done)) == 2
    assert Delivery.objects.filter(state=DeliveryState.DONE).count() == 2


KILLED = """
import os, sys
import django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from datetime import datetime
from kepu.kernel.facts import registry, worker
from kepu.kernel.facts.catalogue import DivisionsChanged
from kepu.kernel.rulebooks.models import Rulebook

registry._listeners.clear()

def effect(fact, occasion):
    Rulebook.objects.create(
        kind="effect", version=occasion.delivery_id, effective_from=occasion.now.date(), text="",
        digest="", issued_at=occasion.now,
    )
    if sys.argv[3] == "die":
        os.kill(os.getpid(), 9)  # after the effect, before the mark "done"

registry._listeners["effect"] = (DivisionsChanged, effect)
worker.handle_next(datetime.fromisoformat(sys.argv[2]))
"""


def in_another_process(fate: str) -> int:
    at = NOW if fate == "die" else NOW + worker.PAUSES[0]
    words = [str(connection.settings_dict["NAME"]), at.isoformat(), fate]
    surroundings = {**os.environ, "DJANGO_SETTINGS_MODULE": "kepu.config.settings_test"}
    return subprocess.run(
        [sys.executable, "-c", KILLED, *words], env=surroundings, check=False
    ).returncode


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_effect_and_mark_leaves_no_effect_and_the_next_does_it_once():
    from kepu.kernel.rulebooks.models import Rulebook

    happening = Happening.objects.create(
        name="DivisionsChanged", at=NOW, data={"at": NOW.isoformat(), "change_id": 1}
    )
    Delivery.objects.create(fact=happening, listener="effect", due_at=NOW)

    assert in_another_process("die") == -9
    assert not Rulebook.objects.filter(kind="effect").exists()
    assert delivery().state == DeliveryState.WAITING

    assert in_another_process("live") == 0
    assert in_another_process("live") == 0
    assert Rulebook.objects.filter(kind="effect").count() == 1
