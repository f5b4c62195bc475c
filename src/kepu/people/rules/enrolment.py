"""Why not? Taking in teams and volunteers that are known already from paper or another system."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import Personal, User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.newcomers import NewTeam, NewVolunteer
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.rules import teams, volunteers

VERBS = {"teams": Verb.TEAM_APPROVE, "volunteers": Verb.VOLUNTEER_APPROVE}


def why_not_import(by: User, kind: str, now: datetime) -> str | None:
    """Only officers who approve them somewhere."""
    if kind in VERBS and roles.holds(by, VERBS[kind], now=now):
        return None
    return _("only officers who approve teams and volunteers may import them")


def why_not_export(by: User, kind: str, now: datetime) -> str | None:
    """The same officers, of their own places; what they take away is masked."""
    if kind in VERBS and roles.holds(by, VERBS[kind], now=now):
        return None
    return _("only officers who approve teams and volunteers may export them")


def why_not_enrol_team(new: NewTeam, by: User, now: datetime) -> str | None:
    """In the officer's own place, a new name, and a leader who is an active volunteer."""
    return next(iter(all_why_not_enrol_team(new, by, now)), None)


def all_why_not_enrol_team(new: NewTeam, by: User, now: datetime) -> list[str]:
    """Everything at once, so that a table is put right in one go; of another place nothing more is told."""
    if not roles.holds(by, Verb.TEAM_APPROVE, now=now, path=new.home.path):
        return [_("only an officer of this place may decide about teams")]
    found = (
        _why_not_lead(new.leader, now),
        _why_not_agreed(new.agreed, now),
        teams.why_not_apply(new.home, new.tier, new.day_capacity, new.week_capacity),
        teams.why_not_tier(new.home, new.tier, now),
        teams.why_not_named(new.name, new.home),
    )
    return [reason for reason in found if reason]


def _why_not_lead(leader: User | None, now: datetime) -> str | None:
    if leader is None:
        return _("the leader's telephone belongs to no registered person")
    return volunteers.why_not_serve(leader) or teams.why_not_join_more(leader, now)


def _why_not_agreed(agreed: date | None, now: datetime) -> str | None:
    if agreed is None or agreed > clock.day(now):
        return _("state the day on which the leader agreed, which is not in the future")
    return None


def why_not_enrol_volunteer(new: NewVolunteer, by: User, now: datetime) -> str | None:
    """In the officer's own place, of age to consent, with a signed form, and not registered yet."""
    return next(iter(all_why_not_enrol_volunteer(new, by, now)), None)


def all_why_not_enrol_volunteer(new: NewVolunteer, by: User, now: datetime) -> list[str]:
    """Everything at once; of somebody who is registered already there is nothing more to put right."""
    if not roles.holds(by, Verb.VOLUNTEER_APPROVE, now=now, path=new.home.path):
        return [_("only an officer of this place may decide about volunteers")]
    known = accounts.by_phone(new.personal.phone)
    if known is not None and volunteer_of(known) is not None:
        return [_("this person is registered as a volunteer already")]
    found = (
        _("the consent was signed in the future") if new.consented > clock.day(now) else None,
        _why_not_of_age(new.personal, now),
        volunteers.why_not_numbered(new.national_number, known),
    )
    return [reason for reason in found if reason]


def _why_not_of_age(personal: Personal, now: datetime) -> str | None:
    if not personal.born:
        return _("give the date of birth or the identity number")
    under = policy.management(now).registration.guardian_under
    if accounts.age(date.fromisoformat(personal.born), now) < under:
        return _("a child under %(age)s is registered by the guardian, not by import") % {
            "age": under
        }
    return None
