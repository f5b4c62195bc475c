"""Why not? For what the shell does to accounts."""

from __future__ import annotations

from datetime import datetime

from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import SEPARATED


def why_not_login(login: str) -> str | None:
    """A login belongs to one person."""
    if User.objects.filter(login=login).exists():
        return f"somebody signs in as {login!r} already"
    return None


def why_not_grant(person: User, role: str, path: str, now: datetime) -> str | None:
    """A role is held once at a place, and the three administrators are three people."""
    held = roles.open_grants(now).filter(person=person)
    if held.filter(role=role, path=path).exists():
        return f"{person.login} holds {role} at {path} already"
    apart = held.filter(role__in=SEPARATED).exclude(role=role).first()
    if role in SEPARATED and apart:
        return f"{person.login} is {apart.role}; system, security and audit are three people"
    return None
