"""Stations and posts at /api/."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Key, Line, Named, Path, Spot, Words, named
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import BadInput, Outside, authorize
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.actions import places as actions
from kepu.people.api.words import person_of, place_at, unit_of
from kepu.people.models import Post, Station, StationKind, StationTier
from kepu.people.queries import places as queries
from kepu.people.queries.vocabulary import post_kinds
from kepu.people.rules import places as rules

router = Router(tags=[n_("Stations and posts")])

BY_PATH = Sort("path", read=str)


class StationOut(Schema):
    """A station; it dispatches the orders of its place."""

    id: int
    name: str
    kind: StationKind
    tier: StationTier
    place: Spot
    open_hours: str
    address: str
    lon: float | None
    lat: float | None


class Door(Given):
    """What a station is called, when it is open, and where its door is."""

    name: Line = Field(min_length=1, max_length=80)
    open_hours: str = Field("", max_length=120)
    address: str = Field("", max_length=160)
    lon: float | None = Field(None, ge=73, le=136)
    lat: float | None = Field(None, ge=3, le=54)

    def position(self) -> tuple[float, float] | None:
        """Both, or neither."""
        if self.lon is None and self.lat is None:
            return None
        if self.lon is None or self.lat is None:
            raise BadInput(_("give both longitude and latitude, or neither"))
        return self.lon, self.lat


class StationIn(Door):
    """A new station."""

    kind: StationKind
    tier: StationTier
    place: Path


class PostOut(Schema):
    """Somebody at a post for a term, or the deputy."""

    id: int
    kind: str
    place: Spot
    person: str = Field(description="Pseudonym")
    organisation: Named | None
    first: date
    last: date
    deputy: bool


class PostIn(Given):
    """Somebody for a post at a township."""

    person: Line = Field(max_length=40, description="Pseudonym")
    kind: Key
    place: Path
    first: Day
    last: Day
    organisation_id: Id | None = None
    deputy: bool = False


class EndIn(Given):
    on: Day = Field(description="First day without the post")


class StationFilter(Schema):
    """Which stations."""

    place: Path | None = None
    kind: StationKind | None = None
    tier: StationTier | None = None
    q: Words | None = None


@router.get(
    "/stations", auth=None, response=Page[StationOut], summary=n_("Stations, place by place")
)
def stations(request: Asked, wanted: Query[StationFilter], paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody; 422 bad_input."""
    found = queries.stations(
        wanted.place or "", words=wanted.q or "", kind=wanted.kind or "", tier=wanted.tier or ""
    )
    return page(request, found, _station, BY_PATH)


@router.post("/stations", response={201: StationOut}, summary=n_("Open a station"))
def open_station(request: Asked, body: StationIn) -> Status[dict[str, Any]]:
    """For officers of the place; 403 not_allowed, 409 rule_broken."""
    made = actions.open_station(
        name=body.name, kind=body.kind, tier=body.tier, place=place_at(body.place),
        open_hours=body.open_hours, address=body.address, position=body.position(),
        by=request.auth, now=clock.now(),
    )  # fmt: skip
    return Status(201, _station(made))


@router.post("/stations/{station_id}/change", response=StationOut, summary=n_("Change a station"))
def change_station(request: Asked, station_id: Id, body: Door) -> dict[str, Any]:
    """For officers of the place; 403 not_allowed, 404 not_found, 409 rule_broken."""
    station = queries.station(station_id)
    changed = actions.change_station(
        station.pk, name=body.name, open_hours=body.open_hours, address=body.address,
        position=body.position(), by=request.auth, now=clock.now(),
    )  # fmt: skip
    return _station(changed)


@router.post("/stations/{station_id}/close", response=StationOut, summary=n_("Close a station"))
def close_station(request: Asked, station_id: Id) -> dict[str, Any]:
    """For officers of the place; 403 not_allowed, 404 not_found."""
    station = queries.station(station_id)
    return _station(actions.close_station(station.pk, by=request.auth, now=clock.now()))


@router.get("/posts", response=Page[PostOut], summary=n_("Who holds which post today"))
def posts(request: Asked, paging: Query[Paging], place: Path | None = None) -> dict[str, Any]:
    """In the caller's own area; 403 not_allowed."""
    now = clock.now()
    reach = roles.reach(request.auth, Verb.POST_APPOINT, now)
    if not reach.paths:
        authorize(_("only officers who appoint to posts have this page"))
    found = queries.holding_post(clock.day(now), place or "").filter(reach.limit())
    return page(request, found, _post, BY_PATH)


@router.post("/posts", response={201: PostOut}, summary=n_("Appoint to a post"))
def appoint(request: Asked, body: PostIn) -> Status[dict[str, Any]]:
    """For officers of the place; 403 not_allowed, 409 rule_broken, 422 bad_input."""
    kind, place = post_kinds().filter(key=body.kind).first(), place_at(body.place)
    if kind is None:
        raise BadInput(_("there is no post of this kind"))
    authorize(rules.why_not_run_stations(request.auth, place.path, clock.now()))
    made = actions.appoint(
        person_of(body.person), kind=kind, place=place, first=body.first, last=body.last,
        organisation=unit_of(body.organisation_id), deputy=body.deputy, by=request.auth,
        now=clock.now(),
    )  # fmt: skip
    return Status(201, _post(made))


@router.post("/posts/{post_id}/end", response=PostOut, summary=n_("End a post before its term"))
def end_post(request: Asked, post_id: Id, body: EndIn) -> dict[str, Any]:
    """For officers of the place; 404 not_found, 409 rule_broken."""
    post = queries.post(post_id)
    if rules.why_not_run_stations(request.auth, post.path, clock.now()):
        raise Outside(_("there is no such post"))
    return _post(actions.end_post(post.pk, on=body.on, by=request.auth, now=clock.now()))


def _station(station: Station) -> dict[str, Any]:
    plain = ("id", "name", "kind", "tier", "open_hours", "address", "lon", "lat")
    return {
        **{name: getattr(station, name) for name in plain},
        "place": Spot(path=station.path, name=station.division_now.name),
    }


def _post(post: Post) -> dict[str, Any]:
    plain = ("id", "first", "last", "deputy")
    return {
        **{name: getattr(post, name) for name in plain},
        "kind": post.kind.key,
        "place": Spot(path=post.path, name=post.division_now.name),
        "person": post.person.pseudonym,
        "organisation": named(post.organisation),
    }
