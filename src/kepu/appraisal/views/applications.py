"""Applications: written by who applies, moved on by district, secretary and deciding officer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from kepu.appraisal import ledgers, packing, queries, rules
from kepu.appraisal.actions import applications as actions
from kepu.appraisal.actions import deciding
from kepu.appraisal.forms.applications import (
    NamedThereForm,
    NamingForm,
    OpinionForm,
    ProposalForm,
    ReasonForm,
    RefusalForm,
    StartForm,
)
from kepu.appraisal.forms.programmes import answers_form
from kepu.appraisal.models import Application, LedgerExtract
from kepu.appraisal.programme.schema import Programme, Subject
from kepu.appraisal.registers import DESK
from kepu.appraisal.rules.applications import Applicant
from kepu.appraisal.states import MENDABLE, UNDER_WAY, ApplicationState
from kepu.appraisal.views import stages
from kepu.appraisal.views.rim import TONES, form_page, number, person_of, somebody
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import authorize, require
from kepu.kernel.exports import actions as exports
from kepu.kernel.registers import one_page, read
from kepu.ui import toasts
from kepu.venues import queries as venues


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Applications of the reader, of their units and places, and calls to apply in."""
    person, now = person_of(request), clock.now()
    rows, pager = one_page(request, queries.applications.own(person, now))
    context = {
        "rows": [(one, queries.applications.name_of(one)) for one in rows],
        "pager": pager,
        "tones": TONES,
        "now": now,
        "taking": list(queries.calls.taking(now)),
    }
    return render(request, "appraisal/applications.html", context)


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Applications for secretaries and officers: what is due first."""
    form, _asked, found, bar = read(request, DESK)
    rows, pager = one_page(request, found)
    context = {
        "form": form, "bar": bar, "pager": pager, "tones": TONES, "now": clock.now(),
        "rows": [(one, queries.applications.name_of(one)) for one in rows],
    }  # fmt: skip
    return render(request, "appraisal/application_desk.html", context)


@login_required
def apply(request: HttpRequest, call_id: int) -> HttpResponse:
    """Begin an application in a call: for whom, and in which class."""
    person, now = person_of(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    programme = queries.calls.programme(call)
    require(rules.calls.why_not_take(call, now))
    require(rules.nominating.why_not_unasked(programme, nominated=False))

    def act(data: dict[str, Any]) -> HttpResponse:
        applicant = applicant_of(person, programme, data, now)
        made = actions.start(call.pk, applicant, by=person, now=now)
        toasts.say(request, _("Kept as a draft. Fill it in and hand it in before the call closes."))
        return redirect("application-edit", made.pk)

    kept = venues.standing_of(person, now) if programme.subject is Subject.VENUE else []
    form = StartForm(
        request.POST or None, programme=programme, venues=[(one.pk, one.name) for one in kept],
        units=queries.applications.units_of(person, now),
    )  # fmt: skip
    return form_page(
        request, form, act, title=_("Apply: %(call)s") % {"call": call.title},
        back=reverse("appraisal-call", args=[call.pk]), submit=_("Begin the application"),
        none=_why_nobody(person, programme, bool(kept), now),
    )  # fmt: skip


def _why_nobody(person: User, programme: Programme, has_venue: bool, now: datetime) -> str:
    """What the reader needs before they can apply at all."""
    if programme.subject is Subject.VENUE and not has_venue:
        return _("Your units have no venue on the register. Register it first, then apply.")
    units = programme.subject is Subject.UNIT
    if units and not queries.applications.units_of(person, now).exists():
        return _("You stand for no unit. Your security administrator can give you the role.")
    return ""


def applicant_of(
    person: User, programme: Programme, data: dict[str, Any], now: datetime
) -> Applicant:
    """For whom the form says that one applies."""
    klass = data.get("klass", "")
    if programme.subject is Subject.VENUE:
        chosen = next(
            one for one in venues.standing_of(person, now) if str(one.pk) == data["venue"]
        )
        assert chosen.organisation is not None  # noqa: S101 (kept by a unit)
        return Applicant(chosen.division_now, klass, chosen.organisation, chosen.pk)
    if programme.subject is Subject.UNIT:
        unit = data["organisation"]
        return Applicant(unit.division_now, klass, unit)
    return Applicant(data["place"], klass)


def show(request: HttpRequest, application_id: int) -> HttpResponse:
    """One application: where it stands, what it says and shows, and what this reader can do next."""
    person, now = somebody(request), clock.now()
    one = queries.applications.seen(application_id, person, now)
    programme = queries.calls.programme(one.call)
    own = person is not None and queries.applications.is_own(one, person, now)
    gaps = rules.applications.gaps(one, programme) if own and one.state in MENDABLE else []
    context = {
        "application": one,
        "programme": programme,
        "name": queries.applications.name_of(one),
        "klass": queries.applications.class_of(one),
        "grade": queries.applications.grade_of(one),
        "place": divisions.full_name(one.path),
        "tone": TONES.get(ApplicationState(one.state), "plain"),
        "way": stages.way(one, programme),
        "answers": stages.answered(one, programme),
        "evidence": stages.shown(one, programme),
        "own": own,
        "nominator": queries.awards.nominator(one),
        "ledger": _ledger(one),
        "takes": own and rules.evidence.why_not_take(one) is None,
        "changes": own and one.state in MENDABLE,
        "withdraws": own and one.state in UNDER_WAY,
        "gaps": gaps,
        "doors": _doors(person, one, programme, now),
        "history": stages.history(one, officer=not own),
        "objections": stages.objections(one, person, now),
        "appeals": stages.appeals(one, person, now),
        "appealable": own and rules.deciding.why_not_appeal(one, programme, "-", now) is None,
        "now": now,
        **stages.inspected(one, person, now),
    }
    return render(request, "appraisal/application.html", context)


def _ledger(one: Application) -> tuple[LedgerExtract, list[tuple[str, str]]] | None:
    """What was taken from the ledgers, and in words."""
    found = (
        LedgerExtract.objects.filter(application=one).select_related("application__person").first()
    )
    return (found, ledgers.in_words(found.told)) if found else None


@login_required
def edit(request: HttpRequest, application_id: int) -> HttpResponse:
    """Answer the questions; what is there is kept, whole or not."""
    person, now = person_of(request), clock.now()
    one = queries.applications.seen(application_id, person, now)
    authorize(rules.applications.why_not_write(person, one, now))
    require(rules.applications.why_not_change(one, one.version))
    programme = queries.calls.programme(one.call)
    kept = queries.applications.answers(one)
    facts = queries.programmes.facts_of(one.venue, now) if one.venue else None
    form = answers_form(programme, one.klass, request.POST or None, kept, facts=facts, whole=False)
    form.fields["version"] = forms.IntegerField(
        widget=forms.HiddenInput, initial=one.version, required=False
    )

    def act(_data: dict[str, Any]) -> HttpResponse:
        seen = form.cleaned_data.get("version") or 0
        actions.answer(one.pk, form.answers(), seen=seen, by=person, now=now)
        toasts.say(request, _("Kept."))
        return redirect("application", one.pk)

    return form_page(
        request, form, act, title=one.call.title, back=_of(one), submit=_("Keep the answers")
    )


@login_required
@require_POST
def submit(request: HttpRequest, application_id: int) -> HttpResponse:
    """Hand it in."""
    person, now = person_of(request), clock.now()
    one = queries.applications.seen(application_id, person, now)
    actions.submit(one.pk, seen=number(request.POST.get("version")), by=person, now=now)
    toasts.say(request, _("Handed in. You are told of every step."))
    return redirect("application", one.pk)


@login_required
def withdraw(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take it back, after one more look."""
    person, now = person_of(request), clock.now()
    one = queries.applications.seen(application_id, person, now)
    authorize(rules.applications.why_not_write(person, one, now))
    require(rules.applications.why_not_withdraw(one))
    if request.method == "POST":
        actions.withdraw(one.pk, seen=number(request.POST.get("version")), by=person, now=now)
        toasts.say(request, _("Withdrawn."))
        return redirect("application", one.pk)
    context = {
        "title": _("Withdraw the application"),
        "text": _("It is not judged any further. While the call is open you may begin another."),
        "verb": _("Withdraw"),
        "back": _of(one),
        "fields": {"version": one.version},
    }
    return render(request, "appraisal/confirm.html", context)


