"""The month of a place and of those below it, and the form that hands in a report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import NotAllowed, Refusal
from kepu.kernel.exports import views as exports
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import actions, exporting, reports
from kepu.orders.figures import Month
from kepu.orders.reports import Line
from kepu.orders.schemas import REPORTS
from kepu.ui.cards import NumberTile, Tag
from kepu.ui.tables import Column, Export, Table


class ReportForm(forms.Form):
    """The remark that goes with the figures."""

    place = forms.CharField(widget=forms.HiddenInput, max_length=60)
    month = forms.CharField(widget=forms.HiddenInput, max_length=7)
    remark = forms.CharField(
        label=lazy("What should the level above know?"),
        help_text=lazy("No names and no telephone numbers of residents."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@login_required
def month(request: HttpRequest) -> HttpResponse:
    """Figures of a place and of every place below it, with who has reported and who has not."""
    now = clock.now()
    scope, asked = _scope(request, now), _month(request.GET.get("month", ""), now)
    return _page(request, scope, asked, ReportForm(initial=_named(scope.path, asked)), now)


@login_required
@require_POST
def file(request: HttpRequest) -> HttpResponse:
    """Hand the report in; what is wrong comes back with what was typed."""
    now, form = clock.now(), ReportForm(request.POST)
    scope = _readable(request, request.POST.get("place", ""), now)
    asked = _month(request.POST.get("month", ""), now)
    if form.is_valid():
        try:
            actions.file_report(
                scope.path,
                month=asked,
                remark=form.cleaned_data["remark"],
                by=request.user,  # type: ignore[arg-type]
                now=now,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
    if form.errors:
        return _page(request, scope, asked, form, now, status=422)
    messages.success(request, _("The report has been handed in."))
    return redirect(_href(scope.path, asked))


def _page(
    request: HttpRequest,
    scope: Division,
    asked: Month,
    form: ReportForm,
    now: datetime,
    **options: Any,
) -> HttpResponse:
    person: User = request.user  # type: ignore[assignment]
    rules = rulebooks.in_force(REPORTS, now).rules
    own, lines = reports.table(scope, asked, rules)
    due = reports.due(asked, rules)
    why_not = reports.why_not_report_for(person, scope.path, now) or reports.why_not_report(
        scope, asked, rules, now
    )
    above = divisions.parent_path(scope.path)
    context = {
        "scope": scope,
        "month": _("%(year)s-%(month)s") % {"year": asked.first.year, "month": f"{asked.first:%m}"},
        "own": own,
        "table": _table(scope, asked, lines),
        "due": due,
        "tiles": list(_tiles(own)),
        "units": exporting.MONTH_UNITS,
        "waiting": sum(line.reports and line.report is None for line in lines),
        "form": form if form.is_bound or not why_not else None,
        "why_not": why_not,
        "earlier": _href(scope.path, asked.previous()),
        "later": _href(scope.path, asked.next()) if asked.ends() <= now else "",
        "above": _href(above, asked) if above and reports.find(person, above, now) else "",
        "href": lambda line: _href(line.place.path, asked),
        "said": lambda line: _said(line, due, now),
        "now": now,
    }
    return render(request, "orders/reports.html", context, **options)


def _tiles(own: Line) -> Iterator[NumberTile]:
    """The month of the place itself in large figures."""
    for key in ("placed", "delivered", "reached"):
        yield NumberTile(
            str(exporting.MONTH_HEADERS[key]),
            f"{getattr(own.figures, key):,}",
            str(exporting.MONTH_UNITS[key]),
        )
    mean = own.figures.mean_stars
    yield NumberTile(
        _("Mean stars"),
        "-" if mean is None else f"{mean:.1f}",
        "" if mean is None else str(exporting.MONTH_UNITS["mean_stars"]),
        ngettext("of %(n)s rating", "of %(n)s ratings", own.figures.ratings)
        % {"n": own.figures.ratings},
    )


def _said(line: Line, due: datetime, now: datetime) -> Tag:
    """Whether a place has reported, in a word."""
    if line.report:
        return (
            Tag(_("reported late"), "warning")
            if line.report.late
            else Tag(_("reported"), "success")
        )
    if not line.reports:
        return Tag(_("does not report"))
    return Tag(_("overdue"), "danger") if now > due else Tag(_("awaited"), "information")


def _href(path: str, asked: Month) -> str:
    return f"{reverse('month-reports')}?{urlencode(_named(path, asked))}"


def _named(path: str, asked: Month) -> dict[str, str]:
    return {"place": path, "month": str(asked)}


def _scope(request: HttpRequest, now: datetime) -> Division:
    """The place the address names, or else the widest one that the reader watches over."""
    reach = reports.reach(request.user, now)  # type: ignore[arg-type]
    if not reach.paths:
        raise NotAllowed(_("only workers, officers and analysts of a place read its reports"))
    return _readable(request, request.GET.get("place", reach.paths[0]), now)


def _readable(request: HttpRequest, path: str, now: datetime) -> Division:
    found = reports.find(request.user, path, now)  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return found


def _month(text: str, now: datetime) -> Month:
    """The month the address names; the last one that has ended when it names none."""
    if not text:
        return Month.before(clock.day(now))
    try:
        return Month.read(text)
    except ValueError as error:
        raise Http404 from error


def _table(scope: Division, asked: Month, lines: list[Line]) -> Table:
    query = urlencode(_named(scope.path, asked))
    return Table(
        name="month-reports",
        caption=_("Places below"),
        columns=list(_columns()),
        rows=lines,
        path=reverse("month-reports"),
        exports=[
            Export(label, f"{reverse('report-export', args=[kind])}?{query}")
            for kind, label in (("xlsx", _("Table (XLSX)")), ("csv", _("Text (CSV)")))
        ],
    )


def _columns() -> Iterator[Column]:
    yield Column("place", _("Place"), lead=True)
    for key, label in exporting.MONTH_HEADERS.items():
        yield Column(key, str(label), number=True, spare=key in ("ratings", "missed"))
    yield Column("report", _("Report"))


@login_required
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The same table as a spreadsheet."""
    back = f"{reverse('month-reports')}?{request.GET.urlencode()}"
    return exports.answer(request, exporting.MONTH, kind, back)
