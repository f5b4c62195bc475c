"""Change the telephone number one signs in with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts import keys, phones, rules
from kepu.kernel.accounts.models import Device, PhoneChange, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import RuleBroken, authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import PhoneChanged


@transaction.atomic
def change_phone(
    person: User, proved: str, *, device: Device | None, by: User, now: datetime
) -> User:
    """Take `proved`, a number that a code was just sent to, in place of the one until now.

    `device` is where `by` is signed in; every other browser of the person is signed out, and the
    old number is told. A guardian gives a ward a number of their own in the same way. Raises
    NotAllowed if `by` is neither, and RuleBroken if signing in was too long ago or the number is
    somebody else's.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_change_phone(by, person, now))
    require(rules.why_not_erased(person) or rules.why_not_fresh(device, by, now))
    known, number = person.personal, phones.normalise(proved)
    require(rules.why_not_same_phone(known.phone, number))

    _keep(person, number)
    change = PhoneChange.objects.create(user=person, sealed=_sealed(person, known.phone), at=now)
    _end_other_devices(person, device, now)
    for_whom = person if by.pk != person.pk else None
    audit.record(by, "person.change_phone", person, now=now, for_whom=for_whom)
    facts.publish(PhoneChanged(at=now, change_id=change.pk))
    return person


def old_phone(change: PhoneChange) -> str:
    """The number that was given up, while it still has to be told; empty after that."""
    if not change.sealed or change.user.data_key is None:
        return ""
    found = keys.unseal(change.user.data_key, change.sealed, _owner(change.user))
    return str(found["phone"])


def mark_told(change_id: int, *, now: datetime) -> None:
    """Forget the old number: it was told."""
    PhoneChange.objects.filter(pk=change_id).update(sealed=b"", told_at=now)


def _keep(person: User, number: str) -> None:
    """The database lets one person have a number, whoever else asks for it at the same moment."""
    person.keep(replace(person.personal, phone=number))
    require(rules.why_not_take(person))
    try:
        with transaction.atomic():
            person.save(update_fields=["sealed", "phone_digest"])
    except IntegrityError as error:
        raise RuleBroken(_("this telephone number is in use already")) from error


def _end_other_devices(person: User, kept: Device | None, now: datetime) -> None:
    others = person.devices.filter(ended_at__isnull=True).exclude(pk=kept.pk if kept else None)
    Session.objects.filter(session_key__in=others.values("session_key")).delete()
    others.update(ended_at=now)


def _sealed(person: User, phone: str) -> bytes:
    if not phone or person.data_key is None:
        return b""
    return keys.seal(person.data_key, {"phone": phone}, _owner(person))


def _owner(person: User) -> str:
    return f"{person.pseudonym}:old-phone"
