"""What a volunteer is expected at, and was at without hours; rooms register where to look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kepu.kernel.accounts.models import User


@dataclass(frozen=True)
class No:
    """Where one says that one cannot come, and what follows from saying it now."""

    action: str
    means: str


@dataclass(frozen=True)
class Appointment:
    """One thing ahead: what, for which team, when, where, with whom, and the page of it."""

    title: str
    team: str
    place: str
    href: str
    starts_at: datetime | None = None  # None: not set yet
    ends_at: datetime | None = None
    others: tuple[str, ...] = ()
    no: No | None = None  # nothing is to be said about it any more


Look = Callable[[User, datetime], list[Appointment]]

_looks: dict[str, Look] = {}
_uncounted: dict[str, Look] = {}


def register(name: str, look: Look) -> None:
    """Let `look` say what a person is expected at. Call when Django is ready."""
    _looks[name] = look


def ahead(person: User, now: datetime) -> list[Appointment]:
    """Everything the person is expected at, the soonest first, what has no time yet last."""
    found = [one for look in _looks.values() for one in look(person, now)]
    return sorted(found, key=lambda one: (one.starts_at is None, one.starts_at or now))


def register_uncounted(name: str, look: Look) -> None:
    """Let `look` say where a person was present without hours. Call when Django is ready."""
    _uncounted[name] = look


def uncounted(person: User, now: datetime) -> list[Appointment]:
    """Where the person was and no hours were counted, so that they can be asked for; newest first."""
    found = [one for look in _uncounted.values() for one in look(person, now)]
    return sorted(found, key=lambda one: one.starts_at or now, reverse=True)
