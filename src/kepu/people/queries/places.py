"""Reads of stations and posts."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from kepu.kernel.divisions.fields import ancestors
from kepu.people.models import Post, Station


def stations(scope: str = "", *, words: str = "", kind: str = "") -> QuerySet[Station]:
    """Stations at work in `scope`, place by place. One query."""
    found = Station.objects.filter(active=True).select_related("division_now")
    if scope:
        found = found.filter(path__within=scope)
    if words.strip():
        found = found.filter(name__icontains=words.strip())
    return found.filter(kind=kind) if kind else found


def dispatching(path: str) -> list[Station]:
    """Stations that dispatch for `path`: those of the place, else of the nearest place above it."""
    found = list(stations().filter(path__in=ancestors(path)))
    nearest = max((station.path for station in found), key=len, default="")
    return [station for station in found if station.path == nearest]


def holding_post(on: date, scope: str = "") -> QuerySet[Post]:
    """Posts held on that day in `scope`, place by place. One query."""
    held = Post.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    held = held.filter(first__lte=on, last__gte=on)
    held = held.filter(path__within=scope) if scope else held
    return held.select_related("kind", "person", "organisation", "division_now")


def three_heads(path: str, on: date) -> QuerySet[Post]:
    """The three heads 三长 of a township on that day."""
    return holding_post(on, path).filter(kind__one_of_three_heads=True)
