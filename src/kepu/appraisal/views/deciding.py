"""The public notice: the list for everybody, objections, and their answers."""

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
from kepu.appraisal.actions import deciding as actions
from kepu.appraisal.forms.applications import AppealForm, AppealReplyForm, ObjectionForm, ReplyForm
from kepu.appraisal.models import Application, Objection
from kepu.appraisal.views.rim import form_page, person_of, somebody
from kepu.kernel import clock
from kepu.kernel.errors import Outside, authorize, require
from kepu.kernel.registers import one_page
from kepu.ui import toasts


def notice(request: HttpRequest, call_id: int) -> HttpResponse:
    """What is proposed, for everybody to read and to object to; and how long the notice still runs."""
    person, now = somebody(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    programme = queries.calls.programme(call)
    rows, pager = one_page(request, queries.applications.in_notice(call), 100)
    classes = {one.key: str(one) for one in programme.classes}
    levels = {one.key: str(one) for one in programme.levels}
    context = {
        "call": call,
        "programme": programme,
        "rows": [
            (one, queries.applications.name_of(one), classes.get(one.klass, ""), levels.get(one.grade, ""))
            for one in rows
        ],
        "pager": pager,
        "now": now,
    }  # fmt: skip
    return render(request, "appraisal/notice.html", context)


@login_required
@require_POST
def put_in_notice(request: HttpRequest, call_id: int) -> HttpResponse:
    """Put everything that is proposed into public notice."""
    person, now = person_of(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    found = actions.put_in_notice(call.pk, by=person, now=now)
    words = ngettext(
        "%(n)s application is in public notice now.", "%(n)s applications are in public notice now.",
        len(found),
    )  # fmt: skip
    toasts.say(request, words % {"n": len(found)})
    return redirect("appraisal-notice", call.pk)


@login_required
def object_to(request: HttpRequest, call_id: int, code: str) -> HttpResponse:
    """Raise an objection to one line of the notice."""
    person, now = person_of(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    one: Application | None = queries.applications.in_notice(call).filter(code=code).first()
    if one is None:
        raise Outside(_("there is no such application in this notice"))
    require(rules.deciding.why_not_object(person, one, "-", now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.object_to(one.pk, text=data["text"], by=person, now=now)
        toasts.say(request, _("Your objection is with the secretary. You get an answer in Kepu."))
        return redirect("appraisal-notice", call.pk)

    name = queries.applications.name_of(one)
    return form_page(
        request, ObjectionForm(request.POST or None), act,
        title=_("Object to: %(name)s") % {"name": name}, back=reverse("appraisal-notice", args=[call.pk]),
        submit=_("Send the objection"),
    )  # fmt: skip


@login_required
def answer(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Answer an objection."""
    person, now = person_of(request), clock.now()
    found = Objection.objects.select_related("application__call", "raised_by").filter(
        pk=objection_id
    )
    objection: Objection | None = found.first()
    if objection is None:
        raise Outside(_("there is no such objection"))
    one = queries.applications.seen(objection.application_id, person, now)
    authorize(rules.deciding.why_not_answer_as(person, objection, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.answer_objection(
            objection.pk, data["verb"], reply=data["reply"], by=person, now=now
        )
        toasts.say(request, _("Answered. Who objected was told."))
        return redirect("application", one.pk)

    return form_page(
        request, ReplyForm(request.POST or None), act, title=_("Answer an objection"),
        back=reverse("application", args=[one.pk]), submit=_("Send the answer"),
        words=queries.grievances.text(objection),
    )  # fmt: skip


@login_required
def appeal(request: HttpRequest, application_id: int) -> HttpResponse:
    """Appeal against a refusal."""
    person, now = person_of(request), clock.now()
    one = queries.applications.seen(application_id, person, now)
    authorize(rules.applications.why_not_write(person, one, now))
    require(rules.deciding.why_not_appeal(one, queries.calls.programme(one.call), "-", now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.appeal(one.pk, text=data["text"], by=person, now=now)
        toasts.say(
            request, _("Your appeal is with the officers who decide. You are told the answer.")
        )
        return redirect("application", one.pk)

    return form_page(
        request, AppealForm(request.POST or None), act, title=_("Appeal against the refusal"),
        back=reverse("application", args=[one.pk]), submit=_("Send the appeal"),
    )  # fmt: skip


@login_required
def answer_appeal(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """Answer an appeal against a refusal."""
    person, now = person_of(request), clock.now()
    raised = queries.grievances.appeal(appeal_id)
    one = queries.applications.seen(raised.application_id or 0, person, now)
    authorize(rules.deciding.why_not_answer_appeal_as(person, raised, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.answer_appeal(raised.pk, data["verb"], reply=data["reply"], by=person, now=now)
        toasts.say(request, _("Answered. The applicant was told."))
        return redirect("application", one.pk)

    return form_page(
        request, AppealReplyForm(request.POST or None), act, title=_("Answer an appeal"),
        back=reverse("application", args=[one.pk]), submit=_("Send the answer"),
        words=queries.grievances.text(raised),
    )  # fmt: skip
