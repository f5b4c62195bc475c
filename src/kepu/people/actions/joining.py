"""Apply to be an expert, be admitted or not; confirm the record once a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require
from kepu.people import telling_experts
from kepu.people.actions.experts_entries import CONSENT, confirmed, consented, locked, move, own
from kepu.people.models import Expert, Field
from kepu.people.rules import experts as rules
from kepu.people.states import EXPERT


@transaction.atomic
def draft(
    *,
    home: Division,
    fields: Iterable[Field],
    languages: list[str],
    about: str,
    by: User,
    now: datetime,
) -> Expert:
    """Begin an application, or change one that is not handed in; nobody else sees it yet.

    After a refusal, a no or a leave one may begin anew. Raises RuleBroken for who is an expert already.
    """
    expert = Expert.objects.select_for_update().filter(person=by).first() or Expert(person=by)
    require(rules.why_not_draft(expert, languages))

    if expert.state != EXPERT.start:
        expert.state, expert.consent_at = EXPERT.after(expert.state, "reopen"), None
    expert.place(home)
    expert.languages, expert.about, expert.reason = languages, about.strip(), ""
    expert.save()
    expert.fields.set(fields)
    audit.record(by, "expert.draft", expert, now=now)
    return expert


@transaction.atomic
def apply(expert_id: int, *, consent: bool, by: User, now: datetime) -> Expert:
    """Hand the application in: the officers of the place hear of it."""
    expert = own(expert_id, by)
    require(rules.why_not_apply(expert, consent))

    consented(expert, now)
    expert.applied_at = now
    move(expert, "apply", "applied_at", *CONSENT, by=by, now=now)
    telling_experts.applied(expert, now=now)
    return expert


@transaction.atomic
def withdraw(expert_id: int, *, by: User, now: datetime) -> Expert:
    """Take the application back, to change it or to leave it."""
    expert = own(expert_id, by)
    expert.consent_at = None
    return move(expert, "withdraw", "consent_at", by=by, now=now)


@transaction.atomic
def admit(expert_id: int, *, by: User, now: datetime) -> Expert:
    """Take an applicant into the register; duties may come at once."""
    expert = locked(expert_id)
    authorize(rules.why_not_admit(by, expert, now))

    expert.decided_by, expert.decided_at, expert.reason = by, now, ""
    move(expert, "admit", *DECISION, by=by, now=now)
    telling_experts.admitted(expert, now=now)
    return expert


@transaction.atomic
def refuse(expert_id: int, *, reason: str, by: User, now: datetime) -> Expert:
    """Do not take an applicant; the person reads why, and may apply anew."""
    expert = locked(expert_id)
    authorize(rules.why_not_admit(by, expert, now))
    require(rules.why_not_refuse(reason))

    expert.decided_by, expert.decided_at, expert.reason = by, now, reason.strip()
    move(expert, "refuse", *DECISION, by=by, now=now)
    telling_experts.refused(expert, now=now)
    return expert


DECISION = ("decided_by", "decided_at", "reason")


@transaction.atomic
def confirm(expert_id: int, *, by: User, now: datetime) -> Expert:
    """Say that record and bonds are true today; good until the rulebook asks again."""
    expert = own(expert_id, by)
    require(rules.why_not_confirm(expert))

    confirmed(expert, now)
    expert.save(update_fields=["confirmed_at", "confirmed_until"])
    audit.record(by, "expert.confirm", expert, now=now, until=str(expert.confirmed_until))
    return expert


@transaction.atomic
def remind(expert_id: int, *, late: bool, by: None, now: datetime) -> Expert:
    """Tell an expert, once, that the confirmation is due soon, or that it is late."""
    expert = locked(expert_id)
    column = "late_for" if late else "reminded_for"
    setattr(expert, column, expert.confirmed_until)
    expert.save(update_fields=[column])
    audit.record(by, "expert.remind", expert, now=now, late=late)
    telling_experts.due(expert, late=late, now=now)
    return expert
