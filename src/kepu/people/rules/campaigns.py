"""Why not? Campaigns, nominations and calls."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.models import Division
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.models import Call, Nomination, Team
from kepu.people.queries import campaigns as queries
from kepu.people.queries import objections, teams
from kepu.people.queries.volunteers import volunteer_of
from kepu.people.rules.oneself import why_not_decide_about_ward
from kepu.people.rules.volunteers import why_not_serve
from kepu.people.states import CALL, NOMINATION, CallState


def why_not_run(by: User, path: str, now: datetime) -> str | None:
    """Officers of the place run its campaigns and calls, and review its nominations."""
    if roles.holds(by, Verb.CAMPAIGN_RUN, now=now, path=path):
        return None
    return _("only an officer of this place may do this")


def why_not_open(counting: str, version: int, first: date, last: date) -> str | None:
    """Days in order, and a counting rule that the rulebook has."""
    if last < first:
        return _("a campaign ends after it begins")
    if policy.counting(counting, version) is None:
        return _("the rulebook of campaigns has no counting rule of this name")
    return None


def why_not_once_more(name: str, place: Division, first: date) -> str | None:
    """A campaign of a name begins in a place once on a day."""
    if not name.strip():
        return _("a campaign has a name")
    if queries.campaigns().filter(name=name.strip(), division_now=place, first=first).exists():
        return _("this campaign is open already")
    return None


def why_not_nominate_as(by: User, team: Team | None, path: str, now: datetime) -> str | None:
    """Leaders nominate their team and its members; officers nominate in their place."""
    if team is not None and teams.leads(by, team, now):
        return None
    return why_not_run(by, path, now)


def why_not_nominate(person: User | None, team: Team | None, year: int, deeds: str) -> str | None:
    """One candidate, once a year, with deeds told."""
    if (person is None) == (team is None):
        return _("nominate a person or a team, not both")
    if person is not None and volunteer_of(person) is None:
        return _("only registered volunteers are nominated")
    if not deeds.strip():
        return _("tell what the candidate did")
    same = Nomination.objects.filter(person=person, team=team, year=year)
    if same.exclude(state="rejected").exists():
        return _("this candidate is nominated for the year already")
    return None


def why_not_review_as(by: User, nomination: Nomination, now: datetime) -> str | None:
    """An officer of the place, who neither nominated nor is the candidate or leads the team that is."""
    if by.pk in (nomination.nominated_by_id, nomination.person_id):
        return _("who nominated, or is nominated, does not review")
    if nomination.person is not None and (ward := why_not_decide_about_ward(by, nomination.person)):
        return ward
    if nomination.team is not None and teams.leads(by, nomination.team):
        return _("who leads the nominated team does not review")
    return why_not_run(by, nomination.path, now)


def why_not_name(nomination: Nomination, now: datetime) -> str | None:
    """The public notice has run its full time, and every objection is answered."""
    reason = NOMINATION.why_not(nomination.state, "award")
    if reason is None and nomination.notice_until and now < nomination.notice_until:
        return _("the public notice runs until %(day)s") % {
            "day": clock.day(nomination.notice_until).isoformat()
        }
    if reason is None and objections.waiting(nomination).exists():
        return _("an objection waits for an answer")
    return reason


def why_not_call(target: int, deadline: datetime, now: datetime) -> str | None:
    """Somebody is called, and has time to answer."""
    if target < 1:
        return _("call at least one person")
    if deadline <= now:
        return _("the deadline lies in the past")
    return None


def why_not_answer(call: Call, person: User, now: datetime) -> str | None:
    """Open, in time, not answered yet, by an active volunteer with a skill and area that fit."""
    if call.state != CallState.OPEN:
        return _("this call is %(state)s") % {"state": CallState(call.state).label}
    if now > call.deadline:
        return _("the deadline of this call has passed")
    if queries.answer_of(call, person):
        return _("you have answered this call")
    return why_not_serve(person) or _why_not_fit(call, person)


def why_not_decline(call: Call, person: User, now: datetime) -> str | None:
    """Before the end, by a volunteer who does not stand by a yes."""
    if call.state == CallState.CLOSED:
        return _("this call is %(state)s") % {"state": CallState(call.state).label}
    if now > call.deadline:
        return _("the deadline of this call has passed")
    if queries.answer_of(call, person):
        return _("you said that you come; take that back instead")
    return why_not_serve(person)


def _why_not_fit(call: Call, person: User) -> str | None:
    volunteer = volunteer_of(person)
    assert volunteer is not None  # noqa: S101 (why_not_serve has asked)
    wanted = set(call.skills.values_list("pk", flat=True))
    if wanted and not wanted & set(volunteer.skills.values_list("pk", flat=True)):
        return _("this call asks for other skills than yours")
    areas = volunteer.areas.values_list("path", flat=True)
    if not any(within(call.path, area) or within(area, call.path) for area in areas):
        return _("this call is outside the areas you serve")
    return None


def why_not_withdraw(call: Call, person: User, now: datetime) -> str | None:
    """Answered, and before the deadline."""
    if queries.answer_of(call, person) is None:
        return _("you have not answered this call")
    return _("the deadline of this call has passed") if now > call.deadline else None


def why_not_close(call: Call) -> str | None:
    return CALL.why_not(call.state, "close")
