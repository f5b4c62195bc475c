"""Browsers signed in: opened, seen, ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from kepu.kernel.accounts import queries, rules
from kepu.kernel.accounts.models import Device, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize
from kepu.kernel.roles import queries as roles

SEEN_EVERY = timedelta(minutes=1)


@transaction.atomic
def open_device(
    person: User, *, session_key: str, agent: str, proved_twice: bool, now: datetime
) -> Device:
    """Keep that the person signed in here. Staff may stay idle for a shorter time."""
    device, _new = Device.objects.update_or_create(
        session_key=session_key,  # a session lost half-way is taken up again
        defaults={
            "user": person,
            "agent": agent[:120],
            "signed_in_at": now,
            "seen_at": now,
            "idle_minutes": _idle_minutes(person, now),
            "limited": not proved_twice and rules.must_set_up_second_factor(person, now),
        },
    )
    User.objects.filter(pk=person.pk).update(seen_at=now)
    audit.record(person, "person.sign_in", device, now=now)
    return device


def see_device(device: Device, *, now: datetime) -> Device:
    """Keep that the person is still here; written at most once a minute, without a transaction.

    Whoever was given a staff role meanwhile is asked for what staff are asked at sign-in.
    """
    if now - device.seen_at < SEEN_EVERY:
        return device
    device.seen_at = now
    device.idle_minutes = min(device.idle_minutes, _idle_minutes(device.user, now))
    changed = ["seen_at", "idle_minutes"]
    if not device.limited and _lacks_second_factor(device.user, now):
        device.limited = True  # written then alone: another request may have just set one up
        changed.append("limited")
    device.save(update_fields=changed)
    User.objects.filter(pk=device.user_id).update(seen_at=now)
    return device


def _idle_minutes(person: User, now: datetime) -> int:
    kind = "staff" if roles.open_grants(now).filter(person=person).exists() else "resident"
    return settings.IDLE_MINUTES[kind]


def _lacks_second_factor(person: User, now: datetime) -> bool:
    needed = rules.must_set_up_second_factor(person, now)
    return needed and not queries.factors(person).exists()


@transaction.atomic
def free_device(device: Device, *, now: datetime) -> None:
    """Lift the limit: the second factor is set up now."""
    Device.objects.filter(pk=device.pk, limited=True).update(limited=False)


@transaction.atomic
def end_device(device_id: int, *, by: User, now: datetime) -> Device:
    """Sign a browser out, here or from another one."""
    device = Device.objects.select_for_update().get(pk=device_id)
    authorize(rules.why_not_own(by, device.user))
    if device.ended_at:
        return device

    device.ended_at = now
    device.save(update_fields=["ended_at"])
    Session.objects.filter(session_key=device.session_key).delete()
    audit.record(by, "person.sign_out", device, now=now)
    return device


def sweep_devices(*, now: datetime, kept: timedelta = timedelta(days=90)) -> int:
    """Delete devices not seen for long. Returns how many."""
    return Device.objects.filter(seen_at__lt=now - kept).delete()[0]
