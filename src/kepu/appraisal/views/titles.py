"""Titles for everybody: the public register, and each title with its history."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def show(request: HttpRequest, number: str) -> HttpResponse:
    """One title."""
    return HttpResponse(number)
