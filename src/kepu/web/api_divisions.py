"""Changes of divisions and zones at /api/: read them, try a change, apply it, draw a zone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import NEWEST, Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Line, Path
from kepu.kernel.crosswalk import actions, queries, reading
from kepu.kernel.crosswalk.models import Change, Crossing
from kepu.kernel.crosswalk.portrait import Portrait, Side, rehearse
from kepu.kernel.cursors import Sort
from kepu.kernel.divisions import actions as divisions
from kepu.kernel.divisions.models import Zone
from kepu.kernel.errors import Outside

router = Router(tags=[n_("Changes of divisions and zones")])

LATEST = Sort("effective", down=True, read=date.fromisoformat)
BY_NAME = Sort("name", read=str)


class ChangeOut(Schema):
    """A change of divisions that was applied."""

    id: int
    key: str
    title: str
    effective: date
    source: str
    applied_at: datetime


class WholeChangeOut(ChangeOut):
    """The same with the document that ordered it and what is left for a person to decide."""

    text: str
    moved: int
    undecided: int


class CrossingOut(Schema):
    """Which division became which; `same_ground` is false for a successor of an abolished one."""

    before: str
    after: str
    same_ground: bool


class ChangeIn(Given):
    """The document that orders a change, in YAML."""

    text: str = Field(min_length=1, max_length=reading.LARGEST)


class SideOut(Schema):
    """A district on the eve or on the day; `reason` says why no figure is known."""

    name: str
    population: int | None
    reason: str


class TallyOut(Schema):
    """How many of what."""

    what: str
    count: int


class NeedOut(TallyOut):
    """What no rule decides."""

    place: str
    reason: str


class RehearsalOut(Schema):
    """What applying the document would do; nothing was kept."""

    moved: int
    homes: int
    zone_parts: int
    roles: int
    records: list[TallyOut]
    needs: list[NeedOut]
    before: list[SideOut]
    after: list[SideOut]


class PartOut(Schema):
    """A place in a zone, from its first day to its last; null where none is set."""

    path: str
    valid_from: date | None
    valid_to: date | None


class ZoneOut(Schema):
    """A zone with what it holds and held; an `example` has parts that nobody confirmed."""

    id: int
    name: str
    parent_keeps_writing: bool
    example: bool
    valid_from: date | None
    valid_to: date | None
    parts: list[PartOut]


class Bounds(Given):
    """What a zone holds from which day, and whether the district keeps the right to write."""

    paths: list[Path] = Field(min_length=1, max_length=500)
    valid_from: Day
    parent_keeps_writing: bool = True


class ZoneIn(Bounds):
    """A zone by its name."""

    name: Line = Field(min_length=1, max_length=60)


@router.get(
    "/division-changes", response=Page[ChangeOut], summary=n_("Changes of divisions, latest first")
)
def division_changes(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Those that were applied; whoever signs in may read."""
    return page(request, queries.changes(), _change, LATEST)


@router.post("/division-changes", response={201: WholeChangeOut}, summary=n_("Apply a change"))
def apply_change(request: Asked, body: ChangeIn) -> Status[dict[str, Any]]:
    """All of it or nothing; 403 not_allowed, 409 rule_broken, 422 bad_input."""
    return Status(201, _whole(actions.apply(body.text, by=request.auth, now=clock.now())))


@router.post(
    "/division-changes/check", response=RehearsalOut, summary=n_("See what a change would do")
)
def check_change(request: Asked, body: ChangeIn) -> dict[str, Any]:
    """Nothing is kept; refused as applying it would be, except that its day may lie ahead."""
    return _rehearsal(rehearse(body.text, by=request.auth, now=clock.now()))


@router.get(
    "/division-changes/{change_id}", response=WholeChangeOut, summary=n_("One change of divisions")
)
def division_change(request: Asked, change_id: Id) -> dict[str, Any]:
    """With its document; 404 not_found."""
    return _whole(_found(change_id))


