"""Stations that dispatch orders: which of them may, which did, and how many orders in a year.

A station stands for the place from which an order is dispatched; who may dispatch is said by roles.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _

from kepu.orders.models import Dispatch, Order
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.people.models import Station

YEAR = timedelta(days=365)


def of_desk(order: Order) -> list[Station]:
    """Stations at the desk where the order waits, or else at the nearest place above it. One query."""
    return people.dispatching(order.desk or order.path)


def why_not(station: Station | None, offered: list[Station]) -> str | None:
    """Only a station of that desk dispatches; none is named where none stands."""
    if station is None or station in offered:
        return None
    return _("this station does not dispatch for the desk where the order waits")


def of_order(order: Order) -> dict[datetime, Dispatch]:
    """Which station each dispatch came from, by the moment of the step. One query."""
    return {one.at: one for one in Dispatch.objects.filter(order=order)}


def names(orders: Iterable[Order]) -> dict[int, str]:
    """What the station was called that dispatched each order last, by the order's id. One query."""
    rows = Dispatch.objects.filter(order__in=list(orders)).order_by("pk")
    return dict(rows.values_list("order", "name"))


def counts(stations: Iterable[int], now: datetime) -> dict[int, int]:
    """How many dispatches each station made in the last 365 days, by its id. One query."""
    rows = Dispatch.objects.filter(station__in=list(stations), at__gt=now - YEAR).order_by()
    found = rows.values("station").annotate(n=Count("order", distinct=True))
    return dict(found.values_list("station", "n"))
