"""Applications at /api/, for district, secretary and deciding officer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema
from pydantic import Field

from kepu.appraisal import queries
from kepu.appraisal.actions import applications as actions
from kepu.appraisal.actions import deciding
from kepu.appraisal.api.applications import found, shown
from kepu.appraisal.api.shapes import ApplicationOut, OneApplicationOut, application_out
from kepu.appraisal.states import ApplicationState
from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id, Key, Line, Path
from kepu.kernel.errors import NotAllowed

router = Router(tags=[n_("Appraisal")])
ACTS: dict[str, tuple[Callable[..., Any], dict[str, str]]] = {
    "recommend": (actions.recommend, {"opinion": "reason"}),
    "pass_check": (actions.pass_check, {}),
    "send_back": (actions.send_back, {"reason": "reason"}),
    "refuse": (actions.refuse, {"reason": "reason", "reference": "reference"}),
    "propose": (deciding.propose, {"grade": "level", "reason": "reason"}),
    "put_forward": (deciding.put_forward, {"reference": "reference"}),
    "name": (deciding.name, {"reference": "reference", "batch": "batch"}),
}


class DeskFilter(Schema):
    """Which applications."""

    call: Id | None = None
    place: Path | None = None
    state: ApplicationState | None = None


class ApplicationStepIn(Given):
    """A step of an office, with the words it wants."""

    version: int = Field(ge=1, description="That the caller looked at")
    verb: Literal[
        "recommend", "pass_check", "send_back", "refuse", "propose", "put_forward", "name"
    ]
    reason: str = Field("", max_length=600)
    reference: Line = Field("", max_length=80, description="Number of the signed decision")
    level: Key | None = Field(None, description="Of propose")
    since: date | None = Field(None, description="Of name, where another body has named it")
    batch: Line = Field("", max_length=60, description="Of name, where another body has named it")


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
    if body.verb == "name" and body.since is not None:
        said["since"] = body.since
    act(one.pk, seen=body.version, by=request.auth, now=clock.now(), **said)
    return shown(request, one.pk)
