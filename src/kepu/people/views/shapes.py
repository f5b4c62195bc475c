"""What pages of this room have in common: who asks, which page of a list, a form and its refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import NotAllowed, Refusal
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.people.registers import Register
from kepu.ui.tables import Bar, Export, Pager, Sorting

PAGE = 24


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


def reach_of(request: HttpRequest, verb: Verb) -> Reach:
    """Where the reader may do `verb`; nowhere for nobody."""
    return roles.reach(somebody(request), verb, clock.now())


def office_of(request: HttpRequest, verb: Verb, refusal: str) -> Reach:
    """Where the officer may do `verb`; whoever may nowhere is refused in these words."""
    reach = reach_of(request, verb)
    if not reach.paths:
        raise NotAllowed(refusal)
    return reach


def page_number(request: HttpRequest) -> int:
    """The page that is asked for, within what any database counts off; else the first."""
    asked = request.GET.get("page", "1")
    return max(int(asked), 1) if re.fullmatch(r"[0-9]{1,9}", asked) else 1


def one_page(
    request: HttpRequest, found: QuerySet[Any], size: int = PAGE
) -> tuple[list[Any], Pager]:
    """The rows of the page that is asked for, and the way to the others. Two queries."""
    page = page_number(request)
    rows = list(found[(page - 1) * size : page * size])
    total = found.count()

    def link(number: int) -> str:
        asked = request.GET.copy()
        asked["page"] = str(number)
        return f"?{asked.urlencode()}"

    return rows, Pager(
        previous=link(page - 1) if page > 1 else "",
        next=link(page + 1) if page * size < total else "",
        shown=len(rows),
        total=total,
    )


def asked_of(form: forms.Form) -> dict[str, Any]:
    """What the filters above a list ask for; a filter that cannot be read asks for nothing."""
    form.is_valid()
    return form.cleaned_data


def read(
    request: HttpRequest, register: Register
) -> tuple[forms.Form, dict[str, Any], QuerySet[Any], Bar]:
    """The register as this reader asks for it: its filters, what they ask, what is found, its bar."""
    form = register.form(request.GET)
    asked, word = asked_of(form), request.GET.get("sort", "")
    found = register.listed(somebody(request), asked, word, clock.now())
    return form, asked, found, _bar(request, register, word)


def _bar(request: HttpRequest, register: Register, word: str) -> Bar:
    """The orders that the list can stand in and, for whoever is signed in, its files."""
    usual = next(iter(register.orders))
    chosen = word if word in register.orders else usual
    sorts = [
        Sorting(str(order.label), _link(request, sort=key), current=key == chosen)
        for key, order in register.orders.items()
    ]
    files = (("xlsx", _("Table (XLSX)")), ("csv", _("Text (CSV)"))) if somebody(request) else ()
    exports = [
        Export(label, reverse("register-export", args=[register.kind, format]) + _link(request))
        for format, label in files
    ]
    return Bar(sorts, exports)


def _link(request: HttpRequest, **changed: str) -> str:
    """This list otherwise, from its first page on."""
    asked = request.GET.copy()
    asked.pop("page", None)
    for key, value in changed.items():
        asked[key] = value
    return f"?{asked.urlencode()}"


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
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return act(form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.reason)
                status = refusal.status
    context = {"form": form, "title": title, "back": back, "submit": _("Send"), **more}
    return render(request, template, context, status=status)
