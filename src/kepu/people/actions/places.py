"""Open and close stations, appoint to posts."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.names import sort_key
from kepu.kernel.errors import authorize, require
from kepu.people.models import Post, PostKind, Station
from kepu.people.rules import places as rules


@transaction.atomic
def open_station(
    *,
    name: str,
    kind: str,
    tier: str,
    place: Division,
    by: User,
    now: datetime,
    open_hours: str = "",
    address: str = "",
) -> Station:
    """List a station; raises RuleBroken if its tier does not fit the level of its place."""
    authorize(rules.why_not_run_stations(by, place.path, now))
    require(rules.why_not_open_station(place, name=name, kind=kind, tier=tier))

    station = Station(
        name=name.strip(),
        sort_key=sort_key(name),
        kind=kind,
        tier=tier,
        open_hours=open_hours.strip(),
        address=address.strip(),
        lon=place.lon,
        lat=place.lat,
    )
    station.place(place)
    station.save()
    audit.record(by, "station.open", station, now=now)
    return station


@transaction.atomic
def close_station(station_id: int, *, by: User, now: datetime) -> Station:
    """Take a station off the list; its orders go to the nearest place above."""
    station: Station = Station.objects.select_for_update().get(pk=station_id)
    authorize(rules.why_not_run_stations(by, station.path, now))

    station.active = False
    station.save(update_fields=["active"])
    audit.record(by, "station.close", station, now=now)
    return station


@transaction.atomic
def appoint(
    person: User,
    *,
    kind: PostKind,
    place: Division,
    first: date,
    last: date,
    by: User,
    now: datetime,
    organisation: Organisation | None = None,
) -> Post:
    """Give a person a post at a township for a term, both days inclusive."""
    authorize(rules.why_not_run_stations(by, place.path, now))
    require(rules.why_not_appoint(person, kind, place, first, last))

    post = Post(
        person=person,
        kind=kind,
        organisation=organisation,
        first=first,
        last=last,
        appointed_by=by,
        appointed_at=now,
    )
    post.place(place)
    post.save()
    audit.record(by, "post.appoint", post, now=now, for_whom=person)
    return post


@transaction.atomic
def end_post(post_id: int, *, on: date, by: User, now: datetime) -> Post:
    """End a post before its term; `on` is the first day without it."""
    post: Post = Post.objects.select_for_update().get(pk=post_id)
    authorize(rules.why_not_run_stations(by, post.path, now))
    require(rules.why_not_end_post(post, on))

    post.ended_on = on
    post.save(update_fields=["ended_on"])
    audit.record(by, "post.end", post, now=now, for_whom=post.person)
    return post
