"""Campaigns, nominations of models, and calls for volunteers at /api/."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, moment, page
from kepu.kernel.api.shapes import (
    Day,
    Given,
    Id,
    Key,
    Line,
    Moment,
    Named,
    Path,
    Spot,
    Topic,
    named,
)
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import Outside, authorize
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.actions import campaigns as actions
from kepu.people.api.wards import ForWhom, ward_of
from kepu.people.api.words import person_of, place_at, skills_of, topic_of
from kepu.people.models import Call, Campaign, Nomination
from kepu.people.queries import campaigns as queries
from kepu.people.queries import teams
from kepu.people.rules import campaigns as rules
from kepu.people.states import CallState, NominationState

router = Router(tags=[n_("Campaigns, models and calls")])

NEXT_DEADLINE = Sort("deadline", read=moment)


class CampaignOut(Schema):
    """A campaign, and what counts for it so far."""

    id: int
    name: str
    counting: str
    rules_version: int
    place: Spot
    first: date
    last: date
    goal: int | None
    services: int
    people: int
    teams: int
    minutes: int


class CampaignIn(Given):
    """A campaign to open; `counting` is a key of the rulebook people.campaigns."""

    name: Line = Field(min_length=1, max_length=80)
    counting: Key
    place: Path
    first: Day
    last: Day
    goal: int | None = Field(None, ge=1, le=1_000_000)
    about: str = Field("", max_length=1000)


class NominationOut(Schema):
    """Somebody put forward as a model of volunteering."""

    id: int
    year: int
    state: NominationState
    place: Spot
    team: Named | None
    person: str | None = Field(description="Pseudonym")
    deeds: str
    notice_until: datetime | None


class OnNoticeOut(NominationOut):
    """A candidate whom the public may object to, by the name that the notice shows."""

    name: str


class NominationIn(Given):
    """A team, or a person by the pseudonym."""

    place: Path
    year: int = Field(ge=2000, le=2100)
    deeds: str = Field(min_length=1, max_length=3000)
    team_id: Id | None = None
    person: Line | None = Field(None, max_length=40)


class NominationStepIn(Given):
    """What a reviewer does next; `reject` says why."""

    step: Literal["pass", "publish", "award", "reject"]
    reason: str = Field("", max_length=200)


class CallOut(Schema):
    """A call for volunteers."""

    id: int
    title: str
    about: str
    place: Spot
    skills: list[Topic]
    target: int
    answered: int
    deadline: datetime
    state: CallState


class CallIn(Given):
    """How many volunteers are called, where, with which skills, until when."""

    title: Line = Field(min_length=1, max_length=80)
    place: Path
    target: int = Field(ge=1, le=100_000)
    deadline: Moment
    skills: list[Key] = Field([], max_length=40)
    about: str = Field("", max_length=1000)


class CallAnswerIn(Given):
    """Whether the caller comes; `withdraw` takes a yes back."""

    answer: Literal["yes", "no", "withdraw"]


class CallFilter(Schema):
    place: Path | None = None


@router.get(
    "/campaigns", auth=None, response=Page[CampaignOut], summary=n_("Campaigns and their count")
)
def campaigns(request: Asked, wanted: Query[CallFilter], paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody; the latest entered first."""
    return page(request, queries.campaigns(wanted.place or ""), _campaign)


@router.post("/campaigns", response={201: CampaignOut}, summary=n_("Open a campaign"))
def open_campaign(request: Asked, body: CampaignIn) -> Status[dict[str, Any]]:
    """For officers of the place; 403 not_allowed, 409 rule_broken."""
    given = body.model_dump(exclude={"place"})
    made = actions.open_campaign(
        **given, place=place_at(body.place), by=request.auth, now=clock.now()
    )
    return Status(201, _campaign(made))


@router.get("/nominations", response=Page[NominationOut], summary=n_("Who was put forward"))
def nominations(
    request: Asked, paging: Query[Paging], state: NominationState | None = None
) -> dict[str, Any]:
    """In the caller's own area; 403 not_allowed."""
    reach = roles.reach(request.auth, Verb.CAMPAIGN_RUN, clock.now())
    if not reach.paths:
        authorize(_("only officers who run campaigns review nominations"))
    found = queries.put_forward(year=None, state=state or "", scope="")
    return page(request, found.filter(reach.limit()), _nomination)


