"""Targets of the share of literate citizens at /api/, and the tasks under them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Line, Moment, Path, Reason, Spot
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput
from kepu.literacy.actions import targets
from kepu.literacy.bridge import targets as bridge
from kepu.literacy.models import Target, Task
from kepu.literacy.queries import targets as queries

router = Router(tags=[n_("Targets")])
Share = Annotated[Decimal, Field(gt=0, lt=100, max_digits=4, decimal_places=2)]
Year = Annotated[int, Field(ge=2001, le=2060)]


class AimIn(Given):
    """What is aimed at, from where, and which document says so; shares in per cent."""

    share: Share
    above: bool = False
    base_year: Year
    base_share: Share
    source: Line


class StatedIn(AimIn):
    """Whose target it is, and for which year."""

    place: Path
    year: Year


class TargetCorrectionIn(AimIn):
    """The target put right, and why."""

    reason: Reason


class TaskIn(Given):
    """What is to be done, by a unit or a place, until when."""

    what: Line
    due: Day
    organisation: Id | None = None
    place: Path | None = None


class TaskWordIn(Given):
    """What shows that a task is done, or why it is not after all."""

    reason: Reason | None = None


class MeasuredOut(Schema):
    """A published share of the place, with its interval; in per cent."""

    year: int
    share: float
    low: float | None
    high: float | None
    synthetic: bool


class TargetOut(Schema):
    """A target beside what was measured; `pace` is where one should be this year."""

    id: int
    place: Spot
    year: int
    share: Decimal
    above: bool
    base_year: int
    base_share: Decimal
    source: str
    pace: float
    measured: MeasuredOut | None
    probability: float | None


class TaskOut(Schema):
    """A task, and when it was said to be done."""

    id: int
    what: str
    responsible: str
    due: Day
    done_at: Moment | None
    remark: str


class WholeTargetOut(TargetOut):
    """A target with its tasks."""

    tasks: list[TaskOut]


@router.get("/targets", response=Page[TargetOut], summary=n_("Targets of science literacy"))
def literacy_targets(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Of cities and districts, by year."""
    known = bridge.known()
    return page(request, queries.listed(), lambda one: _target(one, known))


@router.post("/targets", response={201: WholeTargetOut}, summary=n_("Enter a target"))
def state_target(request: Asked, body: StatedIn) -> Status[dict[str, Any]]:
    """403 not_allowed, 409 rule_broken, 422 bad_input."""
    said = body.model_dump()
    place, year = _place(said.pop("place")), said.pop("year")
    aim = targets.Aim(**said)
    made = targets.state_target(aim, place=place, year=year, by=request.auth, now=clock.now())
    return Status(201, _whole(made))


@router.get("/targets/{target_id}", response=WholeTargetOut, summary=n_("One target"))
def read_target(request: Asked, target_id: Id) -> dict[str, Any]:
    """404 not_found."""
    return _whole(queries.seen(target_id))


@router.post("/targets/{target_id}/correct", response=WholeTargetOut,
             summary=n_("Correct a target"))  # fmt: skip
def correct_target(request: Asked, target_id: Id, body: TargetCorrectionIn) -> dict[str, Any]:
    """404 not_found, 403 not_allowed, 409 rule_broken."""
    one, said = queries.seen(target_id), body.model_dump()
    reason = said.pop("reason")
    aim = targets.Aim(**said)
    targets.correct_target(one.pk, aim, reason=reason, by=request.auth, now=clock.now())
    return _whole(queries.seen(target_id))


@router.post("/targets/{target_id}/tasks", response={201: WholeTargetOut},
             summary=n_("Put a task under a target"))  # fmt: skip
def add_task(request: Asked, target_id: Id, body: TaskIn) -> Status[dict[str, Any]]:
    """404 not_found, 403 not_allowed, 409 rule_broken, 422 without one who is responsible."""
    one = queries.seen(target_id)
    targets.add_task(one.pk, **_said(body), by=request.auth, now=clock.now())
    return Status(201, _whole(one))


@router.post("/targets/{target_id}/tasks/{task_id}", response=WholeTargetOut,
             summary=n_("Change a task that is not done"))  # fmt: skip
def change_task(request: Asked, target_id: Id, task_id: Id, body: TaskIn) -> dict[str, Any]:
    """404 not_found, 403 not_allowed, 409 rule_broken, 422 without one who is responsible."""
    one = queries.seen(target_id)
    task = queries.task(one, task_id)
    targets.change_task(task.pk, **_said(body), by=request.auth, now=clock.now())
    return _whole(one)


@router.post("/targets/{target_id}/tasks/{task_id}/{verb}", response=WholeTargetOut,
             summary=n_("Say whether a task is done"))  # fmt: skip
def step_task(
    request: Asked, target_id: Id, task_id: Id, verb: Literal["finish", "reopen"], body: TaskWordIn
) -> dict[str, Any]:
    """404 not_found, 403 not_allowed, 409 rule_broken."""
    one = queries.seen(target_id)
    task, said = queries.task(one, task_id), body.reason or ""
    if verb == "finish":
        targets.finish_task(task.pk, remark=said, by=request.auth, now=clock.now())
    else:
        targets.reopen_task(task.pk, reason=said, by=request.auth, now=clock.now())
    return _whole(one)


def _said(body: TaskIn) -> dict[str, Any]:
    return {"what": body.what, "due": body.due, "responsible": _responsible(body)}


def _responsible(body: TaskIn) -> Organisation | Division:
    if body.place is not None and body.organisation is None:
        return _place(body.place)
    if body.organisation is None or body.place is not None:
        raise BadInput(_("name one who is responsible: a unit or a place"), field="organisation")
    found = Organisation.objects.filter(pk=body.organisation, active=True).first()
    if found is None:
        raise BadInput(_("there is no such unit"), field="organisation")
    return found


def _place(path: str) -> Division:
    found: Division | None = Division.objects.filter(path=path, valid_to__isnull=True).first()
    if found is None:
        raise BadInput(_("there is no such place"), field="place")
    return found


def _target(one: Target, known: Any = None) -> dict[str, Any]:
    on = clock.day(clock.now()).year
    of = bridge.standing(one, bridge.known() if known is None else known, on)
    return {
        "id": one.pk, "place": {"path": one.path, "name": one.division_at.name}, "year": one.year,
        "share": one.share, "above": one.above, "base_year": one.base_year,
        "base_share": one.base_share, "source": one.source, "pace": of.pace(on),
        "measured": of.last and _measured(of.last),
        "probability": of.reach and of.reach.probability,
    }  # fmt: skip


def _measured(one: bridge.Measured) -> dict[str, Any]:
    def cent(value: float | None) -> float | None:
        return None if value is None else value * 100

    return {
        "year": one.year.year, "share": cent(one.year.share), "low": cent(one.low),
        "high": cent(one.high), "synthetic": one.synthetic,
    }  # fmt: skip


def _whole(one: Target) -> dict[str, Any]:
    return _target(one) | {"tasks": [_task(task) for task in queries.tasks(one)]}


def _task(task: Task) -> dict[str, Any]:
    return {
        "id": task.pk, "what": task.what, "responsible": task.responsible, "due": task.due,
        "done_at": task.done_at, "remark": task.remark,
    }  # fmt: skip
