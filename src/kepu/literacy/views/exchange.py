"""Items in and out: CSV, XLSX and XLSForm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.errors import Outside, Refusal
from kepu.literacy import exchange, xlsform
from kepu.literacy.actions import items
from kepu.literacy.actions.taking import take_away
from kepu.literacy.forms import AwayForm, TableForm
from kepu.literacy.queries import booklets as sets
from kepu.literacy.rules import items as may
from kepu.literacy.views.items import bank_of
from kepu.literacy.views.shapes import form_page, person_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
def take_in(request: HttpRequest) -> HttpResponse:
    """A table of items: first tried, with every wrong row named; imported when clean."""
    bank, now = bank_of(request), clock.now()
    form = TableForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "bank": bank, "faults": [], "right": 0}
    if request.method != "POST":
        return render(request, "literacy/import.html", context)
    if form.is_valid():
        try:
            sent = form.cleaned_data["table"]
            found, context["faults"] = exchange.read(sent, sent.name, bank, now)
            context["right"] = len(found)
            if not context["faults"] and request.POST.get("do") == "import":
                items.write_items(found, bank=bank, by=person_of(request), now=now)
                said = _("%(n)s items were written as drafts.") % {"n": len(found)}
                messages.success(request, said)
                return redirect("items")
        except Refusal as refusal:
            form.add_error("table", refusal.reason)
    context["tried"] = not form.errors
    status = 422 if form.errors or context["faults"] else 200
    return render(request, "literacy/import.html", context, status=status)


@login_required
def template(request: HttpRequest) -> HttpResponse:
    """An empty spreadsheet with the columns of an item."""
    bank_of(request)
    return _file(exchange.template(clock.now()), "items.xlsx", XLSX)


@login_required
def away(request: HttpRequest) -> HttpResponse:
    """Items with their keys, as a file: which, and of what kind. Kept in the audit."""
    form = AwayForm(request.POST or None)
    bank = bank_of(request)

    def act() -> HttpResponse:
        data, now = form.cleaned_data, clock.now()
        found = take_away(
            bank, use=data["use"], state=data["state"], by=person_of(request), now=now
        )
        if data["kind"] == "csv":
            return _file(exchange.write_csv(found, now), "items.csv", "text/csv; charset=utf-8")
        book = xlsform.write(found, title=str(_("Item bank")), with_key=True)
        return _file(book, "items.xlsx", XLSX)

    return form_page(
        request, form, act, title=_("Take items away"), back=reverse("items"),
        submit=_("Download"), lead=_("Whoever has the file knows the answers: please keep it safe."),
    )  # fmt: skip


@login_required
def booklet(request: HttpRequest, set_id: int, number: int) -> HttpResponse:
    """One booklet as an XLSForm for interviewers, without the key."""
    made = sets.booklet_set(set_id)
    if may.why_not_keep(person_of(request), made.path, clock.now()):
        raise Outside(_("there are no such booklets"))
    items_of = sets.items_of(made, number)
    title = f"{made.title} {number}"
    book = xlsform.write(items_of, title=title, with_key=False)
    return _file(book, f"booklet-{made.pk}-{number}.xlsx", XLSX)


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
