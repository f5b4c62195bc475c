"""What devices sent and could not be done: who finds it, and who says that it was put right."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.orders import rules
from kepu.orders.models import DeviceEvent
from kepu.orders.models.delivery import Outcome

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


def needing_a_person(reach: Reach) -> QuerySet[DeviceEvent]:
    """For the orders inside `reach`, the oldest first."""
    return _refused().filter(reach.limit("order__path"))


def sent_by(person: User) -> QuerySet[DeviceEvent]:
    """What the person's own device sent, of whatever order, the oldest first."""
    return _refused().filter(by=person)


def shown_to(person: User, now: datetime) -> QuerySet[DeviceEvent]:
    """Of the places the person dispatches for, and of the person's own device; the oldest first."""
    return sent_by(person) | needing_a_person(roles.reach(person, Verb.ORDER_DISPATCH, now))


def _refused() -> QuerySet[DeviceEvent]:
    found = DeviceEvent.objects.filter(outcome=Outcome.REFUSED)
    return found.select_related("order", "by").order_by("pk")


def why_not_settle(event: DeviceEvent) -> str | None:
    return None if event.outcome == Outcome.REFUSED else _("this needs nobody any more")


def why_not_settle_as(person: User, event: DeviceEvent, now: datetime) -> str | None:
    """A worker of the order's place settles; an event of an unknown order is settled by its sender."""
    if event.order is None:
        return None if event.by_id == person.pk else _("only the sender may do this")
    return rules.why_not_dispatch_as(person, event.order, now)
