"""Objections to nominations of models, at /api/."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id
from kepu.kernel.errors import Outside, authorize
from kepu.people.actions import objections as actions
from kepu.people.models import Nomination, Objection
from kepu.people.queries import campaigns
from kepu.people.queries import objections as queries
from kepu.people.rules.campaigns import why_not_review_as, why_not_run
from kepu.people.states import ObjectionState

router = Router(tags=[n_("Campaigns, models and calls")])


class ObjectionIn(Given):
    """Why a candidate on public notice should not be named."""

    reason: str = Field(min_length=1, max_length=1000)


class VerdictIn(Given):
    """Whether the objection holds, and why; upheld, the candidate is not taken up."""

    upheld: bool
    answer: str = Field(min_length=1, max_length=200)


class ObjectionOut(Schema):
    """An objection as who made it, or who reviews the nomination, reads it."""

    id: int
    nomination_id: int
    person: str = Field(description="Pseudonym of who objected")
    reason: str
    made_at: datetime
    state: ObjectionState
    answer: str
    answered_at: datetime | None


@router.post(
    "/nominations/{nomination_id}/objections",
    response={201: ObjectionOut},
    summary=n_("Object to a candidate on public notice"),
)
def object_to_nomination(
    request: Asked, nomination_id: Id, body: ObjectionIn
) -> Status[dict[str, Any]]:
    """For every adult, once, until the notice ends; 403 not_allowed, 404 not_found, 409 rule_broken."""
    found = queries.open_to_objection(nomination_id, request.auth)
    made = actions.object_to_nomination(
        found.pk, reason=body.reason, by=request.auth, now=clock.now()
    )
    return Status(201, _objection(made))


@router.get(
    "/nominations/{nomination_id}/objections",
    response=Page[ObjectionOut],
    summary=n_("What was said against a candidate"),
)
def objections(request: Asked, nomination_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """For who may review the nomination; 403 not_allowed, 404 not_found."""
    found = _of_office(request, campaigns.nomination(nomination_id))
    authorize(why_not_review_as(request.auth, found, clock.now()))
    return page(request, queries.objections(found), _objection)


@router.post(
    "/objections/{objection_id}/answer",
    response=ObjectionOut,
    summary=n_("Answer an objection"),
)
def answer_objection(request: Asked, objection_id: Id, body: VerdictIn) -> dict[str, Any]:
    """By who may review the nomination; 403 not_allowed, 404 not_found, 409 rule_broken."""
    found = queries.objection(objection_id)
    _of_office(request, found.nomination)
    answered = actions.answer_objection(
        found.pk, upheld=body.upheld, answer=body.answer, by=request.auth, now=clock.now()
    )
    return _objection(answered)


def _of_office(request: Asked, nomination: Nomination) -> Nomination:
    """The nomination, for an officer of its place; others do not know of it."""
    if why_not_run(request.auth, nomination.path, clock.now()):
        raise Outside(_("there is no such nomination"))
    return nomination


def _objection(objection: Objection) -> dict[str, Any]:
    plain = ("id", "nomination_id", "reason", "made_at", "state", "answer", "answered_at")
    return {
        **{name: getattr(objection, name) for name in plain},
        "person": objection.person.pseudonym,
    }
