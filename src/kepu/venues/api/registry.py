"""Venues at /api/: the register for everybody, registering for managers, deciding for officers."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field, PlainSerializer, WithJsonSchema, model_validator

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked, caller
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Line, Named, Path, Reason, Spot, Words, named
from kepu.kernel.cursors import Sort
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput, authorize
from kepu.venues import actions, queries, rules
from kepu.venues.models import Venue
from kepu.venues.states import (
    Admission,
    BaseCategory,
    BaseLevel,
    BaseSector,
    HostType,
    VenueKind,
    VenueState,
)

router = Router(tags=[n_("Venues")])

BY_PLACE = Sort("path", read=str)
LATEST = Sort("day", down=True, read=date.fromisoformat)
PLAIN = (
    "id", "number", "name", "kind", "category", "level", "host", "sector", "study", "about",
    "address", "lon", "lat", "phone",
    "floor_area", "hall_area", "halls", "open_days", "weekdays", "opens_at", "closes_at",
    "youth_free_days", "full_time", "part_time", "guides", "scenic_grade",
    "accessibility", "safety_checked_on", "source", "reported_in", "state", "version",
)  # fmt: skip
Number = int | None
# A time of the day as a clock shows it; JSON's own times ask for a zone, which opening hours have not.
HourMinute = Annotated[
    time,
    PlainSerializer(lambda told: f"{told:%H:%M}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d$", "examples": ["09:00"]}),
]
WEEK = "A bit for each day the venue is open, Monday the lowest"


class VenueFacts(Given):
    """What a registration says; which of it is asked for is said by the rulebook when it is handed in."""

    name: Line = Field(min_length=1, max_length=80)
    kind: VenueKind
    place: Path
    category: BaseCategory | Literal[""] = ""
    level: BaseLevel | Literal[""] = ""
    about: str = Field("", max_length=1000)
    address: Line = Field("", max_length=160)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    phone: Line = Field("", max_length=20, description="Of the venue, never that of a person")
    floor_area: Number = Field(None, ge=0, le=2_000_000, description="m²")
    hall_area: Number = Field(None, ge=0, le=2_000_000, description="m²")
    halls: Number = Field(None, ge=0, le=1000)
    open_days: Number = Field(None, ge=0, le=366, description="A year")
    weekdays: int = Field(0, ge=0, le=127, description=WEEK)
    opens_at: time | None = None
    closes_at: time | None = None
    admission: Admission = Admission.FREE
    youth_free_days: Number = Field(None, ge=0, le=366, description="A year")
    full_time: Number = Field(None, ge=0, le=10_000)
    part_time: Number = Field(None, ge=0, le=10_000)
    guides: Number = Field(None, ge=0, le=10_000)
    scenic_grade: Number = Field(None, ge=0, le=5)
    accessibility: Line = Field("", max_length=200)
    safety_checked_on: Day | None = None
    host: HostType | Literal[""] = Field("", description="In which public place")
    sector: BaseSector | Literal[""] = ""
    study: str = Field("", max_length=300, description="What study travel finds")

    @model_validator(mode="after")
    def _fits(self) -> VenueFacts:
        if (self.kind == VenueKind.BASE) != bool(self.category and self.level):
            raise ValueError(_("a base, and nothing else, has a category and a level"))
        if bool(self.category) != bool(self.level):
            raise ValueError(_("a base, and nothing else, has a category and a level"))
        if (self.lon is None) != (self.lat is None):
            raise ValueError(_("give both longitude and latitude, or neither"))
        if (self.opens_at is None) != (self.closes_at is None) or (
            self.opens_at and self.closes_at and self.opens_at >= self.closes_at
        ):
            raise ValueError(_("give both times; a venue closes after it opens"))
        return self

    def said(self) -> dict[str, Any]:
        """All but name and place, which are told by themselves."""
        return self.model_dump(include=set(actions.FACTS))


class VenueIn(VenueFacts):
    """A new venue of one of the caller's units."""

    organisation_id: Id


class VenueChangeIn(VenueFacts):
    version: int = Field(ge=1, description="That the caller looked at")


class VenueOut(Schema):
    """A venue as everybody may know it. Its reason is that of the last decision."""

    id: int
    number: str
    name: str
    kind: VenueKind
    category: str
    level: str
    host: str
    sector: str
    study: str
    place: Spot
    organisation: Named | None
    about: str
    address: str
    lon: float | None
    lat: float | None
    phone: str
    floor_area: Number
    hall_area: Number
    halls: Number
    open_days: Number
    weekdays: int = Field(description=WEEK)
    opens_at: HourMinute | None
    closes_at: HourMinute | None
    admission: Admission | None = Field(description="Null where only a report names the venue")
    youth_free_days: Number
    full_time: Number
    part_time: Number
    guides: Number
    scenic_grade: Number
    accessibility: str
    safety_checked_on: date | None
    source: str = Field(description="The report that names the venue; empty where its unit did")
    reported_in: Number = Field(description="Year of that report; its level is no title of today")
    state: VenueState
    version: int


class OneVenueOut(VenueOut):
    """With why nobody may use it now; to be asked at the moment of a booking."""

    why_not_usable: str | None


class VenueFilter(Schema):
    """Which venues."""

    q: Words | None = None
    place: Path | None = None
    kind: VenueKind | None = None
    level: BaseLevel | None = None
    state: VenueState | None = None


class VenueSeenIn(Given):
    version: int = Field(ge=1, description="That the caller looked at")


class VenueConfirmIn(VenueSeenIn):
    listed_id: Id | None = Field(None, description="The base known from a report that this is")


