"""Raise a team, decide about it, join it, leave it, hand it over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.names import sort_key
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import MembershipEnded, TeamDissolved
from kepu.people import policy, telling
from kepu.people.models import Membership, Skill, Team, TeamArea
from kepu.people.newcomers import NewTeam
from kepu.people.queries import teams as queries
from kepu.people.rules import hours, volunteers
from kepu.people.rules import teams as rules
from kepu.people.rules.oneself import why_not_speak_for
from kepu.people.states import MEMBERSHIP, TEAM, MemberRole


@transaction.atomic
def apply_for_team(new: NewTeam, *, by: User, now: datetime) -> Team:
    """Ask for a new team, which `by` will lead whoever `new` names.

    Raises NotAllowed if `by` is no active volunteer, RuleBroken if home or capacity does not fit.
    """
    authorize(volunteers.why_not_serve_oneself(by))
    require(rules.why_not_join_more(by, now))
    require(rules.why_not_apply(new.home, new.tier, new.day_capacity, new.week_capacity))
    require(rules.why_not_tier(new.home, new.tier, now))
    require(rules.why_not_named(new.name, new.home))
    require(rules.why_not_raised_by(new.home.path, new.organisation))

    team = raise_team(replace(new, leader=by), now=now)
    audit.record(by, "team.apply", team, now=now)
    return team


@transaction.atomic
def approve_team(team_id: int, *, by: User, now: datetime) -> Team:
    """Let a team begin its work."""
    return _decide(team_id, "approve", by=by, now=now)


@transaction.atomic
def refuse_team(team_id: int, *, reason: str, by: User, now: datetime) -> Team:
    """Turn an application down, saying why; who raised it is free for another team."""
    return _over(team_id, "refuse", by=by, now=now, reason=reason)


@transaction.atomic
def suspend_team(team_id: int, *, reason: str, by: User, now: datetime) -> Team:
    """Stop a team from taking new work, saying why; what it has promised stays promised."""
    return _decide(team_id, "suspend", by=by, now=now, reason=reason)


@transaction.atomic
def restore_team(team_id: int, *, reason: str, by: User, now: datetime) -> Team:
    """Let a suspended team work again, saying what has changed."""
    return _decide(team_id, "restore", by=by, now=now, reason=reason)


@transaction.atomic
def dissolve_team(team_id: int, *, reason: str, by: User, now: datetime) -> Team:
    """End a team for good; its members become free for others, its hours stay, its orders are let go."""
    team = _over(team_id, "dissolve", by=by, now=now, reason=reason)
    facts.publish(TeamDissolved(at=now, team_id=team.pk))
    return team


def _over(team_id: int, verb: str, *, by: User, now: datetime, reason: str) -> Team:
    team = _decide(team_id, verb, by=by, now=now, reason=reason)
    for membership in team.memberships.filter(state__in=queries.OPEN):
        end_membership(membership, "leave", now)
    return team


@transaction.atomic
def change_team(
    team_id: int,
    *,
    by: User,
    now: datetime,
    about: str,
    skills: Iterable[Skill],
    areas: Iterable[str],
    day_capacity: int,
    week_capacity: int,
) -> Team:
    """A leader says anew what the team can do, where, and how much of it."""
    team = _locked(team_id)
    authorize(rules.why_not_lead(by, team, now))
    require(rules.why_not_capacity(day_capacity, week_capacity))

    team.about = about.strip()
    team.day_capacity, team.week_capacity = day_capacity, week_capacity
    team.save(update_fields=["about", "day_capacity", "week_capacity"])
    team.skills.set(skills)
    _set_areas(team, areas)
    audit.record(by, "team.change", team, now=now)
    return team


@transaction.atomic
def change_tier(team_id: int, *, tier: str, by: User, now: datetime) -> Team:
    """An officer of the place says anew of which tier a team is; where it is at home stays.

    Raises NotAllowed if `by` does not approve teams there or leads it, RuleBroken if it may not be
    of that tier.
    """
    team = _locked(team_id)
    authorize(rules.why_not_rule_on(by, team, now))
    require(rules.why_not_change_tier(team, tier, now))

    before, team.tier = team.tier, tier
    team.save(update_fields=["tier"])
    audit.record(by, "team.change_tier", team, now=now, before=before, tier=tier)
    return team


@transaction.atomic
def change_unit(
    team_id: int, *, organisation: Organisation | None, by: User, now: datetime
) -> Team:
    """An officer of the place says anew to which unit a team belongs, or that it belongs to none.

    Not its leader: who works for the unit certifies the team's hours, so somebody else has to look.
    """
    team = _locked(team_id)
    authorize(rules.why_not_rule_on(by, team, now))
    require(rules.why_not_change_unit(team, organisation))

    before, team.organisation = team.organisation_id, organisation
    team.save(update_fields=["organisation"])
    unit = organisation.pk if organisation else None
    audit.record(by, "team.change_unit", team, now=now, before=before, unit=unit)
    return team


@transaction.atomic
def ask_to_join(
    team_id: int, *, by: User, now: datetime, for_whom: User | None = None
) -> Membership:
    """Ask a team to take one in, or a child in one's care.

    Raises NotAllowed for anybody else, RuleBroken for the unregistered and for the sixth team.
    """
    team = _locked(team_id)
    person = for_whom or by
    authorize(why_not_speak_for(by, person, now))
    require(rules.why_not_ask(person, team, now))

    membership = Membership.objects.create(team=team, person=person, asked_at=now)
    audit.record(by, "membership.ask", membership, now=now, for_whom=for_whom, team=team.pk)
    return membership


@transaction.atomic
def admit(membership_id: int, *, by: User, now: datetime) -> Membership:
    """A leader takes in a person who asked."""
    membership = _locked_membership(membership_id)
    authorize(rules.why_not_act_for(by, membership.team, now))
    require(rules.why_not_admit(membership, now))

    most = policy.management(now).joining.most_teams
    membership.state = MEMBERSHIP.after(membership.state, "admit")
    membership.slot, membership.since = queries.free_slot(membership.person, most), now
    membership.save(update_fields=["state", "slot", "since"])
    audit.record(by, "membership.admit", membership, now=now, team=membership.team_id)
    return membership


@transaction.atomic
def decline(membership_id: int, *, by: User, now: datetime) -> Membership:
    """A leader does not take in a person who asked."""
    membership = _locked_membership(membership_id)
    authorize(rules.why_not_lead(by, membership.team, now))
    require(MEMBERSHIP.why_not(membership.state, "decline"))

    end_membership(membership, "decline", now)
    audit.record(by, "membership.decline", membership, now=now, team=membership.team_id)
    return membership


@transaction.atomic
def leave_team(
    team_id: int, *, by: User, now: datetime, for_whom: User | None = None
) -> Membership:
    """Leave a team, or take back the wish to join; the last leader hands over first."""
    _locked(team_id)
    person = for_whom or by
    authorize(why_not_speak_for(by, person, now))
    membership = Membership.objects.select_related("team").get(
        team=team_id, person=person, state__in=queries.OPEN
    )
    require(rules.why_not_leave(membership))

    end_membership(membership, "leave", now)
    audit.record(by, "membership.leave", membership, now=now, for_whom=for_whom, team=team_id)
    return membership


@transaction.atomic
def remove_member(membership_id: int, *, by: User, now: datetime) -> Membership:
    """A leader ends somebody's membership; the person hears of it, and where to object.

    Whoever removes a leader is watched: the officers who approve teams there hear of it too. Of two
    leaders who remove each other one is first, and the other is not a leader any more.
    """
    _locked(Membership.objects.values_list("team", flat=True).get(pk=membership_id))
    membership = _locked_membership(membership_id)
    authorize(rules.why_not_lead(by, membership.team, now))
    require(rules.why_not_remove(membership))

    led = membership.role == MemberRole.LEADER
    end_membership(membership, "remove", now)
    audit.record(by, "membership.remove", membership, now=now, team=membership.team_id, led=led)
    telling.removed(membership, by=by, led=led, now=now)
    return membership


@transaction.atomic
def hand_over(team_id: int, *, to: int, by: User, now: datetime, stay: bool = False) -> Team:
    """Make the holder of membership `to` leader in place of `by`, or beside `by` with `stay`."""
    team = _locked(team_id)
    authorize(rules.why_not_lead(by, team, now))
    heir = Membership.objects.select_for_update().get(pk=to)
    require(rules.why_not_hand_over(team, heir))

    heir.role = MemberRole.LEADER
    heir.save(update_fields=["role"])
    if not stay:
        queries.members(team).filter(person=by).update(role=MemberRole.MEMBER)
    audit.record(by, "team.hand_over", team, now=now, membership=heir.pk, stay=stay)
    return team


def raise_team(new: NewTeam, *, now: datetime, approved: bool = False) -> Team:
    """The rows of a team with its leader; the caller has asked the rules and writes the audit."""
    assert new.leader is not None  # noqa: S101 (the rules have asked)
    team = Team(
        name=new.name.strip(),
        sort_key=sort_key(new.name),
        about=new.about.strip(),
        organisation=new.organisation,
        tier=new.tier,
        day_capacity=new.day_capacity,
        week_capacity=new.week_capacity,
        applied_by=new.leader,
        applied_at=now,
    )
    if approved:
        team.state, team.joined_at = TEAM.after(team.state, "approve"), now
    team.lon, team.lat = new.position or (new.home.lon, new.home.lat)
    team.place(new.home)
    team.save()
    team.skills.set(new.skills)
    _set_areas(team, new.areas or [new.home.path])
    _enter(team, new.leader, role=MemberRole.LEADER, now=now)
    return team


def _decide(team_id: int, verb: str, *, by: User, now: datetime, reason: str | None = None) -> Team:
    team = _locked(team_id)
    authorize(rules.why_not_rule_on(by, team, now))
    require(TEAM.why_not(team.state, verb))
    if reason is not None:
        require(hours.why_not_silent(reason))

    team.state, team.state_reason = TEAM.after(team.state, verb), (reason or "").strip()
    team.joined_at = team.joined_at or (now if verb == "approve" else None)
    team.save(update_fields=["state", "state_reason", "joined_at"])
    audit.record(by, f"team.{verb}", team, now=now)
    telling.decided(team, verb=verb, now=now)
    return team


def _enter(team: Team, person: User, *, role: str, now: datetime) -> Membership:
    most = policy.management(now).joining.most_teams
    return Membership.objects.create(
        team=team,
        person=person,
        role=role,
        state=MEMBERSHIP.after(MEMBERSHIP.start, "admit"),
        slot=queries.free_slot(person, most),
        asked_at=now,
        since=now,
    )


def end_membership(membership: Membership, verb: str, now: datetime) -> None:
    """Move the membership to its end; the caller has asked the rules and writes the audit."""
    membership.state = MEMBERSHIP.after(membership.state, verb)
    membership.slot, membership.until = None, now
    membership.save(update_fields=["state", "slot", "until"])
    team_id, person_id = membership.team_id, membership.person_id
    facts.publish(MembershipEnded(at=now, team_id=team_id, person_id=person_id))


def _set_areas(team: Team, paths: Iterable[str]) -> None:
    team.areas.all().delete()
    TeamArea.objects.bulk_create(TeamArea(team=team, path=path) for path in sorted(set(paths)))


def _locked(team_id: int) -> Team:
    """Nothing is joined: PostgreSQL reads anew what was waited for, not what was joined to it."""
    team: Team = Team.objects.select_for_update().get(pk=team_id)
    return team


def _locked_membership(membership_id: int) -> Membership:
    return Membership.objects.select_for_update().get(pk=membership_id)
