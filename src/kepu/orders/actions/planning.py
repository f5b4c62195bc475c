"""The auto-plan as people handle it: asked for, shown, applied, put away or cancelled.

What takes long is done by the worker, see `computing`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation

from kepu.kernel.accounts.models import Organisation
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import PlanAsked
from kepu.orders import planned, rules
from kepu.orders.models import AutoPlan
from kepu.orders.states import PLAN, PlanState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


@transaction.atomic
def make_plan(department: Organisation, *, by: User, now: datetime) -> AutoPlan:
    """Ask for every open order of the department to be matched with a team; the worker does it.

    Who asks while the worker has a plan of this department gets that one.
    """
    authorize(rules.why_not_plan_for(by, department.pk, now))
    _lock(department.pk)
    if at_work := planned.plan_at_work(department.pk):
        return at_work

    plan = AutoPlan.objects.create(
        department=department,
        path=department.path,
        language=translation.get_language() or "zh-hans",
        made_by=by,
        made_at=now,
    )
    audit.record(by, "plan.make", plan, now=now)
    facts.publish(PlanAsked(at=now, plan_id=plan.pk))
    return plan


@transaction.atomic
def apply_plan(plan_id: int, *, by: User, now: datetime) -> AutoPlan:
    """Ask for each order of the plan to be offered to the team it names; the worker does it.

    What has moved on since the plan was made is left alone and said so in its line.
    """
    plan = _locked(plan_id, by, now)
    _lock(plan.department_id)
    require(rules.why_not_move_plan(plan, "apply"))

    plan.state = PLAN.after(plan.state, "apply")
    plan.applied_by, plan.applied_at = by, now
    plan.stage, plan.done, plan.total = "", 0, 0
    plan.begun_at = plan.beat_at = None
    plan.tries = 0
    plan.save(update_fields=["state", "applied_by", "applied_at", *_PROGRESS])
    audit.record(by, "plan.apply", plan, now=now)
    facts.publish(PlanAsked(at=now, plan_id=plan.pk))
    return plan


_PROGRESS = ("stage", "done", "total", "begun_at", "beat_at", "tries")


@transaction.atomic
def drop_plan(plan_id: int, *, by: User, now: datetime) -> AutoPlan:
    """Put a plan away without doing anything."""
    plan = _locked(plan_id, by, now)
    require(rules.why_not_move_plan(plan, "drop"))

    plan.state = PLAN.after(plan.state, "drop")
    plan.save(update_fields=["state"])
    audit.record(by, "plan.drop", plan, now=now)
    return plan


@transaction.atomic
def cancel_plan(plan_id: int, *, by: User, now: datetime) -> AutoPlan:
    """Stop the worker: what is half computed is thrown away, teams that were asked stay asked.

    The worker writes only while it holds the plan's row, so nothing of it comes after this.
    """
    plan = _locked(plan_id, by, now)
    require(rules.why_not_move_plan(plan, "cancel"))

    if plan.state == PlanState.COMPUTING:
        plan.lines.all().delete()
    plan.state = PLAN.after(plan.state, "cancel")
    plan.save(update_fields=["state"])
    audit.record(by, "plan.cancel", plan, now=now)
    return plan


def _locked(plan_id: int, by: User, now: datetime) -> AutoPlan:
    plan = AutoPlan.objects.select_for_update().get(pk=plan_id)
    authorize(rules.why_not_plan_for(by, plan.department_id, now))
    return plan


def _lock(department_id: int) -> None:
    """Two who want the worker for one department come one after the other."""
    Organisation.objects.select_for_update(no_key=True).get(pk=department_id)
