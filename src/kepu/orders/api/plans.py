"""The auto-plan: asked for, looked at, applied, put away or cancelled; the worker does the rest."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Router, Status

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Id, named
from kepu.kernel.errors import Outside
from kepu.orders import actions, hints, planned, rules
from kepu.orders.api.shapes import PlanLineOut, PlanOut
from kepu.orders.models import AutoPlan
from kepu.orders.states import PLANS_AT_WORK

router = Router(tags=[n_("Plans")])


@router.post(
    "/departments/{department_id}/plans", response={202: PlanOut},
    summary=n_("Plan a department's open orders"),
)  # fmt: skip
def make_plan(request: Asked, department_id: Id) -> Status[dict[str, Any]]:
    """The worker computes it: ask for the plan until its state is `proposed` or `failed`.

    While one of the department is computed or applied the answer is that one. Nothing is done yet;
    only for officers of the department; 404 not_found.
    """
    if rules.why_not_plan_for(request.auth, department_id, clock.now()):
        raise Outside(_("there is no such department among those you work for"))
    department = Organisation.objects.get(pk=department_id)
    return Status(202, _shown(actions.make_plan(department, by=request.auth, now=clock.now())))


@router.get("/plans/{plan_id}", response=PlanOut, summary=n_("One plan, line by line"))
def plan(request: Asked, plan_id: Id) -> dict[str, Any]:
    """Only for officers of the department; 404 not_found."""
    return _shown(_found(request, plan_id))


@router.post(
    "/plans/{plan_id}/apply", response={202: PlanOut},
    summary=n_("Offer a plan's orders to its teams"),
)  # fmt: skip
def apply_plan(request: Asked, plan_id: Id) -> Status[dict[str, Any]]:
    """The worker asks them; what has moved on is left alone; 404 not_found, 409 rule_broken."""
    plan = _found(request, plan_id)
    return Status(202, _shown(actions.apply_plan(plan.pk, by=request.auth, now=clock.now())))


@router.post("/plans/{plan_id}/drop", response=PlanOut, summary=n_("Put a plan away"))
def drop_plan(request: Asked, plan_id: Id) -> dict[str, Any]:
    """Nothing is done; 404 not_found, 409 rule_broken."""
    plan = _found(request, plan_id)
    return _shown(actions.drop_plan(plan.pk, by=request.auth, now=clock.now()))


@router.post("/plans/{plan_id}/cancel", response=PlanOut, summary=n_("Stop computing or applying"))
def cancel_plan(request: Asked, plan_id: Id) -> dict[str, Any]:
    """Teams that were asked already stay asked; 404 not_found, 409 rule_broken."""
    plan = _found(request, plan_id)
    return _shown(actions.cancel_plan(plan.pk, by=request.auth, now=clock.now()))


def _found(request: Asked, plan_id: int) -> AutoPlan:
    plan = AutoPlan.objects.filter(pk=plan_id).first()
    if plan is None or rules.why_not_plan_for(request.auth, plan.department_id, clock.now()):
        raise Outside(_("there is no such plan"))
    return plan


def _shown(plan: AutoPlan) -> dict[str, Any]:
    plain = ("id", "state", "made_at", "applied_at", "failure", "summary")
    return {
        **{name: getattr(plan, name) for name in plain},
        "department": named(plan.department),
        "progress": plan if plan.state in PLANS_AT_WORK else None,
        "why_not": rules.why_not_move_plan(plan, "apply"),
        "hints": [
            {
                "verb": hint.verb,
                "href": f"/api/plans/{plan.pk}/{hint.verb}",
                "why_not": hint.why_not,
            }
            for hint in hints.for_plan(plan)
        ],
        "lines": [
            PlanLineOut(
                order_id=line.order_id,
                team=named(line.team),
                starts_at=line.starts_at,
                km=line.km,
                reason=line.reason,
            )
            for line in planned.lines_to_show(plan).select_related("team").order_by("order_id")
        ],
    }
