"""Hours in two hands, as pages: asked for, certified, confirmed, objected to, amended, corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts import masks
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Outside
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.people.actions import hours as actions
from kepu.people.actions import records
from kepu.people.forms import ReasonForm
from kepu.people.hours_forms import HoursForm, LineForm, MinutesForm, ScoreForm
from kepu.people.models import Entry
from kepu.people.queries import hours as queries
from kepu.people.registers import LEDGER
from kepu.people.rules.hours import why_not_correct_as, why_not_see
from kepu.people.rules.volunteers import why_not_see_record
from kepu.people.views.shapes import form_page, person_of
from kepu.ui import toasts


@login_required
def ledger(request: HttpRequest) -> HttpResponse:
    """Lines of the ledger that the reader may certify hours beside; names are masked."""
    form, _asked, found, bar = read(request, LEDGER)
    rows, pager = one_page(request, found)
    names = divisions.full_names({one.service.path for one in rows})
    reach = roles.reach(person_of(request), Verb.VOLUNTEER_APPROVE, clock.now())
    context = {
        "form": form,
        "bar": bar,
        "rows": [
            Line(
                one,
                masks.name(one.person.name),
                queries.number_of(one),
                names[one.service.path],
                _record(one, reach),
            )
            for one in rows
        ],
        "pager": pager,
        "now": clock.now(),
    }
    return render(request, "people/ledger.html", context)


@dataclass(frozen=True)
class Line:
    """A line as the page shows it; `record` is where the volunteer's record stands, for who may see it."""

    entry: Entry
    name: str
    number: str
    place: str
    record: str


def _record(line: Entry, reach: Reach) -> str:
    volunteer = getattr(line.person, "volunteer", None)
    if volunteer is None or not reach.covers(volunteer.path):
        return ""
    return reverse("person-record", args=[line.person_id])


@login_required
@require_POST
def act(request: HttpRequest, service_id: int, verb: str) -> HttpResponse:
    """Take one step with hours; those one has nothing to do with do not exist."""
    by, now = person_of(request), clock.now()
    service = queries.service(service_id)
    if verb not in STEPS or why_not_see(by, service, now):
        raise Outside(_("there is no such service"))
    STEPS[verb](request, service_id, by=by, now=now)
    if request.POST.get("from") == "record":
        return redirect("person-record", service.person_id)
    return redirect("people-me")


def _plain(
    deed: Callable[..., Any], request: HttpRequest, service_id: int, *, by: User, now: datetime
) -> None:
    deed(service_id, by=by, now=now)
    toasts.say(request, _("Done. Thank you."))


def _dispute(request: HttpRequest, service_id: int, *, by: User, now: datetime) -> None:
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.dispute(service_id, reason=reason, by=by, now=now)
    toasts.say(request, _("Your objection is kept; the organiser will answer."))


def _amend(request: HttpRequest, service_id: int, *, by: User, now: datetime) -> None:
    form = MinutesForm(request.POST)
    minutes = form.cleaned_data["minutes"] if form.is_valid() else 0
    actions.amend(service_id, minutes=minutes, by=by, now=now)
    toasts.say(request, _("Proposed anew. Both sides agree once more."))


def _evaluate(request: HttpRequest, service_id: int, *, by: User, now: datetime) -> None:
    form = ScoreForm(request.POST)
    score = form.cleaned_data["score"] if form.is_valid() else 0
    records.evaluate(service_id, score=score, by=by, now=now)
    toasts.say(request, _("Kept in the volunteer's record. Thank you."))


STEPS: dict[str, Callable[..., None]] = {
    "certify": partial(_plain, actions.certify),
    "confirm": partial(_plain, actions.confirm),
    "drop": partial(_plain, actions.drop),
    "dispute": _dispute,
    "amend": _amend,
    "evaluate": _evaluate,
}


@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for hours that no report has proposed."""
    person = person_of(request)

    def done(data: dict[str, Any]) -> HttpResponse:
        actions.ask_by_hand(by=person, now=clock.now(), **data)
        toasts.say(request, _("Asked for. Your organiser certifies it, then it is confirmed."))
        return redirect("people-me")

    return form_page(
        request, HoursForm(request.POST or None, person=person), done,
        title=_("Ask for hours"), back=reverse("people-me"), submit=_("Ask for these hours"),
    )  # fmt: skip


@login_required
def correct(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Put a line of the ledger right by a second line; the first stays."""
    by, now = person_of(request), clock.now()
    entry = queries.entry(entry_id)
    if why_not_see_record(by, entry.person, now) or why_not_correct_as(by, entry, now):
        raise Outside(_("there is no such line"))
    record = reverse("person-record", args=[entry.person_id])

    def done(data: dict[str, Any]) -> HttpResponse:
        actions.correct(entry_id, by=by, now=clock.now(), **data)
        toasts.say(request, _("Corrected. The first line stays readable."))
        return redirect(record)

    return form_page(
        request, LineForm(request.POST or None), done,
        title=_("Correct the ledger"), back=record, submit=_("Add the correction"),
        lead=_("%(title)s: %(minutes)s minutes are counted now.")
        % {"title": entry.service.title, "minutes": queries.minutes_of_entry(entry)},
    )  # fmt: skip
