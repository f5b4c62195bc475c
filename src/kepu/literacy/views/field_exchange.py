"""Fieldwork in files: answers for the run."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.errors import Outside
from kepu.literacy.actions import field_export
from kepu.literacy.models import Fieldwork
from kepu.literacy.rules import runs as may
from kepu.literacy.views.fieldwork import seen
from kepu.literacy.views.shapes import person_of


@login_required
@require_POST
def data(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """Answers, items, districts, margins and a plan as a ZIP: for officers, and kept in the audit."""
    of = _handled(request, fieldwork_id)
    found = field_export.export_answers(of.pk, by=person_of(request), now=clock.now())
    return _file(found, f"fieldwork-{of.pk}.zip", "application/zip")


def _handled(request: HttpRequest, fieldwork_id: int) -> Fieldwork:
    of = seen(request, fieldwork_id)
    if may.why_not_handle(person_of(request), of.path, clock.now()):
        raise Outside(_("there is no such page"))
    return of


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
