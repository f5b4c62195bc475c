"""Open, change and close stations, appoint to posts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.names import sort_key
from kepu.kernel.errors import authorize, require
from kepu.people.models import Post, PostKind, Station
from kepu.people.rules import places as rules

Position = tuple[float, float]  # longitude, latitude


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
    position: Position | None = None,
) -> Station:
    """List a station; raises RuleBroken if its tier does not fit the level of its place.

    Without a position of its own it stands on the map where its place does.
    """
    authorize(rules.why_not_run_stations(by, place.path, now))
    require(rules.why_not_open_station(place, name=name, kind=kind, tier=tier))
    lon, lat = position or (place.lon, place.lat)

    station = Station(
        name=name.strip(),
        sort_key=sort_key(name),
        kind=kind,
        tier=tier,
        open_hours=open_hours.strip(),
        address=address.strip(),
        lon=lon,
        lat=lat,
    )
    station.place(place)
    station.save()
    audit.record(by, "station.open", station, now=now)
    return station


@transaction.atomic
def change_station(
    station_id: int,
    *,
    name: str,
    by: User,
    now: datetime,
    open_hours: str = "",
    address: str = "",
    position: Position | None = None,
) -> Station:
    """Say anew what a station is called, when it is open and where its door is.

    Its kind, tier and place stay: another one of these is another station.
    """
    station = _locked_station(station_id)
    authorize(rules.why_not_run_stations(by, station.path, now))
    require(rules.why_not_change_station(station, name=name))

    station.name, station.sort_key = name.strip(), sort_key(name)
    station.open_hours, station.address = open_hours.strip(), address.strip()
    if position is not None:
        station.lon, station.lat = position
    station.save(update_fields=["name", "sort_key", "open_hours", "address", "lon", "lat"])
    audit.record(by, "station.change", station, now=now)
    return station


@transaction.atomic
def close_station(station_id: int, *, by: User, now: datetime) -> Station:
    """Take a station off the list; its orders go to the nearest place above."""
    station = _locked_station(station_id)
    authorize(rules.why_not_run_stations(by, station.path, now))
    require(rules.why_not_close_station(station))

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
    deputy: bool = False,
) -> Post:
    """Give a person a post at a township for a term, both days inclusive.

    A `deputy` stands in for who holds the post there.
    """
    authorize(rules.why_not_appoint_as(by, person, place, now))
    require(rules.why_not_appoint(person, kind, place, first, last))
    require(rules.why_not_deputise(kind, place, first, last) if deputy else None)

    _close_lapsed(person, kind, place)
    post = Post(
        person=person,
        kind=kind,
        organisation=organisation,
        first=first,
        last=last,
        deputy=deputy,
        appointed_by=by,
        appointed_at=now,
    )
    post.place(place)
    post.save()
    audit.record(by, "post.appoint", post, now=now, for_whom=person, deputy=deputy)
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


def _close_lapsed(person: User, kind: PostKind, place: Division) -> None:
    """A term that ran out makes room for the next one of the same person."""
    lapsed = Post.objects.filter(person=person, kind=kind, division_now=place, ended_on=None)
    for post in lapsed.select_for_update():
        post.ended_on = post.last + timedelta(days=1)
        post.save(update_fields=["ended_on"])


def _locked_station(station_id: int) -> Station:
    station: Station = Station.objects.select_for_update().get(pk=station_id)
    return station
