"""Free opening: which venues of a place fulfil the conditions, and what was granted and paid."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kepu.kernel import clock, forming
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import NotAllowed, Outside, authorize
from kepu.kernel.registers import read
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.ui import toasts
from kepu.venues import actions, free_opening, policy, queries, rules
from kepu.venues.facility_forms import CorrectForm, SubsidyForm
from kepu.venues.models import Subsidy, Venue
from kepu.venues.registers import SUBSIDIES
from kepu.venues.views.registry import person_of

form_page = partial(forming.form_page, template="venues/form.html")


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Venues of the officer's places in a year: conditions, visits, and the sums of the ledger."""
    person, now = person_of(request), clock.now()
    if not roles.holds(person, Verb.VENUE_JUDGE, now=now):
        raise NotAllowed(_("only officers who decide about venues have this page"))
    last = clock.day(now).year - 1
    form, asked, _found, bar = read(request, SUBSIDIES, **_given(request, last))
    year = asked.get("year") or last
    context = {
        "form": form, "bar": bar, "year": year, "rules": policy.free_opening(now),
        "rows": free_opening.board(person, year, now),
    }  # fmt: skip
    return render(request, "venues/free_opening.html", context)


def _given(request: HttpRequest, last: int) -> dict[str, str]:
    return {} if request.GET.get("year") else {"year": str(last)}


@login_required
@require_safe
def show(request: HttpRequest, venue_id: int) -> HttpResponse:
    """One venue in the last years: each condition with what is known, and the ledger line by line."""
    venue, person, now = _concerned(request, venue_id)
    last = clock.day(now).year - 1
    known = set(venue.subsidies.values_list("year", flat=True)) | {last, last + 1}
    told = policy.free_opening(now)
    years = [
        (free_opening.standings([venue], year, told)[0], year, free_opening.ledger(venue, year))
        for year in sorted(known, reverse=True)
    ]
    context = {
        "venue": venue, "years": years, "now": now, "rules": told,
        "judges": rules.why_not_judge(person, venue, now) is None,
    }  # fmt: skip
    return render(request, "venues/venue_free_opening.html", context)


@login_required
def enter(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Enter what was granted, paid or returned."""
    venue, by, now = _concerned(request, venue_id)
    authorize(rules.why_not_judge(by, venue, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.enter_subsidy(venue.pk, by=by, now=now, **data)
        toasts.say(request, _("Entered. What is wrong is put right by a further entry."))
        return redirect("venue-free-opening", venue.pk)

    today = clock.day(now)
    form = SubsidyForm(request.POST or None, initial={"year": today.year - 1, "day": today})
    return form_page(
        request, form, act, title=_("Free opening of %(venue)s") % {"venue": venue.name},
        back=_of(venue), submit=_("Enter it"),
    )  # fmt: skip


@login_required
def correct(request: HttpRequest, line_id: int) -> HttpResponse:
    """Put a line of the ledger right, by a further one."""
    line = Subsidy.objects.filter(pk=line_id).first()
    if line is None:
        raise Outside(_("there is no such entry"))
    venue, by, now = _concerned(request, line.venue_id)
    authorize(rules.why_not_judge(by, venue, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.correct_subsidy(line.pk, by=by, now=now, **data)
        toasts.say(request, _("Put right by a further entry."))
        return redirect("venue-free-opening", venue.pk)

    lead = f"{line.year} · {line.get_step_display()} · {line.amount} · {line.reference}"
    return form_page(
        request, CorrectForm(request.POST or None), act, title=_("Put an entry right"),
        back=_of(venue), submit=_("Enter the correction"), lead=lead,
    )  # fmt: skip


def _concerned(request: HttpRequest, venue_id: int) -> tuple[Venue, User, datetime]:
    """A venue for who manages it or decides about it; raises NotAllowed or Outside."""
    by, now = person_of(request), clock.now()
    venue = queries.seen(venue_id, by, now)
    if rules.why_not_keep(by, venue.organisation, now) is not None:
        authorize(rules.why_not_officer(by, venue, now))
    return venue, by, now


def _of(venue: Venue) -> str:
    return reverse("venue-free-opening", args=[venue.pk])