class VenueDecisionIn(Given):
    """Why, and under the number of which signed decision."""

    version: int = Field(ge=1, description="That the caller looked at")
    verb: Literal["send_back", "warn", "suspend", "reinstate", "revoke", "close"]
    reason: Reason = Field(
        description="Everybody reads that of warn, suspend, revoke and close on the venue's page"
    )
    reference: Line = Field("", max_length=80)


class VisitsIn(Given):
    """How many visits one day had; sent once more, the later number stands."""

    day: Day
    visits: int = Field(ge=0, le=1_000_000)


class VisitsOut(Schema):
    day: date
    visits: int


@router.get("/venues", auth=None, response=Page[VenueOut], summary=n_("Venues, place by place"))
def venues(request: Asked, wanted: Query[VenueFilter], paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody; those that are over only when asked for by state; 422 bad_input."""
    found = queries.public(
        wanted.place or "", words=wanted.q or "", kind=wanted.kind or "", level=wanted.level or "",
        state=wanted.state or "",
    )  # fmt: skip
    return page(request, found, _venue, BY_PLACE)


@router.get("/venues/{venue_id}", auth=None, response=OneVenueOut, summary=n_("One venue"))
def venue(request: Asked, venue_id: Id) -> dict[str, Any]:
    """Open to everybody once it was confirmed; 404 not_found."""
    return _one(queries.seen(venue_id, caller(request), clock.now()))


@router.post("/venues", response={201: OneVenueOut}, summary=n_("Write a venue down as a draft"))
def register_venue(request: Asked, body: VenueIn) -> Status[dict[str, Any]]:
    """For venue managers of the unit; 403 not_allowed, 409 rule_broken, 422 bad_input."""
    now = clock.now()
    unit = queries.units_of(request.auth, now).filter(pk=body.organisation_id).first()
    authorize(rules.why_not_keep(request.auth, unit, now))
    assert unit is not None  # noqa: S101 (or it would not have been kept)
    made = actions.register(
        unit, name=body.name, place=place_at(body.place), by=request.auth, now=now, **body.said()
    )
    return Status(201, _one(made))


@router.post("/venues/{venue_id}/change", response=OneVenueOut, summary=n_("Change a venue"))
def change_venue(request: Asked, venue_id: Id, body: VenueChangeIn) -> dict[str, Any]:
    """Before it is handed in and after it was returned; 403, 404, 409 rule_broken, 422."""
    own = kept(request, venue_id)
    changed = actions.change(
        own.pk, name=body.name, place=place_at(body.place), seen=body.version, by=request.auth,
        now=clock.now(), **body.said(),
    )  # fmt: skip
    return _one(changed)


@router.post("/venues/{venue_id}/submit", response=OneVenueOut, summary=n_("Hand a venue in"))
def submit_venue(request: Asked, venue_id: Id) -> dict[str, Any]:
    """For venue managers of the unit; 403, 404, 409 rule_broken says what is missing."""
    own = kept(request, venue_id)
    return _one(actions.submit(own.pk, by=request.auth, now=clock.now()))


@router.post("/venues/{venue_id}/confirm", response=OneVenueOut, summary=n_("Confirm a venue"))
def confirm_venue(request: Asked, venue_id: Id, body: VenueConfirmIn) -> dict[str, Any]:
    """For officers of the place; 403 not_allowed, 404 not_found, 409 rule_broken."""
    seen = queries.seen(venue_id, request.auth, clock.now())
    confirmed = actions.confirm(
        seen.pk, seen=body.version, listed_id=body.listed_id, by=request.auth, now=clock.now()
    )
    return _one(confirmed)


@router.post("/venues/{venue_id}/decide", response=OneVenueOut, summary=n_("Decide about a venue"))
def decide_venue(request: Asked, venue_id: Id, body: VenueDecisionIn) -> dict[str, Any]:
    """For officers of the place, and managers who close their own; 403, 404, 409 rule_broken."""
    seen = queries.seen(venue_id, request.auth, clock.now())
    decided = actions.decide(
        seen.pk, body.verb, seen=body.version, reason=body.reason, reference=body.reference,
        by=request.auth, now=clock.now(),
    )  # fmt: skip
    return _one(decided)


@router.get(
    "/venues/{venue_id}/visits", auth=None, response=Page[VisitsOut],
    summary=n_("Visits of a venue, the latest day first"),
)  # fmt: skip
def venue_visits(request: Asked, venue_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody once it was confirmed; 404 not_found."""
    seen = queries.seen(venue_id, caller(request), clock.now())
    return page(request, queries.counted(seen), lambda one: one, LATEST)


@router.post(
    "/venues/{venue_id}/visits", response=VisitsOut, summary=n_("Say how many visits a day had")
)
def count_visits(request: Asked, venue_id: Id, body: VisitsIn) -> Any:
    """For a counter at the door or the venue's managers; 403, 404, 409 rule_broken."""
    own = kept(request, venue_id)
    return actions.count(own.pk, day=body.day, visits=body.visits, by=request.auth, now=clock.now())


def kept(request: Asked, venue_id: int) -> Venue:
    """A venue that the caller manages: others hear that they may not."""
    now = clock.now()
    found = queries.seen(venue_id, request.auth, now)
    authorize(rules.why_not_keep(request.auth, found.organisation, now))
    return found


def place_at(path: str) -> Division:
    found = divisions.current().filter(path=path).first()
    if found is None:
        raise BadInput(_("one of the places does not exist"))
    return found


def _venue(one: Venue) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in PLAIN},
        "admission": one.admission or None,
        "place": Spot(path=one.path, name=one.division_now.name),
        "organisation": named(one.organisation),
    }


def _one(one: Venue) -> dict[str, Any]:
    return {**_venue(one), "why_not_usable": queries.why_not_at_work(one)}
