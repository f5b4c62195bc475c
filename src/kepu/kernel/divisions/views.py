"""Choose a place: city, district, township, community, by links alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from kepu.kernel.divisions import queries
from kepu.kernel.divisions.models import Division


def places(request: HttpRequest) -> HttpResponse:
    """One level of divisions at a time, and a search over all names."""
    below = queries.current().filter(path=request.GET.get("below", "")).first()
    words = request.GET.get("q", "").strip()
    found = queries.search_names(words, limit=30) if words else []
    names = queries.full_names({division.path for division in found})
    context = {
        "trail": queries.lineage(below.path) if below else [],
        "here": below,
        "children": _children(below),
        "words": words,
        "found": [(division, names[division.path]) for division in found],
        "next": _way_back(request),
    }
    return render(request, "divisions/places.html", context)


def _children(below: Division | None) -> list[Division]:
    return list(queries.children(below.path if below else None))


def _way_back(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "/")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"
