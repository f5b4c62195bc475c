"""What pages of this room have in common: who asks, a form and its refusal, a table that comes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kepu.kernel import forming
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Refusal
from kepu.kernel.tables import Fault


def person_of(request: HttpRequest) -> User:
    """Who asks, on a page that only opens to somebody signed in."""
    assert isinstance(request.user, User)  # noqa: S101 (login_required)
    return request.user


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], HttpResponse],
    template: str = "literacy/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form, or do what it says. A refusal stands above it, and what was typed is kept."""
    return forming.form_page(request, form, lambda _data: act(), template, **context)


def table_page(
    request: HttpRequest,
    form: forms.Form,
    template: str,
    take: Callable[[Any, bool], tuple[int, list[Fault]]],
    done: Callable[[int], HttpResponse],
    **context: Any,
) -> HttpResponse:
    """A table that is tried first: every wrong row is named, and it is taken in only when clean.

    `take` is given the file and whether it is meant; it says how many rows are right, and what is wrong,
    and writes nothing where something is. `done` answers once they are in.
    """
    right, faults = 0, list[Fault]()
    tried = request.method == "POST" and form.is_valid()
    if tried:
        really = request.POST.get("do") == "import"
        try:
            right, faults = take(form.cleaned_data["table"], really)
            if really and not faults:
                return done(right)
        except Refusal as refusal:
            form.add_error("table", refusal.reason)
    context |= {"form": form, "faults": faults, "right": right, "tried": tried and not form.errors}
    return render(request, template, context, status=422 if form.errors or faults else 200)
