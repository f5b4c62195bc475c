"""Means that come to venues and projects: entered by their unit or an officer, put right by an entry."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kepu.kernel import bodies, clock, forming
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside, authorize
from kepu.ui import formats, toasts
from kepu.venues import actions, facilities, money, queries
from kepu.venues.facility_forms import ContributionForm, CorrectForm
from kepu.venues.models import Contribution, Project, Venue
from kepu.venues.views.registry import person_of

form_page = partial(forming.form_page, template="venues/form.html")


@login_required
@bodies.takes(money.LARGEST + bodies.MEGABYTE)
def to_project(request: HttpRequest, project_id: int) -> HttpResponse:
    """Enter what was given to a project."""
    by, now = person_of(request), clock.now()
    return _entered(request, facilities.project_seen(project_id, by, now), by, now)


@login_required
@bodies.takes(money.LARGEST + bodies.MEGABYTE)
def to_venue(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Enter what was given to a venue."""
    by, now = person_of(request), clock.now()
    return _entered(request, queries.seen(venue_id, by, now), by, now)


def _entered(request: HttpRequest, of: Project | Venue, by: User, now: datetime) -> HttpResponse:
    authorize(money.why_not_enter(by, of, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        receipt = data["receipt"]
        name = (receipt.name or "") if receipt else ""
        actions.enter_contribution(of, receipt_name=name, by=by, now=now, **data)
        toasts.say(request, _("Entered. What is wrong is put right by a further entry."))
        return redirect(_page(of))

    form = ContributionForm(
        request.POST or None, request.FILES or None, initial={"received_on": clock.day(now)}
    )
    return form_page(
        request, form, act, title=_("Means for %(name)s") % {"name": of.name}, back=_page(of),
        submit=_("Enter it"),
    )  # fmt: skip


@login_required
def correct(request: HttpRequest, contribution_id: int) -> HttpResponse:
    """Put an entry right, by a further one."""
    by, now = person_of(request), clock.now()
    rows = Contribution.objects.select_related("venue__organisation", "project__organisation")
    one = rows.filter(pk=contribution_id).first()
    if one is None:
        raise Outside(_("there is no such entry"))
    of = one.venue or one.project
    assert of is not None  # noqa: S101 (the database's promise)
    authorize(money.why_not_enter(by, of, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.correct_contribution(one.pk, by=by, now=now, **data)
        toasts.say(request, _("Put right by a further entry."))
        return redirect(_page(of))

    lead = _("%(giver)s: %(amount)s with its corrections.") % {
        "giver": one.giver, "amount": formats.money(money.standing(one)),
    }  # fmt: skip
    return form_page(
        request, CorrectForm(request.POST or None), act, title=_("Put an entry right"),
        back=_page(of), submit=_("Enter the correction"), lead=lead,
    )  # fmt: skip


def _page(of: Project | Venue) -> str:
    return reverse("project" if isinstance(of, Project) else "venue", args=[of.pk])
