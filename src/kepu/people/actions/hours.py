"""Hours in two hands: propose, certify, confirm; dispute and amend before, correct after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import HoursConfirmed
from kepu.people.models import Entry, Service, Skill, Team, Volunteer
from kepu.people.rules import hours as rules
from kepu.people.states import SERVICE

BY_HAND = "people.by_hand"  # the source of hours that a volunteer asked for himself


@transaction.atomic
def propose_service(
    *,
    person: User,
    source: str,
    source_id: int,
    place: Division,
    began_at: datetime,
    ended_at: datetime,
    by: User,
    now: datetime,
    minutes: int | None = None,
    team: Team | None = None,
    organisation: Organisation | None = None,
    receiver: User | None = None,
    title: str = "",
    skills: Iterable[Skill] = (),
) -> Service:
    """Claim the time that `person` gave, once for each source; the whole span without `minutes`.

    Raises NotAllowed if `by` took no part in it, and RuleBroken if the person is no volunteer, the
    span is not over, too long ago, claimed already, overlaps another, or exceeds the day.
    """
    list(Volunteer.objects.select_for_update().filter(person=person))  # one claim at a time
    service = Service(
        person=person,
        team=team,
        organisation=organisation or (team.organisation if team else None),
        source=source,
        source_id=source_id,
        title=title,
        began_at=began_at,
        ended_at=ended_at,
        minutes=_length(began_at, ended_at) if minutes is None else minutes,
        receiver=receiver,
        proposed_by=by,
        proposed_at=now,
    )
    service.place(place)
    authorize(rules.why_not_propose_for(by, service, now))
    require(rules.why_not_propose(service, now))

    service.save()
    service.skills.set(skills)
    for_whom = person if person.pk != by.pk else None
    audit.record(
        by, "service.propose", service, now=now, for_whom=for_whom, minutes=service.minutes
    )
    return service


@transaction.atomic
def ask_by_hand(
    *,
    by: User,
    now: datetime,
    title: str,
    place: Division,
    began_at: datetime,
    ended_at: datetime,
    team: Team | None = None,
) -> Service:
    """Ask for one's own time that no report has proposed; raises as `propose_service`.

    Nobody is named as the receiver, so the station of the place confirms. The minute it began tells
    one claim from another.
    """
    return propose_service(
        person=by, source=BY_HAND, source_id=int(began_at.timestamp()) // 60, place=place,
        began_at=began_at, ended_at=ended_at, team=team, title=title.strip(), by=by, now=now,
    )  # fmt: skip


@transaction.atomic
def certify(service_id: int, *, by: User, now: datetime, minutes: int | None = None) -> Service:
    """The organiser vouches for the hours, as proposed or for `minutes`.

    Raises NotAllowed if `by` is the volunteer or did not organise it, RuleBroken if not proposed.
    """
    service = _locked(service_id)
    authorize(rules.why_not_certify_as(by, service, now))
    require(rules.why_not_certify(service, service.minutes if minutes is None else minutes))

    service.state = SERVICE.after(service.state, "certify")
    service.minutes = service.minutes if minutes is None else minutes
    service.certified_by, service.certified_at = by, now
    service.save(update_fields=["state", "minutes", "certified_by", "certified_at"])
    audit.record(by, "service.certify", service, now=now, minutes=service.minutes)
    return service


@transaction.atomic
def confirm(service_id: int, *, by: User, now: datetime, for_whom: User | None = None) -> Service:
    """The receiving side agrees, and the hours enter the ledger.

    Raises NotAllowed if `by` is the volunteer, the certifier or no receiver, RuleBroken if the
    service is not certified.
    """
    service = _locked(service_id)
    authorize(rules.why_not_confirm_as(by, service, now))
    require(rules.why_not_confirm(service))

    service.state = SERVICE.after(service.state, "confirm")
    service.confirmed_by, service.confirmed_at = by, now
    service.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    Entry.objects.create(
        person=service.person,
        team=service.team,
        service=service,
        minutes=service.minutes,
        by=by,
        at=now,
    )
    whom = for_whom or rules.ward_of(by, service)
    audit.record(by, "service.confirm", service, now=now, for_whom=whom, minutes=service.minutes)
    facts.publish(HoursConfirmed(at=now, service_id=service.pk))
    return service


@transaction.atomic
def dispute(service_id: int, *, reason: str, by: User, now: datetime) -> Service:
    """Object to hours that are not in the ledger yet; the organiser amends or drops them."""
    service = _locked(service_id)
    authorize(rules.why_not_dispute_as(by, service, now))
    require(rules.why_not_dispute(service, reason))

    service.state, service.reason = SERVICE.after(service.state, "dispute"), reason.strip()
    service.certified_by = service.certified_at = None
    service.save(update_fields=["state", "reason", "certified_by", "certified_at"])
    audit.record(by, "service.dispute", service, now=now, for_whom=rules.ward_of(by, service))
    return service


@transaction.atomic
def amend(service_id: int, *, minutes: int, by: User, now: datetime) -> Service:
    """Propose disputed hours again with other minutes; both sides agree anew."""
    service = _locked(service_id)
    authorize(rules.why_not_certify_as(by, service, now))
    require(rules.why_not_amend(service, minutes))

    service.state, service.minutes = SERVICE.after(service.state, "amend"), minutes
    service.save(update_fields=["state", "minutes"])
    audit.record(by, "service.amend", service, now=now, minutes=minutes)
    return service


@transaction.atomic
def drop(service_id: int, *, by: User, now: datetime) -> Service:
    """Give up a claim; its source may be claimed anew."""
    service = _locked(service_id)
    authorize(rules.why_not_propose_for(by, service, now))
    require(SERVICE.why_not(service.state, "drop"))

    service.state = SERVICE.after(service.state, "drop")
    service.save(update_fields=["state"])
    audit.record(by, "service.drop", service, now=now)
    return service


@transaction.atomic
def correct(entry_id: int, *, minutes: int, reason: str, by: User, now: datetime) -> Entry:
    """Add a line that puts another right by `minutes`, more or less; the first line stays.

    Raises NotAllowed if `by` is the volunteer or no officer, RuleBroken if the result is below
    nothing or above the span, no reason is given, or the same was said a moment ago.
    """
    entry = Entry.objects.select_for_update().get(pk=entry_id)
    authorize(rules.why_not_correct_as(by, entry, now))
    require(rules.why_not_correct_again(entry, minutes, reason, by, now))
    require(rules.why_not_correct(entry, minutes, reason))

    line = Entry.objects.create(
        person=entry.person,
        team=entry.team,
        service=entry.service,
        minutes=minutes,
        corrects=entry,
        reason=reason.strip(),
        by=by,
        at=now,
    )
    audit.record(by, "hours.correct", line, now=now, minutes=minutes, corrects=entry.pk)
    return line


def _locked(service_id: int) -> Service:
    """Nothing is joined: PostgreSQL reads anew what was waited for, not what was joined to it."""
    service: Service = Service.objects.select_for_update().get(pk=service_id)
    return service


def _length(began_at: datetime, ended_at: datetime) -> int:
    """Minutes between the two as people read them: what the page shows adds up."""
    return int((_minute(ended_at) - _minute(began_at)).total_seconds() // 60)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
