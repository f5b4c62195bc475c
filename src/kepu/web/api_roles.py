"""Who holds what at /api/: grant, end and hand over roles; leave, on which deputies act."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Key, Named, Path, Words, named
from kepu.kernel.cursors import Sort
from kepu.kernel.divisions.models import Zone
from kepu.kernel.errors import BadInput, Outside, authorize
from kepu.kernel.roles import actions, queries, rules
from kepu.kernel.roles.models import Grant, Leave
from kepu.kernel.roles.rules import Seat

router = Router(tags=[n_("Roles and leave")])

OLDEST = Sort()
SOONEST = Sort("first", read=date.fromisoformat)


class RoleOut(Schema):
    """A role that somebody holds; one of path, zone and organisation says where."""

    id: int
    person: str = Field(description="The pseudonym")
    role: str
    path: str | None
    zone: Named | None
    organisation: Named | None
    post: Literal["A", "B"]
    valid_from: datetime
    valid_to: datetime | None
    acts: bool = Field(description="A deputy acts while every A is away")


class LeaveOut(Schema):
    """Days on which somebody is away, both included."""

    id: int
    person: str
    first: date
    last: date


class Where(Schema):
    """A place; what is held below it counts too."""

    path: Path
    role: Key | None = None


class RoleIn(Given):
    """A role for somebody at one path, in one zone or in one organisation."""

    person: Words = Field(min_length=1, description="The pseudonym")
    role: Key
    path: Path | None = None
    zone_id: Id | None = None
    organisation_id: Id | None = None
    post: Literal["A", "B"] = "A"
    last: Day | None = Field(None, description="The last day; without it, until it is ended")


class LeaveIn(Given):
    """The first and the last day away."""

    first: Day
    last: Day


class SuccessorIn(Given):
    """Who takes over everything the holder has."""

    to: Words = Field(min_length=1, description="The pseudonym")


@router.get("/roles", response=Page[RoleOut], summary=n_("Who holds what at a place and below"))
def roles(request: Asked, where: Query[Where], paging: Query[Paging]) -> dict[str, Any]:
    """For who grants roles there; 404 not_found for a place out of reach."""
    now = clock.now()
    _require_reach(request.auth, where.path, now)
    found = queries.held_below(where.path, now=now)
    if where.role is not None:
        found = found.filter(role=where.role)
    return page(request, queries.with_acting(found, now), _role, OLDEST)


@router.post("/roles", response={201: RoleOut}, summary=n_("Grant a role"))
def grant_role(request: Asked, body: RoleIn) -> Status[dict[str, Any]]:
    """For who grants roles there; 403 not_allowed, 409 rule_broken, 422 bad_input."""
    now, seat = clock.now(), _seat(body)
    # Before anything is told of the person: what somebody holds is not for everybody.
    authorize(rules.why_not_grant_at(request.auth, [seat], now))
    made = actions.grant(
        _person(body.person).pk, role=body.role, path=seat.path, zone=seat.zone,
        organisation=seat.organisation, post=body.post, until=_end_of(body.last),
        by=request.auth, now=now,
    )  # fmt: skip
    return Status(201, _shown(made.pk, now))


@router.get("/roles/{grant_id}", response=RoleOut, summary=n_("One role that somebody holds"))
def role(request: Asked, grant_id: Id) -> dict[str, Any]:
    """For its holder and for who grants roles there; 404 not_found for anybody else."""
    now = clock.now()
    held = queries.unfinished_grants(now).filter(pk=grant_id, person=request.auth)
    if not held.exists():
        _grant(request.auth, grant_id, now)
    return _shown(grant_id, now)


@router.post("/roles/{grant_id}/end", response=RoleOut, summary=n_("Take a role away"))
def end_role(request: Asked, grant_id: Id) -> dict[str, Any]:
    """For who grants roles there; 404 not_found, 409 rule_broken."""
    now = clock.now()
    held = _grant(request.auth, grant_id, now)
    actions.revoke(held.pk, by=request.auth, now=now)
    return _shown(held.pk, now)


@router.post(
    "/roles/{grant_id}/hand-over", response=list[RoleOut],
    summary=n_("Hand everything the holder has to somebody else"),
)  # fmt: skip
def hand_over_roles(request: Asked, grant_id: Id, body: SuccessorIn) -> list[dict[str, Any]]:
    """Roles, open work and clocks in one step; 403 not_allowed, 404 not_found, 409 rule_broken."""
    now = clock.now()
    held = _grant(request.auth, grant_id, now)
    made = actions.hand_over(held.person_id, to_id=_person(body.to).pk, by=request.auth, now=now)
    return [_shown(one.pk, now) for one in made]


@router.post(
    "/roles/{grant_id}/leave", response={201: LeaveOut}, summary=n_("Enter leave for a holder")
)
def enter_leave(request: Asked, grant_id: Id, body: LeaveIn) -> Status[dict[str, Any]]:
    """For who grants roles there; deputies act; 404 not_found, 409 rule_broken."""
    now = clock.now()
    held = _grant(request.auth, grant_id, now)
    return Status(201, _taken(held.person_id, body, request.auth, now))


@router.get("/leave", response=Page[LeaveOut], summary=n_("Who is away or will be"))
def who_is_away(request: Asked, where: Query[Where], paging: Query[Paging]) -> dict[str, Any]:
    """Of holders at a place and below, for who grants roles there; 404 not_found."""
    now = clock.now()
    _require_reach(request.auth, where.path, now)
    held = queries.held_below(where.path, now=now)
    if where.role is not None:
        held = held.filter(role=where.role)
    away = queries.leaves(held.values_list("person", flat=True), now)
    return page(request, away, _leave, SOONEST)


@router.post("/leave/{leave_id}/end", response=list[LeaveOut], summary=n_("Somebody is back today"))
def end_leave(request: Asked, leave_id: Id) -> list[dict[str, Any]]:
    """Returns the person's leave that still lies ahead; 404 not_found, 409 rule_broken."""
    now = clock.now()
    found = Leave.objects.select_related("person").filter(pk=leave_id).first()
    if found is None or rules.why_not_enter_leave(request.auth, found.person, now):
        raise Outside(_("there is no such leave"))
    actions.end_leave(found.pk, by=request.auth, now=now)
    return [_leave(one) for one in queries.leaves([found.person_id], now)]


