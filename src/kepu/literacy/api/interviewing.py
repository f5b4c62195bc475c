"""Interviews by a device of somebody else's: what it takes along, what it hands in, what needs a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id, Line, Moment
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import BadInput, Outside, RuleBroken
from kepu.literacy import spoken
from kepu.literacy.actions import interviewing as actions
from kepu.literacy.bridge import interviewing as bridge
from kepu.literacy.models import FieldEvent
from kepu.literacy.queries import interviewing as queries

router = Router(tags=[n_("Interviewing")])


class DoorRecordIn(Given):
    """An attempt, an interview or a correction, perhaps written down without a network.

    `data` of an attempt: `outcome` (a code of AAPOR), `adults`, `chosen`, `again_at`. Of an interview:
    `begun_at`, `ended_at`, `complete`, `answers` (item to letter, "" for "does not know"), `background`,
    `seconds`, `adults`, `chosen`, `latitude`, `longitude`. A correction says in `base` from which version.
    """

    uuid: str = Field(json_schema_extra={"format": "uuid"}, pattern=r"^[0-9a-fA-F-]{36}$")
    kind: Line = Field(max_length=12)
    case_id: Id
    device_time: Moment
    data: dict[str, Any] = {}
    schema_version: int = Field(1, alias="schema", ge=1, le=32767)


class DoorRecordsIn(Given):
    records: list[DoorRecordIn] = Field(max_length=200)


class AnswerOut(Schema):
    """`done`; `refused`: kept, and a person decides; `held`: not kept here, so the device keeps it."""

    uuid: str
    outcome: str
    reason: str


class AnswersOut(Schema):
    records: list[AnswerOut]


class PackOut(Schema):
    """Addresses, the questions asked there, and which adult is asked in a household of 1 to 6 or more.

    `meeting` is asked after `background` at a door that `meets`.
    """

    at: datetime
    background: list[dict[str, Any]]
    meeting: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    booklets: dict[str, list[dict[str, Any]]]


class StuckOut(Schema):
    """A record that could not be taken in; `told` says what it holds, without answers."""

    id: int
    uuid: str
    case_id: int
    kind: str
    outcome: str
    reason: str
    told: str


class AsideIn(Given):
    reason: Line = Field(min_length=1, max_length=120)


@router.get("/interviews/pack", response=PackOut, summary=n_("What an interviewer takes along"))
def interview_pack(request: Asked) -> dict[str, Any]:
    """For an interviewer, or who still has addresses; 404 not_found."""
    now = clock.now()
    if not queries.goes_to_doors(request.auth, now):
        raise Outside(_("there is no such page"))
    return bridge.pack(request.auth, now)


@router.post(
    "/interviews/records", response=AnswersOut, summary=n_("Hand in what was written down at doors")
)
def hand_in_records(request: Asked, body: DoorRecordsIn) -> dict[str, Any]:
    """Each record is kept and answered on its own; sent again, it is answered as before."""
    return {"records": [_answer(request, one) for one in body.records]}


def _answer(request: Asked, one: DoorRecordIn) -> dict[str, str]:
    answer = {"uuid": one.uuid}
    try:
        kept = actions.receive(_sent(one), by=request.auth, now=clock.now())
    except (BadInput, Outside, RuleBroken) as refusal:
        return answer | {"outcome": "held", "reason": refusal.reason}
    return answer | {"outcome": kept.taking, "reason": kept.reason}


def _sent(one: DoorRecordIn) -> actions.Sent:
    try:
        uuid = UUID(one.uuid)
    except ValueError as error:
        raise BadInput(_("these events cannot be read")) from error
    return actions.Sent(
        uuid=uuid,
        kind=one.kind,
        case_id=one.case_id,
        device_time=one.device_time,
        data=one.data,
        schema=one.schema_version,
    )


@router.get("/interviews/stuck", response=Page[StuckOut], summary=n_("Records that need a person"))
def stuck_records(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Of the places the caller supervises."""
    found = queries.needing_a_person(request.auth, clock.now())
    return page(request, found, _out, Sort())


@router.post(
    "/interviews/stuck/{event_id}/take", response=StuckOut, summary=n_("Take a record in anyway")
)
def take_record(request: Asked, event_id: Id) -> dict[str, Any]:
    """For a supervisor of the place; 404 not_found, 409 rule_broken."""
    event = _seen(request, event_id)
    return _out(actions.take_anyway(event.pk, by=request.auth, now=clock.now()))


@router.post(
    "/interviews/stuck/{event_id}/set-aside", response=StuckOut, summary=n_("Set a record aside")
)
def set_record_aside(request: Asked, event_id: Id, body: AsideIn) -> dict[str, Any]:
    """For a supervisor of the place; 404 not_found, 409 rule_broken."""
    event = _seen(request, event_id)
    made = actions.set_aside(event.pk, reason=body.reason, by=request.auth, now=clock.now())
    return _out(made)


def _seen(request: Asked, event_id: int) -> FieldEvent:
    found = queries.event_of(request.auth, event_id, clock.now())
    if found is None:
        raise Outside(_("there is no such event"))
    return found


def _out(event: FieldEvent) -> dict[str, Any]:
    return {
        "id": event.pk, "uuid": str(event.uuid), "case_id": event.case_id, "kind": event.kind,
        "outcome": event.taking, "reason": event.reason, "told": spoken.told(event),
    }  # fmt: skip
