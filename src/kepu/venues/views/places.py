"""Service points in public places, and incentives for private means: two light registers."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kepu.kernel import clock, forming
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import NotAllowed, authorize
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.ui import toasts
from kepu.venues import actions, facilities, incentives, points
from kepu.venues.facility_forms import IncentiveForm, LookForm, PointFilterForm, PointForm
from kepu.venues.models import ServicePoint
from kepu.venues.views.registry import person_of

form_page = partial(forming.form_page, template="venues/form.html")


def _somebody(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


# --- service points -------------------------------------------------------------------------------


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Service points place by place; below, the activities that venues in public places told."""
    person, now, form = _somebody(request), clock.now(), PointFilterForm(request.GET)
    form.is_valid()
    scope, host = form.cleaned_data.get("district", ""), form.cleaned_data.get("host", "")
    rows, pager = one_page(request, points.listed(scope, host))
    year = clock.day(now).year - 1
    context = {
        "form": form, "pager": pager, "now": now, "year": year,
        "rows": [(one, points.why_not_keep(person, one, now) is None) for one in rows],
        "opens": bool(person and points.tended_by(person, now).exists()),
        "told": points.activities(year, scope),
    }  # fmt: skip
    return render(request, "venues/points.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Open a service point."""
    by, now = person_of(request), clock.now()
    units = points.tended_by(by, now)
    if not units.exists():
        raise NotAllowed(
            _("only the tending unit or an officer of the place keeps a service point")
        )

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.open_point(data.pop("unit"), by=by, now=now, **data)
        toasts.say(request, _("Opened. Everybody finds it now."))
        return redirect("service-points")

    return form_page(
        request, PointForm(request.POST or None, units=units), act, title=_("A service point"),
        back=reverse("service-points"), submit=_("Open the service point"),
    )  # fmt: skip


@login_required
def change(request: HttpRequest, point_id: int) -> HttpResponse:
    """Say anew what is there."""
    point, by, now = _kept(request, point_id)

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.change_point(point.pk, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("service-points")

    start = {name: getattr(point, name, None) for name in PointForm.base_fields}
    form = PointForm(request.POST or None, initial=start)
    return form_page(
        request, form, act, title=point.name, back=reverse("service-points"),
        submit=_("Keep the changes"),
    )  # fmt: skip


@login_required
def look(request: HttpRequest, point_id: int) -> HttpResponse:
    """Say that somebody looked at a service point."""
    point, by, now = _kept(request, point_id)

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.look_at_point(point.pk, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("service-points")

    form = LookForm(request.POST or None, initial={"day": clock.day(now)})
    return form_page(
        request, form, act, title=point.name, back=reverse("service-points"),
        submit=_("I looked at it"),
    )  # fmt: skip


@login_required
@require_POST
def close(request: HttpRequest, point_id: int) -> HttpResponse:
    """Close a service point."""
    point, by, now = _kept(request, point_id)
    actions.close_point(point.pk, by=by, now=now)
    toasts.say(request, _("Closed."))
    return redirect("service-points")


def _kept(request: HttpRequest, point_id: int) -> tuple[ServicePoint, User, datetime]:
    by, now = person_of(request), clock.now()
    point = points.one(point_id)
    authorize(points.why_not_keep(by, point, now))
    return point, by, now


# --- incentives -----------------------------------------------------------------------------------


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Incentives that hold today, and those that ended or are to come."""
    person, now = _somebody(request), clock.now()
    today = clock.day(now)
    holding = list(incentives.listed(on=today))
    others = incentives.listed().exclude(pk__in=[one.pk for one in holding])
    keeps = roles.reach(person, Verb.VENUE_JUDGE, now)
    groups = (
        (_("Holding today"), [(one, keeps.covers(one.path)) for one in holding]),
        (_("Ended, or to come"), [(one, keeps.covers(one.path)) for one in others]),
    )
    context = {"groups": groups, "states": bool(keeps), "now": now}
    return render(request, "venues/incentives.html", context)


@login_required
def state(request: HttpRequest) -> HttpResponse:
    """Enter an incentive as its document says it."""
    by, now = person_of(request), clock.now()
    if not roles.holds(by, Verb.VENUE_JUDGE, now=now):
        raise NotAllowed(_("only officers who decide about venues have this page"))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.state_incentive(data.pop("place"), by=by, now=now, **data)
        toasts.say(request, _("Entered. Everybody reads it."))
        return redirect("incentives")

    return form_page(
        request, IncentiveForm(request.POST or None), act, title=_("An incentive"),
        back=reverse("incentives"), submit=_("Enter the incentive"),
    )  # fmt: skip


@login_required
def change_incentive(request: HttpRequest, incentive_id: int) -> HttpResponse:
    """Say anew what an incentive says."""
    by, now, one = person_of(request), clock.now(), incentives.one(incentive_id)
    authorize(facilities.why_not_plan_at(by, one.path, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.change_incentive(one.pk, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("incentives")

    start = {name: getattr(one, name, None) for name in IncentiveForm.base_fields}
    form = IncentiveForm(request.POST or None, initial=start, fixed=True)
    return form_page(
        request, form, act, title=one.title, back=reverse("incentives"),
        submit=_("Keep the changes"),
    )  # fmt: skip
