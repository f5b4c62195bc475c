"""Keeping a registration true at /api/: changes, years, pictures, and what reports say."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field, model_validator

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked, caller
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Line, Path, Reason
from kepu.kernel.cursors import Sort
from kepu.venues import actions, albums, queries
from kepu.venues.api.registry import Number, kept
from kepu.venues.models import Proposal
from kepu.venues.states import BaseCategory, BaseLevel, FileKind, ProposalState

router = Router(tags=[n_("Venues")])

OLDEST = Sort("at", read=datetime.fromisoformat)
Yuan = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class ProposalIn(Given):
    """Confirmed facts as they are to be; what is left out stays."""

    version: int = Field(ge=1, description="That the caller looked at")
    why: Reason
    category: BaseCategory | None = None
    level: BaseLevel | None = None
    address: Line | None = Field(None, max_length=160)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    floor_area: Number = Field(None, ge=0, le=2_000_000, description="m²")
    hall_area: Number = Field(None, ge=0, le=2_000_000, description="m²")
    halls: Number = Field(None, ge=0, le=1000)
    full_time: Number = Field(None, ge=0, le=10_000)
    part_time: Number = Field(None, ge=0, le=10_000)
    guides: Number = Field(None, ge=0, le=10_000)
    scenic_grade: Number = Field(None, ge=0, le=5)
    safety_checked_on: Day | None = None

    @model_validator(mode="after")
    def _fits(self) -> ProposalIn:
        if ({"lon", "lat"} & self.model_fields_set) not in (set(), {"lon", "lat"}):
            raise ValueError(_("give both longitude and latitude, or neither"))
        if (self.lon is None) != (self.lat is None):
            raise ValueError(_("give both longitude and latitude, or neither"))
        if any(
            key in self.model_fields_set and not getattr(self, key) for key in ("category", "level")
        ):
            raise ValueError(_("a base has a category and a level"))
        return self


class ProposalOut(Schema):
    """A change of confirmed facts: what is to stand there, and what stood there once it was decided."""

    id: int
    venue_id: int
    facts: dict[str, Any]
    before: dict[str, Any] = Field(description="Empty while it waits: the register shows it")
    why: str
    state: ProposalState
    at: datetime
    reason: str


class ChangeDecisionIn(Given):
    version: int = Field(ge=1, description="Of the venue, that the caller looked at")
    accept: bool
    reason: str = Field("", max_length=300, description="Asked for where it is returned")


class VenueYearIn(Given):
    """Figures of one year; visits are those of the daily counts."""

    year: int = Field(ge=2000, le=2200)
    open_days: int = Field(ge=0, le=366)
    full_time: int = Field(ge=0, le=10_000)
    part_time: int = Field(ge=0, le=10_000)
    activities: int = Field(ge=0, le=100_000)
    income: Yuan = Field(description="Yuan; shown to officers alone")
    remark: str = Field("", max_length=300)


class VenueYearOut(Schema):
    """A year as the venue told it, as everybody may know it."""

    year: int
    visits: int
    days_counted: int
    open_days: int
    full_time: int
    part_time: int
    activities: int


class PictureOut(Schema):
    id: int
    words: str = Field(description="What it shows, for who cannot see it")
    href: str


class TieIn(Given):
    listed_id: Id


class TiedOut(Schema):
    id: int
    reports: list[str]


class VenueCountOut(Schema):
    """How many bases a report counts; no base is named."""

    path: str
    period: str
    group: str = Field(description="total, category or area")
    label: str
    count: int
    source: str


class CountFilter(Schema):
    place: Path | None = None


@router.get(
    "/venue-counts", auth=None, response=list[VenueCountOut], summary=n_("Bases that reports count")
)
def venue_counts(request: Asked, wanted: Query[CountFilter]) -> Any:
    """Open to everybody; of the place and those around it."""
    return queries.reported_counts(wanted.place or "")


@router.get(
    "/venues/{venue_id}/pictures", auth=None, response=list[PictureOut], summary=n_("Pictures")
)
def venue_pictures(request: Asked, venue_id: Id) -> list[dict[str, Any]]:
    """Open to everybody once the venue was confirmed; 404 not_found."""
    seen = queries.seen(venue_id, caller(request), clock.now())
    return [
        {"id": one.pk, "words": one.words,
         "href": reverse("venue-picture", args=[seen.pk, one.pk, "large"])}
        for one in albums.of(seen, FileKind.PHOTO)
    ]  # fmt: skip


@router.get(
    "/venues/{venue_id}/years",
    auth=None,
    response=list[VenueYearOut],
    summary=n_("Years of a venue"),
)
def venue_years(request: Asked, venue_id: Id) -> Any:
    """Open to everybody once the venue was confirmed; 404 not_found."""
    return queries.seen(venue_id, caller(request), clock.now()).years.all()


@router.post(
    "/venues/{venue_id}/years", response=VenueYearOut, summary=n_("Tell the figures of a year")
)
def tell_venue_year(request: Asked, venue_id: Id, body: VenueYearIn) -> Any:
    """For venue managers of the unit; told again, the later stands; 403, 404, 409 rule_broken."""
    venue = kept(request, venue_id)
    return actions.tell_year(venue.pk, by=request.auth, now=clock.now(), **body.model_dump())


@router.get(
    "/venue-changes", response=Page[ProposalOut], summary=n_("Changes that wait for the caller")
)
def venue_changes(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Of the places the caller decides for, the oldest first."""
    return page(request, queries.changes_to_judge(request.auth, clock.now()), _change, OLDEST)


@router.post(
    "/venues/{venue_id}/changes",
    response={201: ProposalOut},
    summary=n_("Propose to change a venue"),
)
def propose_change(request: Asked, venue_id: Id, body: ProposalIn) -> Status[dict[str, Any]]:
    """Confirmed facts stand until an officer accepts it; 403, 404, 409 rule_broken, 422 bad_input."""
    venue = kept(request, venue_id)
    said = body.model_dump(exclude_unset=True)
    seen, why = said.pop("version"), said.pop("why")
    made = actions.propose(venue.pk, why=why, seen=seen, by=request.auth, now=clock.now(), **said)
    return Status(201, _change(made))


@router.post(
    "/venue-changes/{change_id}/decide",
    response=ProposalOut,
    summary=n_("Decide about a change"),
)
def decide_venue_change(request: Asked, change_id: Id, body: ChangeDecisionIn) -> dict[str, Any]:
    """For officers of the place; 404 not_found, 409 rule_broken, 422 bad_input."""
    now = clock.now()
    found = queries.change_seen(change_id, request.auth, now)
    decided = actions.decide_change(
        found.pk,
        accept=body.accept,
        seen=body.version,
        reason=body.reason,
        by=request.auth,
        now=now,
    )
    return _change(decided)


@router.post(
    "/venues/{venue_id}/tie",
    response=TiedOut,
    summary=n_("Show a reported base and a venue as one"),
)
def tie_venue(request: Asked, venue_id: Id, body: TieIn) -> dict[str, Any]:
    """For officers of the place; 403 not_allowed, 404 not_found, 409 rule_broken."""
    seen = queries.seen(venue_id, request.auth, clock.now())
    tied = actions.tie(seen.pk, listed_id=body.listed_id, by=request.auth, now=clock.now())
    return {"id": tied.pk, "reports": [one.source for one in queries.reports_of(tied)]}


def _change(one: Proposal) -> dict[str, Any]:
    plain = ("id", "venue_id", "facts", "before", "why", "state", "at", "reason")
    return {name: getattr(one, name) for name in plain}
