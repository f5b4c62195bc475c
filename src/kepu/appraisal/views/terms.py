"""A title's term on pages: reports, spot checks, decisions, appeals, recognition, and the board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal import policy
from kepu.appraisal.actions import terms as actions
from kepu.appraisal.actions import titles as title_actions
from kepu.appraisal.forms.titles import (
    FIGURES,
    AnswerForm,
    AppealForm,
    CheckForm,
    RecogniseForm,
    ReportForm,
    TitleDecisionForm,
    VisitForm,
)
from kepu.appraisal.models import Appeal, Title, YearReport
from kepu.appraisal.queries import terms
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.rules import terms as rules
from kepu.appraisal.rules import titles as title_rules
from kepu.appraisal.views.rim import number as number_of
from kepu.appraisal.views.rim import person_of
from kepu.appraisal.views.titles import GRAVE, VERBS, page_of
from kepu.kernel import clock, forming
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside, authorize, require
from kepu.ui import toasts

COUNTED = {"visits": lazy("Visits counted"), "days_counted": lazy("Days counted")}


def _form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], HttpResponse],
    **context: Any,
) -> HttpResponse:
    return forming.form_page(request, form, act, "appraisal/title_form.html", **context)


# --- reports --------------------------------------------------------------------------------------


@login_required
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """A year's report: filled by the holder, checked by the secretary or an officer."""
    person, now = person_of(request), clock.now()
    one = terms.report(report_id)
    if queries.keeps(person, one.title, now):
        return _fill(request, one, person, now)
    if rules.why_not_visit_as(person, one.title, now):
        raise Outside(_("there is no such report"))
    return _check(request, one, person, now)


def _fill(request: HttpRequest, one: YearReport, person: User, now: datetime) -> HttpResponse:
    asked = terms.figures_asked(queries.programme_of(one.title))
    start = {"version": one.version, "text": one.text, **one.figures}
    form = ReportForm(request.POST or None, initial=start, figures=asked)

    def act(_data: dict[str, Any]) -> HttpResponse:
        actions.hand_in(one.pk, by=person, now=now, **form.said())
        toasts.say(request, _("Handed in. You will hear when it was checked."))
        return redirect("title", one.title.number)

    return _report_page(
        request, one, form, act, submit=_("Hand the report in"),
        shut=one.state not in ("due", "returned"), now=now,
    )  # fmt: skip


def _check(request: HttpRequest, one: YearReport, person: User, now: datetime) -> HttpResponse:
    form = CheckForm(request.POST or None, initial={"version": one.version})
    may = rules.why_not_check_as(person, one.title, now) is None

    def act(data: dict[str, Any]) -> HttpResponse:
        seen = data.get("version") or 0
        actions.check(one.pk, data["verb"], reason=data["reason"], seen=seen, by=person, now=now)
        toasts.say(request, _("Done. The holder was told."))
        return redirect("title", one.title.number)

    return _report_page(
        request, one, form, act, submit=_("Decide about the report"),
        shut=not may or one.state in ("passed", "failed"), now=now,
    )  # fmt: skip


def _report_page(
    request: HttpRequest, one: YearReport, form: forms.Form, act: Any, **context: Any
) -> HttpResponse:
    figures = one.figures if one.handed_in_at else terms.counted(one)
    told = [
        (FIGURES.get(key) or COUNTED.get(key), value)
        for key, value in figures.items()
        if key in FIGURES or key in COUNTED
    ]
    return forming.form_page(
        request, form, act, "appraisal/title_report.html", report=one, told=told,
        late=terms.is_late(one, context["now"]), name=queries.full_name(one.title),
        back=page_of(one.title), **context,
    )  # fmt: skip


# --- spot checks and decisions ---------------------------------------------------------------------


