"""Say that somebody did not come; object, uphold, find bad faith, excuse, lift. Every word is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.people import telling
from kepu.people.actions import no_show
from kepu.people.models import Absence, AbsenceStep, Team
from kepu.people.rules import absences as rules
from kepu.people.rules.hours import why_not_silent
from kepu.people.states import ABSENCE


@transaction.atomic
def state_absence(
    *,
    person: User,
    team: Team,
    source: str,
    source_id: int,
    title: str,
    expected_at: datetime,
    excused: bool,
    by: User,
    now: datetime,
    reason: str = "",
) -> Absence:
    """Say that `person` did not come; said already, it stays as it is.

    Raises NotAllowed if `by` did not organise it or is the person, RuleBroken if it has not begun.
    """
    authorize(rules.why_not_state_as(by, person, team, now))
    require(rules.why_not_state(expected_at, now))

    absence, new = Absence.objects.get_or_create(
        person=person,
        source=source,
        source_id=source_id,
        defaults={
            "team": team,
            "title": title,
            "expected_at": expected_at,
            "excused": excused,
            "stated_by": by,
            "stated_at": now,
        },
    )
    if new:
        _step(absence, "state", by, now, reason)
        no_show.carry_out(absence, now=now)
    return absence


@transaction.atomic
def object_to(absence_id: int, *, reason: str, by: User, now: datetime) -> Absence:
    """The volunteer says why it is not so; until it is answered it counts for nothing."""
    absence = _locked(absence_id)
    authorize(rules.why_not_object_as(by, absence, now))
    require(rules.why_not_object(absence, reason))
    return _moved(absence, "object", by, now, reason)


@transaction.atomic
def uphold(absence_id: int, *, reason: str, by: User, now: datetime) -> Absence:
    """Another than who stated it has heard the objection, and it stands."""
    absence = _locked(absence_id)
    authorize(rules.why_not_uphold_as(by, absence, now))
    require(ABSENCE.why_not(absence.state, "uphold") or why_not_silent(reason))
    absence.bad_faith = False  # or the officer says so: `condemn`
    return _moved(absence, "uphold", by, now, reason)


@transaction.atomic
def condemn(absence_id: int, *, reason: str, by: User, now: datetime) -> Absence:
    """An officer has heard the objection: it stands, and was in bad faith."""
    absence = _locked(absence_id)
    authorize(rules.why_not_uphold_as(by, absence, now))
    authorize(rules.why_not_mark_as(by, absence, now))
    require(rules.why_not_mark(absence, "condemn") or why_not_silent(reason))
    absence.bad_faith = True
    telling.upheld_in_bad_faith(absence, by=by, reason=reason, now=now)
    return _moved(absence, "condemn", by, now, reason)


@transaction.atomic
def mark(absence_id: int, *, reason: str, by: User, now: datetime) -> Absence:
    """An officer finds that it was in bad faith; the volunteer hears of it and may object.

    One that a leader upheld already stands as stated again, so that this too can be objected to.
    """
    absence = _locked(absence_id)
    authorize(rules.why_not_mark_as(by, absence, now))
    require(rules.why_not_mark(absence, "mark") or why_not_silent(reason))
    absence.bad_faith = True
    telling.found_in_bad_faith(absence, by=by, reason=reason, now=now)
    return _moved(absence, "mark", by, now, reason)


@transaction.atomic
def lift(absence_id: int, *, reason: str, by: User, now: datetime) -> Absence:
    """It was a mistake: it counts no more. What was said stays readable."""
    absence = _locked(absence_id)
    authorize(rules.why_not_answer_as(by, absence, now))
    require(ABSENCE.why_not(absence.state, "lift") or why_not_silent(reason))
    absence.bad_faith = False
    return _moved(absence, "lift", by, now, reason)


@transaction.atomic
def excuse(absence_id: int, *, reason: str, by: User, now: datetime) -> Absence:
    """There was a good reason after all: it stays known, and counts for nothing."""
    absence = _locked(absence_id)
    authorize(rules.why_not_answer_as(by, absence, now))
    require(ABSENCE.why_not(absence.state, "excuse") or why_not_silent(reason))
    absence.excused, absence.bad_faith = True, False
    return _moved(absence, "excuse", by, now, reason)


def _locked(absence_id: int) -> Absence:
    """Locked alone; what hangs on it is read after the wait."""
    found: Absence = Absence.objects.select_for_update().get(pk=absence_id)
    return found


def _moved(absence: Absence, verb: str, by: User, now: datetime, reason: str) -> Absence:
    absence.state = ABSENCE.after(absence.state, verb)
    absence.save(update_fields=["state", "excused", "bad_faith"])
    _step(absence, verb, by, now, reason)
    no_show.carry_out(absence, now=now)
    return absence


def _step(absence: Absence, verb: str, by: User, now: datetime, reason: str) -> None:
    AbsenceStep.objects.create(
        absence=absence,
        verb=verb,
        state=absence.state,
        excused=absence.excused,
        bad_faith=absence.bad_faith,
        reason=reason.strip(),
        by=by,
        at=now,
    )
    audit.record(
        by,
        f"absence.{verb}",
        absence,
        now=now,
        excused=absence.excused,
        bad_faith=absence.bad_faith,
    )
