"""Rulebooks: what is in force, what was, and what is to come. Everybody signed in may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.errors import Refusal, authorize
from kepu.kernel.rulebooks import actions, calendar, queries, reading, rows, rules
from kepu.kernel.rulebooks.forms import VersionForm
from kepu.kernel.rulebooks.registry import KINDS, Kind


@login_required
def kinds(request: HttpRequest) -> HttpResponse:
    """Every kind of rulebook, and the version in force today."""
    now = clock.now()
    rows = [
        (kind, queries.in_force_or_none(kind.key, now), _next(kind, now))
        for kind in queries.kinds()
    ]
    context = {"rows": rows, "warning": calendar.warning(now)}
    return render(request, "rulebooks/kinds.html", context)


def _next(kind: Kind, now: datetime) -> Any:
    return queries.versions(kind.key).filter(effective_from__gt=clock.day(now)).first()


def _kind(key: str, *, may_be_new: bool = False) -> Kind:
    """A kind that ships or of which there is a version; `may_be_new` takes one that a city begins now."""
    found = queries.kind(key)
    known = found is not None and (found.file or key in KINDS or queries.versions(key).exists())
    if found is None or not (known or may_be_new):
        raise Http404
    return found


@login_required
def kind(request: HttpRequest, key: str) -> HttpResponse:
    """One kind: the text in force and every version there has been."""
    one, now = _kind(key), clock.now()
    ruling = queries.in_force_or_none(key, now)
    context = {
        "kind": one,
        "ruling": ruling,
        "rows": rows.rows_of(ruling.rules) if ruling else [],
        "since": queries.versions(key).filter(effective_from__lte=clock.day(now)).last(),
        "text": queries.text_in_force(key, clock.day(now)) if ruling else "",
        "versions": list(queries.versions(key).select_related("issued_by").reverse()),
        "today": clock.day(now),
        "may_issue": rules.why_not_issue_rulebooks(request.user, now) is None,  # type: ignore[arg-type]
    }
    return render(request, "rulebooks/kind.html", context)


@login_required
def file(request: HttpRequest, key: str) -> HttpResponse:
    """The text in force as a file, to be edited at leisure and uploaded as a new version."""
    text = queries.text_in_force(_kind(key).key, clock.day(clock.now()))
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{key}.yaml"'
    return answer


@login_required
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version, and what it changed."""
    one = _kind(key)
    found = queries.versions(key).filter(version=number).select_related("issued_by").first()
    if found is None:
        raise Http404
    before = queries.versions(key).filter(effective_from__lt=found.effective_from).last()
    old = before.text if before else one.shipped()
    now_so = reading.read(key, found.text)
    context = {
        "kind": one, "version": found, "diff": reading.diff(old, found.text),
        "changes": rows.changes(reading.read(key, old), now_so) if old else [],
        "first": not old, "rows": rows.rows_of(now_so), "text": found.text,
    }  # fmt: skip
    return render(request, "rulebooks/version.html", context)


@login_required
def issue(request: HttpRequest, key: str) -> HttpResponse:
    """Write a new version: first checked and shown against what it replaces, then issued."""
    one, now = _kind(key, may_be_new=True), clock.now()
    authorize(rules.why_not_issue_rulebooks(request.user, now))  # type: ignore[arg-type]
    latest = queries.versions(key).last()
    old = latest.text if latest else one.shipped()
    form = VersionForm(request.POST or None, request.FILES or None, initial={"text": old})
    context: dict[str, Any] = {"kind": one, "form": form, "diff": []}
    if request.method != "POST":
        return render(request, "rulebooks/issue.html", context)
    if form.is_valid():
        try:
            if request.POST.get("do") == "issue":
                return _issued(request, key, form.cleaned_data, now)
            planned = reading.read(key, form.cleaned_data["text"])
            context["changes"] = rows.changes(reading.read(key, old), planned) if old else []
            context["first"], context["rows"] = not old, rows.rows_of(planned)
            context["diff"] = reading.diff(old, form.cleaned_data["text"])
            context["data"] = form.cleaned_data
        except Refusal as refusal:
            for sentence in refusal.reason.split("; "):
                form.add_error(None, sentence)
    status = 422 if form.errors else 200
    return render(request, "rulebooks/issue.html", context, status=status)


def _issued(request: HttpRequest, key: str, data: dict[str, Any], now: datetime) -> HttpResponse:
    actions.issue(
        key,
        text=data["text"],
        effective_from=data["effective_from"],
        by=request.user,  # type: ignore[arg-type]
        now=now,
    )
    messages.success(request, _("Issued. It takes effect on the day you chose."))
    return redirect("rulebook", key)