@login_required
@require_POST
def pass_check(request: HttpRequest, application_id: int) -> HttpResponse:
    """The papers are in order."""
    person, now = person_of(request), clock.now()
    one = queries.applications.seen(application_id, person, now)
    actions.pass_check(one.pk, seen=number(request.POST.get("version")), by=person, now=now)
    toasts.say(request, _("Passed. The applicant was told."))
    return redirect("application", one.pk)


@login_required
def recommend(request: HttpRequest, application_id: int) -> HttpResponse:
    """Recommend it, with the district's opinion."""

    def act(one: Application, data: dict[str, Any], person: User, now: datetime) -> str:
        actions.recommend(one.pk, opinion=data["reason"], seen=data["version"], by=person, now=now)
        return _("Recommended. The secretary was told.")

    return _step(request, application_id, _("Recommend"), act, OpinionForm)


@login_required
def send_back(request: HttpRequest, application_id: int) -> HttpResponse:
    """Return it for mending, once."""

    def act(one: Application, data: dict[str, Any], person: User, now: datetime) -> str:
        actions.send_back(one.pk, reason=data["reason"], seen=data["version"], by=person, now=now)
        return _("Returned. The applicant was told what to mend, and until when.")

    return _step(
        request, application_id, _("Return for mending"), act, ReasonForm,
        label=_("What has to be mended"), help_text=_("An application is returned once only."),
    )  # fmt: skip


