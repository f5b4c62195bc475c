"""What leaders do with their team, and volunteers with what they say of themselves, at /api/."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id, Key, Path
from kepu.kernel.errors import Outside, authorize
from kepu.people.actions import teams as actions
from kepu.people.actions import volunteers
from kepu.people.api.teams import MembershipOut, TeamOut, VolunteerOut, areas_of, found, shown
from kepu.people.api.wards import ForWhom, ward_of
from kepu.people.api.words import skills_of
from kepu.people.availability import ALWAYS
from kepu.people.models import Membership, Volunteer
from kepu.people.queries import teams as queries
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.rules import teams as rules

router = Router(tags=[n_("Teams and volunteers")])


class ProfileIn(Given):
    """What one can do, when and where, all of it."""

    skills: list[Key] = Field(max_length=40)
    availability: int = Field(
        ge=0, le=ALWAYS, description="Bits of fourteen half-days from Monday morning; 0: not said"
    )
    areas: list[Path] = Field(min_length=1, max_length=100)


class MemberOut(Schema):
    """A member, as the team's leaders know them."""

    id: int = Field(description="Of the membership")
    name: str
    role: str
    since: datetime | None


class HeirIn(Given):
    """Who leads the team from now on."""

    membership_id: Id
    stay: bool = Field(False, description="Lead it together with the new leader")


@router.get("/teams/{team_id}/members", response=Page[MemberOut], summary=n_("Members of a team"))
def members(request: Asked, team_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """For the team's leaders; 403 not_allowed, 404 not_found."""
    team = found(request, team_id)
    authorize(rules.why_not_lead(request.auth, team, clock.now()))
    return page(request, queries.members(team), _member)


@router.post("/teams/{team_id}/hand-over", response=TeamOut, summary=n_("Hand a team over"))
def hand_team_over(request: Asked, team_id: Id, body: HeirIn) -> dict[str, Any]:
    """By a leader, to a member; 403 not_allowed, 404 not_found, 409 rule_broken."""
    team = found(request, team_id)
    if not team.memberships.filter(pk=body.membership_id).exists():
        raise Outside(_("nobody belongs to this team under this number"))
    heir, now = body.membership_id, clock.now()
    return shown(actions.hand_over(team.pk, to=heir, stay=body.stay, by=request.auth, now=now))


@router.post(
    "/memberships/{membership_id}/remove", response=MembershipOut, summary=n_("Remove a member")
)
def remove_member(request: Asked, membership_id: Id) -> Membership:
    """By a leader of the team; 404 not_found, 409 rule_broken."""
    held = Membership.objects.select_related("team").filter(pk=membership_id).first()
    if held is None or rules.why_not_lead(request.auth, held.team, clock.now()):
        raise Outside(_("nobody belongs to a team you lead under this number"))
    return actions.remove_member(held.pk, by=request.auth, now=clock.now())


@router.post("/me/volunteer", response=VolunteerOut, summary=n_("Change what you say you can do"))
def change_profile(request: Asked, body: ProfileIn, wanted: Query[ForWhom]) -> Volunteer:
    """Skills, half-days and areas; 403 not_allowed, 404 not_found, 422 bad_input."""
    ward = ward_of(request, wanted)
    if volunteer_of(ward or request.auth) is None:
        raise Outside(_("register as a volunteer first"))
    return volunteers.change_profile(
        skills=skills_of(body.skills), availability=body.availability,
        areas=areas_of(body.areas), by=request.auth, now=clock.now(), for_whom=ward,
    )  # fmt: skip


def _member(membership: Membership) -> dict[str, Any]:
    return {
        "id": membership.pk,
        "name": membership.person.name,
        "role": membership.role,
        "since": membership.since,
    }
