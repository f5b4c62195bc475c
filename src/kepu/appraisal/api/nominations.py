"""Nominations at /api/: put somebody forward, and answer for oneself by the key that was handed on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.appraisal import queries
from kepu.appraisal.actions import nominating as actions
from kepu.appraisal.api.applications import ApplicationIn, applicant_of, shown
from kepu.appraisal.api.shapes import OneApplicationOut
from kepu.appraisal.models import CallNomination
from kepu.appraisal.states import CallNominationState
from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id, Key, Line, Named, named
from kepu.kernel.errors import BadInput

router = Router(tags=[n_("Appraisal")])
Handed = Annotated[str, Field(max_length=32, pattern=r"^[-_a-zA-Z0-9]+$")]


class CallNominationIn(Given):
    name: Line = Field(min_length=1, max_length=60, description="Kept sealed; goes with a refusal")
    reason: str = Field(min_length=1, max_length=600, description="The nominee reads it")
    class_key: Key | None = None
    organisation_id: Id | None = Field(None, description="The unit that nominates; null: a person")


class CallNominationOut(Schema):
    """A nomination. Its key is the way to answer it; whom it was handed to Kepu does not know."""

    key: str
    call_id: int
    class_key: str
    by: str = Field(description="The unit, else the person")
    organisation: Named | None
    name: str = Field(description="Of the nominee, for who nominated; else empty")
    reason: str = Field(
        description="For who nominated, and until it is answered for who has the key"
    )
    state: CallNominationState
    made_at: datetime
    ends_at: datetime
    application_id: int | None = Field(description="For the nominee alone, once they agreed")


@router.get("/me/nominations", response=Page[CallNominationOut], summary=n_("Whom you put forward"))
def my_nominations(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """In calls for titles and grants, the newest first."""
    return page(
        request, queries.awards.nominated_by(request.auth), lambda one: _told(one, request.auth)
    )


@router.post(
    "/appraisal/calls/{call_id}/nominations", response={201: CallNominationOut},
    summary=n_("Put somebody forward in a call"),
)  # fmt: skip
def nominate_in_call(request: Asked, call_id: Id, body: CallNominationIn) -> Status[dict[str, Any]]:
    """Hand the key on to the nominee alone; 403 not_allowed, 404 not_found, 409 rule_broken."""
    now = clock.now()
    call = queries.calls.seen(call_id, request.auth, now)
    made = actions.nominate(
        call.pk, name=body.name, reason=body.reason, klass=body.class_key or "",
        unit=_unit(request.auth, body.organisation_id, now), by=request.auth, now=now,
    )  # fmt: skip
    return Status(201, _told(made, request.auth))


@router.get(
    "/appraisal/nominations/{key}", response=CallNominationOut, summary=n_("One nomination")
)
def call_nomination(request: Asked, key: Handed) -> dict[str, Any]:
    """For who nominated and for who was given the key; 404 not_found."""
    return _told(queries.awards.by_key(key), request.auth)


@router.post(
    "/appraisal/nominations/{key}/agree", response={201: OneApplicationOut},
    summary=n_("Agree to stand"),
)  # fmt: skip
def agree_to_nomination(request: Asked, key: Handed, body: ApplicationIn) -> Status[dict[str, Any]]:
    """The caller's own application begins as a draft; 403, 404, 409 rule_broken, 422 bad_input."""
    found = queries.awards.by_key(key)
    applicant = applicant_of(request.auth, queries.calls.programme(found.call), body)
    made = actions.agree(key, applicant, by=request.auth, now=clock.now())
    return Status(201, shown(request, made.pk))


@router.post(
    "/appraisal/nominations/{key}/decline", response=CallNominationOut,
    summary=n_("Decline a nomination"),
)  # fmt: skip
def decline_nomination(request: Asked, key: Handed) -> dict[str, Any]:
    """What was written of the nominee goes; 403 not_allowed, 404 not_found, 409 rule_broken."""
    return _told(actions.turn_down(key, by=request.auth, now=clock.now()), request.auth)


def _unit(person: User, organisation_id: int | None, now: datetime) -> Organisation | None:
    if organisation_id is None:
        return None
    unit: Organisation | None = (
        queries.applications.units_of(person, now).filter(pk=organisation_id).first()
    )
    if unit is None:
        raise BadInput(_("please choose one of the units you stand for"))
    return unit


def _told(one: CallNomination, reader: User) -> dict[str, Any]:
    own, asked = one.by_id == reader.pk, one.state == CallNominationState.ASKED
    said = one.said if own or asked else {}
    return {
        "key": one.key,
        "call_id": one.call_id,
        "class_key": one.klass,
        "by": one.organisation.name if one.organisation else one.by.name,
        "organisation": named(one.organisation),
        "name": said.get("name", "") if own else "",
        "reason": said.get("reason", ""),
        "state": one.state,
        "made_at": one.made_at,
        "ends_at": one.ends_at,
        "application_id": one.application_id if one.nominee_id == reader.pk else None,
    }
