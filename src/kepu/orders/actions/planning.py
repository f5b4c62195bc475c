"""The auto-plan: what the engine would do with a department's open orders, shown, then offered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import RuleBroken, authorize, require
from kepu.orders import bridge, rules
from kepu.orders.actions.dispatching import offer
from kepu.orders.models import AutoPlan, PlanLine
from kepu.orders.models.plan import PlanState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import Organisation, User


@transaction.atomic
def make_plan(department: Organisation, *, by: User, now: datetime) -> AutoPlan:
    """Let the engine match every open order of the department with a team; nothing is done yet."""
    authorize(rules.why_not_plan_for(by, department.pk, now))
    proposal = bridge.propose(department, now)

    plan = AutoPlan.objects.create(
        department=department,
        path=department.path,
        summary=proposal.summary,
        made_by=by,
        made_at=now,
    )
    PlanLine.objects.bulk_create(
        PlanLine(
            plan=plan,
            order_id=line.order_id,
            team_id=line.team_id,
            starts_at=line.starts_at,
            km=line.km,
            reason=line.reason[:200],
        )
        for line in proposal.lines
    )
    audit.record(by, "plan.make", plan, now=now, lines=len(proposal.lines))
    return plan


@transaction.atomic
def apply_plan(plan_id: int, *, by: User, now: datetime) -> AutoPlan:
    """Offer each order of the plan to the team it names.

    What has moved on since the plan was made is left alone and said so in its line.
    """
    plan = AutoPlan.objects.select_for_update().get(pk=plan_id)
    authorize(rules.why_not_plan_for(by, plan.department_id, now))
    require(rules.why_not_apply_plan(plan))

    for line in plan.lines.filter(team__isnull=False).select_related("team").order_by("order_id"):
        _offer_line(line, by, now)
    plan.state, plan.applied_at = PlanState.APPLIED, now
    plan.save(update_fields=["state", "applied_at"])
    audit.record(by, "plan.apply", plan, now=now)
    return plan


def _offer_line(line: PlanLine, by: User, now: datetime) -> None:
    assert line.team  # noqa: S101 (filtered)
    try:
        with transaction.atomic():
            offer(
                line.order_id,
                team=line.team,
                reason=line.reason,
                starts_at=line.starts_at,
                by=by,
                now=now,
            )
    except RuleBroken as refusal:
        line.reason = refusal.reason[:200]
        line.save(update_fields=["reason"])


@transaction.atomic
def drop_plan(plan_id: int, *, by: User, now: datetime) -> AutoPlan:
    """Put a plan away without doing anything."""
    plan = AutoPlan.objects.select_for_update().get(pk=plan_id)
    authorize(rules.why_not_plan_for(by, plan.department_id, now))
    require(rules.why_not_apply_plan(plan))

    plan.state = PlanState.DROPPED
    plan.save(update_fields=["state"])
    audit.record(by, "plan.drop", plan, now=now)
    return plan
