"""Whose time is up: orders whose stage has run out, and those that nobody wants any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from kepu.kernel.divisions import queries as divisions
from kepu.orders.models import Order
from kepu.orders.states import MAY_EXPIRE, UNDER_WAY


def overdue(now: datetime) -> QuerySet[Order]:
    """Orders whose stage has run out at `now`, the longest first, but for those that wait at the top."""
    tops = list(divisions.current().filter(parent=None).values_list("path", flat=True))
    late = Order.objects.filter(due_at__lte=now).exclude(desk__in=tops, state__in=UNDER_WAY)
    return late.order_by("due_at", "pk")


def wanted_no_more(now: datetime, grace: timedelta) -> QuerySet[Order]:
    """Orders that nobody took until `grace` after the last hour they were wanted.

    Nothing is awaited of an order later than that hour, so the index by what is awaited finds them.
    """
    last = now - grace
    over = Order.objects.filter(state__in=MAY_EXPIRE, urgent_at__lte=last, wanted_until__lte=last)
    return over.order_by("wanted_until", "pk")