@router.get(
    "/nominations/notice",
    response=Page[OnNoticeOut],
    summary=n_("Who is on public notice"),
)
def nominations_on_notice(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Everywhere and for everybody, as on the page of the notices."""
    return page(request, queries.on_notice(), _on_notice)


@router.post("/nominations", response={201: NominationOut}, summary=n_("Put somebody forward"))
def nominate(request: Asked, body: NominationIn) -> Status[dict[str, Any]]:
    """Officers in their place, leaders their team; 403 not_allowed, 409 rule_broken."""
    team, now = teams.team(body.team_id) if body.team_id else None, clock.now()
    place = place_at(body.place)
    authorize(rules.why_not_nominate_as(request.auth, team, place.path, now))
    made = actions.nominate(
        place=place, year=body.year, deeds=body.deeds, team=team,
        person=person_of(body.person) if body.person else None, by=request.auth, now=now,
    )  # fmt: skip
    return Status(201, _nomination(made))


@router.post(
    "/nominations/{nomination_id}/step",
    response=NominationOut,
    summary=n_("Review, publish, name, or reject"),
)
def step_nomination(request: Asked, nomination_id: Id, body: NominationStepIn) -> dict[str, Any]:
    """By another officer than who nominated; 403 not_allowed, 404 not_found, 409 rule_broken."""
    found, now = queries.nomination(nomination_id), clock.now()
    if rules.why_not_run(request.auth, found.path, now):
        raise Outside(_("there is no such nomination"))
    if body.step == "reject":
        moved = actions.reject_nomination(found.pk, reason=body.reason, by=request.auth, now=now)
    else:
        moved = STEPS[body.step](found.pk, by=request.auth, now=now)
    return _nomination(moved)


STEPS: dict[str, Callable[..., Nomination]] = {
    "pass": actions.pass_nomination,
    "publish": actions.publish_nomination,
    "award": actions.name_model,
}


@router.get("/calls", auth=None, response=Page[CallOut], summary=n_("Calls for volunteers"))
def calls(request: Asked, wanted: Query[CallFilter], paging: Query[Paging]) -> dict[str, Any]:
    """Open to everybody; the next deadline first."""
    found = queries.calls(clock.now())
    found = found.filter(path__within=wanted.place) if wanted.place else found
    return page(request, found.prefetch_related("skills"), _call, NEXT_DEADLINE)


@router.post("/calls", response={201: CallOut}, summary=n_("Call for volunteers"))
def call_for_volunteers(request: Asked, body: CallIn) -> Status[dict[str, Any]]:
    """For officers of the place; 403 not_allowed, 409 rule_broken."""
    given = body.model_dump(exclude={"place", "skills"})
    made = actions.call_for_volunteers(
        **given, place=place_at(body.place), skills=skills_of(body.skills), by=request.auth,
        now=clock.now(),
    )  # fmt: skip
    return Status(201, _call(made))


@router.post("/calls/{call_id}/answer", response=CallOut, summary=n_("Answer a call"))
def answer_call(
    request: Asked, call_id: Id, body: CallAnswerIn, wanted: Query[ForWhom]
) -> dict[str, Any]:
    """For active volunteers whom it fits; 403 not_allowed, 404 not_found, 409 rule_broken."""
    found, ward = queries.call(call_id), ward_of(request, wanted)
    ANSWERS[body.answer](found.pk, by=request.auth, now=clock.now(), for_whom=ward)
    return _call(queries.call(found.pk))


ANSWERS: dict[str, Callable[..., Any]] = {
    "yes": actions.answer_call,
    "no": actions.decline_call,
    "withdraw": actions.withdraw_answer,
}


@router.post("/calls/{call_id}/close", response=CallOut, summary=n_("End a call"))
def close_call(request: Asked, call_id: Id) -> dict[str, Any]:
    """For officers of the place; 403 not_allowed, 404 not_found, 409 rule_broken."""
    found = queries.call(call_id)
    return _call(actions.close_call(found.pk, by=request.auth, now=clock.now()))


def _campaign(campaign: Campaign) -> dict[str, Any]:
    plain = ("id", "name", "counting", "rules_version", "first", "last", "goal")
    return {
        **{name: getattr(campaign, name) for name in plain},
        "place": Spot(path=campaign.path, name=campaign.division_now.name),
        **vars(queries.count(campaign)),
    }


def _nomination(nomination: Nomination) -> dict[str, Any]:
    plain = ("id", "year", "state", "deeds", "notice_until")
    return {
        **{name: getattr(nomination, name) for name in plain},
        "place": Spot(path=nomination.path, name=nomination.division_now.name),
        "team": named(nomination.team),
        "person": nomination.person.pseudonym if nomination.person else None,
    }


def _on_notice(nomination: Nomination) -> dict[str, Any]:
    candidate = nomination.team or nomination.person
    return {**_nomination(nomination), "name": candidate.name if candidate else ""}


def _call(call: Call) -> dict[str, Any]:
    plain = ("id", "title", "about", "target", "deadline", "state")
    return {
        **{name: getattr(call, name) for name in plain},
        "place": Spot(path=call.path, name=call.division_now.name),
        "skills": [topic_of(skill) for skill in call.skills.all()],
        "answered": queries.answered(call),
    }