@login_required
def refuse(request: HttpRequest, application_id: int) -> HttpResponse:
    """Refuse it, with a reason that the applicant reads."""

    def act(one: Application, data: dict[str, Any], person: User, now: datetime) -> str:
        actions.refuse(
            one.pk, reason=data["reason"], reference=data["reference"], seen=data["version"],
            by=person, now=now,
        )  # fmt: skip
        return _("Refused. The applicant was told why, and may appeal.")

    return _step(request, application_id, _("Refuse"), act, RefusalForm)


@login_required
def propose(request: HttpRequest, application_id: int) -> HttpResponse:
    """Propose a level."""
    one = queries.applications.seen(application_id, person_of(request), clock.now())
    programme = queries.calls.programme(one.call)

    def act(one: Application, data: dict[str, Any], person: User, now: datetime) -> str:
        deciding.propose(
            one.pk, grade=data["grade"], reason=data["reason"], seen=data["version"], by=person,
            now=now,
        )  # fmt: skip
        return _("Proposed. It goes into the next public notice.")

    return _step(request, application_id, _("Propose"), act, ProposalForm, programme=programme)


@login_required
def put_forward(request: HttpRequest, application_id: int) -> HttpResponse:
    """Recommend it to the body that names, under a signed paper."""

    def act(one: Application, data: dict[str, Any], person: User, now: datetime) -> str:
        deciding.put_forward(
            one.pk, reference=data["reference"], seen=data["version"], by=person, now=now
        )
        return _("Put forward. The applicant was told.")

    words = pgettext("application", "Put forward")
    return _step(request, application_id, words, act, NamingForm)


@login_required
def name(request: HttpRequest, application_id: int) -> HttpResponse:
    """Name it, under a signed decision; or record that another body has named it."""
    one = queries.applications.seen(application_id, person_of(request), clock.now())
    elsewhere = bool(queries.calls.programme(one.call).named_by)

    def act(one: Application, data: dict[str, Any], person: User, now: datetime) -> str:
        deciding.name(
            one.pk, reference=data["reference"], seen=data["version"], since=data.get("since"),
            batch=data.get("batch", ""), by=person, now=now,
        )  # fmt: skip
        if elsewhere:
            return _("Recorded. The title stands on the register, and the applicant was told.")
        return _("Named. The title holds from today on, and the applicant was told.")

    words = _("Record the naming") if elsewhere else _("Name it")
    return _step(request, application_id, words, act, NamedThereForm if elsewhere else NamingForm)


