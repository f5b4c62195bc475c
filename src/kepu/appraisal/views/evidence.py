"""Files of an application: added entry by entry while it is written, and taken back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kepu.appraisal import queries, rules
from kepu.appraisal.actions import evidence as actions
from kepu.appraisal.forms.applications import FilesForm
from kepu.appraisal.models import Application
from kepu.appraisal.rules.evidence import exhibit_of
from kepu.appraisal.views.rim import person_of
from kepu.kernel import bodies, clock
from kepu.kernel.errors import Outside, Refusal, authorize
from kepu.kernel.files import queries as files
from kepu.ui import toasts


@bodies.takes(rules.evidence.LARGEST + bodies.MEGABYTE)
@login_required
def entry(request: HttpRequest, application_id: int, key: str) -> HttpResponse:
    """One entry of the list of evidence: its files, and room for more."""
    person, now = person_of(request), clock.now()
    one: Application = queries.applications.seen(application_id, person, now)
    authorize(rules.applications.why_not_write(person, one, now))
    exhibit = exhibit_of(queries.calls.programme(one.call), one.klass, key)
    if exhibit is None:
        raise Outside(_("this programme asks for no such file"))
    form = FilesForm(request.POST or None, request.FILES or None, exhibit=exhibit)
    status, kept = 200, 0
    if form.is_bound:
        status = 422
        for file in form.cleaned_data["files"] if form.is_valid() else ():
            try:
                actions.add(one.pk, key, file, file.name or "", by=person, now=now)
                kept += 1
            except Refusal as refusal:
                form.add_error("files", f"{file.name}: {refusal.reason}")
                status = refusal.status
    if kept:
        words = ngettext("%(n)s file was kept.", "%(n)s files were kept.", kept)
        toasts.say(request, words % {"n": kept})
        if form.is_valid():
            return redirect("application", one.pk)
    rows = one.evidence.filter(key=key).select_related("file", "file__owner")
    context: dict[str, Any] = {
        "application": one,
        "exhibit": exhibit,
        "form": form,
        "files": [(row.pk, row.file_id, files.name(row.file)) for row in rows],
        "why_not": rules.evidence.why_not_add(one, exhibit),
        "back": reverse("application", args=[one.pk]),
    }
    return render(request, "appraisal/evidence.html", context, status=status)


@login_required
@require_POST
def take_back(request: HttpRequest, application_id: int, evidence_id: int) -> HttpResponse:
    """Take one file back."""
    person, now = person_of(request), clock.now()
    one: Application = queries.applications.seen(application_id, person, now)
    row = one.evidence.filter(pk=evidence_id).first()
    if row is None:
        raise Outside(_("this file is not there any more"))
    actions.take_back(row.pk, by=person, now=now)
    toasts.say(request, _("The file was taken back."))
    return redirect("application-evidence", one.pk, row.key)
