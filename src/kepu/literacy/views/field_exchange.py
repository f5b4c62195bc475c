"""Fieldwork in files: answers for the run; forms for ODK Collect, and what it collected."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.tables import Fault
from kepu.literacy import odk
from kepu.literacy.actions import field_export, submissions
from kepu.literacy.field_forms import SubmissionsForm
from kepu.literacy.models import Fieldwork
from kepu.literacy.queries import booklets as sets
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.views.fieldwork import handled
from kepu.literacy.views.shapes import person_of, table_page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_POST
def data(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """Answers, items, districts, margins and a plan as a ZIP: for officers, and kept in the audit."""
    of = handled(request, fieldwork_id)
    found = field_export.export_answers(of.pk, by=person_of(request), now=clock.now())
    return _file(found, f"fieldwork-{of.pk}.zip", "application/zip")


@login_required
def odk_form(request: HttpRequest, fieldwork_id: int, number: int) -> HttpResponse:
    """A booklet with everything that is asked at a door, for ODK Collect; without the key."""
    of = handled(request, fieldwork_id)
    book = odk.form(of, number, sets.items_of(of.booklets, number))
    return _file(book, f"fieldwork-{of.pk}-{number}.xlsx", XLSX)


@login_required
def odk_doors(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """The list of doors that goes with the forms."""
    of = handled(request, fieldwork_id)
    cases = queries.cases_of(of, queries.reach_of(person_of(request), clock.now()))
    found = cases.select_related("community__division").defer("address")
    ordered = found.order_by("community__division__path", "number")
    return _file(odk.doors(of, ordered), f"{odk.DOORS}.csv", "text/csv; charset=utf-8")


@login_required
def odk_take(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """Submissions as ODK exports them: first tried, with every wrong row named; then taken in."""
    of = handled(request, fieldwork_id)
    form = SubmissionsForm(request.POST or None, request.FILES or None)

    def done(taken: int) -> HttpResponse:
        words = ngettext("%(n)s record was taken in.", "%(n)s records were taken in.", taken)
        messages.success(request, words % {"n": taken})
        return redirect("survey-fieldwork", of.pk)

    def take(sent: Any, really: bool) -> tuple[int, list[Fault]]:
        return _taken(request, of, sent, dry=not really)

    return table_page(request, form, "literacy/odk.html", take, done, fieldwork=of)


def _taken(request: HttpRequest, of: Fieldwork, sent: Any, *, dry: bool) -> tuple[int, list[Any]]:
    """How many rows are new, and what is wrong with others; then none is taken in."""
    rows, faults = odk.read(sent, odk.names_of(queries.codes_of(of)))
    taken, more = submissions.take_submissions(
        of.pk, rows=rows, by=person_of(request), now=clock.now(), dry=dry or bool(faults)
    )
    return taken, sorted([*faults, *more], key=lambda one: one.row)


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
