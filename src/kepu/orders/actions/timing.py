"""What time does: escalate, close, expire. Kepu itself acts (`by` is None)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from kepu.kernel.errors import require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import OrderEscalated
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.queries import Ruling
from kepu.orders import late, rules
from kepu.orders.actions.moving import (
    Hand,
    latest_begin,
    locked,
    move,
    note_step,
    offer_widely,
    one_by_one,
    one_level_up,
)
from kepu.orders.models import Order
from kepu.orders.schemas import CLOCKS, AtEnd
from kepu.orders.states import OrderState


def run_clocks(now: datetime) -> int:
    """Let orders that nobody took in time expire, and every stage that has run out at `now` take its
    consequence; each order in its own transaction, where the caller has opened none.

    One that was moved meanwhile is left to its new clock, and one that fails holds up no other. Returns
    how many orders were touched.
    """
    grace = timedelta(hours=rulebooks.in_force(CLOCKS, now).rules.expire_grace_hours)
    over = one_by_one(lambda pk: expire(pk, now=now), late.wanted_no_more(now, grace))
    return over + one_by_one(lambda pk: run_out(pk, now=now), late.overdue(now))


@transaction.atomic
def expire(order_id: int, *, now: datetime) -> Order:
    """End an order that nobody took, some time after the last hour it was wanted."""
    order = locked(order_id)
    grace = timedelta(hours=rulebooks.in_force(CLOCKS, now).rules.expire_grace_hours)
    require(rules.why_not_expire(order, now, grace))
    return move(order, "expire", Hand(None, now))


@transaction.atomic
def run_out(order_id: int, *, now: datetime) -> Order:
    """What the rulebook says for a stage that ran out: close, offer widely, or one level up."""
    order = locked(order_id)
    require(rules.why_not_run_out(order, now))
    clocks = rulebooks.in_force(CLOCKS, now)
    stage = clocks.rules.stages.get(order.state)
    if stage and stage.at_end is AtEnd.CLOSE:
        return move(order, "close", Hand(None, now))
    if stage and stage.at_end is AtEnd.WIDEN and rules.why_not_widen(order, now) is None:
        order = offer_widely(order, Hand(None, now))
    return _escalate(order, clocks, now)


def _escalate(order: Order, clocks: Ruling, now: datetime) -> Order:
    """Make the next level answerable, start the stage's clock again from now, and say so to both.

    At the top there is nobody to escalate to: the order stays there, overdue, until somebody acts or it
    expires.
    """
    above = one_level_up(order.desk)
    if above is None:
        return order
    order.version += 1
    order.escalations += 1
    order.desk, order.due_at = (
        above,
        clocks.rules.ends(OrderState(order.state), now, latest_begin(order)),
    )
    order.save(update_fields=["version", "escalations", "desk", "due_at"])
    note_step(order, "escalate", Hand(None, now), {CLOCKS: clocks.version})
    facts.publish(OrderEscalated(at=now, order_id=order.pk, path=order.desk))
    return order
