"""Calls for titles and grants at /api/: for everybody to read, with their form, and their notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.appraisal import queries
from kepu.appraisal.actions import deciding as actions
from kepu.appraisal.api.shapes import (
    AppraisalCallOut,
    OneAppraisalCallOut,
    call_out,
    whole_call,
)
from kepu.appraisal.models import Application, Objection
from kepu.appraisal.states import GrievanceState
from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked, caller
from kepu.kernel.api.pages import Page, Paging, moment, page
from kepu.kernel.api.shapes import Given, Id, Spot
from kepu.kernel.cursors import Sort

router = Router(tags=[n_("Appraisal")])
FIRST_TO_END = Sort("closes_at", read=moment)
BY_CODE = Sort("code", read=str)


class NoticedOut(Schema):
    """One line of a public notice; of a person the name stands in it."""

    application_id: int
    code: str
    applicant: str
    class_key: str
    level: str
    place: Spot
    objected: bool = Field(description="Its clock stands still until the objection is answered")


class PutInNoticeOut(Schema):
    codes: list[str]


class NoticeObjectionIn(Given):
    text: str = Field(min_length=1, max_length=1000)


class NoticeObjectionOut(Schema):
    id: int
    state: GrievanceState
    due_at: datetime


@router.get(
    "/appraisal/calls", auth=None, response=Page[AppraisalCallOut],
    summary=n_("Calls that take applications"),
)  # fmt: skip
def appraisal_calls(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody, the one that ends first before all others."""
    now = clock.now()
    return page(request, queries.calls.taking(now), lambda one: call_out(one, now), FIRST_TO_END)


@router.get(
    "/appraisal/calls/{call_id}", auth=None, response=OneAppraisalCallOut,
    summary=n_("One call, with the form of its programme"),
)  # fmt: skip
def appraisal_call(request: Asked, call_id: Id) -> dict[str, Any]:
    """Open to everybody once it was opened; 404 not_found."""
    now = clock.now()
    return whole_call(queries.calls.seen(call_id, caller(request), now), now)


@router.get(
    "/appraisal/calls/{call_id}/notice", auth=None, response=Page[NoticedOut],
    summary=n_("The public notice of a call"),
)  # fmt: skip
def appraisal_notice(request: Asked, call_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody: what is proposed, by code; 404 not_found."""
    call = queries.calls.seen(call_id, caller(request), clock.now())
    return page(request, queries.applications.in_notice(call), _noticed, BY_CODE)


@router.post(
    "/appraisal/calls/{call_id}/notice", response=PutInNoticeOut,
    summary=n_("Put everything that is proposed into public notice"),
)  # fmt: skip
def put_in_appraisal_notice(request: Asked, call_id: Id) -> dict[str, Any]:
    """For the secretary; 403 not_allowed, 404 not_found, 409 rule_broken."""
    now = clock.now()
    call = queries.calls.seen(call_id, request.auth, now)
    found = actions.put_in_notice(call.pk, by=request.auth, now=now)
    return {"codes": [one.code for one in found]}


@router.post(
    "/appraisal/applications/{application_id}/objections", response={201: NoticeObjectionOut},
    summary=n_("Object to an application in public notice"),
)  # fmt: skip
def object_to_application(
    request: Asked, application_id: Id, body: NoticeObjectionIn
) -> Status[dict[str, Any]]:
    """For anybody who signed in; the notice stands still meanwhile; 404 not_found, 409 rule_broken."""
    one = queries.applications.noticed(application_id)
    made = actions.object_to(one.pk, text=body.text, by=request.auth, now=clock.now())
    return Status(201, _objection(made))


def _noticed(one: Application) -> dict[str, Any]:
    return {
        "application_id": one.pk,
        "code": one.code,
        "applicant": queries.applications.name_of(one),
        "class_key": one.klass,
        "level": one.grade,
        "place": Spot(path=one.path, name=one.division_now.name),
        "objected": one.notice_left is not None,
    }


def _objection(one: Objection) -> dict[str, Any]:
    return {"id": one.pk, "state": one.state, "due_at": one.due_at}
