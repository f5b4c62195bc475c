"""Teams, and what volunteers ask for themselves, at /api/."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, moment, page
from kepu.kernel.api.shapes import Given, Id, Key, Line, Named, Path, Spot, Topic, Words, named
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import Outside, authorize
from kepu.people.actions import absences as absence_actions
from kepu.people.actions import teams as team_actions
from kepu.people.actions import volunteers as volunteer_actions
from kepu.people.api.wards import ForWhom, ward_of
from kepu.people.api.words import place_at, skills_of, topic_of, unit_of
from kepu.people.models import Entry, Membership, Team
from kepu.people.newcomers import NewTeam
from kepu.people.queries import absences, hours
from kepu.people.queries import teams as queries
from kepu.people.queries.vocabulary import skills
from kepu.people.rules import absences as absence_rules
from kepu.people.rules import teams as rules
from kepu.people.states import AbsenceState, MembershipState, TeamState, Tier, VolunteerState

router = Router(tags=[n_("Teams and volunteers")])

BY_NAME = Sort("sort_key", read=str)
LONGEST_WAITING = Sort("asked_at", read=moment)


class TeamOut(Schema):
    """A service team."""

    id: int
    name: str
    about: str
    tier: Tier
    state: TeamState
    place: Spot
    unit: Named | None
    skills: list[Topic]
    areas: list[str]
    day_capacity: int
    week_capacity: int


class TeamApplication(Given):
    """A team to raise; the caller will lead it."""

    name: Line = Field(min_length=1, max_length=60)
    home: Path
    organisation_id: Id | None = Field(None, description="The unit that raises the team")
    about: str = Field("", max_length=1000)
    tier: Tier = Tier.TEAM
    skills: list[Key] = Field([], max_length=40)
    areas: list[Path] = Field([], max_length=100)
    day_capacity: int = Field(1, ge=1, le=100)
    week_capacity: int = Field(3, ge=1, le=700)


class TeamChange(Given):
    """What a team says of itself, all of it."""

    about: str = Field(max_length=1000)
    skills: list[Key] = Field(max_length=40)
    areas: list[Path] = Field(min_length=1, max_length=100)
    day_capacity: int = Field(ge=1, le=100)
    week_capacity: int = Field(ge=1, le=700)


class SignUpIn(Given):
    """To register as a volunteer, with consent to how one's data is used."""

    home: Path
    consent: bool
    skills: list[Key] = Field([], max_length=40)
    areas: list[Path] = Field([], max_length=100)


class VolunteerOut(Schema):
    """The caller's registration."""

    number: str
    state: VolunteerState


class AbsenceOut(Schema):
    """A visit somebody had been put down for and did not come to."""

    id: int
    title: str
    expected_at: datetime
    excused: bool
    bad_faith: bool = Field(description="Found by an officer")
    state: AbsenceState
    source: str
    source_id: int


class WhyIn(Given):
    reason: str = Field(min_length=1, max_length=200)


class MembershipOut(Schema):
    """Somebody's place in a team."""

    id: int
    team_id: int
    state: MembershipState
    role: str
    asked_at: datetime


class EntryOut(Schema):
    """A line of the ledger of hours; corrections are lines too."""

    id: int
    minutes: int
    title: str
    team: Named | None
    began_at: datetime
    corrects_id: int | None
    at: datetime


class HoursOut(Schema):
    """How far the caller has come, and the ledger behind it."""

    minutes: int
    star: int
    points: float
    missing_minutes: int = Field(description="Up to the next star")
    entries: Page[EntryOut]


class TeamFilter(Schema):
    """Which teams."""

    place: Path | None = None
    skill: Key | None = None
    q: Words | None = None


@router.get("/topics", auth=None, response=list[Topic], summary=n_("Topics of services"))
def topics(request: Asked) -> list[Topic]:
    """Open to everybody."""
    return [topic_of(skill) for skill in skills()]


@router.get("/teams", response=Page[TeamOut], summary=n_("Teams at work, by name"))
def teams(request: Asked, wanted: Query[TeamFilter], paging: Query[Paging]) -> dict[str, Any]:
    """Filtered by home, skill and words of the name; 422 bad_input."""
    rows = queries.listed(scope=wanted.place or "", words=wanted.q or "", skill=wanted.skill or "")
    return page(request, rows.prefetch_related("skills", "areas"), shown, BY_NAME)


