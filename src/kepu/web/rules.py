"""Why not? For what the shell does to accounts."""

from __future__ import annotations

from datetime import datetime

from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.rules import Seat, why_not_seat
from kepu.kernel.roles.verbs import ROLES, SEPARATED


def why_not_login(login: str) -> str | None:
    """A login belongs to one person."""
    if User.objects.filter(login=login).exists():
        return f"somebody signs in as {login!r} already"
    return None


def why_not_grant(person: User, role: str, path: str, now: datetime) -> str | None:
    """A role is held once, at a place it is for, and the three administrators are three people."""
    if reason := why_not_seat(ROLES[role], Seat(path)):
        return reason
    held = roles.open_grants(now).filter(person=person)
    if held.filter(role=role, path=path).exists():
        return f"{person.login} holds {role} at {path} already"
    apart = held.filter(role__in=SEPARATED).exclude(role=role).first()
    if role in SEPARATED and apart:
        return f"{person.login} is {apart.role}; system, security and audit are three people"
    return None
