"""Reads of absences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.kernel.ready import Slot, ready
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.models import Absence, Team, Volunteer
from kepu.people.queries.teams import teams_led
from kepu.people.states import AbsenceState

# While it is objected to, it counts against nobody.
STANDING = (AbsenceState.STATED, AbsenceState.UPHELD)
YEAR = timedelta(days=365)


def absence(absence_id: int) -> Absence:
    """The absence, with whom and which team it is about; raises Outside. One query."""
    found = Absence.objects.select_related("person", "team").filter(pk=absence_id).first()
    if found is None:
        raise Outside(_("there is no such absence"))
    return found


def of_person(person: User) -> QuerySet[Absence]:
    """What was said about the person, newest first, with every step."""
    return Absence.objects.filter(person=person).select_related("team").prefetch_related("steps")


def counted(now: datetime) -> QuerySet[Absence]:
    """Absences without an excuse that stand and are recent enough to count, by the rulebook."""
    return _unexcused().filter(expected_at__gt=_counts_since(now))


def _unexcused() -> QuerySet[Absence]:
    return Absence.objects.filter(state__in=STANDING, excused=False)


def _counts_since(now: datetime) -> datetime:
    return now - timedelta(days=policy.management(now).no_show.window_days)


def in_a_year(volunteer: Volunteer, now: datetime) -> tuple[int, int]:
    """How many without an excuse stand in the last year, and how many of them were in bad faith.

    Stated since an officer last let the volunteer serve: what the officer knew of counts no more.
    """
    found = _unexcused().filter(person=volunteer.person_id, expected_at__gt=now - YEAR).order_by()
    if volunteer.let_serve_at is not None:
        found = found.filter(stated_at__gt=volunteer.let_serve_at)
    counts = found.aggregate(all=Count("pk"), bad=Count("pk", filter=Q(bad_faith=True)))
    return counts["all"], counts["bad"]


def to_mark(person: User, by: User, now: datetime) -> list[Absence]:
    """What stands against the person without an excuse, of teams in whose place `by` certifies."""
    reach = roles.reach(by, Verb.HOURS_CERTIFY, now)
    found = _unexcused().filter(reach.limit("team__path"), person=person)
    return list(found.select_related("team").prefetch_related("steps"))


def unexcused(people: Iterable[int], now: datetime) -> dict[int, int]:
    """How many count for each of the people, by id; absent ones none. One query."""
    rows = counted(now).filter(person__in=list(people)).order_by().values("person")
    return {row["person"]: row["n"] for row in rows.annotate(n=Count("pk"))}


def unexcused_in_team(team: Team, now: datetime) -> int:
    """How many of the team's visits its people missed without an excuse. One query."""
    return _missed.first(team=team.pk, since=_counts_since(now)) or 0


@ready
def _missed(team: Slot, since: Slot) -> QuerySet[Absence, int]:
    found = _unexcused().filter(team=team, expected_at__gt=since).order_by()
    return found.values("team").annotate(n=Count("pk")).values_list("n", flat=True)


def missed_too_often(team: Team, now: datetime) -> bool:
    """Whether the team's people missed so many visits that it holds fewer orders, by the rulebook."""
    return unexcused_in_team(team, now) >= policy.management(now).no_show.team_limit


def teams_missing_often(teams: Iterable[int], now: datetime) -> set[int]:
    """Those of the teams of which `missed_too_often` is true. One query."""
    limit = policy.management(now).no_show.team_limit
    rows = counted(now).filter(team__in=list(teams)).order_by().values("team")
    many = rows.annotate(n=Count("pk")).filter(n__gte=limit)
    return set(many.values_list("team", flat=True))


def to_answer(person: User, now: datetime) -> QuerySet[Absence]:
    """Objections that the person may answer, the oldest first; never about oneself or a ward.

    A finding of bad faith is answered by officers, not by leaders.
    """
    reach = roles.reach(person, Verb.HOURS_CERTIFY, now)
    mine = Q(team__in=teams_led(person), bad_faith=False) | reach.limit("team__path")
    found = Absence.objects.filter(mine, state=AbsenceState.OBJECTED).exclude(person=person)
    found = found.exclude(person__guardian=person)
    return found.select_related("person", "team").prefetch_related("steps").order_by("pk")
