"""Why not? Contracts for purchased services: who signs one, what it may say, and when it is drawn on."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import queries
from kepu.orders.models import Contract

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


def why_not_sign(person: User, buyer_id: int, now: datetime) -> str | None:
    """Only an officer of the buying department signs."""
    if roles.holds(person, Verb.CONTRACT_SIGN, organisation_id=buyer_id, now=now):
        return None
    return _("only an officer of the buying department may do this")


def why_not_say(number: str, buyer_id: int, seller_id: int, days: tuple[date, date]) -> str | None:
    """A contract has a number of its own, two sides, and an end after its beginning."""
    if buyer_id == seller_id:
        return _("buyer and seller must be two")
    if days[1] < days[0]:
        return _("the last day must not come before the first")
    if Contract.objects.filter(number=number.strip()).exists():
        return _("a contract with this number exists already")
    return None


def why_not_stand_on(
    contract: Contract | None, department_id: int | None, now: datetime
) -> str | None:
    """A dish stands on a contract of its own department that has not ended and has services left."""
    if contract is None:
        return None
    if contract.buyer_id != department_id:
        return _("this contract belongs to another department")
    if clock.day(now) > contract.last_day:
        return _("this contract has ended")
    if queries.bought_already(contract) >= contract.services:
        return _("all services of this contract have been ordered")
    return None


def why_not_order(
    contract: Contract | None, department_id: int | None, now: datetime
) -> str | None:
    """Its dishes may be written before it begins, and are ordered once it has begun."""
    if contract is not None and clock.day(now) < contract.first_day:
        return _("the contract of this service begins on %(day)s; order it from that day on") % {
            "day": contract.first_day.isoformat()
        }
    return why_not_stand_on(contract, department_id, now)
