"""The auto-plan: asked for by one press, watched while the worker computes it, applied by another."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.registers import one_page, read
from kepu.orders import actions, hints, planned, rules
from kepu.orders.models import AutoPlan
from kepu.orders.plan_registers import PLAN_LINES
from kepu.orders.states import PLANS_AT_WORK, PlanStage, PlanState

HEADINGS = {
    PlanState.COMPUTING: n_("All open orders are being planned"),
    PlanState.PROPOSED: n_("What the plan would do"),
    PlanState.APPLYING: n_("The teams are being asked"),
    PlanState.APPLIED: n_("The teams have been asked"),
    PlanState.DROPPED: n_("This plan was put away"),
    PlanState.CANCELLED: n_("This plan was cancelled"),
    PlanState.FAILED: n_("The plan has failed"),
}
DECISIONS = {
    "apply": actions.apply_plan,
    "drop": actions.drop_plan,
    "cancel": actions.cancel_plan,
}
ROWS = 50  # lines on a page
COMPUTING = [stage.value for stage in PlanStage if stage != PlanStage.ASKING]


@login_required
@require_POST
def make(request: HttpRequest, department_id: int) -> HttpResponse:
    """Ask for the department's open orders to be planned."""
    department = get_object_or_404(Organisation, pk=department_id)
    _plans_for(request, department.pk)
    plan = actions.make_plan(department, by=request.user, now=clock.now())  # type: ignore[arg-type]
    return redirect("plan", plan.pk)


@login_required
def show(request: HttpRequest, plan_id: int) -> HttpResponse:
    """How far the worker is, or what would happen to each order and the figures behind it.

    A script asks for the progress alone; when that is over it is told to read the page anew.
    """
    plan = get_object_or_404(AutoPlan.objects.select_related("department"), pk=plan_id)
    _plans_for(request, plan.department_id)
    watched = request.headers.get("HX-Request")
    if plan.state not in PLANS_AT_WORK:
        over = HttpResponse(headers={"HX-Refresh": "true"})
        return over if watched else render(request, "orders/plan.html", _whole(request, plan))
    if watched:
        return render(request, "orders/plan_progress.html", _progress(plan))
    context = _whole(request, plan) | _progress(plan)
    return render(request, "orders/plan.html", context)


def _progress(plan: AutoPlan) -> dict[str, object]:
    return {
        "plan": plan,
        "share": _share(plan),
        "no_worker": planned.waits_for_a_worker(plan, clock.now()),
    }


def _share(plan: AutoPlan) -> float:
    """How much of all stages is done, every stage counted alike."""
    of_stage = min(plan.done / plan.total, 1.0) if plan.total else 0.0
    if plan.stage not in COMPUTING:
        return of_stage
    return (COMPUTING.index(plan.stage) + of_stage) / len(COMPUTING)


def _whole(request: HttpRequest, plan: AutoPlan) -> dict[str, object]:
    lines = planned.lines_to_show(plan)
    form, _asked, found, bar = read(request, PLAN_LINES, plan=str(plan.pk))
    rows, pager = one_page(request, found, ROWS)
    return {
        "plan": plan,
        "heading": _(HEADINGS[PlanState(plan.state)]),
        "deeds": {hint.verb: hint.why_not or "" for hint in hints.for_plan(plan)},
        "form": form,
        "bar": bar,
        "lines": rows,
        "next_steps": planned.NEXT_STEPS,
        "total": lines.count(),
        "left": lines.filter(team__isnull=True).count(),
        "asked": lines.filter(handled_at__isnull=False).count(),
        "pager": pager,
        "now": clock.now(),
    }


def _plans_for(request: HttpRequest, department_id: int) -> None:
    """Another department's planning does not exist for the reader."""
    if rules.why_not_plan_for(request.user, department_id, clock.now()):  # type: ignore[arg-type]
        raise Http404


@login_required
@require_POST
def decide(request: HttpRequest, plan_id: int, verb: str) -> HttpResponse:
    """Have the plan's orders offered to its teams, put it away, or stop the worker."""
    if verb not in DECISIONS:
        raise Http404
    _plans_for(request, get_object_or_404(AutoPlan, pk=plan_id).department_id)
    DECISIONS[verb](plan_id, by=request.user, now=clock.now())  # type: ignore[arg-type]
    if verb != "drop":
        return redirect("plan", plan_id)
    messages.success(request, _("The plan was put away."))
    return redirect("department")
