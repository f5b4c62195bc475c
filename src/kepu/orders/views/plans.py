"""The auto-plan: made by one press, shown line by line, applied by another."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.orders import actions, rules
from kepu.orders.models import AutoPlan


@login_required
@require_POST
def make(request: HttpRequest, department_id: int) -> HttpResponse:
    """Let the engine plan the department's open orders."""
    department = get_object_or_404(Organisation, pk=department_id)
    _plans_for(request, department.pk)
    plan = actions.make_plan(department, by=request.user, now=clock.now())  # type: ignore[arg-type]
    return redirect("plan", plan.pk)


@login_required
def show(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What would happen to each order, and the figures behind it."""
    plan = get_object_or_404(AutoPlan.objects.select_related("department"), pk=plan_id)
    _plans_for(request, plan.department_id)
    lines = plan.lines.select_related("order__division_now", "team").order_by(
        "team__sort_key", "starts_at", "order_id"
    )
    context = {
        "plan": plan,
        "lines": list(lines),
        "why_not": rules.why_not_apply_plan(plan),
        "now": clock.now(),
    }
    return render(request, "orders/plan.html", context)


def _plans_for(request: HttpRequest, department_id: int) -> None:
    """Another department's planning does not exist for the reader."""
    if rules.why_not_plan_for(request.user, department_id, clock.now()):  # type: ignore[arg-type]
        raise Http404


@login_required
@require_POST
def decide(request: HttpRequest, plan_id: int, verb: str) -> HttpResponse:
    """Offer the plan's orders to its teams, or put it away."""
    decisions = {"apply": actions.apply_plan, "drop": actions.drop_plan}
    if verb not in decisions:
        raise Http404
    _plans_for(request, get_object_or_404(AutoPlan, pk=plan_id).department_id)
    decisions[verb](plan_id, by=request.user, now=clock.now())  # type: ignore[arg-type]
    done = _("The teams have been asked.") if verb == "apply" else _("The plan was put away.")
    messages.success(request, done)
    return redirect("department")
