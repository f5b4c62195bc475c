"""What pages of this room have in common: who asks, a form and its refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Refusal


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
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return act()
            except Refusal as refusal:
                form.add_error(None, refusal.reason)
                status = refusal.status
    return render(request, template, {"form": form, **context}, status=status)