@router.get("/teams/{team_id}", response=TeamOut, summary=n_("One team"))
def team(request: Asked, team_id: Id) -> dict[str, Any]:
    """A team at work, or one of the caller's own; 404 not_found."""
    return shown(found(request, team_id))


@router.post("/teams", response={201: TeamOut}, summary=n_("Ask for a new team"))
def apply_for_team(request: Asked, body: TeamApplication) -> Status[dict[str, Any]]:
    """An officer decides about it; 403 not_allowed, 409 rule_broken."""
    asked = body.model_dump(exclude={"home", "organisation_id", "skills", "areas"})
    new = NewTeam(
        **asked,
        home=place_at(body.home),
        organisation=unit_of(body.organisation_id),
        leader=None,
        skills=skills_of(body.skills),
        areas=areas_of(body.areas),
    )
    made = team_actions.apply_for_team(new, by=request.auth, now=clock.now())
    return Status(201, shown(made))


@router.post("/teams/{team_id}", response=TeamOut, summary=n_("Change a team"))
def change_team(request: Asked, team_id: Id, body: TeamChange) -> dict[str, Any]:
    """By a leader; 403 not_allowed, 404 not_found, 409 rule_broken."""
    team = found(request, team_id)
    said = body.model_dump(exclude={"skills", "areas"})
    changed = team_actions.change_team(
        team.pk, **said, skills=skills_of(body.skills), areas=areas_of(body.areas),
        by=request.auth, now=clock.now(),
    )  # fmt: skip
    return shown(changed)


@router.post(
    "/teams/{team_id}/join", response={201: MembershipOut}, summary=n_("Ask a team to take you in")
)
def join(request: Asked, team_id: Id, wanted: Query[ForWhom]) -> Status[Membership]:
    """A leader admits; 403 not_allowed, 404 not_found, 409 rule_broken."""
    team, ward = found(request, team_id), ward_of(request, wanted)
    asked = team_actions.ask_to_join(team.pk, by=request.auth, now=clock.now(), for_whom=ward)
    return Status(201, asked)


@router.post("/teams/{team_id}/leave", response=MembershipOut, summary=n_("Leave a team"))
def leave(request: Asked, team_id: Id, wanted: Query[ForWhom]) -> Membership:
    """The last leader hands over first; 403 not_allowed, 404 not_found, 409 rule_broken."""
    ward = ward_of(request, wanted)
    return team_actions.leave_team(team_id, by=request.auth, now=clock.now(), for_whom=ward)


