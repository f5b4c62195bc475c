"""Which place a page is about: asked for, chosen before, or the reader's home."""

from __future__ import annotations

from django.http import HttpRequest

from kepu.kernel.divisions import queries
from kepu.kernel.divisions.models import Division

SESSION_KEY = "place"


def place_of(request: HttpRequest) -> Division | None:
    """The place the page is about, or None when the reader has not said. A choice is remembered."""
    asked = request.GET.get("place", "")
    for path in (asked, request.session.get(SESSION_KEY, ""), _home(request)):
        found = queries.current().filter(path=path).first() if path else None
        if found:
            _remember(request, found.path)
            return found
    return None


def _home(request: HttpRequest) -> str:
    home = getattr(request.user, "home", None)
    return home.path if home else ""


def _remember(request: HttpRequest, path: str) -> None:
    if request.session.get(SESSION_KEY) != path:
        request.session[SESSION_KEY] = path
