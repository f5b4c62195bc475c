"""Orders whose venue was suspended or has ended: on a named officer's list, and off it again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import OrderMoved
from kepu.orders import rules, telling, whereabouts
from kepu.orders.actions.moving import Hand, locked, note_step
from kepu.orders.models import Order, Rehoming
from kepu.orders.models.rehoming import RehomingEnd
from kepu.orders.states import UNDER_WAY

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.venues.models import Venue


def lose_venue(venue_id: int, *, now: datetime) -> int:
    """Put every order under way at the venue on the list of a named officer; how many.

    Each in a transaction of its own. Nothing where the venue can be used again meanwhile.
    """
    if whereabouts.why_not_at(venue_id) is None:
        return 0
    found = Order.objects.filter(venue=venue_id, state__in=UNDER_WAY).order_by("pk")
    lost = [made for pk in found.values_list("pk", flat=True) if (made := _lose(pk, venue_id, now))]
    telling.tell_officers_of_lost(lost, now)
    return len(lost)


@transaction.atomic
def _lose(order_id: int, venue_id: int, now: datetime) -> Rehoming | None:
    order = locked(order_id)
    if order.venue_id != venue_id or order.state not in UNDER_WAY:
        return None
    return wait_for_a_place(order, now)


def wait_for_a_place(order: Order, now: datetime) -> Rehoming | None:
    """The locked order waits for another place; the resident and the team hear not to go there."""
    if whereabouts.waiting(order) is not None:
        return None
    Rehoming.objects.filter(order=order, ended_at__isnull=True).delete()  # of an earlier visit
    assert order.venue_id is not None  # noqa: S101 (or nothing was lost)
    officer = whereabouts.named_officer(order.path, now)
    made = Rehoming.objects.create(order=order, venue_id=order.venue_id, officer=officer, since=now)
    note_step(order, "lose_venue", Hand(None, now), {})
    telling.tell_of_venue(order, "order_venue_lost", now)
    return made


def regain_venue(venue_id: int, *, now: datetime) -> int:
    """Take orders off the list that can take place where they were to; how many."""
    if whereabouts.why_not_at(venue_id) is not None:
        return 0
    found = whereabouts.all_waiting().filter(venue=venue_id).order_by("pk")
    return sum(_regain(pk, venue_id, now) for pk in found.values_list("order", flat=True))


@transaction.atomic
def _regain(order_id: int, venue_id: int, now: datetime) -> bool:
    order = locked(order_id)
    row = whereabouts.waiting(order)
    if row is None or row.venue_id != venue_id:
        return False
    _end(row, RehomingEnd.BACK, None, now)
    note_step(order, "regain_venue", Hand(None, now), {})
    telling.tell_of_venue(order, "order_venue_back", now)
    return True


@transaction.atomic
def rehome(order_id: int, *, venue: Venue, by: User, now: datetime) -> Order:
    """Let an order that lost its venue take place at another one; its time and its team stay.

    Raises NotAllowed for who may not cancel it, and RuleBroken where it has a place or the other venue
    cannot be used.
    """
    order = locked(order_id)
    authorize(rules.why_not_cancel_as(by, order, now))
    require(whereabouts.why_not_rehome(order, venue.pk, hold=True))

    row = whereabouts.waiting(order)
    assert row is not None  # noqa: S101 (the rule has said so)
    _end(row, RehomingEnd.MOVED, by, now)
    order.venue = venue
    order.version += 1
    order.save(update_fields=["venue", "version"])
    note = _("now at %(venue)s") % {"venue": venue.name}
    note_step(order, "rehome", Hand(by, now, order.resident, note), {})
    facts.publish(OrderMoved(at=now, order_id=order.pk, verb="rehome", state=order.state))
    return order


def _end(row: Rehoming, end: RehomingEnd, by: User | None, now: datetime) -> None:
    row.ended_at, row.end, row.ended_by = now, end, by
    row.save(update_fields=["ended_at", "end", "ended_by"])