@router.get(
    "/division-changes/{change_id}/crossings", response=Page[CrossingOut],
    summary=n_("Which division became which"),
)  # fmt: skip
def crossings(request: Asked, change_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Down to communities; 404 not_found."""
    found = Crossing.objects.filter(change=_found(change_id)).select_related("before", "after")
    return page(request, found, _crossing, NEWEST)


@router.get("/zones", response=Page[ZoneOut], summary=n_("Zones by name"))
def zones(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """With their parts; whoever signs in may read."""
    return page(request, Zone.objects.prefetch_related("parts"), _zone, BY_NAME)


@router.post("/zones", response={201: ZoneOut}, summary=n_("Draw a zone"))
def draw_zone(request: Asked, body: ZoneIn) -> Status[dict[str, Any]]:
    """Draws it anew where the name is taken; 403 not_allowed, 409 rule_broken."""
    return Status(201, _drawn(request, body.name, body))


@router.get("/zones/{zone_id}", response=ZoneOut, summary=n_("One zone"))
def zone(request: Asked, zone_id: Id) -> dict[str, Any]:
    """What it holds and held; 404 not_found."""
    return _zone(_zone_of(zone_id))


@router.post("/zones/{zone_id}/amend", response=ZoneOut, summary=n_("Draw a zone anew"))
def amend_zone(request: Asked, zone_id: Id, body: Bounds) -> dict[str, Any]:
    """From a day on; what it was before stays; 403 not_allowed, 404 not_found, 409 rule_broken."""
    return _drawn(request, _zone_of(zone_id).name, body)


def _drawn(request: Asked, name: str, bounds: Bounds) -> dict[str, Any]:
    made = divisions.set_zone(
        name, paths=bounds.paths, parent_keeps_writing=bounds.parent_keeps_writing,
        valid_from=bounds.valid_from, by=request.auth, now=clock.now(),
    )  # fmt: skip
    return _zone(made)


def _found(change_id: int) -> Change:
    found = queries.changes().filter(pk=change_id).first()
    if found is None:
        raise Outside(_("there is no such change of divisions"))
    return found


def _zone_of(zone_id: int) -> Zone:
    found = Zone.objects.filter(pk=zone_id).first()
    if found is None:
        raise Outside(_("there is no such zone"))
    return found


def _change(change: Change) -> dict[str, Any]:
    names = ("key", "title", "effective", "source", "applied_at")
    return {"id": change.pk} | {name: getattr(change, name) for name in names}


def _whole(change: Change) -> dict[str, Any]:
    needs = change.outcome.get("needs_person", [])
    return _change(change) | {
        "text": change.text,
        "moved": change.outcome.get("divisions", 0),
        "undecided": sum(len(need["ids"]) for need in needs),
    }


def _crossing(crossing: Crossing) -> dict[str, Any]:
    return {
        "before": crossing.before.path,
        "after": crossing.after.path,
        "same_ground": crossing.same_ground,
    }


def _rehearsal(found: Portrait) -> dict[str, Any]:
    return {
        "moved": found.moved,
        "homes": found.homes,
        "zone_parts": found.zone_parts,
        "roles": len(found.roles),
        "records": [{"what": what, "count": count} for what, count in found.records],
        "needs": found.needs,
        "before": _side(found.before),
        "after": _side(found.after),
    }


def _side(side: Side) -> list[dict[str, Any]]:
    return [
        {"name": name, "population": figure, "reason": str(reason or "")}
        for name, figure, reason in side.rows
    ]


def _zone(zone: Zone) -> dict[str, Any]:
    names = ("name", "parent_keeps_writing", "example", "valid_from", "valid_to")
    parts = sorted(zone.parts.all(), key=lambda part: (part.path, part.pk))
    return {"id": zone.pk, "parts": [_part(part) for part in parts]} | {
        name: getattr(zone, name) for name in names
    }


def _part(part: Any) -> dict[str, Any]:
    return {"path": part.path, "valid_from": part.valid_from, "valid_to": part.valid_to}
