"""Why not? Kepu duties of a unit: proposed by it, agreed by who reviews, looked at each year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kepu.appraisal.models import DutyYear, Undertaking
from kepu.appraisal.queries import undertakings as queries
from kepu.appraisal.undertaking_states import (
    CONCLUDED,
    UNDERTAKING,
    UndertakingState,
    YearOutcome,
)
from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

MOST_YEARS = 10


def why_not_propose_as(by: User, unit: Organisation, now: datetime) -> str | None:
    """Who speaks for the unit undertakes in its name."""
    if roles.holds(by, Verb.APPRAISAL_APPLY, now=now, organisation_id=unit.pk):
        return None
    return _("only who applies for this unit may do this")


def why_not_propose(
    unit: Organisation, reviewer: Organisation, since: date, until: date,
    targets: Mapping[str, int], said: str,
) -> str | None:  # fmt: skip
    """For some years, with a duty, towards another unit that is at work."""
    if reviewer.pk == unit.pk:
        return _("a unit does not review itself")
    if not reviewer.active:
        return _("the unit that reviews is closed")
    if until < since:
        return _("the period ends before it begins")
    if until.year - since.year > MOST_YEARS:
        return _("an undertaking lasts %(n)s years at most; renew it then") % {"n": MOST_YEARS}
    if not targets and not said.strip():
        return _("please undertake at least one duty")
    return None


def why_not_renew(by: User, before: Undertaking, since: date, now: datetime) -> str | None:
    """One that is in force or ran out, from the day after it on, and once."""
    if not queries.owes(by, before, now):
        return _("only who applies for this unit may do this")
    if before.state != UndertakingState.AGREED:
        return _("this undertaking is %(state)s") % {"state": before.get_state_display()}
    if since <= before.until:
        return _("a renewal begins after %(day)s, the last day of the one before") % {
            "day": before.until
        }
    if Undertaking.objects.filter(follows=before).exists():
        return _("its renewal is proposed already")
    return None


def why_not_answer_as(by: User, one: Undertaking, now: datetime) -> str | None:
    """Who speaks for the reviewing unit; who speaks for both sides does not answer himself."""
    if not queries.reviews(by, one, now):
        return _("only the unit that reviews may do this")
    if queries.owes(by, one, now) or by.pk == one.proposed_by_id:
        return _("you speak for both sides; somebody else does this")
    return None


def why_not_agree(one: Undertaking, seen: int, reference: str) -> str | None:
    """As it was read, under the number of the agreement."""
    if refusal := UNDERTAKING.why_not(one.state, "agree"):
        return refusal
    if one.version != seen:
        return _("somebody changed this in the meantime; please look again")
    return None if reference.strip() else _("please enter the number of the paper")


def why_not_decline(one: Undertaking, reason: str) -> str | None:
    return UNDERTAKING.why_not(one.state, "decline") or _silent(reason)


def why_not_end_as(by: User, one: Undertaking, now: datetime) -> str | None:
    """Either side ends it."""
    if queries.owes(by, one, now) or queries.reviews(by, one, now):
        return None
    return _("only the two units of this undertaking may end it")


def why_not_end(one: Undertaking, reason: str) -> str | None:
    return UNDERTAKING.why_not(one.state, "end") or _silent(reason)


def why_not_hand_in_as(by: User, one: Undertaking, now: datetime) -> str | None:
    if queries.owes(by, one, now):
        return None
    return _("only who applies for this unit may do this")


def why_not_hand_in(one: Undertaking, year: int, now: datetime) -> str | None:
    """A year of its term that has begun; until it was reviewed it can be handed in anew."""
    if one.state not in CONCLUDED:
        return _("this undertaking is %(state)s") % {"state": one.get_state_display()}
    if not one.since.year <= year <= min(one.until.year, clock.day(now).year):
        return _("choose a year of the undertaking that has begun")
    if one.years.filter(year=year).exclude(outcome="").exists():
        return _("this year was reviewed already")
    return None


def why_not_review(of: DutyYear, seen: int, outcome: str, words: str) -> str | None:
    """Once, in words, as it was read."""
    if of.outcome:
        return _("this year was reviewed already")
    if of.version != seen:
        return _("somebody changed this in the meantime; please look again")
    if outcome not in YearOutcome.values:
        return _("please say how the year was")
    return None if words.strip() else _("please say in words how the duties were met")


def _silent(reason: str) -> str | None:
    return None if reason.strip() else _("please give a reason")