@login_required
@require_safe
def dossiers(request: HttpRequest, call_id: int) -> HttpResponseBase:
    """All that goes to the body that names: a list, and each dossier with its files."""
    person, now = person_of(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    authorize(rules.deciding.why_not_take_dossiers(person, call, now))
    rows = list(queries.applications.of_call(call, states=[ApplicationState.PUT_FORWARD]))
    packed = packing.dossiers(queries.calls.programme(call), rows)
    exports.note_taken("dossiers", rows=len(rows), personal=True, by=person, now=now)
    return FileResponse(packed, as_attachment=True, filename=f"dossiers-{call.pk}.zip")


Act = Callable[[Application, dict[str, Any], User, datetime], str]
OPENED_BY: dict[type[forms.Form], Callable[[User, Application, datetime], str | None]] = {
    OpinionForm: rules.applications.why_not_recommend_as,
    ReasonForm: rules.applications.why_not_send_back_as,
    RefusalForm: rules.deciding.why_not_decide_as,
    ProposalForm: rules.applications.why_not_keep_as,
    NamingForm: rules.deciding.why_not_decide_as,
    NamedThereForm: rules.deciding.why_not_decide_as,
}


def _step(
    request: HttpRequest, application_id: int, verb: str, act: Act, kind: type[forms.Form],
    **options: Any,
) -> HttpResponse:  # fmt: skip
    """A page with the words to one step, or the step itself."""
    person, now = person_of(request), clock.now()
    one = queries.applications.seen(application_id, person, now)
    authorize(OPENED_BY[kind](person, one, now))

    def done(data: dict[str, Any]) -> HttpResponse:
        toasts.say(request, act(one, data, person, now))
        return redirect("application", one.pk)

    form = kind(request.POST or None, initial={"version": one.version}, **options)
    title = f"{verb}{_(': ')}{queries.applications.name_of(one)}"
    return form_page(request, form, done, title=title, back=_of(one), submit=verb)


def _doors(
    person: User | None, one: Application, programme: Programme, now: datetime
) -> list[tuple[str, str, str]]:
    """What this reader can do next: the page of each step, its words, and its look."""
    if person is None:
        return []
    seen, some = one.version, "-"
    district = rules.applications.why_not_recommend_as(person, one, now)
    secretary = rules.applications.why_not_keep_as(person, one, now)
    sender = rules.applications.why_not_send_back_as(person, one, now)
    decider = rules.deciding.why_not_decide_as(person, one, now)
    grade = programme.levels[0].key
    since = clock.day(now) if programme.named_by else None
    found = [
        ("recommend", _("Recommend"), "main",
         district or rules.applications.why_not_recommend(one, programme, seen)),
        ("check", _("Pass the formal check"), "main",
         secretary or rules.applications.why_not_pass_check(one, programme, seen)),
        ("send-back", _("Return for mending"), "quiet",
         sender or rules.applications.why_not_send_back(one, seen, some)),
        ("propose", _("Propose"), "main",
         secretary or rules.deciding.why_not_propose(one, programme, grade, seen, some)),
        ("put-forward", _("Put forward to %(body)s") % {"body": programme.named_by}, "main",
         decider or rules.deciding.why_not_put_forward(one, programme, some, seen, now)),
        ("name", _("Record the naming") if since else _("Name it"), "main",
         decider or rules.deciding.why_not_name(one, some, seen, now)
         or rules.deciding.why_not_named_there(one, programme, since, now)),
        ("refuse", _("Refuse"), "danger",
         decider or rules.applications.why_not_refuse(one, seen, some)),
    ]  # fmt: skip
    return [
        (f"application-{key}", str(words), look) for key, words, look, why in found if why is None
    ]


def _of(one: Application) -> str:
    return reverse("application", args=[one.pk])
