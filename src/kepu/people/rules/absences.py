"""Why not? Absences: said by the organiser, never of oneself, and answered by another."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.models import Absence, Team, Volunteer
from kepu.people.queries import absences as queries
from kepu.people.queries import teams
from kepu.people.rules.hours import why_not_silent
from kepu.people.rules.oneself import why_not_as_child, why_not_decide_about
from kepu.people.states import ABSENCE, Missed


def why_not_state_as(by: User, person: User, team: Team, now: datetime) -> str | None:
    """A leader of the team, or an officer of its place; never about oneself."""
    if own := why_not_decide_about(by, person):
        return own
    if teams.leads(by, team, now) or _officer(by, team, now):
        return None
    return _("only the organiser may say who came")


def why_not_state(expected_at: datetime, now: datetime) -> str | None:
    """Nobody is absent from what has not begun."""
    return _("the visit has not begun yet") if now < expected_at else None


def why_not_object_as(by: User, absence: Absence, now: datetime) -> str | None:
    """The volunteer, or a guardian, objects; for a child under fourteen the guardian alone."""
    if not _concerns(by, absence):
        return _("only the volunteer may object")
    return why_not_as_child(by, now) if by.pk == absence.person_id else None


def why_not_object(absence: Absence, reason: str) -> str | None:
    """Once to the absence and once to a finding of bad faith, for a stated reason."""
    return ABSENCE.why_not(absence.state, "object") or why_not_silent(reason)


def why_not_answer_as(by: User, absence: Absence, now: datetime) -> str | None:
    """Who organises puts it right; what an officer has found to be in bad faith, officers alone."""
    if absence.bad_faith and not _officer(by, absence.team, now):
        return _("an officer found this to be in bad faith; only an officer may answer")
    return why_not_state_as(by, absence.person, absence.team, now)


def why_not_uphold_as(by: User, absence: Absence, now: datetime) -> str | None:
    """Who may answer, and did not say it: `why_not_uphold_own`."""
    return why_not_uphold_own(by, absence) or why_not_answer_as(by, absence, now)


def why_not_uphold_own(by: User, absence: Absence) -> str | None:
    """Two sides: nobody upholds against an objection what he himself has stated or found."""
    if by.pk == absence.stated_by_id:
        return _("who stated it cannot uphold it as well; another leader or an officer does")
    if any(step.verb == "mark" and step.by_id == by.pk for step in absence.steps.all()):
        return _(
            "who found it to be in bad faith does not answer the objection; another officer does"
        )
    return None


def why_not_mark_as(by: User, absence: Absence, now: datetime) -> str | None:
    """Bad faith is found by an officer of the team's place; a leader cannot say it of a member."""
    if own := why_not_decide_about(by, absence.person):
        return own
    if _officer(by, absence.team, now):
        return None
    return _("only an officer of this place may find that it was in bad faith")


def why_not_mark(absence: Absence, verb: str) -> str | None:
    """Without an excuse, and found once: after the answer to an objection nobody finds it anew."""
    if absence.excused:
        return _("an absence with an excuse is not in bad faith")
    found = absence.bad_faith or any(step.verb == "mark" for step in absence.steps.all())
    if verb == "mark" and found:
        return _("this was found to be in bad faith already")
    return ABSENCE.why_not(absence.state, verb)


def counts(absence: Absence) -> bool:
    """Whether it counts against the volunteer: it stands, and has no excuse."""
    return absence.state in queries.STANDING and not absence.excused


def excused_when_told(expected_at: datetime | None, now: datetime) -> bool:
    """Whether the rule excuses who says now that he cannot come; before there is a time, always."""
    return expected_at is None or expected_at - now >= timedelta(hours=hours_of_notice(now))


def hours_of_notice(now: datetime) -> int:
    """How long before it has to be told."""
    return policy.management(now).no_show.excused_before_hours


def why_suspend(volunteer: Volunteer, now: datetime) -> tuple[Missed, int] | None:
    """For what the management rules suspend this volunteer: as many in a year as the article says."""
    rule = policy.management(now).no_show
    missed, in_bad_faith = queries.in_a_year(volunteer, now)
    if in_bad_faith >= rule.malicious_in_a_year:
        return Missed.BAD_FAITH, in_bad_faith
    if missed >= rule.most_in_a_year:
        return Missed.UNEXCUSED, missed
    return None


def why_not_see(by: User, absence: Absence, now: datetime) -> str | None:
    """The volunteer and the organisers know of an absence; nobody else."""
    return None if _concerns(by, absence) else why_not_answer_as(by, absence, now)


def why_not_suggest(missed: int, now: datetime) -> str | None:
    """Who missed too many visits without an excuse is not put down by suggestion; only by choice."""
    rule = policy.management(now).no_show
    if missed < rule.not_suggested_after:
        return None
    return _("missed %(n)s visits without an excuse in %(days)s days") % {
        "n": missed,
        "days": rule.window_days,
    }


def why_not_suggest_person(person: User, now: datetime) -> str | None:
    """The same for one person, for the volunteer's own page."""
    missed = queries.unexcused([person.pk], now).get(person.pk, 0)
    return why_not_suggest(missed, now)


def _concerns(by: User, absence: Absence) -> bool:
    return by.pk in (absence.person_id, absence.person.guardian_id)


def _officer(by: User, team: Team, now: datetime) -> bool:
    return roles.holds(by, Verb.HOURS_CERTIFY, now=now, path=team.path)
