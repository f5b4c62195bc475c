"""Publish a fact inside the action's transaction; the worker delivers it after the commit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import registry, rules
from kepu.kernel.facts.catalogue import Fact, to_data
from kepu.kernel.facts.models import Delivery, DeliveryState, Happening
from kepu.kernel.ready import insert


def publish(fact: Fact, *, due_at: datetime | None = None) -> Happening:
    """Keep the fact and one delivery for each listener; nothing is sent before the commit.

    `due_at` lets the deliveries wait, for instance until quiet hours are over.
    """
    kind = type(fact)
    happening = insert(Happening(name=kind.__name__, at=fact.at, data=to_data(fact)))
    for name in registry.listeners_of(kind):
        insert(Delivery(fact=happening, listener=name, due_at=due_at or fact.at))
    return happening


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
