"""What pages of this room have in common: who asks, which page of a list, a form and its refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kepu.kernel import clock, forming
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import NotAllowed, Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.people.queries.volunteers import volunteer_of


def person_of(request: HttpRequest) -> User:
    """Who asks, on a page that only opens to somebody signed in."""
    assert isinstance(request.user, User)  # noqa: S101 (login_required)
    return request.user


def home_of(person: User) -> str:
    """Where the person lives by its full name, to stand in a form already; nothing if unknown."""
    return divisions.full_name(person.home.path) if person.home else ""


def somebody(request: HttpRequest) -> User | None:
    """Who asks, on a page that is open to everybody."""
    return request.user if isinstance(request.user, User) else None


def child_named(asked: str, by: User, now: datetime) -> User | None:
    """The child in the reader's care whom a page names; nobody when it names none."""
    if not asked:
        return None
    found = {str(ward.person.pk): ward.person for ward in accounts.wards(by, now)}
    if asked not in found:
        raise Outside(_("there is no such child in your care"))
    return found[asked]


def children_of(by: User | None, now: datetime) -> list[User]:
    """Volunteers under fourteen in the reader's care, for whom the reader says yes or no."""
    if by is None:
        return []
    young = [ward.person for ward in accounts.wards(by, now) if ward.handled]
    return [one for one in young if volunteer_of(one) is not None]


def reach_of(request: HttpRequest, verb: Verb) -> Reach:
    """Where the reader may do `verb`; nowhere for nobody."""
    return roles.reach(somebody(request), verb, clock.now())


def office_of(request: HttpRequest, verb: Verb, refusal: str) -> Reach:
    """Where the officer may do `verb`; whoever may nowhere is refused in these words."""
    reach = reach_of(request, verb)
    if not reach.paths:
        raise NotAllowed(refusal)
    return reach


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], HttpResponse],
    *,
    title: str,
    back: str,
    template: str = "people/form.html",
    **more: Any,
) -> HttpResponse:
    """Show a form, or do what it says. A refusal stands above it, and what was typed is kept."""
    context = {"title": title, "back": back, "submit": _("Send"), **more}
    return forming.form_page(request, form, act, template, **context)
