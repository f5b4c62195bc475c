"""Reads of undertakings: who sees which, and what the records have of a year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.duties_policy import Duties
from kepu.appraisal.models import DutyYear, Undertaking
from kepu.appraisal.undertaking_states import CONCLUDED, DutyKind, UndertakingState
from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.queries import hours
from kepu.venues import queries as venues

READING = (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE)


def joined() -> QuerySet[Undertaking]:
    return Undertaking.objects.select_related("organisation", "reviewer", "division_now", "follows")


def locked(undertaking_id: int) -> Undertaking:
    """The undertaking, nobody else's until the transaction has ended."""
    rows = Undertaking.objects.select_for_update(of=("self",))
    found: Undertaking = rows.select_related("organisation", "reviewer", "division_now").get(
        pk=undertaking_id
    )
    return found


def public(on: date, kind: str = "") -> QuerySet[Undertaking]:
    """Undertakings in force on a day, place by place."""
    found = joined().filter(state=UndertakingState.AGREED, since__lte=on, until__gte=on)
    return found.filter(kind=kind) if kind else found


def mine(person: User, now: datetime) -> QuerySet[Undertaking]:
    """Those of the person's units, whichever side of them, what waits first. Two queries."""
    units = roles.reach(person, Verb.APPRAISAL_APPLY, now).organisations
    found = joined().filter(Q(organisation__in=units) | Q(reviewer__in=units))
    return found.order_by("-state", "-proposed_at", "-pk")  # proposed, ended, declined, agreed


def units_of(person: User, now: datetime) -> QuerySet[Organisation]:
    """Units in whose name the person undertakes or reviews. Two queries."""
    held = roles.reach(person, Verb.APPRAISAL_APPLY, now).organisations
    return Organisation.objects.filter(pk__in=held, active=True)


def owes(person: User | None, one: Undertaking, now: datetime) -> bool:
    """Whether the person speaks for the unit that undertakes."""
    return roles.holds(person, Verb.APPRAISAL_APPLY, now=now, organisation_id=one.organisation_id)


def reviews(person: User | None, one: Undertaking, now: datetime) -> bool:
    """Whether the person speaks for the unit that reviews."""
    return roles.holds(person, Verb.APPRAISAL_APPLY, now=now, organisation_id=one.reviewer_id)


def reads(person: User | None, one: Undertaking, now: datetime) -> bool:
    """Whether the person sees how the years were: both sides, and officers of the place."""
    if owes(person, one, now) or reviews(person, one, now):
        return True
    return any(roles.holds(person, verb, now=now, path=one.path) for verb in READING)


def seen(undertaking_id: int, person: User | None, now: datetime) -> Undertaking:
    """One that was concluded, or that concerns the person; others do not exist."""
    found = joined().filter(pk=undertaking_id).first()
    if found is not None and (found.state in CONCLUDED or reads(person, found, now)):
        return found
    raise Outside(_("there is no such undertaking"))


def year_seen(year_id: int, person: User, now: datetime) -> DutyYear:
    """A year that the person reads; others do not exist."""
    rows = DutyYear.objects.select_related("undertaking__organisation", "undertaking__reviewer")
    found = rows.filter(pk=year_id).first()
    if found is not None and reads(person, found.undertaking, now):
        return found
    raise Outside(_("there is no such year"))


def figures(unit_id: int, year: int, kinds: Iterable[str]) -> dict[str, int]:
    """What the records have of a unit in a year, by kind of duty. At most three queries."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    asked = set(kinds)
    found: dict[DutyKind, int] = {}
    if asked & {DutyKind.OPEN_DAYS, DutyKind.VISITS}:
        counted = venues.counted_for(unit_id, since=first, until=last)
        found |= {DutyKind.OPEN_DAYS: counted.days, DutyKind.VISITS: counted.visits}
    if DutyKind.SERVICES in asked:
        given = hours.given_by_unit(unit_id, since=first, until=last)
        found[DutyKind.SERVICES] = given.services
    if DutyKind.ACTIVITIES in asked:
        found[DutyKind.ACTIVITIES] = venues.activities_of(unit_id, year) or 0
    return {str(kind): found[DutyKind(kind)] for kind in sorted(asked)}


@dataclass(frozen=True)
class Owed:
    """A year that was not told yet, and when it has to be."""

    undertaking: Undertaking
    year: int
    due_at: datetime


def owed(one: Undertaking, policy: Duties, now: datetime) -> list[Owed]:
    """Years of one in force that end before long or have ended, and were not told, the earliest first.

    None whose time was over when it was agreed. `years` had better be read already.
    """
    if one.state != UndertakingState.AGREED or one.answered_at is None:
        return []
    told = {kept.year for kept in one.years.all()}
    years = range(one.since.year, min(one.until.year, clock.day(now).year) + 1)
    found = [Owed(one, year, policy.due_at(year, one.until)) for year in years if year not in told]
    return [each for each in found if each.due_at > one.answered_at]


def in_force() -> QuerySet[Undertaking]:
    """Those that owe years, with what was told of them. Two queries."""
    rows = joined().filter(state=UndertakingState.AGREED).order_by("pk")
    return rows.prefetch_related("years", "reminders")


@dataclass(frozen=True)
class Fulfilled:
    """A duty in one year: what was undertaken, and what the records had."""

    label: str
    target: int
    value: int

    @property
    def met(self) -> bool:
        return self.value >= self.target


def fulfilled(one: Undertaking, found: dict[str, int]) -> list[Fulfilled]:
    """Each duty that can be counted against what was found of it."""
    return [
        Fulfilled(str(duty.get_kind_display()), duty.target, found.get(duty.kind, 0))
        for duty in one.duties.all()
    ]
