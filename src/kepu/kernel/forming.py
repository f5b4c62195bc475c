"""A page with a form: shown, carried out, or refused with what was typed kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kepu.kernel.errors import Refusal


def unkept(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a page whose form leaves no trace beside what its action writes: that of a secret vote.

    A form is else remembered by a digest of its words, and of three words a digest hides nothing.
    """
    view.unkept = True  # type: ignore[attr-defined]
    return view


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], HttpResponse],
    template: str,
    **context: Any,
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
    return render(request, template, {"form": form, **context}, status=status)
