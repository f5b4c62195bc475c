"""Waiting lists of orders: who of them was asked, and where the next one is to be asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import queries
from kepu.orders.models import Offer, Order, Waiting
from kepu.orders.schemas import CLAIMS, Claims
from kepu.orders.states import OrderState


def asked(rules: Claims, now: datetime) -> QuerySet[Offer]:
    """Offers that Kepu made from a waiting list since the order opened, and that the team has time left
    to answer.
    """
    since = now - timedelta(hours=rules.line_answer_hours)
    young = Offer.objects.filter(by__isnull=True, declined_at__isnull=True, at__gt=since)
    return young.filter(queries.SINCE_OPEN)


def at_rest(now: datetime) -> QuerySet[Order]:
    """Open orders that teams wait for, none of which has been asked and has time left to answer; the
    most urgent first. One query.
    """
    pending = asked(rulebooks.in_force(CLAIMS, now).rules, now)
    waited_for = Order.objects.filter(
        pk__in=Waiting.objects.values("order"), state=OrderState.OPEN, wanted_until__gt=now
    )
    return waited_for.exclude(pk__in=pending.values("order")).order_by("urgent_at", "pk")
