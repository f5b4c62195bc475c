"""What of an order's free words, and of the resident's name, a person reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from kepu.kernel.accounts import masks
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import contacts, evidence, queries, rules
from kepu.orders.models import Order
from kepu.orders.states import OrderState
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

Reading = Callable[[str], str]


def reading(person: User, order: Order, now: datetime) -> Reading:
    """How the person reads need, notes and ratings: as written, without numbers, or not at all.

    Who knows the contact reads everything. Who works with the order or may claim it reads what it is
    about, not whom to call. Who only sees that another team has it reads nothing, nor does whose own
    order was merged into it.
    """
    if rules.why_not_see_contact(person, order, now) is None:
        return str
    if _works_with(person, order, now):
        return masks.numbers
    if order.state == OrderState.OPEN and not queries.joined_by(person, order).exists():
        return masks.numbers
    return _nothing


def _nothing(_words: str) -> str:
    return ""


def _works_with(person: User, order: Order, now: datetime) -> bool:
    if order.team is not None and people.belongs(person, order.team):
        return True
    if rules.why_not_act_for_department(person, order, now) is None:
        return True
    return roles.holds(person, Verb.ORDER_SUPERVISE, path=order.path, now=now)


def resident_name(person: User, order: Order, now: datetime) -> str:
    """The name of the resident, for who may know the contact; its first letter where it is not told."""
    name = order.resident.personal.name
    return name if _reads_name(person, order, now) else masks.name(name)


def _reads_name(person: User, order: Order, now: datetime) -> bool:
    if person.pk in (order.resident_id, order.resident.guardian_id):
        return True
    verbs = (Verb.ORDER_DISPATCH, Verb.ORDER_PLACE_FOR)
    return contacts.tells_name(
        order, lambda home: any(roles.holds(person, verb, path=home, now=now) for verb in verbs)
    )


def reads_earlier_ratings(person: User, order: Order, now: datetime) -> bool:
    """Whether the person reads how earlier visits were rated: not the next team, of another's work."""
    if rules.why_not_receive(person, order, now) is None:
        return True
    return evidence.oversees(person, order, now)


def shows_names(person: User, order: Order, now: datetime) -> bool:
    """Whether the history says who did what by name, the resident too."""
    known = rules.why_not_see_contact(person, order, now) is None
    return known and _reads_name(person, order, now)