@router.get("/me/roles", response=Page[RoleOut], summary=n_("Your own roles"))
def my_roles(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Now and from later on, with whether you can act on them."""
    now = clock.now()
    mine = queries.unfinished_grants(now).filter(person=request.auth)
    return page(request, queries.with_acting(mine, now), _role, OLDEST)


@router.get("/me/leave", response=Page[LeaveOut], summary=n_("Your own days away"))
def my_leave(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Those that are not over."""
    return page(request, queries.leaves([request.auth.pk], clock.now()), _leave, SOONEST)


@router.post("/me/leave", response={201: LeaveOut}, summary=n_("Enter your own leave"))
def take_leave(request: Asked, body: LeaveIn) -> Status[dict[str, Any]]:
    """Deputies act on these days; 409 rule_broken."""
    return Status(201, _taken(request.auth.pk, body, request.auth, clock.now()))


def _taken(person_id: int, body: LeaveIn, by: User, now: datetime) -> dict[str, Any]:
    made = actions.take_leave(person_id, first=body.first, last=body.last, by=by, now=now)
    return _leave(made)


def _require_reach(by: User, path: str, now: datetime) -> None:
    """A place out of the caller's reach is as good as none."""
    if rules.why_not_grant_at(by, [Seat(path)], now):
        raise Outside(_("one of the places does not exist"))


def _grant(by: User, grant_id: int, now: datetime) -> Grant:
    """An unfinished grant where the caller may grant."""
    held = queries.unfinished_grants(now).select_related("zone", "organisation")
    found = held.filter(pk=grant_id).first()
    if found is None or rules.why_not_grant_at(by, [Seat.of(found)], now):
        raise Outside(_("there is no such role"))
    return found


def _seat(body: RoleIn) -> Seat:
    zone = Zone.objects.filter(pk=body.zone_id or 0).first()
    unit = Organisation.objects.filter(pk=body.organisation_id or 0).first()
    if (zone is None) != (body.zone_id is None) or (unit is None) != (body.organisation_id is None):
        raise BadInput(_("there is no such zone or organisation"))
    seat = Seat(body.path or "", zone, unit)
    if seat.held_at is None:
        raise BadInput(_("a role is held at one place, one zone or one organisation"))
    return seat


def _person(pseudonym: str) -> User:
    found = User.objects.filter(pseudonym=pseudonym, is_active=True).first()
    if found is None:
        raise BadInput(_("nobody has this pseudonym"))
    return found


def _end_of(last: date | None) -> datetime | None:
    """The first moment after the last day."""
    return datetime.combine(last + timedelta(days=1), time(), clock.BEIJING) if last else None


def _shown(grant_id: int, now: datetime) -> dict[str, Any]:
    return _role(queries.with_acting(Grant.objects.all(), now).get(pk=grant_id))


def _role(held: Any) -> dict[str, Any]:
    return {
        "id": held.pk, "person": held.person.pseudonym, "role": held.role,
        "path": held.path or None, "zone": named(held.zone),
        "organisation": named(held.organisation), "post": held.post,
        "valid_from": held.valid_from, "valid_to": held.valid_to, "acts": held.acts,
    }  # fmt: skip


def _leave(leave: Leave) -> dict[str, Any]:
    return {
        "id": leave.pk, "person": leave.person.pseudonym, "first": leave.first, "last": leave.last
    }  # fmt: skip
