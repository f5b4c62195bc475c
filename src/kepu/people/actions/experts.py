"""Invite experts, accept, tell where one works and whom one is bound to; give duties and end them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require
from kepu.people import telling
from kepu.people.actions.experts_entries import CONSENT, consented, locked, move, own
from kepu.people.models import Conflict, Duty, Employment, Expert, Field
from kepu.people.queries import experts_records as records
from kepu.people.rules import experts as rules
from kepu.people.rules import experts_records as record_rules
from kepu.people.states import EXPERT, BondKind


@transaction.atomic
def invite(
    person: User,
    *,
    home: Division,
    fields: Iterable[Field],
    by: User,
    now: datetime,
    rank: str = "",
) -> Expert:
    """Ask a person to be an expert; again after a no or a leave."""
    expert = Expert.objects.select_for_update().filter(person=person).first()
    authorize(rules.why_not_choose(by, person, home.path, now))

    expert = expert or Expert(person=person)
    expert.state = EXPERT.after(expert.state, "invite")
    expert.place(home)
    expert.rank, expert.invited_by, expert.invited_at = rank.strip(), by, now
    expert.consent_at = None
    expert.save()
    expert.fields.set(fields)
    audit.record(by, "expert.invite", expert, now=now, for_whom=person)
    telling.invited(expert, by=by, now=now)
    return expert


@transaction.atomic
def accept(expert_id: int, *, consent: bool, by: User, now: datetime) -> Expert:
    """The invited person says yes and agrees to how the data is used."""
    expert = own(expert_id, by)
    require(rules.why_not_accept(consent))

    consented(expert, now)
    return move(expert, "agree", *CONSENT, by=by, now=now)


@transaction.atomic
def decline(expert_id: int, *, by: User, now: datetime) -> Expert:
    """The invited person says no."""
    return move(own(expert_id, by), "decline", by=by, now=now)


@transaction.atomic
def activate(expert_id: int, *, by: User, now: datetime) -> Expert:
    """The city lets an expert who accepted begin."""
    expert = locked(expert_id)
    authorize(rules.why_not_choose(by, expert.person, expert.path, now))
    return move(expert, "activate", by=by, now=now)


@transaction.atomic
def pause(expert_id: int, *, by: User, now: datetime) -> Expert:
    """Take no new duties for a while."""
    return move(own(expert_id, by), "pause", by=by, now=now)


@transaction.atomic
def resume(expert_id: int, *, by: User, now: datetime) -> Expert:
    """Take duties again."""
    return move(own(expert_id, by), "resume", by=by, now=now)


@transaction.atomic
def leave(expert_id: int, *, by: User, now: datetime) -> Expert:
    """Stop being an expert; open duties stay to be handed on."""
    return move(own(expert_id, by), "leave", by=by, now=now)


@transaction.atomic
def declare_conflict(
    expert_id: int,
    *,
    reason: str,
    by: User,
    now: datetime,
    kind: str = BondKind.OTHER,
    organisation: Organisation | None = None,
    person: User | None = None,
    named: str = "",
    until: date | None = None,
) -> Conflict:
    """Declare a bond to a unit, to a person known here, or to somebody by name."""
    expert = own(expert_id, by)
    named, reason = " ".join(named.split()), reason.strip()
    require(record_rules.why_not_declare(organisation, person, named, kind, reason))

    conflict = Conflict(
        expert=expert,
        kind=kind,
        organisation=organisation,
        person=person,
        reason=reason,
        declared_at=now,
        until=until,
    )
    conflict.keep_named(named)
    conflict.save()
    audit.record(by, "expert.declare_conflict", expert, now=now, conflict=conflict.pk)
    return conflict


@transaction.atomic
def end_conflict(
    expert_id: int, conflict_id: int, *, on: date, by: User, now: datetime
) -> Conflict:
    """Say until when a bond held. It stays on the record: what was judged before rests on it."""
    expert = own(expert_id, by)
    conflict = records.part(expert, Conflict, conflict_id)
    conflict.until = on
    conflict.save(update_fields=["until"])
    audit.record(by, "expert.end_conflict", expert, now=now, conflict=conflict.pk)
    return conflict


@transaction.atomic
def state_employment(
    expert_id: int,
    *,
    first: date,
    by: User,
    now: datetime,
    organisation: Organisation | None = None,
    named: str = "",
    post: str = "",
    last: date | None = None,
    employment_id: int | None = None,
) -> Employment:
    """State where one works or worked and at which post, or change what was stated.

    A unit that is not registered here is told by its name. The same unit from the same day is one row.
    """
    expert = own(expert_id, by)
    named = " ".join(named.split())
    require(record_rules.why_not_state_employment(organisation, named, first, last))

    same = Employment.objects.filter(expert=expert, organisation=organisation, first=first)
    found = records.part(expert, Employment, employment_id) if employment_id else None
    employment = found or same.filter(named=named).first() or Employment(expert=expert)
    employment.organisation, employment.named = organisation, named
    employment.post, employment.first, employment.last = post.strip(), first, last
    employment.save()
    unit = organisation and organisation.pk
    audit.record(by, "expert.state_employment", expert, now=now, organisation=unit)
    return employment


@transaction.atomic
def update_availability(
    expert_id: int, *, availability: int, most_duties: int, by: User, now: datetime
) -> Expert:
    """Say when one is free and how much one carries at one time."""
    expert = own(expert_id, by)
    require(rules.why_not_available(availability, most_duties))

    expert.availability, expert.most_duties = availability, most_duties
    expert.save(update_fields=["availability", "most_duties"])
    audit.record(by, "expert.update_availability", expert, now=now)
    return expert


@transaction.atomic
def assign(
    expert_id: int,
    *,
    source: str,
    source_id: int,
    by: User,
    now: datetime,
    organisation: Organisation | None = None,
    person: User | None = None,
) -> Duty:
    """Give an expert something to do; the calling room has asked whether `by` may.

    Raises RuleBroken if the expert is not active, carries the most, or has a bond to the party.
    """
    expert = locked(expert_id)
    require(
        rules.why_not_assign(expert, on=clock.day(now), organisation=organisation, person=person)
    )
    duty, _new = Duty.objects.get_or_create(
        expert=expert, source=source, source_id=source_id, defaults={"since": now}
    )
    audit.record(by, "expert.assign", expert, now=now, duty=duty.pk)
    return duty


@transaction.atomic
def discharge(expert_id: int, *, source: str, source_id: int, by: User, now: datetime) -> Duty:
    """The thing is done or taken away; the expert's load falls."""
    expert = locked(expert_id)
    duty = Duty.objects.get(expert=expert, source=source, source_id=source_id)

    duty.until = duty.until or now
    duty.save(update_fields=["until"])
    audit.record(by, "expert.discharge", expert, now=now, duty=duty.pk)
    return duty
