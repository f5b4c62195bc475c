"""Applications at /api/, for district, secretary and deciding officer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema
from pydantic import Field

from kepu.appraisal import queries, rules
from kepu.appraisal.actions import applications as actions
from kepu.appraisal.actions import deciding
from kepu.appraisal.api.applications import found, shown
from kepu.appraisal.api.shapes import ApplicationOut, OneApplicationOut, application_out
from kepu.appraisal.models import Objection
from kepu.appraisal.states import ApplicationState, GrievanceState
from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id, Key, Line, Path
from kepu.kernel.errors import NotAllowed, Outside, authorize

router = Router(tags=[n_("Appraisal")])
ACTS: dict[str, tuple[Callable[..., Any], dict[str, str]]] = {
    "recommend": (actions.recommend, {"opinion": "reason"}),
    "pass_check": (actions.pass_check, {}),
    "send_back": (actions.send_back, {"reason": "reason"}),
    "refuse": (actions.refuse, {"reason": "reason", "reference": "reference"}),
    "propose": (deciding.propose, {"grade": "level", "reason": "reason"}),
    "name": (deciding.name, {"reference": "reference"}),
}


class DeskFilter(Schema):
    """Which applications."""

    call: Id | None = None
    place: Path | None = None
    state: ApplicationState | None = None


class ApplicationStepIn(Given):
    """A step of an office, with the words it wants."""

    version: int = Field(ge=1, description="That the caller looked at")
    verb: Literal["recommend", "pass_check", "send_back", "refuse", "propose", "name"]
    reason: str = Field("", max_length=600)
    reference: Line = Field("", max_length=80, description="Number of the signed decision")
    level: Key | None = Field(None, description="Of propose")


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


@router.get(
    "/appraisal/applications", response=Page[ApplicationOut],
    summary=n_("Applications at your desk"),
)  # fmt: skip
def applications_at_desk(
    request: Asked, wanted: Query[DeskFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """For secretaries and officers who recommend or decide, the newest first; 403 not_allowed."""
    now = clock.now()
    if not queries.applications.has_desk(request.auth, now):
        raise NotAllowed(_("only secretaries of calls and officers who recommend have this page"))
    asked = {"call": wanted.call, "path__within": wanted.place, "state": wanted.state}
    rows = queries.applications.at_desk(request.auth, now)
    rows = rows.filter(**{key: value for key, value in asked.items() if value})
    return page(request, rows, application_out)


@router.post(
    "/appraisal/applications/{application_id}/steps", response=OneApplicationOut,
    summary=n_("Recommend, check, propose, name, return or refuse an application"),
)  # fmt: skip
def step_application(request: Asked, application_id: Id, body: ApplicationStepIn) -> dict[str, Any]:
    """403 not_allowed, 404 not_found, 409 rule_broken, 422 bad_input."""
    one = found(request, application_id)
    act, words = ACTS[body.verb]
    said = {name: getattr(body, field) or "" for name, field in words.items()}
    act(one.pk, seen=body.version, by=request.auth, now=clock.now(), **said)
    return shown(request, one.pk)


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
