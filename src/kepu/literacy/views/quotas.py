"""Quotas of a fieldwork: how many people of each kind live there, as a table."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.errors import Outside, Refusal
from kepu.literacy import quotas
from kepu.literacy.actions import fieldwork as actions
from kepu.literacy.field_forms import QuotaForm
from kepu.literacy.models import Fieldwork
from kepu.literacy.rules import runs as may
from kepu.literacy.views.fieldwork import seen
from kepu.literacy.views.shapes import person_of


@login_required
def take(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """A table of people by kind: first tried, with every wrong row named; taken in when clean."""
    of = _handled(request, fieldwork_id)
    form = QuotaForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "fieldwork": of, "faults": [], "right": 0}
    if request.method == "POST" and form.is_valid():
        try:
            sent = form.cleaned_data["table"]
            people, context["faults"] = quotas.read(sent, sent.name)
            context["right"] = sum(map(len, people.values()))
            if not context["faults"] and request.POST.get("do") == "import":
                by, now = person_of(request), clock.now()
                actions.set_quotas(of.pk, people=people, by=by, now=now)
                messages.success(request, _("Quotas were taken in."))
                return redirect("survey-fieldwork", of.pk)
        except Refusal as refusal:
            form.add_error("table", refusal.reason)
        context["tried"] = not form.errors
    status = 422 if form.errors or context["faults"] else 200
    return render(request, "literacy/field_quotas.html", context, status=status)


@login_required
def to_fill_in(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """A table with a row for each kind of people, to write numbers into."""
    of = _handled(request, fieldwork_id)
    answer = HttpResponse(quotas.to_fill_in(of.quotas), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="quotas-{of.pk}.csv"'
    return answer


def _handled(request: HttpRequest, fieldwork_id: int) -> Fieldwork:
    of = seen(request, fieldwork_id)
    if may.why_not_handle(person_of(request), of.path, clock.now()):
        raise Outside(_("there is no such page"))
    return of
