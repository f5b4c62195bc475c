"""Reads of auto-plans: what is worked on, what waits for a decision, what one holds and has asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.working import SILENCE
from kepu.orders import queries
from kepu.orders.models import AutoPlan, Offer, Order, PlanLine
from kepu.orders.states import PLANS_AT_WORK, LeftOut, PlanState

if TYPE_CHECKING:
    from kepu.people.models import Team

# What an officer does with an order that a plan leaves out; all of it stands on the order's page.
NEXT_STEPS = {
    LeftOut.NO_SKILL: lazy("Offer to neighbouring districts"),
    LeftOut.TOO_FAR: lazy("Offer to neighbouring districts"),
    LeftOut.NO_WINDOW: lazy("Agree on another half-day"),
    LeftOut.NO_CAPACITY: lazy("Ask a team that you choose"),
    LeftOut.NO_TIME: lazy("Ask a team that you choose"),
}
PATIENCE = timedelta(seconds=20)  # a worker that runs has begun long before


def plan_at_work(department_id: int) -> AutoPlan | None:
    """The plan of the department that the worker computes or applies. One query."""
    return AutoPlan.objects.filter(department=department_id, state__in=PLANS_AT_WORK).first()


def plans_to_look_at(departments: Iterable[int]) -> QuerySet[AutoPlan]:
    """Plans that are being worked on or wait for a decision, the newest first. One query."""
    states = (*PLANS_AT_WORK, PlanState.PROPOSED)
    found = AutoPlan.objects.filter(department__in=list(departments), state__in=states)
    return found.select_related("department").order_by("-pk")


def lines_to_show(plan: AutoPlan) -> QuerySet[PlanLine]:
    """The lines of a plan, team by team; none of one that is still being written."""
    return plan.lines.none() if plan.state == PlanState.COMPUTING else plan.lines.order_by("pk")


def starts(teams: Iterable[Team], orders: Iterable[Order]) -> dict[int, datetime]:
    """When a plan has one of the teams at each order it was asked to take, by the order's id. One query."""
    made = Offer.objects.filter(queries.SINCE_OPEN, team__in=list(teams), order__in=list(orders))
    found = made.filter(starts_at__isnull=False, declined_at__isnull=True).order_by("-starts_at")
    return {pk: start for pk, start in found.values_list("order", "starts_at") if start}


def start_of(order: Order) -> datetime | None:
    """When a plan has the team there that has claimed the order, if it was asked before. Two queries."""
    asked = Offer.objects.filter(order=order, team=order.team_id, starts_at__isnull=False).first()
    opened = order.steps.filter(verb__in=("open", "release")).last()
    if asked is None or opened is None or asked.at < opened.at:
        return None
    return asked.starts_at


def waits_for_a_worker(plan: AutoPlan, now: datetime) -> bool:
    """Whether no worker has begun, or been heard of, for so long that somebody should be told."""
    if plan.beat_at is None:
        return now - (plan.applied_at or plan.made_at) > PATIENCE
    return now - plan.beat_at > SILENCE
