"""Field inspections at /api/, for the offices. What inspectors note comes from their page alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.appraisal.actions import inspections as actions
from kepu.appraisal.api.applications import found
from kepu.appraisal.inspection_states import InspectionState
from kepu.appraisal.models import Inspection, Inspector
from kepu.appraisal.queries import inspections as queries
from kepu.appraisal.queries import titles
from kepu.kernel import clock
from kepu.kernel.api import versions
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, moment, page
from kepu.kernel.api.shapes import Day, Given, Id
from kepu.kernel.cursors import Sort

router = Router(tags=[n_("Appraisal")])
FIRST_DUE = Sort("due_at", read=moment)
STEPS: dict[str, Callable[..., Inspection]] = {
    "countersign": actions.countersign,
    "send_back": actions.send_back,
    "cancel": actions.cancel,
}


class InspectionFilter(Schema):
    """Which inspections."""

    state: InspectionState | None = None


class InspectionIn(Given):
    """Who goes, and between which days."""

    people: list[Id] = Field(min_length=1, max_length=20, description="Accounts of those who go")
    first_day: Day
    last_day: Day


class InspectionStepIn(Given):
    version: int = Field(ge=1, description="That the caller looked at")
    verb: Literal["countersign", "send_back", "cancel"]
    reason: str = Field("", max_length=600, description="Of send_back and cancel")


class InspectorOut(Schema):
    id: int
    name: str
    signed_at: datetime | None


class InspectionOut(Schema):
    """A visit to an applicant, or to the holder of a title."""

    id: int
    application_id: int | None
    title: str | None = Field(description="Number of the title")
    name: str = Field(description="Who is visited")
    first_day: date
    last_day: date
    unannounced: bool
    state: InspectionState
    due_at: datetime
    version: int


class FoundOut(Schema):
    """What one inspector noted of an item."""

    inspector_id: int
    value: bool | float | str | None
    note: str


class InspectedItemOut(Schema):
    key: str
    title: str
    must: bool
    missed: bool
    differs: bool
    photos: int
    found: list[FoundOut]


class OneInspectionOut(InspectionOut):
    """With who goes, and item by item what they found."""

    inspectors: list[InspectorOut]
    items: list[InspectedItemOut]


@router.get(
    "/appraisal/inspections", response=Page[InspectionOut],
    summary=n_("Field inspections at your desk"),
)  # fmt: skip
def inspections_at_desk(
    request: Asked, wanted: Query[InspectionFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """Of the places that the caller keeps or decides for, the first due first; never of their own."""
    rows = queries.overseen(request.auth, clock.now())
    rows = rows.filter(state=wanted.state) if wanted.state else rows
    return page(request, rows, _told, FIRST_DUE)


@router.get(
    "/appraisal/inspections/{inspection_id}", response=OneInspectionOut,
    summary=n_("One field inspection"),
)  # fmt: skip
def one_inspection(request: Asked, inspection_id: Id) -> dict[str, Any]:
    """For who keeps or decides there, never for who is inspected; 404 not_found."""
    return _shown(request, inspection_id)


@router.post(
    "/appraisal/applications/{application_id}/inspections", response={201: OneInspectionOut},
    summary=n_("Send inspectors to an applicant"),
)  # fmt: skip
def inspect_application(
    request: Asked, application_id: Id, body: InspectionIn
) -> Status[dict[str, Any]]:
    """For the secretary; the inspectors hear of it; 403 not_allowed, 404 not_found, 409 rule_broken."""
    one = found(request, application_id)
    made = actions.order_of_application(one.pk, body.people, **_when(request, body))
    return Status(201, _shown(request, made.pk))


@router.post(
    "/titles/{number}/inspections", response={201: OneInspectionOut},
    summary=n_("Send inspectors to the holder of a title"),
)  # fmt: skip
def inspect_title(request: Asked, number: str, body: InspectionIn) -> Status[dict[str, Any]]:
    """A spot check, unannounced; 403 not_allowed, 404 not_found, 409 rule_broken."""
    made = actions.order_of_title(titles.seen(number).pk, body.people, **_when(request, body))
    return Status(201, _shown(request, made.pk))


@router.post(
    "/appraisal/inspections/{inspection_id}/steps", response=OneInspectionOut,
    summary=n_("Countersign a report, send it back, or call the visit off"),
)  # fmt: skip
def step_inspection(request: Asked, inspection_id: Id, body: InspectionStepIn) -> dict[str, Any]:
    """403 not_allowed, 404 not_found, 409 rule_broken."""
    now = clock.now()
    one = queries.seen(inspection_id, request.auth, now)
    STEPS[body.verb](one.pk, words=body.reason, seen=body.version, by=request.auth, now=now)
    return _shown(request, one.pk)


def _when(request: Asked, body: InspectionIn) -> dict[str, Any]:
    days = {"first": body.first_day, "last": body.last_day}
    return days | {"by": request.auth, "now": clock.now()}


def _shown(request: Asked, inspection_id: int) -> dict[str, Any]:
    one = queries.seen(inspection_id, request.auth, clock.now())
    versions.note(request, one.version)
    inspectors = one.inspectors.select_related("person")
    return _told(one) | {
        "inspectors": [
            {"id": each.pk, "name": each.person.name, "signed_at": each.signed_at}
            for each in inspectors
        ],
        "items": [_item(row) for row in queries.rows(one)],
    }


def _told(one: Inspection) -> dict[str, Any]:
    return {
        "id": one.pk,
        "application_id": one.application_id,
        "title": one.title.number if one.title else None,
        "name": queries.name(one),
        "first_day": one.first_day,
        "last_day": one.last_day,
        "unannounced": one.unannounced,
        "state": one.state,
        "due_at": one.due_at,
        "version": one.version,
    }


def _item(row: queries.Row) -> dict[str, Any]:
    return {
        "key": row.check.key,
        "title": str(row.check),
        "must": row.check.must,
        "missed": row.fails,
        "differs": row.differs,
        "photos": len(row.photos),
        "found": [_found(who, one) for who, one in row.found],
    }


def _found(who: Inspector, one: Any) -> dict[str, Any]:
    return {
        "inspector_id": who.pk,
        "value": one.value if one else None,
        "note": one.note if one else "",
    }
