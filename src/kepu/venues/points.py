"""Kepu service points in public places: who keeps one, who sees which, and what hosts did in a year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.venues.models import ServicePoint, Venue
from kepu.venues.rules import LEVELS
from kepu.venues.states import STANDING, HostType


def why_not_open_as(by: User | None, unit: Organisation, path: str, now: datetime) -> str | None:
    """Who manages the venues of the tending unit, or an officer of the place."""
    if roles.holds(by, Verb.VENUE_KEEP, now=now, organisation_id=unit.pk):
        return None
    if roles.holds(by, Verb.VENUE_JUDGE, now=now, path=path):
        return None
    return _("only the tending unit or an officer of the place keeps a service point")


def why_not_keep(by: User | None, point: ServicePoint, now: datetime) -> str | None:
    return why_not_open_as(by, point.organisation, point.path, now)


def why_not_open(unit: Organisation, place: Division, name: str, besides: int = 0) -> str | None:
    """A unit at work, a place that people go to, and a name that is not there twice."""
    if not unit.active:
        return _("this unit is closed")
    if place.level not in LEVELS:
        return _("a service point lies in a district, a township or a community")
    found = ServicePoint.objects.filter(
        division_now=place, name=name.strip(), closed_at__isnull=True
    )
    if found.exclude(pk=besides).exists():
        return _("this place has a service point of this name already")
    return None


def why_not_change(point: ServicePoint) -> str | None:
    return None if point.closed_at is None else _("this service point is closed")


def why_not_look(point: ServicePoint, day: date, now: datetime) -> str | None:
    """Of a point that is open, on a day that has come and not before the last look."""
    if refusal := why_not_change(point):
        return refusal
    if day > clock.day(now):
        return _("this day has not begun yet")
    return _("somebody looked later already") if day < point.looked_on else None


def listed(scope: str = "", host: str = "") -> QuerySet[ServicePoint]:
    """Points that are open, place by place. One query."""
    found = ServicePoint.objects.filter(closed_at__isnull=True, path__within=scope)
    found = found.filter(host=host) if host else found
    return found.select_related("division_now", "organisation")


def one(point_id: int) -> ServicePoint:
    """A point that is open; raises Outside."""
    found = listed().filter(pk=point_id).first()
    if found is None:
        raise Outside(_("there is no such service point"))
    return found


def tended_by(person: User, now: datetime) -> QuerySet[Organisation]:
    """Units for which the person opens a point: those managed, and those of an officer's places."""
    reaches = roles.reaches(person, (Verb.VENUE_KEEP, Verb.VENUE_JUDGE), now)
    found = Organisation.objects.filter(active=True)
    own = found.filter(pk__in=reaches[Verb.VENUE_KEEP].organisations)
    return (own | found.filter(reaches[Verb.VENUE_JUDGE].limit())).order_by("sort_key", "pk")


def activities(year: int, scope: str = "") -> list[dict[str, Any]]:
    """By type of public place: registered venues, those that told the year, activities they told.

    Two queries. Activities are those of the yearly reports.
    """
    venues = Venue.objects.filter(state__in=STANDING, path__within=scope).exclude(host="")
    sizes = dict(venues.order_by().values_list("host").annotate(n=Count("pk")))
    told = venues.filter(years__year=year).order_by().values("host")
    sums = {row["host"]: row for row in told.annotate(n=Count("pk"), all=Sum("years__activities"))}
    return [
        {
            "label": host.label, "host": host.value, "venues": sizes[host.value],
            "told": sums.get(host.value, {}).get("n", 0),
            "activities": sums.get(host.value, {}).get("all", 0),
        }
        for host in HostType
        if host.value in sizes
    ]  # fmt: skip
