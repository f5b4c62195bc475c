"""What time does: escalate, close, expire. Kepu itself acts (`by` is None)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from kepu.kernel.errors import require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import OrderEscalated
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import queries, rules
from kepu.orders.actions.moving import (
    Hand,
    locked,
    move,
    note_step,
    offer_widely,
    one_level_up,
    stage_ends,
)
from kepu.orders.models import Order
from kepu.orders.schemas import CLOCKS, AtEnd

BATCH = 200


def run_clocks(now: datetime) -> int:
    """Let every stage that has run out at `now` take its consequence; each in its own transaction.

    Returns how many orders were touched.
    """
    touched = 0
    while due := list(queries.overdue(now).values_list("pk", flat=True)[:BATCH]):
        for order_id in due:
            run_out(order_id, by=None, now=now)
        touched += len(due)
    return touched


@transaction.atomic
def run_out(order_id: int, *, by: None, now: datetime) -> Order:
    """What the rulebook says for a stage that ran out: close, expire, or one level up."""
    order = locked(order_id)
    require(rules.why_not_run_out(order, now))
    clocks = rulebooks.in_force(CLOCKS, now)
    stage = clocks.rules.stages.get(order.state)
    grace = timedelta(hours=clocks.rules.expire_grace_hours)
    if stage and stage.at_end is AtEnd.CLOSE:
        return move(order, "close", Hand(None, now))
    if rules.why_not_expire(order, now, grace) is None:
        return move(order, "expire", Hand(None, now))
    if stage and stage.at_end is AtEnd.WIDEN and rules.why_not_widen(order, now) is None:
        order = offer_widely(order, Hand(None, now))
    return _escalate(order, clocks.version, now)


def _escalate(order: Order, version: int, now: datetime) -> Order:
    """Make the next level answerable, start the stage's clock again, and say so to both.

    At the top there is nobody to escalate to: the clock stops, and the order stays overdue on
    the board of the city.
    """
    above = one_level_up(order.desk or order.path)
    order.version += 1
    order.escalations += 1
    if above is None:
        order.due_at = None
    else:
        clocks = rulebooks.in_force(CLOCKS, now).rules
        order.desk, order.due_at = above, stage_ends(order, clocks, now)
    order.save(update_fields=["version", "escalations", "desk", "due_at"])
    note_step(order, "escalate", Hand(None, now), {CLOCKS: version})
    facts.publish(OrderEscalated(at=now, order_id=order.pk, path=order.desk))
    return order
