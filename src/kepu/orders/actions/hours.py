"""Volunteer hours of a visit: proposed by its report, certified, confirmed by the receiver."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import Refusal, authorize, require
from kepu.orders import agreeing, visits
from kepu.orders.actions.moving import locked
from kepu.orders.models import CheckIn, Order
from kepu.people import actions as people
from kepu.people import queries as people_read
from kepu.people.states import ServiceState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Service

log = logging.getLogger(__name__)


def propose_all(order: Order, *, by: User | None, now: datetime) -> int:
    """Propose the hours of everybody who checked in; returns for how many it could not be done.

    Without `by` each is proposed by who arrived: who ended the order took no part in the visit. Hours
    that cannot be counted (no registered volunteer, an overlap) do not stop the report of a visit that
    took place; the volunteer can ask for them by hand. Volunteers are locked one after the other, by
    their ids as everywhere, so that two reports at once cannot wait for each other.
    """
    arrivals = visits.check_ins(order).select_related("person").order_by("person_id")
    return sum(
        not _propose(order, arrival, arrival.left_at, by or arrival.person, now)
        for arrival in arrivals
        if arrival.left_at
    )


def end_presence(order: Order, *, by: User | None, now: datetime) -> None:
    """Who is there leaves now, or when the visit would have ended: letting go late earns nothing."""
    staying = visits.check_ins(order).filter(left_at__isnull=True)
    if order.ends_at and order.ends_at < now:
        staying.filter(arrived_at__lt=order.ends_at).update(left_at=order.ends_at)
    staying.filter(arrived_at__lt=now).update(left_at=now)
    propose_all(order, by=by, now=now)


def catch_up(order: Order, arrival: CheckIn, now: datetime) -> None:
    """Propose the hours of who is heard of only now, the visit being over already.

    Who said nothing of leaving left with the others, as far as is known; said later, it counts. What
    somebody has certified, objected to or refused meanwhile, no device changes.
    """
    left = arrival.left_at or visits.ended_at(order)
    if left is None or left <= arrival.arrived_at or not visits.over(order):
        return
    known = people_read.of_source(visits.source(order), order.pk).filter(person=arrival.person)
    claimed = known.exclude(state=ServiceState.DROPPED).first()
    if claimed is None:
        if not known.exists():
            _propose(order, arrival, left, arrival.person, now)
    elif _is_as_proposed(claimed) and claimed.ended_at != _end(order, left):
        _propose(order, arrival, left, arrival.person, now, instead_of=claimed)


def _is_as_proposed(service: Service) -> bool:
    """Nobody has certified the hours, or objected to them."""
    return service.state == ServiceState.PROPOSED and not service.reason


def _end(order: Order, left: datetime) -> datetime:
    """Nobody earns hours beyond the report."""
    return min(left, order.delivered_at or left)


def _propose(
    order: Order,
    arrival: CheckIn,
    left: datetime,
    by: User,
    now: datetime,
    *,
    instead_of: Service | None = None,
) -> bool:
    """Whether it could be done; what was to be replaced stays where it could not."""
    try:
        with transaction.atomic():
            if instead_of:
                people.drop(instead_of.pk, by=by, now=now)
            people.propose_service(
                person=arrival.person,
                source=visits.source(order),
                source_id=order.pk,
                place=order.division_now,
                began_at=arrival.arrived_at,
                ended_at=_end(order, left),
                team=order.team,
                organisation=order.department,
                receiver=order.resident,
                title=order.title,
                skills=[order.topic],
                by=by,
                now=now,
            )
    except Refusal as refusal:
        log.info("hours of %s at %s: %s", arrival.person_id, order.pk, refusal.reason)
        return False
    return True


@transaction.atomic
def certify_hours(order_id: int, *, by: User, now: datetime) -> int:
    """A department certifies the hours its visits took; returns how many services it certified.

    Raises NotAllowed when all that wait are those of `by`, or of another department's visit.
    """
    order = locked(order_id)
    authorize(agreeing.why_not_certify_as(by, order, now))
    services = agreeing.certifiable(by, order, now)
    if not services:
        _refuse(agreeing.why_not_certify(by, order, now), waits=visits.hours_in(order, "proposed"))
    for service in services:
        people.certify(service.pk, by=by, now=now)
    audit.record(by, "order.certify_hours", order, now=now, services=len(services))
    return len(services)


@transaction.atomic
def confirm_hours(order_id: int, *, by: User, now: datetime) -> int:
    """The receiving side confirms what was certified; only then do the hours count."""
    order = locked(order_id)
    authorize(agreeing.why_not_confirm_as(by, order, now))
    services = agreeing.confirmable(by, order, now)
    if not services:
        _refuse(agreeing.why_not_confirm(by, order, now), waits=visits.hours_in(order, "certified"))
    for service in services:
        people.confirm(service.pk, by=by, now=now, for_whom=order.resident)
    audit.record(
        by, "order.confirm_hours", order, now=now, for_whom=order.resident, services=len(services)
    )
    return len(services)


def _refuse(reason: str | None, *, waits: int) -> None:
    """Hours wait, but not for this person; or none do."""
    if waits:
        authorize(reason)
    require(reason)
