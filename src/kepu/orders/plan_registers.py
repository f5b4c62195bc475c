"""The lines of a plan as a list: narrowed, sorted, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import Outside, authorize
from kepu.kernel.registers import Column, Order, Register
from kepu.orders import planned, rules
from kepu.orders.forms import PlanLineListForm
from kepu.orders.models import AutoPlan, PlanLine

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

SERVED: Mapping[str, bool] = {"served": False, "left": True}  # whether they have no team


def _lines(person: User | None, asked: Mapping[str, Any], now: datetime) -> QuerySet[Any]:
    """Lines of the plan that is asked for, for an officer of its department."""
    plan = AutoPlan.objects.filter(pk=asked.get("plan") or 0).first()
    if plan is None or person is None:
        raise Outside(_("there is no such plan"))
    authorize(rules.why_not_plan_for(person, plan.department_id, now))
    found = planned.lines_to_show(plan).select_related(
        "order__division_now", "order__topic", "team"
    )
    if words := (asked.get("q") or "").strip():
        found = found.filter(Q(order__title__icontains=words) | Q(team__name__icontains=words))
    if topic := asked.get("topic"):
        found = found.filter(order__topic=topic)
    has_none = SERVED.get(asked.get("served") or "")
    return found if has_none is None else found.filter(team__isnull=has_none)


def _begins(line: PlanLine) -> datetime | None:
    """As a spreadsheet has it: on the clock of Beijing."""
    return line.starts_at.astimezone(BEIJING).replace(tzinfo=None) if line.starts_at else None


PLAN_LINES = Register(
    "plan-lines", "department", lazy("Orders of the plan"), PlanLineListForm, _lines,
    {
        "team": Order(lazy("team by team"), ()),
        "begin": Order(lazy("soonest visit first"), (F("starts_at").asc(nulls_last=True), "pk")),  # type: ignore[arg-type]
        "far": Order(lazy("longest way first"), (F("km").desc(nulls_last=True), "pk")),  # type: ignore[arg-type]
        "urgent": Order(lazy("most urgent first"), ("-order__priority", "order__urgent_at", "pk")),
        "topic": Order(lazy("by topic"), ("order__topic__rank", "pk")),
    },
    (
        Column(lazy("Number"), lambda one, _place: one.order.number),
        Column(lazy("Order"), lambda one, _place: one.order.title),
        Column(lazy("Topic"), lambda one, _place: one.order.topic.title),
        Column(lazy("Place"), lambda _one, place: place),
        Column(lazy("Priority"), lambda one, _place: one.order.get_priority_display()),
        Column(lazy("Team"), lambda one, _place: one.team.name if one.team else ""),
        Column(lazy("Begins"), lambda one, _place: _begins(one)),
        Column(lazy("Kilometres"), lambda one, _place: one.km),
        Column(lazy("Why"), lambda one, _place: one.reason),
    ),
    path_of=attrgetter("order.path"),
)  # fmt: skip
