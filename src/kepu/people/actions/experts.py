"""Invite experts, accept, declare bonds, take up duties and lay them down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require
from kepu.people import policy, telling
from kepu.people.models import Conflict, Duty, Employment, Expert, Field
from kepu.people.rules import experts as rules
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

    if expert is None:
        expert = Expert(person=person)
    else:
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
    expert = _own(expert_id, by)
    require(rules.why_not_accept(consent))

    _consented(expert, now)
    return _move(expert, "agree", *CONSENT, by=by, now=now)


@transaction.atomic
def decline(expert_id: int, *, by: User, now: datetime) -> Expert:
    """The invited person says no."""
    return _move(_own(expert_id, by), "decline", by=by, now=now)


@transaction.atomic
def activate(expert_id: int, *, by: User, now: datetime) -> Expert:
    """The city lets an expert who accepted begin."""
    expert = _locked(expert_id)
    authorize(rules.why_not_choose(by, expert.person, expert.path, now))
    return _move(expert, "activate", by=by, now=now)


@transaction.atomic
def pause(expert_id: int, *, by: User, now: datetime) -> Expert:
    """Take no new duties for a while."""
    return _move(_own(expert_id, by), "pause", by=by, now=now)


@transaction.atomic
def resume(expert_id: int, *, by: User, now: datetime) -> Expert:
    """Take duties again."""
    return _move(_own(expert_id, by), "resume", by=by, now=now)


@transaction.atomic
def leave(expert_id: int, *, by: User, now: datetime) -> Expert:
    """Stop being an expert; open duties stay to be handed on."""
    return _move(_own(expert_id, by), "leave", by=by, now=now)


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
    expert = _own(expert_id, by)
    named, reason = " ".join(named.split()), reason.strip()
    require(rules.why_not_declare(organisation, person, named, kind, reason))

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
def state_employment(
    expert_id: int,
    *,
    organisation: Organisation,
    first: date,
    by: User,
    now: datetime,
    last: date | None = None,
) -> Employment:
    """State where one works or worked."""
    expert = _own(expert_id, by)

    employment, _new = Employment.objects.update_or_create(
        expert=expert, organisation=organisation, first=first, defaults={"last": last}
    )
    audit.record(by, "expert.state_employment", expert, now=now, organisation=organisation.pk)
    return employment


@transaction.atomic
def update_availability(
    expert_id: int, *, availability: int, most_duties: int, by: User, now: datetime
) -> Expert:
    """Say when one is free and how much one carries at one time."""
    expert = _own(expert_id, by)
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
    expert = _locked(expert_id)
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
    expert = _locked(expert_id)
    duty = Duty.objects.get(expert=expert, source=source, source_id=source_id)

    duty.until = duty.until or now
    duty.save(update_fields=["until"])
    audit.record(by, "expert.discharge", expert, now=now, duty=duty.pk)
    return duty


CONSENT = ("consent_at", "consent_version", "confirmed_at", "confirmed_until")


def _consented(expert: Expert, now: datetime) -> None:
    """Who agrees has just told everything; the next confirmation is due when the rulebook says."""
    expert.consent_at, expert.consent_version = now, policy.experts_version(now)
    _confirmed(expert, now)


def _confirmed(expert: Expert, now: datetime) -> None:
    expert.confirmed_at = now
    expert.confirmed_until = policy.experts(now).confirming.until(clock.day(now))


def _move(expert: Expert, verb: str, *named: str, by: User, now: datetime) -> Expert:
    expert.state = EXPERT.after(expert.state, verb)
    expert.save(update_fields=["state", *named])
    audit.record(by, f"expert.{verb}", expert, now=now)
    return expert


def _own(expert_id: int, by: User) -> Expert:
    expert = _locked(expert_id)
    authorize(rules.why_not_be(by, expert))
    return expert


def _locked(expert_id: int) -> Expert:
    expert: Expert = Expert.objects.select_for_update().get(pk=expert_id)
    return expert
