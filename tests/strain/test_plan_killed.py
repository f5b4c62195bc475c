"""The worker is killed while it asks the teams of a plan, and orders go their own ways meanwhile."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection
from django.db.models import Count

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import Refusal
from kepu.kernel.facts.models import Delivery
from kepu.kernel.working import SILENCE
from kepu.orders import actions
from kepu.orders.models import AutoPlan, Offer, Order, PlanLine
from kepu.web.simulation import past, town
from tests.factories import division, skill
from tests.strain.conftest import City

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ORDERS = 400


def _proposed() -> tuple[AutoPlan, town.District]:
    """A plan that names a team for every open order, as a worker has left it, and is to be applied."""
    now = clock.now()
    division("50.103.001.001.")
    skill()
    settled = town.build(now=now, teams=4, residents=20, topics=1000)
    (district,) = settled.districts
    past.write(past.spread(settled, ORDERS, lambda _chance: "open", now=now))
    plan = AutoPlan.objects.create(
        department=district.department, path=district.path, state="proposed",
        made_by=district.officer, made_at=now,
    )  # fmt: skip
    orders = Order.objects.order_by("pk").values_list("pk", flat=True)
    PlanLine.objects.bulk_create(
        PlanLine(plan=plan, order_id=pk, team=district.teams[pk % 4], reason="近") for pk in orders
    )
    return plan, district


def _wait(plan: AutoPlan, until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not until():
        assert time.monotonic() < deadline, AutoPlan.objects.values().get(pk=plan.pk)
        time.sleep(0.005)


def test_no_team_is_asked_twice_and_no_line_is_half_done(city: City):
    if connection.vendor == "sqlite":
        pytest.skip("orders have no way of their own while one writer asks the teams")
    if os.environ.get("KEPU_STRAIN") != "full":
        pytest.skip(
            "a kill by chance: once it left a plan waiting on a busy machine; `make strain`"
        )
    plan, district = _proposed()
    actions.apply_plan(plan.pk, by=district.officer, now=clock.now())
    gone = list(Order.objects.order_by("-pk").values_list("pk", flat=True)[: ORDERS // 4])

    killed = 0
    for _kill in range(2):
        before = Offer.objects.count()
        worker = city.work()
        _wait(plan, lambda seen=before: Offer.objects.count() > seen or _done(plan))
        for pk in gone[killed * 6 : killed * 6 + 6]:  # what was proposed is not there any more
            _go_another_way(pk, district)
        city.kill(worker)
        killed += AutoPlan.objects.get(pk=plan.pk).state == "applying"
        _let_time_pass(plan)
    city.work()
    _wait(plan, lambda: _done(plan))

    assert killed, "it was done before anybody could kill it"
    _told_the_same()


def _done(plan: AutoPlan) -> bool:
    return AutoPlan.objects.get(pk=plan.pk).state == "applied"


def _let_time_pass(plan: AutoPlan) -> None:
    """The two minutes in which the next worker would wait for a sign of life of the dead one."""
    now = clock.now()
    AutoPlan.objects.filter(pk=plan.pk).update(beat_at=now - 2 * SILENCE)
    Delivery.objects.filter(listener__endswith="begin_plans_again").update(due_at=now)


def _go_another_way(pk: int, district: town.District) -> None:
    """Half are claimed by a team, half called off: some before they are asked for, some after."""
    now = clock.now()
    if pk % 2:
        with suppress(Refusal):  # the team holds as many as it may
            leader, team = district.leaders[0], district.teams[0]
            actions.claim(pk, team=team, by=leader, now=now)
    else:
        actions.cancel(pk, reason="不需要了", by=district.worker, now=now)


def _told_the_same() -> None:
    """Line, offer and audit tell of each order the same, once; what had moved on was left out."""
    lines = PlanLine.objects.select_related("order")
    assert not lines.filter(handled_at__isnull=True).exists()
    entries = Entry.objects.filter(verb="order.offer").values_list("object_id")
    told = {int(pk): n for pk, n in entries.annotate(n=Count("pk")).order_by()}
    offers = list(Offer.objects.values_list("order_id", flat=True))
    assert len(offers) == len(set(offers))
    assert set(told.values()) == {1}
    assert set(told) == set(offers)
    for line in lines:
        offered = line.order_id in told
        assert offered or line.order.state != "open", line.reason
