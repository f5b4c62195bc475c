"""What officers decide about teams and volunteers, at /api/."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, moment, page
from kepu.kernel.api.shapes import Given, Id, Spot
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import NotAllowed, Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.people.actions import teams as team_actions
from kepu.people.actions import volunteers as volunteer_actions
from kepu.people.api.teams import TeamOut, shown
from kepu.people.api.words import person_of, unit_of
from kepu.people.models import Team, Volunteer
from kepu.people.queries import teams
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.rules import teams as rules
from kepu.people.rules import volunteers
from kepu.people.states import TeamState, Tier, VolunteerState

router = Router(tags=[n_("Teams and volunteers")])

LONGEST_WAITING = Sort("applied_at", read=moment)
TEAM_VERBS: dict[str, Callable[..., Team]] = {
    "refuse": team_actions.refuse_team,
    "suspend": team_actions.suspend_team,
    "restore": team_actions.restore_team,
    "dissolve": team_actions.dissolve_team,
}
VOLUNTEER_VERBS: dict[str, Callable[..., Volunteer]] = {
    "refuse": volunteer_actions.refuse_volunteer,
    "suspend": volunteer_actions.suspend_volunteer,
    "restore": volunteer_actions.restore_volunteer,
}


class DecisionIn(Given):
    """Why; approving needs no reason, everything else does."""

    reason: str = Field("", max_length=200)


class TeamUnitIn(Given):
    """To which unit a team belongs from now on; null for none."""

    organisation_id: Id | None


class TierIn(Given):
    """Of which tier a team is from now on."""

    tier: Tier


class RegistrationOut(Schema):
    """A volunteer's registration, as who decides about it needs it."""

    person: str = Field(description="Pseudonym")
    number: str
    state: VolunteerState
    state_reason: str
    place: Spot
    applied_at: datetime


@router.get("/waiting/teams", response=Page[TeamOut], summary=n_("Teams that ask to be approved"))
def teams_waiting(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """In the places where the caller approves teams; 403 not_allowed elsewhere."""
    found = Team.objects.filter(_reach(request, Verb.TEAM_APPROVE).limit(), state=TeamState.APPLIED)
    found = found.select_related("division_now", "organisation").prefetch_related("skills", "areas")
    return page(request, found, shown, LONGEST_WAITING)


@router.get(
    "/waiting/volunteers",
    response=Page[RegistrationOut],
    summary=n_("Volunteers that ask to be approved"),
)
def volunteers_waiting(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """In the places where the caller approves volunteers; 403 not_allowed elsewhere."""
    reach = _reach(request, Verb.VOLUNTEER_APPROVE)
    found = Volunteer.objects.filter(reach.limit(), state=VolunteerState.APPLIED)
    found = found.select_related("person", "division_now")
    return page(request, found, _registration, LONGEST_WAITING)


@router.post("/teams/{team_id}/tier", response=TeamOut, summary=n_("Change the tier of a team"))
def change_tier(request: Asked, team_id: Id, body: TierIn) -> dict[str, Any]:
    """By an officer of its place; 403 not_allowed, 404 not_found, 409 rule_broken."""
    team, now = _found(request, team_id), clock.now()
    return shown(team_actions.change_tier(team.pk, tier=body.tier, by=request.auth, now=now))


@router.post("/teams/{team_id}/unit", response=TeamOut, summary=n_("Change the unit of a team"))
def change_unit(request: Asked, team_id: Id, body: TeamUnitIn) -> dict[str, Any]:
    """By an officer of its place; 403 not_allowed, 404 not_found, 409 rule_broken."""
    team, unit = _found(request, team_id), unit_of(body.organisation_id)
    changed = team_actions.change_unit(team.pk, organisation=unit, by=request.auth, now=clock.now())
    return shown(changed)


@router.post(
    "/teams/{team_id}/{verb}", response=TeamOut,
    summary=n_("Approve, refuse, suspend, restore or dissolve a team"),
)  # fmt: skip
def decide_team(
    request: Asked, team_id: Id,
    verb: Literal["approve", "refuse", "suspend", "restore", "dissolve"], body: DecisionIn,
) -> dict[str, Any]:  # fmt: skip
    """By an officer of its place who does not lead it.

    With a reason, unless it is approved; 403 not_allowed, 404 not_found, 409 rule_broken.
    """
    by, now, team = request.auth, clock.now(), _found(request, team_id)
    if verb == "approve":
        team = team_actions.approve_team(team.pk, by=by, now=now)
    else:
        team = TEAM_VERBS[verb](team.pk, reason=body.reason, by=by, now=now)
    return shown(team)


@router.post(
    "/volunteers/{pseudonym}/{verb}", response=RegistrationOut,
    summary=n_("Approve, refuse, suspend or restore a volunteer"),
)  # fmt: skip
def decide_volunteer(
    request: Asked, pseudonym: str, verb: Literal["approve", "refuse", "suspend", "restore"],
    body: DecisionIn,
) -> dict[str, Any]:  # fmt: skip
    """By an officer of the volunteer's place.

    With a reason, unless approved; 403 not_allowed, 404 not_found, 409 rule_broken.
    """
    by, now, person = request.auth, clock.now(), person_of(pseudonym)
    found = volunteer_of(person)
    if found is None or volunteers.why_not_see_record(by, person, now):
        raise Outside(_("there is no such volunteer"))
    if verb == "approve":
        found = volunteer_actions.approve_volunteer(found.pk, by=by, now=now)
    else:
        found = VOLUNTEER_VERBS[verb](found.pk, reason=body.reason, by=by, now=now)
    return _registration(found)


def _reach(request: Asked, verb: Verb) -> Reach:
    """Where the caller decides; who does so nowhere has no such list."""
    reach = roles.reach(request.auth, verb, clock.now())
    if not reach:
        raise NotAllowed(_("only officers who approve teams and volunteers have this desk"))
    return reach


def _found(request: Asked, team_id: int) -> Team:
    """A team that the caller knows of: at work, the own one, or one to decide about."""
    by, team = request.auth, teams.team(team_id)
    known = team.active or teams.belongs(by, team)
    if not known and rules.why_not_rule_on(by, team, clock.now()):
        raise Outside(_("there is no such team"))
    return team


def _registration(volunteer: Volunteer) -> dict[str, Any]:
    plain = ("number", "state", "applied_at")
    return {
        **{name: getattr(volunteer, name) for name in plain},
        "state_reason": volunteer.why,
        "person": volunteer.person.pseudonym,
        "place": Spot(path=volunteer.path, name=volunteer.division_now.name),
    }
