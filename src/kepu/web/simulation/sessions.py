"""Signed-in browsers for load that is measured: sessions as the sign-in page leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import get_random_string

from kepu.kernel.accounts import entrance
from kepu.kernel.accounts.models import Device, User
from kepu.kernel.accounts.sessions import SessionStore

TOKEN = get_random_string(32)


def sign_in(people: Sequence[User], now: datetime) -> dict[int, dict[str, str]]:
    """Headers by person: the session's cookie and the token that forms carry."""
    keys = {person.pk: get_random_string(32) for person in people}
    devices = Device.objects.bulk_create(
        Device(
            user_id=pk, session_key=key, agent="benchmark", signed_in_at=now, seen_at=now,
            idle_minutes=480,
        )
        for pk, key in keys.items()
    )  # fmt: skip
    store = SessionStore()
    Session.objects.bulk_create(
        Session(
            session_key=device.session_key,
            session_data=store.encode(_contents(person, device)),
            expire_date=now + timedelta(seconds=settings.SESSION_COOKIE_AGE),
        )
        for person, device in zip(people, devices, strict=True)
    )
    return {pk: headers(key) for pk, key in keys.items()}


def headers(key: str) -> dict[str, str]:
    return {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
        "X-CSRFToken": TOKEN,
    }


def _contents(person: User, device: Device) -> dict[str, object]:
    return {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: entrance.BACKEND,
        HASH_SESSION_KEY: person.get_session_auth_hash(),
        "device": device.pk,
    }
