"""The auto-plan: what it would do is right, and nothing is done before it is applied."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.orders import actions
from kepu.orders.models import Offer, Order
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_plan_names_an_able_team_a_time_and_a_reason_and_does_nothing_yet(loop):
    order = loop.order("open")

    plan = actions.make_plan(loop.department, by=loop.officer, now=NOW)

    line = plan.lines.get(order=order)
    assert line.team == loop.team
    assert order.wanted_from <= line.starts_at < order.wanted_until
    assert plan.summary["served"] == 1
    assert not Offer.objects.exists()
    assert Order.objects.get(pk=order.pk).state == "open"


def test_who_cannot_or_does_not_serve_there_is_not_planned(loop):
    order = loop.order("open", topic=factories.skill("astronomy"))
    factories.team(path="50.101.001.", areas=("50.101.",), skills=("astronomy",))

    line = actions.make_plan(loop.department, by=loop.officer, now=NOW).lines.get(order=order)

    assert line.team is None
    assert "no team that serves this place" in line.reason


def test_a_team_is_not_planned_beyond_what_it_may_hold(loop):
    loop.team.week_capacity = loop.team.day_capacity = 1
    loop.team.save()
    within_a_week = {"wanted_until": NOW + timedelta(days=2)}
    loop.order("open", **within_a_week)
    loop.order("open", **within_a_week)

    plan = actions.make_plan(loop.department, by=loop.officer, now=NOW)

    assert plan.summary["served"] == 1
    assert plan.summary["unserved"] == {"no_capacity": 1}


def test_applying_asks_the_teams_and_leaves_alone_what_has_moved_on(loop):
    taken, free = loop.order("open"), loop.order("open")
    loop.team.week_capacity, loop.team.day_capacity = 6, 2
    loop.team.save()
    plan = actions.make_plan(loop.department, by=loop.officer, now=NOW)
    loop.claim(taken)

    actions.apply_plan(plan.pk, by=loop.officer, now=NOW)

    assert list(Offer.objects.values_list("order", flat=True)) == [free.pk]
    assert "only an open order" in plan.lines.get(order=taken).reason
    with pytest.raises(RuleBroken, match="already"):
        actions.apply_plan(plan.pk, by=loop.officer, now=NOW)


def test_only_the_department_plans_and_only_when_there_is_something_to_plan(loop):
    with pytest.raises(BadInput, match="no open order"):
        actions.make_plan(loop.department, by=loop.officer, now=NOW)
    with pytest.raises(NotAllowed):
        actions.make_plan(loop.department, by=loop.worker, now=NOW)
