"""Objections in a public notice at /api/: raised by anybody, read and answered by the officers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Router, Schema, Status
from pydantic import Field

from kepu.appraisal import queries, rules
from kepu.appraisal.actions import deciding
from kepu.appraisal.api.applications import found
from kepu.appraisal.models import Objection
from kepu.appraisal.states import GrievanceState
from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Given, Id
from kepu.kernel.errors import Outside, authorize

router = Router(tags=[n_("Appraisal")])


class NoticeObjectionIn(Given):
    text: str = Field(min_length=1, max_length=1000)


class NoticeObjectionOut(Schema):
    id: int
    state: GrievanceState
    due_at: datetime


class RaisedOut(Schema):
    """An objection in a public notice. Who raised it is told to nobody here."""

    id: int
    text: str
    state: GrievanceState
    raised_at: datetime
    due_at: datetime
    reply: str


class ObjectionReplyIn(Given):
    verb: Literal["reject", "uphold"]
    reply: str = Field(min_length=1, max_length=1000, description="Who objected reads it")


@router.post(
    "/appraisal/applications/{application_id}/objections",
    response={201: NoticeObjectionOut},
    summary=n_("Object to an application in public notice"),
)
def object_to_application(
    request: Asked, application_id: Id, body: NoticeObjectionIn
) -> Status[dict[str, Any]]:
    """For anybody who signed in; the notice stands still meanwhile; 404 not_found, 409 rule_broken."""
    one = queries.applications.noticed(application_id)
    made = deciding.object_to(one.pk, text=body.text, by=request.auth, now=clock.now())
    return Status(201, {"id": made.pk, "state": made.state, "due_at": made.due_at})


@router.get(
    "/appraisal/applications/{application_id}/objections", response=list[RaisedOut],
    summary=n_("Objections to an application"),
)  # fmt: skip
def application_objections(request: Asked, application_id: Id) -> list[dict[str, Any]]:
    """For the secretary and the deciding officer; 403 not_allowed, 404 not_found."""
    now = clock.now()
    one = found(request, application_id)
    authorize(rules.judging.why_not_read(request.auth, one.call, now))
    authorize(rules.applications.why_not_judge_own(request.auth, one, now))
    return [_raised(each) for each in one.objections.select_related("raised_by")]


@router.post(
    "/appraisal/objections/{objection_id}/answer", response=RaisedOut,
    summary=n_("Answer an objection to an application"),
)  # fmt: skip
def answer_application_objection(
    request: Asked, objection_id: Id, body: ObjectionReplyIn
) -> dict[str, Any]:
    """The notice runs on, or the proposal is taken back; 403, 404, 409 rule_broken."""
    now = clock.now()
    one = Objection.objects.filter(pk=objection_id).first()
    if one is None:
        raise Outside(_("there is no such objection"))
    found(request, one.application_id)
    done = deciding.answer_objection(one.pk, body.verb, reply=body.reply, by=request.auth, now=now)
    return _raised(done)


def _raised(one: Objection) -> dict[str, Any]:
    return {
        "id": one.pk,
        "text": queries.grievances.text(one),
        "state": one.state,
        "raised_at": one.raised_at,
        "due_at": one.due_at,
        "reply": one.reply,
    }