@router.get("/teams/{team_id}/asking", response=Page[MembershipOut], summary=n_("Who asks to join"))
def asking(request: Asked, team_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """For the team's leaders; 403 not_allowed, 404 not_found."""
    team = found(request, team_id)
    authorize(rules.why_not_lead(request.auth, team, clock.now()))
    return page(request, queries.asking(team), _as_it_is, LONGEST_WAITING)


@router.post(
    "/memberships/{membership_id}/admit",
    response=MembershipOut,
    summary=n_("Admit who asked to join"),
)
def admit(request: Asked, membership_id: Id) -> Membership:
    """For the team's leaders; 404 not_found, 409 rule_broken."""
    asked = _asked(request, membership_id)
    return team_actions.admit(asked.pk, by=request.auth, now=clock.now())


@router.post(
    "/memberships/{membership_id}/decline",
    response=MembershipOut,
    summary=n_("Turn down who asked to join"),
)
def decline_member(request: Asked, membership_id: Id) -> Membership:
    """For the team's leaders; 404 not_found, 409 rule_broken."""
    asked = _asked(request, membership_id)
    return team_actions.decline(asked.pk, by=request.auth, now=clock.now())


@router.post("/volunteers", response={201: VolunteerOut}, summary=n_("Register as a volunteer"))
def sign_up(request: Asked, body: SignUpIn, wanted: Query[ForWhom]) -> Status[Any]:
    """An officer approves; 403 not_allowed, 404 not_found, 409 rule_broken.

    With `ward`, a guardian registers the ward, and consents.
    """
    ward = ward_of(request, wanted)
    made = volunteer_actions.sign_up(
        person=ward or request.auth,
        guardian_consent_by=request.auth if ward else None,
        home=place_at(body.home),
        consent=body.consent,
        skills=skills_of(body.skills),
        areas=areas_of(body.areas),
        by=request.auth,
        now=clock.now(),
    )
    return Status(201, made)


@router.get("/me/hours", response=HoursOut, summary=n_("Your hours, stars and ledger"))
def my_hours(request: Asked, wanted: Query[ForWhom], paging: Query[Paging]) -> dict[str, Any]:
    """Only hours that both sides agreed on; or a ward's; 404 not_found."""
    person = ward_of(request, wanted) or request.auth
    standing = hours.standing(person, clock.now())
    return {
        "minutes": standing.minutes,
        "star": standing.star,
        "points": standing.points,
        "missing_minutes": standing.missing,
        "entries": page(request, hours.ledger(person), _entry),
    }


@router.get("/me/absences", response=list[AbsenceOut], summary=n_("Visits you missed"))
def my_absences(request: Asked, wanted: Query[ForWhom]) -> list[Any]:
    """The newest hundred; or a ward's; 404 not_found."""
    return list(absences.of_person(ward_of(request, wanted) or request.auth)[:100])


@router.post(
    "/absences/{absence_id}/{verb}", response=AbsenceOut,
    summary=n_("Object to an absence, or answer an objection"),
)  # fmt: skip
def act_on_absence(
    request: Asked, absence_id: Id, verb: Literal["object", "uphold", "excuse", "lift", "mark", "condemn"],
    body: WhyIn,
) -> Any:  # fmt: skip
    """With a reason; officers mark one as in bad faith, or uphold it so (condemn).

    403 not_allowed, 404 not_found, 409 rule_broken.
    """
    now = clock.now()
    if absence_rules.why_not_see(request.auth, absences.absence(absence_id), now):
        raise Outside(_("there is no such absence"))
    deeds = {
        "object": absence_actions.object_to,
        "uphold": absence_actions.uphold,
        "excuse": absence_actions.excuse,
        "lift": absence_actions.lift,
        "mark": absence_actions.mark,
        "condemn": absence_actions.condemn,
    }
    deeds[verb](absence_id, reason=body.reason, by=request.auth, now=now)
    return absences.absence(absence_id)


@router.get("/me/teams", response=Page[TeamOut], summary=n_("Your teams"))
def my_teams(request: Asked, wanted: Query[ForWhom], paging: Query[Paging]) -> dict[str, Any]:
    """Those the caller, or a ward, belongs to, leader or not; 404 not_found."""
    person = ward_of(request, wanted) or request.auth
    own = queries.teams_of(person).select_related("division_now")
    return page(request, own.prefetch_related("skills", "areas"), shown, BY_NAME)


def found(request: Asked, team_id: int) -> Team:
    """A team at work, or one that the caller belongs to."""
    team = queries.team(team_id)
    if not team.active and not queries.belongs(request.auth, team):
        raise Outside(_("there is no such team"))
    return team


def _asked(request: Asked, membership_id: int) -> Membership:
    asked = Membership.objects.select_related("team").filter(pk=membership_id).first()
    if asked is None or rules.why_not_lead(request.auth, asked.team, clock.now()):
        raise Outside(_("nobody asks to join a team you lead under this number"))
    return asked


def _as_it_is(membership: Membership) -> Membership:
    return membership


def shown(team: Team) -> dict[str, Any]:
    """The team as it is answered with."""
    plain = ("id", "name", "about", "tier", "state", "day_capacity", "week_capacity")
    return {
        **{name: getattr(team, name) for name in plain},
        "place": Spot(path=team.path, name=team.division_now.name),
        "unit": named(team.organisation),
        "skills": [topic_of(skill) for skill in team.skills.all()],
        "areas": sorted(area.path for area in team.areas.all()),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    plain = ("id", "minutes", "corrects_id", "at")
    return {
        **{name: getattr(entry, name) for name in plain},
        "title": entry.service.title,
        "began_at": entry.service.began_at,
        "team": named(entry.team),
    }


def areas_of(paths: list[str]) -> list[str]:
    """The paths, each once; one where nothing stands is refused."""
    return [place_at(path).path for path in sorted(set(paths))]
