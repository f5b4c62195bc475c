"""Why not? Teams and memberships."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.models import Membership, Team, Volunteer
from kepu.people.queries import teams as queries
from kepu.people.rules import training, volunteers
from kepu.people.states import (
    MEMBERSHIP,
    VOLUNTEER,
    MemberRole,
    MembershipState,
    TeamState,
    Tier,
)

HOMES = (Level.DISTRICT, Level.TOWNSHIP, Level.COMMUNITY)  # a general team 总队 stands above, too


def why_not_act_for(person: User | None, team: Team, now: datetime) -> str | None:
    """Only a leader of an approved team may act in its name."""
    if not team.active:
        return _("this team is %(state)s") % {"state": TeamState(team.state).label}
    return why_not_lead(person, team, now)


def why_not_lead(person: User | None, team: Team, now: datetime) -> str | None:
    """Only a leader manages the team, approved or not."""
    if queries.leads(person, team, now):
        return None
    return _("only a leader of the team may do this")


def why_not_rule_on(person: User, team: Team, now: datetime) -> str | None:
    """Officers of the place where a team is at home approve, suspend and dissolve it; never their own."""
    if queries.leads(person, team):
        return _("nobody decides about a team he leads; another officer of this place does")
    if roles.holds(person, Verb.TEAM_APPROVE, now=now, path=team.path):
        return None
    return _("only an officer of this place may decide about teams")


def why_not_apply(home: Division, tier: str, day_capacity: int, week_capacity: int) -> str | None:
    """A home at a level that fits, and a week that holds its day."""
    return why_not_home(home, tier) or why_not_capacity(day_capacity, week_capacity)


def why_not_home(home: Division, tier: str) -> str | None:
    """Teams are at home in a district or below; a general team may be that of a whole city."""
    if tier == Tier.GENERAL or home.level in HOMES:
        return None
    return _("a team is at home in a district, a township or a community")


def why_not_capacity(day_capacity: int, week_capacity: int) -> str | None:
    """A week holds its day."""
    if day_capacity < 1 or week_capacity < day_capacity:
        return _("the capacity of a week is at least that of a day, and both at least 1")
    return None


def why_not_tier(home: Division, tier: str, now: datetime) -> str | None:
    """A team of a tier is at home at the levels that the management rules name for it."""
    tiers = policy.management(now).tiers
    if tiers is None or home.level in tiers.homes[Tier(tier)]:
        return None
    levels = _(", ").join(str(Level(level).label) for level in tiers.homes[Tier(tier)])
    return _("%(tier)s is at home in: %(levels)s") % {"tier": Tier(tier).label, "levels": levels}


def why_not_change_tier(team: Team, tier: str, now: datetime) -> str | None:
    """Another tier, which its home and the management rules allow, of a team that is not over."""
    if team.state in (TeamState.REFUSED, TeamState.DISSOLVED):
        return _("this team is %(state)s") % {"state": TeamState(team.state).label}
    if team.tier == tier:
        return _("the team is of this tier already")
    return why_not_home(team.division_now, tier) or why_not_tier(team.division_now, tier, now)


def why_not_change_unit(team: Team, organisation: Organisation | None) -> str | None:
    """A unit at work, or none, for a team that is not over."""
    if team.state in (TeamState.REFUSED, TeamState.DISSOLVED):
        return _("this team is %(state)s") % {"state": TeamState(team.state).label}
    return why_not_raised_by(team.path, organisation)


def why_not_raised_by(home: str, organisation: Organisation | None) -> str | None:
    """A unit at work, of the team's own district or above it: its people certify the team's hours."""
    if organisation is None:
        return None
    if not organisation.active:
        return _("this unit is closed")
    theirs = divisions.district_path(organisation.path)
    if theirs is not None and theirs != divisions.district_path(home):
        return _("%(unit)s lies in another district than the team") % {"unit": organisation.name}
    return None


def why_not_named(name: str, home: Division) -> str | None:
    """A name is given, and no team at work has it in the same place."""
    if not name.strip():
        return _("a team has a name")
    if queries.named(name.strip(), home).exists():
        return _("a team of this name exists in this place already")
    return None


def why_not_ask(person: User, team: Team, now: datetime) -> str | None:
    """An active volunteer asks an approved team, once at a time, in fewer than the most teams."""
    if not team.active:
        return _("this team is %(state)s") % {"state": TeamState(team.state).label}
    if queries.memberships(person).filter(team=team).exists():
        return _("you have asked this team already, or belong to it")
    return (
        volunteers.why_not_serve_oneself(person)
        or training.why_not_untrained(person, now)
        or why_not_join_more(person, now)
    )


def why_not_join_more(person: User, now: datetime) -> str | None:
    """A person is active in at most so many teams as the management rules say."""
    most = policy.management(now).joining.most_teams
    if queries.free_slot(person, most) is None:
        return _("a person belongs to at most %(most)s teams") % {"most": most}
    return None


def why_not_admit(membership: Membership, now: datetime) -> str | None:
    """Asked, still below the most teams, and still a volunteer in good standing."""
    return (
        MEMBERSHIP.why_not(membership.state, "admit")
        or volunteers.why_not_serve(membership.person)
        or why_not_join_more(membership.person, now)
    )


def why_not_leave(membership: Membership) -> str | None:
    """The last leader hands over before leaving."""
    reason = MEMBERSHIP.why_not(membership.state, "leave")
    if reason is None and _last_leader(membership):
        return _("you are the only leader; hand the team over first")
    return reason


def why_not_leave_all(memberships: Iterable[Membership]) -> str | None:
    """Nobody goes as the only leader of a team."""
    reasons = (why_not_leave(membership) for membership in memberships)
    return next((reason for reason in reasons if reason), None)


def why_not_stop(volunteer: Volunteer, memberships: Iterable[Membership]) -> str | None:
    """Who is a volunteer still stops being one, but not as the only leader of a team."""
    return VOLUNTEER.why_not(volunteer.state, "leave") or why_not_leave_all(memberships)


def why_not_remove(membership: Membership) -> str | None:
    """An active member who is not the last leader."""
    reason = MEMBERSHIP.why_not(membership.state, "remove")
    if reason is None and _last_leader(membership):
        return _("the only leader cannot be removed; hand the team over first")
    return reason


def why_not_hand_over(team: Team, heir: Membership) -> str | None:
    """The new leader is an active member of the same team."""
    if heir.team_id != team.pk or heir.state != MembershipState.ACTIVE:
        return _("only an active member of the team can become its leader")
    if heir.role == MemberRole.LEADER:
        return _("this member leads the team already")
    return None


def _last_leader(membership: Membership) -> bool:
    if membership.role != MemberRole.LEADER or membership.state != MembershipState.ACTIVE:
        return False
    others = queries.members(membership.team).filter(role=MemberRole.LEADER)
    return not others.exclude(pk=membership.pk).exists()
