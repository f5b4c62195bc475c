"""Kepu duties that a unit undertakes: proposed, agreed, looked at year by year, renewed or ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.appraisal import duties_policy
from kepu.appraisal.models import AgreedDuty, DutyReminder, DutyYear, Undertaking
from kepu.appraisal.queries import undertakings as queries
from kepu.appraisal.rules import undertakings as rules
from kepu.appraisal.telling import undertakings as telling
from kepu.appraisal.undertaking_states import UNDERTAKING, Reminded, UndertakingState
from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.audit import actions as audit
from kepu.kernel.clock import workdays
from kepu.kernel.errors import authorize, require

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


@dataclass(frozen=True)
class Terms:
    """What is undertaken: of which base, towards whom, for how long, so many of what, and in words."""

    kind: str
    title: str
    reviewer: Organisation
    since: date
    until: date
    targets: Mapping[str, int]
    said: str = ""
    parties: str = ""


@transaction.atomic
def propose(
    unit: Organisation, terms: Terms, *, follows: Undertaking | None = None, by: User, now: datetime
) -> Undertaking:
    """Undertake duties in the name of a unit; they hold once the reviewing unit has agreed.

    With `follows` it renews that one. Raises NotAllowed for a unit of others, RuleBroken for a period
    that ends before it begins, no duty at all, or oneself as the reviewer.
    """
    authorize(rules.why_not_propose_as(by, unit, now))
    targets = {kind: count for kind, count in terms.targets.items() if count}
    require(
        rules.why_not_propose(unit, terms.reviewer, terms.since, terms.until, targets, terms.said)
    )
    if follows is not None:
        follows = queries.locked(follows.pk)
        require(rules.why_not_renew(by, follows, terms.since, now))

    made = Undertaking(
        kind=terms.kind, title=terms.title.strip(), organisation=unit, reviewer=terms.reviewer,
        parties=terms.parties.strip(), duties_said=terms.said.strip(), since=terms.since,
        until=terms.until, follows=follows, proposed_by=by, proposed_at=now,
    )  # fmt: skip
    made.place(unit.division_now)
    made.save()
    AgreedDuty.objects.bulk_create(
        AgreedDuty(undertaking=made, kind=kind, target=count) for kind, count in targets.items()
    )
    audit.record(by, "appraisal.propose_undertaking", made, now=now, reviewer=terms.reviewer.pk)
    telling.proposed(made, now=now)
    return made


@transaction.atomic
def agree(
    undertaking_id: int, *, seen: int, reference: str, by: User, now: datetime
) -> Undertaking:
    """The reviewing unit agrees, under the number of the agreement."""
    one = queries.locked(undertaking_id)
    authorize(rules.why_not_answer_as(by, one, now))
    require(rules.why_not_agree(one, seen, reference))

    one.state, one.reference = UNDERTAKING.after(one.state, "agree"), reference.strip()
    one.answered_by, one.answered_at = by, now
    _move(one, "agree", "state", "reference", "answered_by", "answered_at", by=by, now=now)
    telling.agreed(one, now=now)
    return one


@transaction.atomic
def decline(undertaking_id: int, *, reason: str, by: User, now: datetime) -> Undertaking:
    """The reviewing unit does not agree, and says why."""
    one = queries.locked(undertaking_id)
    authorize(rules.why_not_answer_as(by, one, now))
    require(rules.why_not_decline(one, reason))

    one.state, one.reason = UNDERTAKING.after(one.state, "decline"), reason.strip()
    one.answered_by, one.answered_at, one.follows = by, now, None
    named = ("state", "reason", "answered_by", "answered_at", "follows")
    _move(one, "decline", *named, by=by, now=now)
    telling.declined(one, now=now)
    return one


@transaction.atomic
def end(undertaking_id: int, *, reason: str, by: User, now: datetime) -> Undertaking:
    """Either side ends it, with a reason; years that were handed in stay."""
    one = queries.locked(undertaking_id)
    authorize(rules.why_not_end_as(by, one, now))
    require(rules.why_not_end(one, reason))

    one.state, one.reason = UNDERTAKING.after(one.state, "end"), reason.strip()
    one.ended_by, one.ended_at = by, now
    _move(one, "end", "state", "reason", "ended_by", "ended_at", by=by, now=now)
    telling.ended(one, now=now)
    return one


@transaction.atomic
def hand_in_year(
    undertaking_id: int, *, year: int, words: str, by: User, now: datetime
) -> DutyYear:
    """Hand a year in: the records are counted now, and the unit may add words. Until its review anew."""
    one = queries.locked(undertaking_id)
    authorize(rules.why_not_hand_in_as(by, one, now))
    require(rules.why_not_hand_in(one, year, now))

    kinds = list(one.duties.values_list("kind", flat=True))
    found = one.years.select_for_update().filter(year=year).first()
    kept = found or DutyYear(undertaking=one, year=year)
    kept.figures = queries.figures(one.organisation_id, year, kinds)
    kept.words, kept.handed_in_by, kept.handed_in_at = words.strip(), by, now
    kept.version += 1
    kept.save()
    audit.record(by, "appraisal.hand_in_duties", kept, now=now, year=year, undertaking=one.pk)
    telling.year_handed_in(kept, now=now)
    return kept


@transaction.atomic
def review_year(
    year_id: int, *, seen: int, outcome: str, words: str, by: User, now: datetime
) -> DutyYear:
    """The reviewing unit says whether the duties of the year were met, in words."""
    one = queries.locked(DutyYear.objects.values_list("undertaking", flat=True).get(pk=year_id))
    kept = one.years.select_for_update().get(pk=year_id)
    authorize(rules.why_not_answer_as(by, one, now))
    require(rules.why_not_review(kept, seen, outcome, words))

    kept.outcome, kept.review = outcome, words.strip()
    kept.reviewed_by, kept.reviewed_at = by, now
    kept.version += 1
    kept.save(update_fields=["outcome", "review", "reviewed_by", "reviewed_at", "version"])
    audit.record(by, "appraisal.review_duties", kept, now=now, year=kept.year, outcome=outcome)
    telling.year_reviewed(kept, now=now)
    return kept


# --- by the clock ---------------------------------------------------------------------------------


def remind(*, now: datetime) -> int:
    """Tell units of years that are due soon or late, and reviewers of the late. Returns how many.

    Each once, a transaction for each; a year that is late already is not told as due soon.
    """
    return sum(_remind_one(*one, now) for one in _untold(now))


def _untold(now: datetime) -> list[tuple[int, int, Reminded, datetime]]:
    """Undertakings and years that a reminder is due of, which, and when the year was or is due."""
    policy = duties_policy.in_force(now)
    soon = clock.day(workdays.add_workdays(now, policy.remind))
    found = []
    for one in queries.in_force():
        known = {(kept.year, kept.kind) for kept in one.reminders.all()}
        for owed in queries.owed(one, policy, now):
            kind = Reminded.LATE if owed.due_at < now else Reminded.SOON
            if clock.day(owed.due_at) <= soon and (owed.year, kind) not in known:
                found.append((one.pk, owed.year, kind, owed.due_at))
    return found


@transaction.atomic
def _remind_one(
    undertaking_id: int, year: int, kind: Reminded, due_at: datetime, now: datetime
) -> bool:
    """Once, unless it was told or ended in the meantime."""
    one = queries.locked(undertaking_id)
    over = one.state != UndertakingState.AGREED or one.years.filter(year=year).exists()
    if over or one.reminders.filter(year=year, kind=kind).exists():
        return False
    DutyReminder.objects.create(undertaking=one, year=year, kind=kind, at=now)
    audit.record(None, "appraisal.remind_duties", one, now=now, year=year, kind=kind.value)
    if kind == Reminded.LATE:
        telling.year_late(one, year, due_at, now=now)
    else:
        telling.year_due(one, year, due_at, now=now)
    return True


def _move(one: Undertaking, verb: str, *named: str, by: User, now: datetime) -> None:
    one.version += 1
    one.save(update_fields=["version", *named])
    audit.record(by, f"appraisal.{verb}_undertaking", one, now=now)
