"""Hours in two hands at /api/."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, moment, page
from kepu.kernel.api.shapes import Given, Id, Line, Named, Path, named
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import Outside
from kepu.people.actions import hours as actions
from kepu.people.actions import records
from kepu.people.api.wards import ForWhom, ward_of
from kepu.people.api.words import place_at
from kepu.people.models import Service
from kepu.people.queries import hours as queries
from kepu.people.queries import teams
from kepu.people.rules.hours import why_not_correct_as, why_not_see
from kepu.people.rules.volunteers import why_not_see_record
from kepu.people.states import ServiceState

router = Router(tags=[n_("Teams and volunteers")])

STEPS: dict[str, Callable[..., Service]] = {
    "certify": actions.certify,
    "confirm": actions.confirm,
    "drop": actions.drop,
}
BY_BEGIN = Sort("began_at", read=moment)


class ServedOut(Schema):
    """Time that somebody gave, on its way into the ledger."""

    id: int
    state: ServiceState
    person: str = Field(description="Pseudonym")
    title: str
    team: Named | None
    began_at: datetime
    ended_at: datetime
    minutes: int
    reason: str = Field(description="What was objected to, if anything")


class Waiting(ForWhom):
    """Whose hours: one's own, those of a ward, or those that wait for one's word."""

    of: Literal["mine", "certify", "confirm", "amend", "evaluate"] = "mine"


class HoursIn(Given):
    """Time one gave that no report has proposed."""

    title: Line = Field(min_length=1, max_length=80)
    place: Path
    began_at: AwareDatetime
    ended_at: AwareDatetime
    team_id: Id | None = None


class DisputeIn(Given):
    reason: str = Field(min_length=1, max_length=200)


class MinutesIn(Given):
    minutes: int = Field(ge=1, le=1440)


class ScoreIn(Given):
    score: int = Field(ge=1, le=5)


class LedgerCorrectionIn(Given):
    """By how many minutes a line of the ledger is wrong, and why."""

    minutes: int = Field(ge=-1440, le=1440)
    reason: str = Field(min_length=1, max_length=200)


@router.get("/hours", response=Page[ServedOut], summary=n_("Hours of yours, or waiting for you"))
def asked_hours(request: Asked, wanted: Query[Waiting], paging: Query[Paging]) -> dict[str, Any]:
    """Those to certify, to confirm, to answer for and to evaluate are other people's; 404 not_found.

    Where a ward received them, they wait for the guardian too; `ward` is for `mine` alone.
    """
    by, now, ward = request.auth, clock.now(), ward_of(request, wanted)
    found = {
        "mine": lambda: queries.of_person(ward or by),
        "certify": lambda: queries.to_certify(by, now),
        "confirm": lambda: queries.to_confirm(by, now),
        "amend": lambda: queries.to_amend(by, now),
        "evaluate": lambda: queries.to_evaluate(by, now),
    }[wanted.of]()
    return page(request, found.select_related("person", "team"), _service, BY_BEGIN)


@router.post("/hours", response={201: ServedOut}, summary=n_("Ask for hours by hand"))
def ask_for_hours(request: Asked, body: HoursIn) -> Status[Any]:
    """Both sides agree as to any others; 403 not_allowed, 409 rule_broken."""
    given = body.model_dump(exclude={"place", "team_id"})
    made = actions.ask_by_hand(
        by=request.auth, now=clock.now(), place=place_at(body.place), **given,
        team=teams.team(body.team_id) if body.team_id else None,
    )  # fmt: skip
    return Status(201, _service(made))


@router.post("/hours/{service_id}/dispute", response=ServedOut, summary=n_("Object to hours"))
def dispute_hours(request: Asked, service_id: Id, body: DisputeIn) -> Any:
    """With a reason; 403 not_allowed, 404 not_found, 409 rule_broken."""
    _seen(request, service_id)
    return _service(
        actions.dispute(service_id, reason=body.reason, by=request.auth, now=clock.now())
    )


@router.post("/hours/{service_id}/amend", response=ServedOut, summary=n_("Amend disputed hours"))
def amend_hours(request: Asked, service_id: Id, body: MinutesIn) -> Any:
    """Proposed anew with other minutes; 403 not_allowed, 404 not_found, 409 rule_broken."""
    _seen(request, service_id)
    return _service(
        actions.amend(service_id, minutes=body.minutes, by=request.auth, now=clock.now())
    )


@router.post(
    "/hours/{service_id}/evaluate", response=ServedOut, summary=n_("Say how a service was")
)
def evaluate_hours(request: Asked, service_id: Id, body: ScoreIn) -> Any:
    """From 1 to 5, by the receiving side; 403 not_allowed, 404 not_found, 409 rule_broken."""
    _seen(request, service_id)
    records.evaluate(service_id, score=body.score, by=request.auth, now=clock.now())
    return _service(queries.service(service_id))


@router.post(
    "/hours/{service_id}/{verb}", response=ServedOut, summary=n_("Certify, confirm or drop hours")
)
def step_hours(request: Asked, service_id: Id, verb: Literal["certify", "confirm", "drop"]) -> Any:
    """403 not_allowed, 404 not_found, 409 rule_broken."""
    _seen(request, service_id)
    return _service(STEPS[verb](service_id, by=request.auth, now=clock.now()))


@router.post(
    "/ledger/{entry_id}/correct", response={201: dict[str, int]}, summary=n_("Correct the ledger")
)
def correct_ledger(request: Asked, entry_id: Id, body: LedgerCorrectionIn) -> Status[Any]:
    """A second line; the first stays. Returns what the first is worth now."""
    now, entry = clock.now(), queries.entry(entry_id)
    unseen = why_not_see_record(request.auth, entry.person, now)
    if unseen or why_not_correct_as(request.auth, entry, now):
        raise Outside(_("there is no such line"))
    actions.correct(entry_id, by=request.auth, now=now, **body.model_dump())
    return Status(201, {"minutes": queries.minutes_of_entry(entry)})


def _seen(request: Asked, service_id: int) -> None:
    """Hours that the caller has nothing to do with do not exist for them."""
    if why_not_see(request.auth, queries.service(service_id), clock.now()):
        raise Outside(_("there is no such service"))


def _service(service: Service) -> dict[str, Any]:
    plain = ("id", "state", "title", "began_at", "ended_at", "minutes", "reason")
    return {
        **{name: getattr(service, name) for name in plain},
        "person": service.person.pseudonym,
        "team": named(service.team),
    }
