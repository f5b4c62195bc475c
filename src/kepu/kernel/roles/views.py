"""Who holds what at a place and below; grant, revoke, enter leave, hand over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.kernel import clock, cursors
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts import oidc
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Refusal, RuleBroken
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles import actions, holdings, queries, rules
from kepu.kernel.roles.forms import BindForm, GrantForm, HandOverForm, LeaveForm
from kepu.kernel.roles.models import Grant, Leave
from kepu.kernel.roles.registers import GRANTS, place_asked
from kepu.kernel.roles.rules import Seat
from kepu.kernel.roles.verbs import ROLES, Verb, title_of

MOST = 50  # leaves on the page


@dataclass(frozen=True)
class Deed:
    """What can be done to a grant or its holder: words, form, action."""

    label: Promise
    form: type[forms.Form]
    act: Callable[[Grant, dict[str, Any], User, datetime], object]
    done: Promise
    what: Promise


DEEDS = {
    "revoke": Deed(
        lazy("Take the role away"), forms.Form,
        lambda grant, data, by, now: actions.revoke(grant.pk, by=by, now=now),
        lazy("The role has ended."), lazy("The role ends now. What was done in it stays."),
    ),
    "leave": Deed(
        lazy("Enter leave"), LeaveForm,
        lambda grant, data, by, now: actions.take_leave(grant.person_id, by=by, now=now, **data),
        lazy("Entered. Deputies act on these days."), lazy("The deputy (B) acts on these days."),
    ),
    "hand-over": Deed(
        lazy("Hand over everything"), HandOverForm,
        lambda grant, data, by, now: actions.hand_over(
            grant.person_id, to_id=data["to"].pk, by=by, now=now
        ),
        lazy("Handed over."),
        lazy("Every role this person holds, open work and clocks go to somebody else in one step."),
    ),
    "bind": Deed(
        lazy("Bind to the city's sign-in"), BindForm,
        lambda grant, data, by, now: _bind(grant.person, data["subject"], by, now),
        lazy("Kept."),
        lazy("Whoever the city's sign-in knows by this subject comes in here as this person."),
    ),
}  # fmt: skip


def _deeds() -> dict[str, Deed]:
    """What is offered: nobody is bound to a sign-in that is not set up."""
    return {key: deed for key, deed in DEEDS.items() if key != "bind" or oidc.offered()}


def _bind(person: User, subject: str, by: User, now: datetime) -> None:
    whom = oidc.offered()
    if whom is None:
        raise RuleBroken(_("the city's sign-in is not set up"))
    if subject:
        accounts.bind_identity(person, issuer=whom.issuer, subject=subject, by=by, now=now)
    else:
        accounts.end_identity(person, issuer=whom.issuer, by=by, now=now)


@login_required
def posts(request: HttpRequest) -> HttpResponse:
    """Who holds what here and below, and a form to grant a role here."""
    now = clock.now()
    path = place_asked(request.user, request.GET.get("path", ""), now)  # type: ignore[arg-type]
    form = GrantForm(request.POST if request.method == "POST" else None, path=path)
    if request.method == "POST" and _granted(request, form, path, now):
        messages.success(request, _("Granted."))
        return redirect(f"{reverse('roles')}?path={path}")
    filters, asked, found, bar = read(request, GRANTS, path=path)
    rows, pager = one_page(request, found)
    context = {
        "form": form, "filters": filters, "bar": bar, "pager": pager,
        "held": queries.lines(rows, now),
        "open": not asked.get("span"),
        "trail": divisions.lineage(path),
        "children": divisions.children(path),
        "roles": ROLES.values(),
        "deeds": _deeds(),
        "now": now,
        "path": path,
        "leaves": cursors.front(queries.leaves_of(queries.held_below(path, now=now), now), MOST),
    }  # fmt: skip
    return render(request, "roles/posts.html", context, status=422 if form.errors else 200)


def _granted(request: HttpRequest, form: GrantForm, path: str, now: datetime) -> bool:
    if not form.is_valid():
        return False
    data = form.cleaned_data
    elsewhere = data["organisation"] or data["zone"]
    try:
        actions.grant(
            data["person"].pk,
            role=data["role"],
            path="" if elsewhere else path,
            zone=data["zone"],
            organisation=data["organisation"],
            post=data["post"],
            until=_end_of(data["last"]),
            by=request.user,  # type: ignore[arg-type]
            now=now,
        )
    except Refusal as refusal:
        form.add_error(None, refusal.reason)
        return False
    return True


def _end_of(last: date | None) -> datetime | None:
    """The first moment after the last day."""
    return datetime.combine(last + timedelta(days=1), time(), clock.BEIJING) if last else None


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """My own roles, who stands in for me, and the days I am away."""
    person, now = request.user, clock.now()
    assert isinstance(person, User)  # noqa: S101 (login_required)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_leave(person.pk, by=person, now=now, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Entered. Deputies act on these days."))
            return redirect("my-roles")
    context = {
        "held": queries.own_posts(person, now),
        "leaves": queries.leaves([person.pk], now),
        "form": form,
        "now": now,
    }
    return render(request, "roles/mine.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end_leave(request: HttpRequest, leave_id: int) -> HttpResponse:
    """Somebody is back today: oneself, or a person whose roles one grants."""
    leave = Leave.objects.select_related("person").filter(pk=leave_id).first()
    by, now = request.user, clock.now()
    assert isinstance(by, User)  # noqa: S101 (login_required)
    if leave is None or rules.why_not_enter_leave(by, leave.person, now):
        raise Http404
    actions.end_leave(leave.pk, by=by, now=now)
    messages.success(request, _("Back. The A post acts again."))
    return redirect("my-roles" if leave.person_id == by.pk else "roles")


@login_required
def deed(request: HttpRequest, grant_id: int, verb: str) -> HttpResponse:
    """Ask before something is done to a grant or its holder, then do it."""
    grant = _grant(request, grant_id)
    if verb not in _deeds():
        raise Http404
    one = DEEDS[verb]
    form = one.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            one.act(grant, form.cleaned_data, request.user, clock.now())  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, str(one.done))
            _warn_of_leave(request, form)
            return redirect("roles")
    context = {"grant": grant, "deed": one, "form": form, "role": title_of(grant.role)}
    if verb == "hand-over":
        context |= _all_of(grant.person, clock.now())
    return render(request, "roles/deed.html", context, status=422 if form.errors else 200)


def _all_of(person: User, now: datetime) -> dict[str, Any]:
    """What a handover moves: roles with their A or B, leave, and work by number."""
    held = queries.held_by(person, now=now)
    return {
        "held": held,
        "partners": queries.partners(held, now),
        "leaves": queries.leaves([person.pk], now),
        "work": holdings.of_person(person, now),
        "now": now,
    }


def _warn_of_leave(request: HttpRequest, form: forms.Form) -> None:
    """A successor who is away lets the deputies act for now: better known than found out."""
    taker = form.cleaned_data.get("to")
    away = queries.leaves([taker.pk], clock.now()).first() if taker else None
    if taker and away:
        messages.warning(
            request,
            _("%(name)s is on leave from %(first)s to %(last)s; deputies (B) act on these days.")
            % {"name": taker.name, "first": away.first, "last": away.last},
        )


def _grant(request: HttpRequest, grant_id: int) -> Grant:
    now = clock.now()
    reach = queries.reach(request.user, Verb.ROLE_GRANT, now)  # type: ignore[arg-type]
    found = (
        queries.unfinished_grants(now)
        .select_related("person", "zone", "organisation")
        .filter(pk=grant_id)
        .first()
    )
    held = Seat.of(found).paths(clock.day(now)) if found else []
    if found is None or not held or not all(map(reach.covers, held)):
        raise Http404
    return found
