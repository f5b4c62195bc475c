"""What the desk and the department say of an order among others: how urgent it is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.errors import BadInput, authorize, require
from kepu.orders import urgency
from kepu.orders.actions.moving import Hand, locked, note_step, require_reason
from kepu.orders.models import Order
from kepu.orders.states import Priority

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


@transaction.atomic
def prioritise(order_id: int, *, priority: int, reason: str, by: User, now: datetime) -> Order:
    """Say how urgent a waiting order is, and why: it sorts what is due alike, and counts in plans.

    Raises NotAllowed for everybody but the desk and the department, RuleBroken once a team has the
    order or when nothing would change, BadInput without a reason.
    """
    order = locked(order_id)
    authorize(urgency.why_not_set_as(by, order, now))
    require_reason(reason)
    if priority not in Priority.values:
        raise BadInput(_("there is no such urgency"), field="priority")
    wanted = Priority(priority)
    require(urgency.why_not_set(order, wanted))

    order.priority = wanted
    order.version += 1
    order.save(update_fields=["priority", "version"])
    note = _("%(urgency)s: %(why)s") % {"urgency": wanted.label, "why": reason.strip()}
    note_step(order, "prioritise", Hand(by, now, note=note), {}, priority=priority)
    return order
