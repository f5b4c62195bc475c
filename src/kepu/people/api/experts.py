"""Experts at /api/: the pool for the city, and the expert's own word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Day, Given, Id, Key, Line, Path, Spot
from kepu.kernel.errors import BadInput, Outside, authorize
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.actions import experts as actions
from kepu.people.actions import joining
from kepu.people.api.words import person_of, place_at, unit_of
from kepu.people.models import Expert
from kepu.people.models import Field as Discipline
from kepu.people.queries import experts as queries
from kepu.people.queries.vocabulary import fields
from kepu.people.rules import experts as rules
from kepu.people.states import BondKind, ExpertState

router = Router(tags=[n_("Experts")])


class ExpertOut(Schema):
    """An expert: disciplines, state and load."""

    id: int
    person: str = Field(description="Pseudonym")
    state: ExpertState
    rank: str
    place: Spot
    fields: list[str]
    availability: int = Field(description="Half-days of a week; bit 0 is Monday morning")
    most_duties: int
    languages: list[str]
    confirmed_until: date | None
    load: int


class InviteIn(Given):
    """Somebody to ask."""

    person: Line = Field(max_length=40, description="Pseudonym")
    home: Path
    fields: list[Key] = Field([], max_length=30)
    rank: str = Field("", max_length=40)


class WordIn(Given):
    """What the expert says."""

    word: Literal["accept", "decline", "pause", "resume", "leave", "withdraw", "confirm"]
    consent: bool = False


class WeekIn(Given):
    """When the expert is free, and how much is not too much."""

    availability: int = Field(ge=0, le=2**14 - 1)
    most_duties: int = Field(ge=0, le=100)


class BondIn(Given):
    """A bond to a unit, to a person by the pseudonym, or to somebody not known here by name."""

    kind: BondKind = BondKind.OTHER
    reason: str = Field("", max_length=120)
    organisation_id: Id | None = None
    person: Line | None = Field(None, max_length=40)
    named: str = Field("", max_length=40)
    until: Day | None = None


class EmploymentIn(Given):
    """Where the expert works or worked: a registered unit, or another by its name."""

    organisation_id: Id | None = None
    named: str = Field("", max_length=120)
    post: str = Field("", max_length=60)
    first: Day
    last: Day | None = None


class ExpertFilter(Schema):
    """Which experts."""

    field: Key | None = None
    state: ExpertState | None = None
    place: Path | None = None


@router.get("/experts", response=Page[ExpertOut], summary=n_("The pool of experts"))
def experts(request: Asked, wanted: Query[ExpertFilter], paging: Query[Paging]) -> dict[str, Any]:
    """For officers who answer applications of experts; 403 not_allowed."""
    reach = roles.reach(request.auth, Verb.EXPERT_ADMIT, clock.now())
    if not reach.paths:
        authorize(_("only officers who answer applications of experts have this page"))
    found = queries.listed(
        field=wanted.field or "", state=wanted.state or "", scope=wanted.place or ""
    )
    return page(request, found.filter(reach.limit()), _expert)


@router.post("/experts", response={201: ExpertOut}, summary=n_("Invite an expert"))
def invite_expert(request: Asked, body: InviteIn) -> Status[dict[str, Any]]:
    """For city officers; 403 not_allowed, 409 rule_broken, 422 bad_input."""
    home = place_at(body.home)
    authorize(rules.why_not_invite_as(request.auth, home.path, clock.now()))
    made = actions.invite(
        person_of(body.person), home=home, fields=_disciplines(body.fields), rank=body.rank,
        by=request.auth, now=clock.now(),
    )  # fmt: skip
    return Status(201, _expert(made))


@router.post("/experts/{expert_id}/activate", response=ExpertOut, summary=n_("Let an expert begin"))
def activate_expert(request: Asked, expert_id: Id) -> dict[str, Any]:
    """For city officers, once the expert agreed; 404 not_found, 409 rule_broken."""
    expert = queries.expert(expert_id)
    if rules.why_not_invite_as(request.auth, expert.path, clock.now()):
        raise Outside(_("there is no such expert"))
    return _expert(actions.activate(expert.pk, by=request.auth, now=clock.now()))


@router.get("/me/expert", response=ExpertOut, summary=n_("Your entry among the experts"))
def my_expert(request: Asked) -> dict[str, Any]:
    """404 not_found for somebody who was never invited."""
    return _expert(_own(request))


@router.post(
    "/me/expert/word", response=ExpertOut, summary=n_("Accept, decline, pause, leave, confirm")
)
def say_as_expert(request: Asked, body: WordIn) -> dict[str, Any]:
    """404 not_found, 409 rule_broken."""
    expert, now = _own(request), clock.now()
    if body.word == "accept":
        said = actions.accept(expert.pk, consent=body.consent, by=request.auth, now=now)
    else:
        said = WORDS[body.word](expert.pk, by=request.auth, now=now)
    return _expert(said)


WORDS: dict[str, Callable[..., Expert]] = {
    "decline": actions.decline,
    "pause": actions.pause,
    "resume": actions.resume,
    "leave": actions.leave,
    "withdraw": joining.withdraw,
    "confirm": joining.confirm,
}


@router.post("/me/expert/week", response=ExpertOut, summary=n_("When you are free"))
def change_expert_week(request: Asked, body: WeekIn) -> dict[str, Any]:
    """404 not_found."""
    kept = actions.update_availability(
        _own(request).pk, **body.model_dump(), by=request.auth, now=clock.now()
    )
    return _expert(kept)


@router.post("/me/expert/bonds", response={201: ExpertOut}, summary=n_("Declare a bond"))
def declare_bond(request: Asked, body: BondIn) -> Status[dict[str, Any]]:
    """To one unit or one person; 404 not_found, 409 rule_broken, 422 bad_input."""
    expert = _own(request)
    actions.declare_conflict(
        expert.pk, kind=body.kind, reason=body.reason, organisation=unit_of(body.organisation_id),
        person=person_of(body.person) if body.person else None, named=body.named, until=body.until,
        by=request.auth, now=clock.now(),
    )  # fmt: skip
    return Status(201, _expert(expert))


@router.post("/me/expert/employments", response={201: ExpertOut}, summary=n_("Where you work"))
def state_employment(request: Asked, body: EmploymentIn) -> Status[dict[str, Any]]:
    """The same unit from the same day is one row; 404 not_found, 409 rule_broken, 422 bad_input."""
    expert, unit = _own(request), unit_of(body.organisation_id)
    actions.state_employment(
        expert.pk, organisation=unit, named=body.named, post=body.post, first=body.first,
        last=body.last, by=request.auth, now=clock.now(),
    )  # fmt: skip
    return Status(201, _expert(expert))


def _own(request: Asked) -> Expert:
    found = queries.expert_of(request.auth)
    if found is None:
        raise Outside(_("you have not been invited as an expert"))
    return found


def _disciplines(keys: list[str]) -> list[Discipline]:
    found = list(fields().filter(key__in=keys))
    if len(found) < len(set(keys)):
        raise BadInput(_("one of the disciplines does not exist"))
    return found


def _expert(expert: Expert) -> dict[str, Any]:
    plain = (
        "id", "state", "rank", "availability", "most_duties", "languages", "confirmed_until",
    )  # fmt: skip
    return {
        **{name: getattr(expert, name) for name in plain},
        "person": expert.person.pseudonym,
        "place": Spot(path=expert.path, name=expert.division_now.name),
        "fields": [field.key for field in expert.fields.all()],
        "load": queries.load(expert),
    }
