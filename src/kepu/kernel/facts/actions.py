"""Publish a fact inside the action's transaction; the worker delivers it after the commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import registry, rules
from kepu.kernel.facts.catalogue import Fact, to_data
from kepu.kernel.facts.models import Delivery, DeliveryState, Happening
from kepu.kernel.ready import insert, insertion, send

AT_ONCE = 500  # rows in one statement


def publish(fact: Fact, *, due_at: datetime | None = None) -> Happening:
    """Keep the fact and one delivery for each listener; nothing is sent before the commit.

    `due_at` lets the deliveries wait, for instance until quiet hours are over.
    """
    kept = insert(happening(fact))
    deliver(kept, fact, due_at=due_at)
    return kept


def publish_all(told: Sequence[Fact], *, due_at: datetime | None = None) -> None:
    """The same for many at once: few statements for thousands."""
    kept = Happening.objects.bulk_create([happening(fact) for fact in told], batch_size=AT_ONCE)
    deliveries = [
        _delivery(row, name, due_at or fact.at)
        for row, fact in zip(kept, told, strict=True)
        for name in registry.listeners_of(type(fact))
    ]
    Delivery.objects.bulk_create(deliveries, batch_size=AT_ONCE)


def happening(fact: Fact) -> Happening:
    """The first half of `publish`, for who writes it together with other rows: the fact as it is kept."""
    return Happening(name=type(fact).__name__, at=fact.at, data=to_data(fact))


def deliver(kept: Happening, fact: Fact, *, due_at: datetime | None = None) -> None:
    """The second half: a delivery to each listener of a fact that is kept."""
    due = due_at or fact.at
    names = registry.listeners_of(type(fact))
    send(*(insertion(_delivery(kept, name, due)) for name in names))


def _delivery(kept: Happening, name: str, due: datetime) -> Delivery:
    return Delivery(fact=kept, listener=name, due_at=due, awaited=registry.is_awaited(name))


@transaction.atomic
def revive(delivery_id: int, *, by: User, now: datetime) -> Delivery:
    """Give a dead letter another life, from its first attempt on."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    authorize(rules.why_not_operate(by, now))
    require(rules.why_not_revive(delivery))

    delivery.state, delivery.attempts, delivery.due_at = DeliveryState.WAITING, 0, now
    delivery.save(update_fields=["state", "attempts", "due_at"])
    audit.record(by, "delivery.revive", delivery, now=now)
    return delivery
