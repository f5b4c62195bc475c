"""Showing a telephone in full, to who has to ring: every time on the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.api import limits
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import Outside
from kepu.orders import privacy, rules
from kepu.orders.actions.moving import locked
from kepu.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kepu.kernel.accounts.models import User

RINGS_A_MINUTE = 6  # nobody rings more people than that; who collects numbers does


@dataclass(frozen=True)
class Line:
    """Whom one reaches at which telephone."""

    name: str
    phone: str


@transaction.atomic
def show_resident_phone(order_id: int, *, by: User, now: datetime) -> list[Line]:
    """Who serves the order now reads the telephone of who asked for it.

    Raises Outside for everybody else, so that nobody learns whether there is one, and TooMany for
    who asks for one after the other.
    """
    order = locked(order_id)
    if rules.why_not_ring_resident(by, order, now):
        raise Outside(_("there is no such order, or it lies outside your area"))
    limits.spend(f"ring:{by.pseudonym}", RINGS_A_MINUTE, now)
    audit.record(by, "order.show_resident_phone", order, now=now, state=order.state)
    resident = order.resident
    if resident.personal.phone:
        return [Line(privacy.resident_name(by, order, now), resident.personal.phone)]
    return _lines([resident.guardian] if resident.guardian else [])


@transaction.atomic
def show_leader_phone(order_id: int, *, by: User, now: datetime) -> list[Line]:
    """Who waits for a visit, or answers for it, reads the telephones of the team's leaders."""
    order = locked(order_id)
    if rules.why_not_ring_leader(by, order, now) or order.team is None:
        raise Outside(_("there is no such order, or it lies outside your area"))
    limits.spend(f"ring:{by.pseudonym}", RINGS_A_MINUTE, now)
    audit.record(by, "order.show_leader_phone", order, now=now, team=order.team_id)
    return _lines(people.leaders(order.team))


def _lines(persons: Iterable[User]) -> list[Line]:
    return [Line(one.name, one.personal.phone) for one in persons if one.personal.phone]
