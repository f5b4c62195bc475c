"""What time does to orders, in working days of the real calendar."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kepu.kernel.clock import BEIJING
from kepu.kernel.facts import registry, worker
from kepu.kernel.facts.models import Delivery, Happening
from kepu.kernel.notices import queries as notices
from kepu.orders import actions, rules
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_stage_in_working_days_skips_the_weekend(loop):
    far = NOW + timedelta(days=30)
    order = loop.order("dispatched", wanted_until=far)  # on a Thursday, two working days

    assert order.due_at == datetime(2026, 3, 9, 10, 0, tzinfo=BEIJING)


def test_a_stage_that_runs_out_climbs_community_township_district_city_and_stops(loop):
    order = loop.order("placed")
    levels, now = [order.desk], NOW
    for _ in range(4):
        now += timedelta(days=10)
        order.wanted_until = now + timedelta(days=300)
        Order.objects.filter(pk=order.pk).update(wanted_until=order.wanted_until)
        actions.run_clocks(now)
        order.refresh_from_db()
        levels.append(order.desk)

    assert levels == ["50.103.001.001.", "50.103.001.", "50.103.", "50.", "50."]
    assert order.due_at < now  # overdue at the top, where it stays
    assert order.escalations == 3
    assert Happening.objects.filter(name="OrderEscalated").count() == 3


def test_nothing_happens_before_the_clock_has_run_out(loop):
    order = loop.order("placed")

    assert actions.run_clocks(order.due_at - timedelta(seconds=1)) == 0


def test_a_delivered_order_that_is_not_rated_closes_by_itself(loop):
    order = loop.order("delivered")

    actions.run_clocks(order.due_at)

    order.refresh_from_db()
    assert order.state == "closed"
    assert order.steps.last().by is None


def test_an_order_nobody_took_expires_a_day_after_it_was_wanted(loop):
    order = loop.order(
        "open", wanted_until=NOW + timedelta(days=3), wanted_from=NOW + timedelta(days=2)
    )

    actions.run_clocks(order.wanted_until + timedelta(days=3))

    order.refresh_from_db()
    assert order.state == "expired"


def test_the_step_keeps_the_version_of_the_rulebook_that_set_the_clock(loop):
    order = loop.order("placed")

    assert order.steps.last().rules == {"orders.clocks": 0}


def test_a_new_version_of_the_clocks_holds_from_its_day_on(loop):
    from kepu.kernel.rulebooks import actions as rulebooks
    from kepu.kernel.rulebooks.registry import KINDS

    officer = factories.officer("city_officer", "50.")
    text = (
        KINDS["orders.clocks"]
        .shipped()
        .replace("placed: {limit: 1, unit: workdays}", "placed: {limit: 3, unit: hours}")
    )
    tomorrow = NOW + timedelta(days=1)
    rulebooks.issue("orders.clocks", text=text, effective_from=tomorrow.date(), by=officer, now=NOW)
    today, later = loop.drafted(), loop.drafted()

    actions.place(today.pk, by=loop.resident, now=NOW)
    actions.place(later.pk, by=loop.resident, now=tomorrow)

    assert Order.objects.get(pk=today.pk).due_at == tomorrow
    assert Order.objects.get(pk=later.pk).due_at == tomorrow + timedelta(hours=3)


def test_no_stage_promises_more_time_than_the_wish_leaves(loop):
    """Seen in a trial: wanted until tomorrow noon, 13 hours away, and clocks said 23 and 47 hours."""
    soon = {"wanted_from": NOW + timedelta(hours=1), "wanted_until": NOW + timedelta(hours=13)}
    latest = NOW + timedelta(hours=12)  # the visit takes an hour

    for state in ("placed", "dispatched", "accepted", "open", "claimed"):
        order = loop.order(state, **soon)
        assert order.due_at <= order.stage_since + (latest - order.stage_since) / 2, state


def test_escalation_follows_the_wish_and_never_goes_past_the_last_hour(loop):
    order = loop.order("placed", wanted_from=NOW, wanted_until=NOW + timedelta(hours=13))
    ends = []
    while not ends or order.desk != "50.":
        ends.append((order.due_at - NOW) / timedelta(hours=1))
        actions.run_clocks(order.due_at)
        order.refresh_from_db()

    assert ends == [6, 9, 10.5]  # half of what is left each time, but an hour at least
    assert order.due_at == NOW + timedelta(hours=11, minutes=30)


def test_the_limit_stands_where_the_wish_leaves_more_or_is_over(loop):
    far = loop.order("placed", wanted_from=NOW, wanted_until=NOW + timedelta(days=30))
    late = loop.drafted(wanted_from=NOW, wanted_until=NOW + timedelta(minutes=30))

    actions.place(late.pk, by=loop.resident, now=NOW)

    assert far.due_at == Order.objects.get(pk=late.pk).due_at == NOW + timedelta(days=1)


@pytest.mark.parametrize("state", ["placed", "dispatched", "accepted", "open"])
def test_an_order_that_was_neglected_at_every_level_expires_all_the_same(loop, state):
    """Seen in a trial: the clock reached the city days before the wish was over, and stood still there."""
    order = loop.order(state, wanted_until=NOW + timedelta(days=5))
    now = NOW
    while now < order.wanted_until + timedelta(hours=30):
        now += timedelta(hours=3)
        actions.run_clocks(now)
    order.refresh_from_db()

    assert order.state == "expired"
    assert [step.state for step in order.steps.filter(verb="escalate")] == [state] * 3


def test_a_visit_that_is_not_reported_goes_up_one_level_a_day(loop):
    order = loop.order("scheduled")
    assert order.due_at == order.ends_at + timedelta(hours=24)

    for level, late in (("50.103.001.", 0), ("50.103.001.", 5), ("50.103.", 24)):
        actions.run_clocks(order.ends_at + timedelta(hours=25 + late))
        order.refresh_from_db()
        assert order.desk == level


def test_the_next_stage_begins_at_the_community_again(loop):
    order = loop.order("placed")
    far = {"wanted_until": NOW + timedelta(days=300)}
    Order.objects.filter(pk=order.pk).update(**far)
    actions.run_clocks(order.due_at)
    assert Order.objects.get(pk=order.pk).desk == "50.103.001."

    actions.dispatch(order.pk, department=loop.department, by=loop.worker, now=order.due_at)

    assert Order.objects.get(pk=order.pk).desk == "50.103.001.001."


def test_one_clock_that_fails_holds_up_no_other(loop, monkeypatch):
    orders = [loop.order("placed") for _ in range(3)]
    broken, due, free = orders[1].pk, orders[2].due_at, rules.why_not_run_out

    def fails(order, now):
        if order.pk == broken:
            raise LookupError("示例故障")
        return free(order, now)

    monkeypatch.setattr(rules, "why_not_run_out", fails)
    with pytest.raises(ExceptionGroup) as raised:
        actions.run_clocks(due)

    assert raised.value.exceptions[0].__notes__ == [f"order {broken}"]
    assert [Order.objects.get(pk=one.pk).escalations for one in orders] == [1, 0, 1]


def test_clocks_that_failed_run_again_in_time_however_often_they_failed(loop, monkeypatch):
    broken, now = loop.order("placed"), NOW
    Order.objects.filter(pk=broken.pk).update(wanted_until=NOW + timedelta(days=300))

    def fails(order, now):
        raise LookupError("示例故障")

    monkeypatch.setattr(rules, "why_not_run_out", fails)
    worker.plan_duties(now := broken.due_at)
    clocks = Delivery.objects.filter(listener__endswith="listeners.run_clocks")
    Delivery.objects.exclude(pk__in=clocks.values("pk")).delete()
    for _ in range(9):
        assert worker.work_off(now).failed == 1
        assert clocks.get().due_at <= now + timedelta(minutes=1)
        now = clocks.get().due_at


def test_the_worker_opens_no_transaction_around_what_runs_order_by_order():
    duties = ("run_clocks", "ask_next_in_lines")

    assert all(registry.is_outside(f"kepu.orders.listeners.{name}") for name in duties)


def test_who_is_above_is_told_also_where_the_next_level_is_empty(loop):
    district = factories.officer("district_officer", "50.103.")
    city = factories.officer("city_officer", "50.")
    order = loop.order("placed")
    for _ in range(3):
        Order.objects.filter(pk=order.pk).update(wanted_until=order.due_at + timedelta(days=300))
        actions.run_clocks(order.due_at)
        worker.work_off(order.due_at)
        order.refresh_from_db()

    def heard(person):
        return [one.template for one in notices.of_person(person).order_by("pk")]

    assert heard(district) == ["order_escalated"] * 2  # the township above the community is empty
    assert heard(city) == ["order_escalated"]
    assert heard(loop.worker).count("order_overdue") == 3


def test_who_supervises_dispatches_what_is_late_and_reads_whom_it_is_for_until_then(loop):
    city = factories.officer("city_officer", "50.")
    order = loop.order("placed")
    assert rules.why_not_dispatch_as(city, order, NOW)
    assert rules.why_not_see_contact(city, order, NOW)

    actions.run_clocks(late := order.due_at)
    order.refresh_from_db()
    assert rules.why_not_see_contact(city, order, late) is None
    actions.dispatch(order.pk, department=loop.department, by=city, now=late)

    order.refresh_from_db()
    assert order.state == "dispatched"
    assert rules.why_not_see_contact(city, order, late)


def test_what_climbed_to_the_top_before_is_closed_like_everything(loop):
    order = loop.order("delivered")
    Order.objects.filter(pk=order.pk).update(desk="50.")

    actions.run_clocks(order.due_at)

    assert Order.objects.get(pk=order.pk).state == "closed"


def test_a_team_that_is_slow_is_told_so(loop):
    order = loop.order("claimed", wanted_until=NOW + timedelta(days=300))

    actions.run_clocks(order.due_at)
    worker.work_off(order.due_at)

    assert "order_overdue" in [one.template for one in notices.of_person(loop.leader)]
