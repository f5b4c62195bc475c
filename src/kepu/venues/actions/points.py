"""Open a kepu service point in a public place, look at it, and close it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require
from kepu.venues import points
from kepu.venues.models import ServicePoint

FACTS = ("name", "host", "offers", "address", "lon", "lat")


@transaction.atomic
def open_point(
    unit: Organisation, *, place: Division, by: User, now: datetime, **about: Any
) -> ServicePoint:
    """Open a service point that the unit tends; `about` gives its facts."""
    authorize(points.why_not_open_as(by, unit, place.path, now))
    require(points.why_not_open(unit, place, about["name"]))
    made = ServicePoint(organisation=unit, looked_on=clock.day(now), opened_by=by, opened_at=now)
    made.place(place)
    _write(made, about)
    audit.record(by, "service_point.open", made, now=now)
    return made


@transaction.atomic
def change_point(point_id: int, *, by: User, now: datetime, **about: Any) -> ServicePoint:
    """Say anew what is there."""
    point = _locked(point_id)
    authorize(points.why_not_keep(by, point, now))
    require(points.why_not_change(point))
    name = about.get("name", point.name)
    require(points.why_not_open(point.organisation, point.division_now, name, besides=point.pk))
    _write(point, about)
    audit.record(by, "service_point.change", point, now=now)
    return point


@transaction.atomic
def look_at_point(
    point_id: int, *, day: date, remark: str = "", by: User, now: datetime
) -> ServicePoint:
    """Say that somebody looked at a service point, and what was to be said of it."""
    point = _locked(point_id)
    authorize(points.why_not_keep(by, point, now))
    require(points.why_not_look(point, day, now))
    point.looked_on, point.remark = day, remark.strip()
    point.save(update_fields=["looked_on", "remark"])
    audit.record(by, "service_point.look", point, now=now, day=day.isoformat())
    return point


@transaction.atomic
def close_point(point_id: int, *, by: User, now: datetime) -> ServicePoint:
    """Close a service point; nobody finds it any more."""
    point = _locked(point_id)
    authorize(points.why_not_keep(by, point, now))
    require(points.why_not_change(point))
    point.closed_at = now
    point.save(update_fields=["closed_at"])
    audit.record(by, "service_point.close", point, now=now)
    return point


def _locked(point_id: int) -> ServicePoint:
    rows = ServicePoint.objects.select_for_update(of=("self",))
    return rows.select_related("organisation", "division_now").get(pk=point_id)


def _write(point: ServicePoint, about: dict[str, Any]) -> None:
    for key in FACTS:
        value = about.get(key)
        if key in about:
            setattr(point, key, value.strip() if isinstance(value, str) else value)
    point.save()
