"""Quotas of a fieldwork: how many people of each kind live there, as a table."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.tables import Fault
from kepu.literacy import quotas
from kepu.literacy.actions import fieldwork as actions
from kepu.literacy.field_forms import QuotaForm
from kepu.literacy.views.fieldwork import handled
from kepu.literacy.views.shapes import person_of, table_page


@login_required
def take(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """A table of people by kind: tried first, and taken in when clean; or the quotas are emptied."""
    of = handled(request, fieldwork_id)
    if request.method == "POST" and request.POST.get("do") == "empty":
        actions.set_quotas(of.pk, people={}, by=person_of(request), now=clock.now())
        messages.success(request, _("There are no quotas any more."))
        return redirect("survey-fieldwork", of.pk)
    form = QuotaForm(request.POST or None, request.FILES or None)

    def read(sent: Any, really: bool) -> tuple[int, list[Fault]]:
        people, faults = quotas.read(sent, sent.name)
        if really and not faults:
            actions.set_quotas(of.pk, people=people, by=person_of(request), now=clock.now())
        return sum(map(len, people.values())), faults

    def done(_right: int) -> HttpResponse:
        messages.success(request, _("Quotas were taken in."))
        return redirect("survey-fieldwork", of.pk)

    return table_page(request, form, "literacy/field_quotas.html", read, done, fieldwork=of)


@login_required
def to_fill_in(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """A table with a row for each kind of people, to write numbers into."""
    of = handled(request, fieldwork_id)
    answer = HttpResponse(quotas.to_fill_in(of.quotas), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="quotas-{of.pk}.csv"'
    return answer
