"""A plan beside other hands: who writes while it is computed, and who asks at the same moment."""

from __future__ import annotations

import pytest
from django.db import connection

from kepu.orders import actions
from kepu.orders.actions import computing
from kepu.orders.models import AutoPlan, Offer, Order
from kepu_engines.matching import plan as engine
from tests.factories import NOW
from tests.kepu.orders.test_at_once import at_once, loop
from tests.kepu.orders.test_plans_by_the_worker import again, asked

__all__ = ["loop"]  # a fixture

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_others_write_while_the_engine_solves_and_the_workers_thread_finishes(loop, monkeypatch):
    order, open_blocks, wrote = loop.order("open"), [], []
    solve = engine.plan

    def solve_beside_a_writer(*market):
        open_blocks.append(connection.in_atomic_block)
        ends = at_once(
            lambda: Order.objects.filter(pk=order.pk).update(title="改名"),
            lambda: actions.offer(order.pk, team=loop.team, reason="近", by=loop.officer, now=NOW),
        )
        wrote.extend(ends)
        return solve(*market)

    monkeypatch.setattr(engine, "plan", solve_beside_a_writer)
    plan = asked(loop)
    assert actions.take_up_plan(plan.pk, now=NOW)

    computing.PLANS.start(plan.pk, NOW).join()

    assert open_blocks == [False]
    assert wrote == [1, Offer.objects.get()]
    assert again(plan).state == "proposed"


def test_two_who_ask_at_the_same_moment_get_one_plan(loop):
    ends = at_once(*[lambda: asked(loop)] * 4)

    assert ends == [AutoPlan.objects.get()] * 4
