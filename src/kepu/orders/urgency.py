"""How urgent an order is: said by who answers for it, with a reason, and never by who wants it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kepu.orders import rules
from kepu.orders.models import Order
from kepu.orders.states import MAY_EXPIRE, Priority

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


def why_not_set_as(person: User, order: Order, now: datetime) -> str | None:
    """The desk says so, or the department that has the order."""
    if rules.why_not_act_for_department(person, order, now) is None:
        return None
    if rules.why_not_dispatch_as(person, order, now) is None:
        return None
    return _("only the desk of this place or the department in charge may do this")


def why_not_set_at_all(order: Order) -> str | None:
    """While it waits for a team: afterwards it comes first or last for nobody."""
    if order.state in MAY_EXPIRE:
        return None
    return _("how urgent an order is counts only while it waits for a team")


def why_not_set(order: Order, priority: Priority) -> str | None:
    """Something has to change by it."""
    if order.priority == priority:
        return _("this order is “%(urgency)s” already") % {"urgency": priority.label}
    return why_not_set_at_all(order)


def why_not_wish_for(priority: int) -> str | None:
    """Who orders says when it is wanted; how urgent it is among others is said by who sees the others."""
    if priority == Priority.NORMAL:
        return None
    return _(
        "the desk or the department says how urgent an order is, once it was sent; say when you "
        "want it, and why, in the need"
    )


def of_plan(order: Order, why: str) -> str:
    """The reason of a plan, with what the office said of the order's urgency, which counts in it."""
    if order.priority == Priority.NORMAL:
        return why
    said = Priority(order.priority).label
    return _("%(why)s; set as “%(urgency)s” by the office") % {"why": why, "urgency": said}
