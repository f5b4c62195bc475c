"""Where an order takes place when it is at a venue: whether that can be used, and what lost its venue.

The venue is asked at the moment of decision, and read from the database each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders.models import Order, Rehoming, Service
from kepu.orders.states import UNDER_WAY
from kepu.venues import queries as venues

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


def why_not_at(venue_id: int | None, *, hold: bool = False) -> str | None:
    """Why nothing is agreed at this venue now; what names none is not asked. One query, or two.

    With `hold` no decision about the venue falls before the caller's transaction has ended.
    """
    return None if venue_id is None else venues.why_not_usable(venue_id, hold=hold)


def why_not_each(dishes: Iterable[Service]) -> dict[int, str]:
    """Why dishes are not ordered now because of their venues, by their ids. Nothing more is read of venues
    that can be used.
    """
    at_venues = [one for one in dishes if one.venue]
    found = {one.pk: venues.why_not_at_work(one.venue) for one in at_venues if one.venue}
    return {pk: reason for pk, reason in found.items() if reason}


def why_not_rehome(order: Order, venue_id: int | None, *, hold: bool = False) -> str | None:
    """An order that lost its venue, and another one that can be used."""
    if order.state not in UNDER_WAY or waiting(order) is None:
        return _("this order has a place already")
    if venue_id == order.venue_id:
        return _("choose another venue than the one that cannot be used")
    return why_not_at(venue_id, hold=hold)


def waiting(order: Order) -> Rehoming | None:
    """The row by which the order waits for another place, if it does. One query."""
    found = order.rehomings.filter(ended_at__isnull=True, order__state__in=UNDER_WAY)
    return found.select_related("venue", "officer").first()


def all_waiting() -> QuerySet[Rehoming]:
    """Orders that lost their venue and are under way, those wanted soonest first."""
    found = Rehoming.objects.filter(ended_at__isnull=True, order__state__in=UNDER_WAY)
    rows = found.select_related("venue", "officer", "order__division_now", "order__team")
    return rows.order_by("order__wanted_from", "pk")


def waiting_for(person: User, now: datetime) -> QuerySet[Rehoming]:
    """Those the person may find a place for: first the own ones, then the others of the place."""
    reach = roles.reach(person, Verb.ORDER_SUPERVISE, now)
    dispatch = roles.reach(person, Verb.ORDER_DISPATCH, now)
    found = all_waiting().filter(reach.limit("order__path") | dispatch.limit("order__path"))
    mine = Case(When(officer=person, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(mine, "order__wanted_from", "pk")


def named_officer(path: str, now: datetime) -> User | None:
    """Who finds another place: of the nearest who supervise or dispatch, who has the least to do."""
    nearest = roles.nearest_holders(Verb.ORDER_SUPERVISE, now=now, path=path)
    nearest = nearest or roles.nearest_holders(Verb.ORDER_DISPATCH, now=now, path=path)
    counts = {one.pk: all_waiting().filter(officer=one).count() for one in nearest}
    return min(nearest, key=lambda one: (counts[one.pk], one.pk), default=None)
