"""Orders as a list: filtered, sorted, searched, paged, exported."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse


@login_required
def orders(request: HttpRequest) -> HttpResponse:
    """Orders within the reader's scope."""
    raise NotImplementedError


@login_required
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list as a spreadsheet."""
    raise NotImplementedError
