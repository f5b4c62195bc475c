"""Kepu duties that units undertake: what is in force for everybody, and each year for both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal import duties_policy
from kepu.appraisal.actions import undertakings as actions
from kepu.appraisal.forms.undertakings import (
    AgreeForm,
    NoForm,
    ReviewYearForm,
    UndertakeForm,
    YearForm,
    as_before,
)
from kepu.appraisal.models import DutyYear, Undertaking
from kepu.appraisal.queries import undertakings as queries
from kepu.appraisal.rules import undertakings as rules
from kepu.appraisal.undertaking_states import (
    UndertakingKind,
    UndertakingState,
    YearOutcome,
)
from kepu.appraisal.views.rim import form_page, person_of, somebody
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import NotAllowed, Outside, authorize
from kepu.kernel.registers import one_page, part
from kepu.ui import toasts

SHOWN = 20
TONES = {
    UndertakingState.PROPOSED: "accent",
    UndertakingState.AGREED: "success",
    UndertakingState.DECLINED: "danger",
    YearOutcome.MET: "success",
    YearOutcome.PARTLY: "warning",
    YearOutcome.NOT_MET: "danger",
}


def listed(request: HttpRequest) -> HttpResponse:
    """Bases whose duties are in force; before them those of the reader's own units."""
    person, now = somebody(request), clock.now()
    kind = request.GET.get("kind", "")
    found = queries.public(clock.day(now), kind if kind in UndertakingKind.values else "")
    rows, pager = one_page(request, found)
    units = queries.units_of(person, now).exists() if person else False
    context = {
        "rows": rows,
        "pager": pager,
        "kind": kind,
        "kinds": [("", _("All")), *UndertakingKind.choices],
        "places": divisions.full_names({one.path for one in rows}),
        "mine": part(request, queries.mine(person, now), SHOWN, "mine")
        if units and person
        else None,
        "tones": TONES,
        "now": now,
    }
    return render(request, "appraisal/undertakings.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Undertake duties for a unit of one's own."""
    return _propose(request, None)


@login_required
def renew(request: HttpRequest, undertaking_id: int) -> HttpResponse:
    """The same for some more years."""
    person, now = person_of(request), clock.now()
    before = queries.seen(undertaking_id, person, now)
    authorize(rules.why_not_hand_in_as(person, before, now))
    return _propose(request, before)


def _propose(request: HttpRequest, before: Undertaking | None) -> HttpResponse:
    person, now = person_of(request), clock.now()
    units = queries.units_of(person, now)
    if not units.exists():
        raise NotAllowed(_("only who applies for a unit may do this"))

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.propose(data["unit"], form.terms(), follows=before, by=person, now=now)
        toasts.say(request, _("Proposed. It holds once the other side has agreed."))
        return redirect("undertaking", made.pk)

    start = as_before(before) if before else None
    form = UndertakeForm(request.POST or None, units=units, initial=start)
    back = reverse("undertaking", args=[before.pk]) if before else reverse("undertakings")
    return form_page(
        request, form, act, title=_("Undertake kepu duties"), back=back, submit=_("Propose it")
    )


def show(request: HttpRequest, undertaking_id: int) -> HttpResponse:
    """What is undertaken; for both sides and officers, how each year was."""
    person, now = somebody(request), clock.now()
    one = queries.seen(undertaking_id, person, now)
    owes, reviews = queries.owes(person, one, now), queries.reviews(person, one, now)
    agreed = one.state == UndertakingState.AGREED
    context = {
        "one": one,
        "place": divisions.full_name(one.path),
        "tone": TONES.get(UndertakingState(one.state), "plain"),
        "duties": list(one.duties.all()),
        "years": _years(one) if queries.reads(person, one, now) else None,
        "owed": queries.owed(one, duties_policy.in_force(now), now),
        "tones": TONES,
        "answers": one.state == UndertakingState.PROPOSED and reviews and not owes,
        "hands_in": owes and bool(_to_hand_in(one, now)),
        "reviews": reviews and not owes,
        "ends": agreed and (owes or reviews),
        "renews": agreed and owes and not hasattr(one, "followed_by"),
        "after": getattr(one, "followed_by", None),
        "now": now,
    }
    return render(request, "appraisal/undertaking.html", context)


def _years(one: Undertaking) -> list[tuple[DutyYear, list[queries.Fulfilled]]]:
    return [(year, queries.fulfilled(one, year.figures)) for year in one.years.all()]


def _to_hand_in(one: Undertaking, now: datetime) -> list[int]:
    """Years that may be handed in now, the latest first."""
    years = range(min(one.until.year, clock.day(now).year), one.since.year - 1, -1)
    return [year for year in years if rules.why_not_hand_in(one, year, now) is None]


@dataclass(frozen=True)
class Answer:
    """A verb with a form: its action, its words, and who may open it."""

    form: type[forms.Form]
    act: Callable[..., Any]
    may: Callable[[User, Undertaking, datetime], str | None]
    title: Promise
    submit: Promise
    done: Promise


ANSWERS = {
    "agree": Answer(
        AgreeForm, actions.agree, rules.why_not_answer_as, lazy("Agree to the duties"),
        lazy("Agree"), lazy("Agreed. The other side hears of it."),
    ),
    "decline": Answer(
        NoForm, actions.decline, rules.why_not_answer_as, lazy("Decline the duties"),
        lazy("Decline"), lazy("Declined. The other side hears why."),
    ),
    "end": Answer(
        NoForm, actions.end, rules.why_not_end_as, lazy("End the undertaking"),
        lazy("End it"), lazy("Ended. The years that were handed in stay."),
    ),
}  # fmt: skip


@login_required
def answer(request: HttpRequest, undertaking_id: int, verb: str) -> HttpResponse:
    """Agree, decline, or end it."""
    person, now = person_of(request), clock.now()
    one = queries.seen(undertaking_id, person, now)
    if verb not in ANSWERS:
        raise Outside(_("there is no such page"))
    deed = ANSWERS[verb]
    authorize(deed.may(person, one, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        deed.act(one.pk, by=person, now=now, **data)
        toasts.say(request, str(deed.done))
        return redirect("undertaking", one.pk)

    form = deed.form(request.POST or None, initial={"seen": one.version})
    return form_page(
        request, form, act, title=deed.title, back=reverse("undertaking", args=[one.pk]),
        submit=deed.submit,
    )  # fmt: skip


@login_required
def year(request: HttpRequest, undertaking_id: int) -> HttpResponse:
    """Hand a year in."""
    person, now = person_of(request), clock.now()
    one = queries.seen(undertaking_id, person, now)
    authorize(rules.why_not_hand_in_as(person, one, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.hand_in_year(one.pk, year=data["year"], words=data["words"], by=person, now=now)
        toasts.say(request, _("Counted and handed in. The other side reviews it."))
        return redirect("undertaking", one.pk)

    form = YearForm(request.POST or None, years=_to_hand_in(one, now))
    return form_page(
        request, form, act, title=_("Hand in a year of duties"), submit=_("Count and hand in"),
        back=reverse("undertaking", args=[one.pk]),
    )  # fmt: skip


@login_required
def review(request: HttpRequest, year_id: int) -> HttpResponse:
    """Say whether the duties of a year were met."""
    person, now = person_of(request), clock.now()
    kept = queries.year_seen(year_id, person, now)
    one = kept.undertaking
    authorize(rules.why_not_answer_as(person, one, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.review_year(kept.pk, by=person, now=now, **data)
        toasts.say(request, _("Kept. The other side hears of it."))
        return redirect("undertaking", one.pk)

    form = ReviewYearForm(request.POST or None, initial={"seen": kept.version})
    said = {"year": kept.year, "base": one.title}
    return form_page(
        request, form, act, title=_("Review %(year)s of %(base)s") % said,
        back=reverse("undertaking", args=[one.pk]), submit=_("Keep the review"),
        template="appraisal/duty_review.html", fulfilled=queries.fulfilled(one, kept.figures),
        kept=kept,
    )  # fmt: skip