@login_required
def visit(request: HttpRequest, number: str) -> HttpResponse:
    """Write down a spot check."""
    title, by, now = _seen(request, number)
    authorize(rules.why_not_visit_as(by, title, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.record_visit(title.pk, by=by, now=now, **data)
        toasts.say(request, _("Kept. What follows from it, an officer decides."))
        return redirect("title", title.number)

    form = VisitForm(request.POST or None, initial={"day": clock.day(now)})
    return _form_page(
        request, form, act, title=_("Spot check"), lead=queries.full_name(title),
        back=page_of(title), submit=_("Keep the spot check"),
    )  # fmt: skip


@login_required
def decide(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Warn, end a warning, suspend, reinstate, downgrade or revoke, with reason and signed paper."""
    title, by, now = _seen(request, number)
    if verb not in VERBS:
        raise Outside(_("there is no such decision"))
    _may_decide(by, title, verb, now)

    def act(data: dict[str, Any]) -> HttpResponse:
        seen, reason = data.pop("version") or 0, data.pop("reason")
        said = {"reason": reason, "seen": seen, "by": by, "now": now}
        if verb == "warn":
            actions.warn(title.pk, **said)
        elif verb == "rectified":
            actions.end_warning(title.pk, **said)
        else:
            actions.decide(title.pk, verb, **said, **data)
        toasts.say(request, _("Done. It holds from now on, and the holder was told."))
        return redirect("title", title.number)

    start = {"version": number_of(request.GET.get("version")) or title.version}
    form = TitleDecisionForm(
        request.POST or None, initial=start, signed=verb in rules.DECIDED,
        levels=rules.lower_levels(title) if verb == "downgrade" else None,
    )  # fmt: skip
    binds = verb in ("suspend", "revoke") and bool(title.venue_id)
    return _form_page(
        request, form, act, title=VERBS[verb], lead=queries.full_name(title), back=page_of(title),
        submit=VERBS[verb], grave=verb in GRAVE,
        note=_venue_note(title) if binds else "",
    )  # fmt: skip


def _may_decide(by: User, title: Title, verb: str, now: datetime) -> None:
    if verb == "rectified":
        authorize(rules.why_not_check_as(by, title, now))
    else:
        authorize(title_rules.why_not_decide_as(by, title, now))
    if verb in rules.DECIDED:
        require(rules.why_not_take(title, verb))


def _venue_note(title: Title) -> str:
    if queries.programme_of(title).term.binds_venue:
        return _("The venue takes no booking from the same second.")
    return ""


# --- appeals and recognition -----------------------------------------------------------------------


@login_required
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    """Appeal against the last decision."""
    title, by, now = _seen(request, number)
    authorize(title_rules.why_not_keep(by, title, now))
    require(rules.why_not_ask_again(title, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.appeal(title.pk, by=by, now=now, **data)
        toasts.say(request, _("Your appeal was handed in. Another officer answers it."))
        return redirect("title", title.number)

    return _form_page(
        request, AppealForm(request.POST or None), act, title=_("Appeal"),
        lead=queries.full_name(title), back=page_of(title), submit=_("Hand the appeal in"),
        note=_("What was decided holds until the appeal is answered."),
    )  # fmt: skip


@login_required
def answer(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """Answer an appeal; upheld, it undoes what was decided."""
    by, now = person_of(request), clock.now()
    made = Appeal.objects.select_related("against", "raised_by").filter(pk=appeal_id).first()
    if made is None or made.title_id is None:
        raise Outside(_("there is no such appeal"))
    title = queries.joined(Title.objects.filter(pk=made.title_id)).get()
    if title_rules.why_not_decide_as(by, title, now):
        raise Outside(_("there is no such appeal"))
    authorize(rules.why_not_answer_as(by, title, made, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.answer(appeal_id, by=by, now=now, **data)
        toasts.say(request, _("Answered. Who appealed was told."))
        return redirect("title", title.number)

    return _form_page(
        request, AnswerForm(request.POST or None), act, title=_("Answer an appeal"),
        lead=queries.full_name(title), back=page_of(title), submit=_("Answer the appeal"),
        quoted=queries.appeal_words(made),
    )  # fmt: skip


@login_required
def recognise(request: HttpRequest, number: str, programme: str) -> HttpResponse:
    """Give the title of a programme that recognises this one, by a signed decision."""
    title, by, now = _seen(request, number)
    authorize(title_rules.why_not_recognise_as(by, title, now))
    higher = policy.in_force(programme, now).programme
    classes = {one.key: str(one) for one in higher.classes}
    levels = {one.key: str(one) for one in higher.levels}

    def act(data: dict[str, Any]) -> HttpResponse:
        klass = data.pop("klass", "")
        made = title_actions.recognise(title.pk, programme, klass=klass, by=by, now=now, **data)
        toasts.say(request, _("Given. The holder was told."))
        return redirect("title", made.number)

    form = RecogniseForm(
        request.POST or None, initial={"klass": title.klass}, classes=classes, levels=levels
    )
    return _form_page(
        request, form, act, title=_("Recognise as %(programme)s") % {"programme": str(higher)},
        lead=queries.full_name(title), back=page_of(title), submit=_("Give the title"),
    )  # fmt: skip


def _seen(request: HttpRequest, number: str) -> tuple[Title, User, datetime]:
    return queries.seen(number), person_of(request), clock.now()
