"""Why a person's data must be kept although they ask to be erased. Rooms register their reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts import queries
from kepu.kernel.accounts.models import User

Keeper = Callable[[User, datetime], str | None]

_keepers: dict[str, Keeper] = {}


def register(name: str, keeper: Keeper) -> None:
    """Ask `keeper` before anybody is erased; it answers with a sentence, or None."""
    _keepers[name] = keeper


def reasons(user: User, now: datetime) -> list[str]:
    """Every reason that stands against erasing the person now."""
    found = (keeper(user, now) for keeper in _keepers.values())
    return [reason for reason in found if reason]


def wards_left(user: User, now: datetime) -> str | None:
    """A guardian stays as long as children are registered on their consent; who is of age is none."""
    wards = user.wards.filter(erased_at__isnull=True)
    if any(not queries.is_of_age(ward, now) for ward in wards):
        return _("children in your care are registered on your consent; erase them first")
    return None


def roles_held(user: User, now: datetime) -> str | None:
    """Who holds an office hands it over first, or its open work would belong to nobody."""
    from kepu.kernel.roles import queries as roles  # roles read persons: asked late

    if roles.open_grants(now).filter(person=user).exists():
        return _("you hold a role; it has to be handed over or ended first")
    return None
