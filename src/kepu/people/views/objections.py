"""Object to a candidate on public notice; answer, in office."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.errors import Outside
from kepu.people.actions import objections as actions
from kepu.people.office_forms import ObjectionForm
from kepu.people.queries import objections as queries
from kepu.people.rules import objections as rules
from kepu.people.rules.campaigns import why_not_run
from kepu.people.views.shapes import form_page, person_of
from kepu.ui import toasts


@login_required
def make(request: HttpRequest, nomination_id: int) -> HttpResponse:
    """Object until the notice ends; afterwards one's own objection and its answer stand here."""
    by, now = person_of(request), clock.now()
    nomination = queries.open_to_objection(nomination_id, by)

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.object_to_nomination(nomination.pk, by=by, now=now, **data)
        toasts.say(request, _("Your objection is with the office. You will hear its answer."))
        return redirect("objection", nomination.pk)

    why_not = rules.why_not_object_as(by, now) or rules.why_not_object_to(nomination, by, now)
    return form_page(
        request, ObjectionForm(request.POST or None), act, title=_("Raise an objection"),
        back=reverse("notice-board"), submit=_("Send the objection"), template="people/objection.html",
        one=nomination, own=queries.own(nomination, by), why_not=why_not, now=now,
    )  # fmt: skip


@login_required
@require_POST
def answer(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Uphold it, which ends the nomination, or say why it does not hold."""
    by, now = person_of(request), clock.now()
    objection = queries.objection(objection_id)
    if why_not_run(by, objection.nomination.path, now):
        raise Outside(_("there is no such objection"))
    actions.answer_objection(
        objection.pk, upheld=request.POST.get("verdict") == "uphold",
        answer=request.POST.get("answer", "")[:200], by=by, now=now,
    )  # fmt: skip
    toasts.say(request, _("Answered. Who objected and the candidate hear of it."))
    return redirect("nomination", objection.nomination_id)
