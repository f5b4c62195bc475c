"""Why not? Hours of an order's visits: each visit's department certifies its own, the receiver confirms.

Hours that are not for this person to agree to wait for another one, and hold up nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import rules, visits
from kepu.orders.models import Order
from kepu.people import rules as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Service

Against = Callable[["User", "Service", datetime], str | None]


def why_not_certify_as(person: User, order: Order, now: datetime) -> str | None:
    """An officer of the department in charge; one that was in charge of an earlier visit does not see
    the order any more, and certifies in the officers' list of hours.
    """
    return rules.why_not_act_for_department(person, order, now)


def why_not_confirm_as(person: User, order: Order, now: datetime) -> str | None:
    """The receiving side: the resident, or the station of the place."""
    return rules.why_not_place_for(person, order.resident, order.path, now)


def why_not_certify(person: User, order: Order, now: datetime) -> str | None:
    """Some hours wait to be certified, and by this person."""
    waiting = list(_proposed(order))
    if not waiting:
        return _("no hours of this visit wait to be certified")
    return _against_all(waiting, _against_certifying, person, now)


def why_not_confirm(person: User, order: Order, now: datetime) -> str | None:
    """Some hours are certified, and wait for this person to confirm them."""
    states = visits.states_of_hours(order)
    if "certified" in states:
        return _against_all(_certified(order), people.why_not_confirm_as, person, now)
    if "proposed" in states:
        return _("the department certifies the hours first; then you confirm them")
    return _("no hours of this visit wait to be confirmed")


def certifiable(person: User, order: Order, now: datetime) -> list[Service]:
    """Proposed hours that the person may certify."""
    return [one for one in _proposed(order) if _against_certifying(person, one, now) is None]


def confirmable(person: User, order: Order, now: datetime) -> list[Service]:
    """Certified hours that the person may confirm."""
    found = _certified(order)
    return [one for one in found if people.why_not_confirm_as(person, one, now) is None]


def _proposed(order: Order) -> QuerySet[Service]:
    return visits.hours(order).filter(state="proposed")


def _certified(order: Order) -> QuerySet[Service]:
    return visits.hours(order).filter(state="certified")


def _against_certifying(person: User, service: Service, now: datetime) -> str | None:
    department = service.organisation_id
    if not roles.holds(person, Verb.ORDER_ACCEPT, organisation_id=department, now=now):
        return _("the department of that visit certifies its hours, in its own list of hours")
    return people.why_not_certify_as(person, service, now)


def _against_all(
    found: Iterable[Service], against: Against, person: User, now: datetime
) -> str | None:
    """Why the person may agree to none of them; nothing once there is one."""
    reason = None
    for one in found:
        reason = against(person, one, now)
        if reason is None:
            return None
    return reason
