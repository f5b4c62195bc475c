"""Volunteer hours of a visit: proposed by its report, certified, confirmed by the receiver."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import Refusal, authorize, require
from kepu.orders import rules, visits
from kepu.orders.actions.moving import locked
from kepu.orders.models import CheckIn, Order
from kepu.people import actions as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

log = logging.getLogger(__name__)


def propose_all(order: Order, *, by: User, now: datetime) -> int:
    """Propose the hours of everybody who checked in; returns for how many it could not be done.

    Hours that cannot be counted (no registered volunteer, an overlap) do not stop the report of a
    visit that took place; the volunteer can ask for them by hand.
    """
    return sum(
        not _propose(order, arrival, by, now)
        for arrival in visits.check_ins(order)
        .select_related("person")
        .filter(left_at__isnull=False)
    )


def _propose(order: Order, arrival: CheckIn, by: User, now: datetime) -> bool:
    assert arrival.left_at  # noqa: S101 (filtered)
    try:
        with transaction.atomic():
            people.propose_service(
                person=arrival.person,
                source=visits.source(order),
                source_id=order.pk,
                place=order.division_now,
                began_at=arrival.arrived_at,
                ended_at=arrival.left_at,
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
    """The department certifies the hours its visits took; returns how many services it certified."""
    order = locked(order_id)
    authorize(rules.why_not_act_for_department(by, order, now))
    require(rules.why_not_certify_hours(order))

    services = list(visits.hours(order).filter(state="proposed"))
    for service in services:
        people.certify(service.pk, by=by, now=now)
    audit.record(by, "order.certify_hours", order, now=now, services=len(services))
    return len(services)


@transaction.atomic
def confirm_hours(order_id: int, *, by: User, now: datetime) -> int:
    """The receiving side confirms what was certified; only then do the hours count."""
    order = locked(order_id)
    authorize(rules.why_not_speak_for_resident(by, order, now))
    require(rules.why_not_confirm_hours(order))

    services = list(visits.hours(order).filter(state="certified"))
    for service in services:
        people.confirm(service.pk, by=by, now=now, for_whom=order.resident)
    audit.record(
        by, "order.confirm_hours", order, now=now, for_whom=order.resident, services=len(services)
    )
    return len(services)
