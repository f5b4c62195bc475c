"""Scores talked over: the reviewers of an application under labels, and the secretary's door to it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.appraisal import queries
from kepu.appraisal.actions import discussions as actions
from kepu.appraisal.forms.discussions import ChangeForm, SayForm
from kepu.appraisal.forms.reviewing import WhyForm
from kepu.appraisal.models import Discussion
from kepu.appraisal.queries import discussions as talks
from kepu.appraisal.queries import reviewing as reviews
from kepu.appraisal.rules import discussions as rules
from kepu.appraisal.rules.applications import why_not_keep_as
from kepu.appraisal.rules.reviewing import why_not_read
from kepu.appraisal.views.rim import form_page, person_of
from kepu.kernel import clock
from kepu.kernel.errors import Outside, authorize, require
from kepu.ui import toasts


@login_required
def open_one(request: HttpRequest, application_id: int) -> HttpResponse:
    """Ask the reviewers of an application to talk their scores over."""
    person, now = person_of(request), clock.now()
    rows = queries.applications.joined()
    application = rows.filter(pk=application_id).first()
    if application is None:
        raise Outside(_("there is no such application"))
    reviews.kept(application.call_id, person, now)
    authorize(why_not_keep_as(person, application, now))
    require(rules.why_not_open(application, queries.calls.programme(application.call), "-"))

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.open_discussion(application.pk, reason=data["reason"], by=person, now=now)
        toasts.say(request, _("Opened. The reviewers were told."))
        return redirect("appraisal-discussion", made.pk)

    form = WhyForm(request.POST or None, read_by=lazy("The reviewers read this. Name nobody."))
    return form_page(
        request, form, act, title=_("Talk the scores over: %(code)s") % {"code": application.code},
        back=reverse("application-reviewers", args=[application.pk]), submit=_("Ask the reviewers"),
    )  # fmt: skip


@login_required
def show(request: HttpRequest, discussion_id: int) -> HttpResponse:
    """The thread, everybody's points, and for a reviewer the doors to change the own ones."""
    person, now = person_of(request), clock.now()
    found, own = talks.seen(discussion_id, person, now)
    if own is None:
        authorize(why_not_keep_as(person, found.application, now))
    called = talks.labels(found.application)

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.say(found.pk, text=data["text"], by=person, now=now)
        toasts.say(request, _("Said."))
        return redirect("appraisal-discussion", found.pk)

    why_not = rules.why_not_going_on(found)
    return form_page(
        request, SayForm(request.POST or None), act, template="appraisal/discussion.html",
        discussion=found, code=found.application.code, own=own, called=list(called.values()),
        own_label=called.get(own.pk, "") if own else "", thread=talks.thread(found, own),
        table=talks.table(found.application), why_not=why_not,
        readable=own is not None and why_not_read(own) is None,
        closes=own is None and found.closed_at is None,
        now=now,
    )  # fmt: skip


@login_required
def change(request: HttpRequest, discussion_id: int, criterion: str) -> HttpResponse:
    """Change one's own points of one criterion."""
    person, now = person_of(request), clock.now()
    found, own = talks.seen(discussion_id, person, now)
    one = next((row for row in talks.criteria(found.application) if row.key == criterion), None)
    if own is None or one is None:
        raise Outside(_("there is no such criterion"))
    require(rules.why_not_going_on(found))
    kept = next((score for score in own.scores.all() if score.criterion == criterion), None)
    start = {"points": f"{kept.points / 100:g}"} if kept else {}
    form = ChangeForm(request.POST or None, initial=start, criterion=one)

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.change_score(
            found.pk, criterion, hundredths=form.hundredths(), reason=data["comment"], by=person,
            now=now,
        )  # fmt: skip
        toasts.say(request, _("Changed. The points until now are kept."))
        return redirect("appraisal-discussion", found.pk)

    return form_page(
        request, form, act, title=_("Change my points: %(criterion)s") % {"criterion": one},
        back=reverse("appraisal-discussion", args=[found.pk]), submit=_("Change my points"),
    )  # fmt: skip


@login_required
@require_POST
def close(request: HttpRequest, discussion_id: int) -> HttpResponse:
    """Close the discussion."""
    person, now = person_of(request), clock.now()
    found: Discussion = talks.seen(discussion_id, person, now)[0]
    actions.close_discussion(found.pk, by=person, now=now)
    toasts.say(request, _("Closed. Weigh the scores anew."))
    return redirect("appraisal-call", found.application.call_id)
