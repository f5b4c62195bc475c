"""Alliances and shared passes at /api/: joining, sharing, taking one, and the counter that stamps it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Line, Named, Path, Spot, named
from kepu.kernel.cursors import Sort
from kepu.venues import actions, sharing
from kepu.venues.api.registry import kept, place_at
from kepu.venues.models import Alliance, HeldPass, Member, SharedPass, Venue
from kepu.venues.states import MemberState

router = Router(tags=[n_("Alliances of venues")])

BY_PLACE = Sort("path", read=str)
NEWEST = Sort("taken_at", down=True, read=datetime.fromisoformat)


class AllianceIn(Given):
    name: Line = Field(min_length=1, max_length=80)
    place: Path
    about: str = Field("", max_length=500)


class AllianceOut(Schema):
    id: int
    name: str
    place: Spot
    about: str


class VenueMemberOut(Schema):
    id: int
    venue: Named
    state: MemberState


class SharedPassIn(Given):
    title: Line = Field(min_length=1, max_length=60)
    about: str = Field("", max_length=300)
    venues: list[Id] = Field(min_length=1, max_length=500)
    first_day: Day
    last_day: Day
    times: int = Field(1, ge=1, le=366, description="At each venue")
    price: Decimal = Field(
        Decimal(0), ge=0, max_digits=8, decimal_places=2, description="Yuan, told only"
    )


class PassOut(Schema):
    id: int
    alliance_id: int
    title: str
    about: str
    venues: list[Named]
    first_day: date
    last_day: date
    times: int
    price: Decimal


class OneAllianceOut(AllianceOut):
    members: list[VenueMemberOut]
    passes: list[PassOut]


class AskToJoinIn(Given):
    venue_id: Id


class HeldOut(Schema):
    """A pass that the caller took."""

    title: str
    code: str
    taken_at: datetime


class VenueCodeIn(Given):
    code: Line = Field(min_length=8, max_length=14)


class StampOut(Schema):
    title: str
    nth: int
    most: int
    at: datetime


@router.get("/alliances", auth=None, response=Page[AllianceOut], summary=n_("Alliances of venues"))
def alliances(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody, place by place."""
    return page(request, sharing.alliances(), _alliance, BY_PLACE)


@router.post("/alliances", response={201: OneAllianceOut}, summary=n_("Found an alliance"))
def found_alliance(request: Asked, body: AllianceIn) -> Status[dict[str, Any]]:
    """For officers who decide about venues of the place; 403, 409 rule_broken, 422 bad_input."""
    made = actions.found_alliance(
        place_at(body.place), name=body.name, about=body.about, by=request.auth, now=clock.now()
    )
    return Status(201, _whole(made))


@router.get(
    "/alliances/{alliance_id}", auth=None, response=OneAllianceOut, summary=n_("One alliance")
)
def alliance(request: Asked, alliance_id: Id) -> dict[str, Any]:
    """Open to everybody: its members and the passes that are good; 404 not_found."""
    return _whole(sharing.alliance(alliance_id))


@router.post(
    "/alliances/{alliance_id}/join", response=VenueMemberOut, summary=n_("Ask to join an alliance")
)
def join_alliance(request: Asked, alliance_id: Id, body: AskToJoinIn) -> dict[str, Any]:
    """For venue managers of the unit; 403, 404, 409 rule_broken."""
    venue = kept(request, body.venue_id)
    found = sharing.alliance(alliance_id)
    return _member(actions.ask_to_join(found.pk, venue=venue, by=request.auth, now=clock.now()))


@router.post(
    "/alliance-members/{member_id}/{verb}", response=VenueMemberOut,
    summary=n_("Take a venue into an alliance, decline it, or let it go"),
)  # fmt: skip
def answer_member(
    request: Asked, member_id: Id, verb: Literal["admit", "decline", "leave"]
) -> dict[str, Any]:
    """For the alliance's keeper, and `leave` for the venue's manager; 403, 404, 409 rule_broken."""
    by, now = request.auth, clock.now()
    if verb == "leave":
        return _member(actions.leave(member_id, by=by, now=now))
    return _member(actions.answer_join(member_id, accept=verb == "admit", by=by, now=now))


@router.post("/alliances/{alliance_id}/passes", response={201: PassOut}, summary=n_("Share a pass"))
def share_pass(request: Asked, alliance_id: Id, body: SharedPassIn) -> Status[dict[str, Any]]:
    """For the alliance's keeper; good at members alone; 403, 404, 409 rule_broken."""
    found, said = sharing.alliance(alliance_id), body.model_dump()
    venues = list(Venue.objects.filter(pk__in=said.pop("venues")))
    made = actions.share_pass(found.pk, venues=venues, by=request.auth, now=clock.now(), **said)
    return Status(201, _pass(made))


@router.get("/me/passes", response=Page[HeldOut], summary=n_("Passes the caller took"))
def my_passes(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """The latest first."""
    return page(request, sharing.of_person(request.auth), _held, NEWEST)


@router.post("/passes/{pass_id}/take", response=HeldOut, summary=n_("Take a free pass"))
def take_pass(request: Asked, pass_id: Id) -> dict[str, Any]:
    """Taken again, it is the same one; 404 not_found, 409 rule_broken for one with a price."""
    found = sharing.shared_pass(pass_id)
    return _held(actions.take_pass(found.pk, by=request.auth, now=clock.now()))


@router.post(
    "/venues/{venue_id}/stamps", response=StampOut, summary=n_("Stamp a pass at a counter")
)
def stamp_pass(request: Asked, venue_id: Id, body: VenueCodeIn) -> dict[str, Any]:
    """For venue managers of the unit, while the venue can be used; 403, 404, 409 rule_broken."""
    venue = kept(request, venue_id)
    made = actions.stamp(body.code, venue_id=venue.pk, by=request.auth, now=clock.now())
    return {"title": made.held.shared.title, "nth": made.nth, "most": made.most, "at": made.at}


def _alliance(one: Alliance) -> dict[str, Any]:
    place = Spot(path=one.path, name=one.division_now.name)
    return {"id": one.pk, "name": one.name, "place": place, "about": one.about}


def _whole(one: Alliance) -> dict[str, Any]:
    return {
        **_alliance(one),
        "members": [_member(row) for row in sharing.members(one)],
        "passes": [_pass(row) for row in sharing.passes(one, clock.now())],
    }


def _member(one: Member) -> dict[str, Any]:
    return {"id": one.pk, "venue": named(one.venue), "state": one.state}


def _pass(one: SharedPass) -> dict[str, Any]:
    plain = ("id", "alliance_id", "title", "about", "first_day", "last_day", "times", "price")
    venues = [named(line.venue) for line in one.venues.all()]
    return {**{name: getattr(one, name) for name in plain}, "venues": venues}


def _held(one: HeldPass) -> dict[str, Any]:
    return {"title": one.shared.title, "code": one.code, "taken_at": one.taken_at}
