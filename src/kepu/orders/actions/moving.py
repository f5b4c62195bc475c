"""The one way an order changes state: table, clock, step, audit and fact together."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import BadInput, Refusal
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import OrderMoved
from kepu.kernel.ready import Slot, Write, alteration, insertion, ready, send
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders.models import Order, Step
from kepu.orders.schemas import CLAIMS, CLOCKS, Clocks
from kepu.orders.states import AT_THE_DESK, ENDS_OF_A_VISIT, ORDER, OrderState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

_STAGE = ("state", "version", "stage_since", "due_at", "desk", "escalations")


@dataclass(frozen=True)
class Hand:
    """Whose hand moves an order, for whom, when, and with what words."""

    by: User | None
    now: datetime
    for_whom: User | None = None
    note: str = ""


def locked(order_id: int) -> Order:
    """The order, locked until the transaction ends; raises Order.DoesNotExist.

    Nothing is joined to it: PostgreSQL reads an order anew that was waited for, but not what was
    joined to it before the wait, and a team that claimed it meanwhile would be missing.
    """
    found = _locked(order_id=order_id)
    if not found:
        raise Order.DoesNotExist
    return found[0]


@ready
def _locked(order_id: Slot) -> QuerySet[Order]:
    return Order.objects.select_for_update().filter(pk=order_id)


def move(order: Order, verb: str, hand: Hand, *also: str) -> Order:
    """Take `order` through `verb`; `also` names the other fields the action has set.

    Starts the clock of the new state, adds one to the version, appends the step and the audit
    entry, and publishes OrderMoved.
    """
    order.state = ORDER.after(order.state, verb)
    order.version += 1
    order.stage_since, order.escalations = hand.now, 0
    if order.desk or order.state in AT_THE_DESK:  # a draft is answered for by nobody
        order.desk = order.path
    ruling = rulebooks.in_force(CLOCKS, hand.now)
    order.due_at = stage_ends(order, ruling.rules, hand.now)
    _write(order, (*_STAGE, *also), verb, hand, {CLOCKS: ruling.version})
    return order


def _write(
    order: Order, names: tuple[str, ...], verb: str, hand: Hand, versions: dict[str, int]
) -> None:
    """Save, audit, step and fact in one message; then who is to be told."""
    moved = OrderMoved(at=hand.now, order_id=order.pk, verb=verb, state=order.state)
    kept = facts.happening(moved)
    noted = _noted(order, verb, hand, versions)
    send(alteration(order, names), *noted, insertion(kept))
    facts.deliver(kept, moved)


def offer_widely(order: Order, hand: Hand) -> Order:
    """Let teams of neighbouring districts claim the order too; it stays open, and its clock runs on."""
    order.wide = True
    order.version += 1
    order.save(update_fields=["wide", "version"])
    note_step(order, "widen", hand, {CLAIMS: rulebooks.in_force(CLAIMS, hand.now).version})
    facts.publish(OrderMoved(at=hand.now, order_id=order.pk, verb="widen", state=order.state))
    return order


def stage_ends(order: Order, clocks: Clocks, now: datetime) -> datetime | None:
    """When the order's present stage runs out, if it begins at `now`; a visit is reported after its end."""
    since = order.ends_at if order.state == OrderState.SCHEDULED and order.ends_at else now
    return clocks.ends(OrderState(order.state), since, latest_begin(order))


def latest_begin(order: Order) -> datetime:
    """When the visit has to begin at the latest, to end while it is wanted."""
    return order.wanted_until - timedelta(minutes=order.minutes)


def note_step(order: Order, verb: str, hand: Hand, versions: dict[str, int], **detail: int) -> None:
    """Append to the order's timeline and to the audit, there with `detail`."""
    send(*_noted(order, verb, hand, versions, **detail))


def _noted(
    order: Order, verb: str, hand: Hand, versions: dict[str, int], **detail: int
) -> tuple[Write, Write]:
    entry = audit.entry(
        hand.by,
        f"order.{verb}",
        order,
        now=hand.now,
        for_whom=hand.for_whom,
        state=order.state,
        version=order.version,
        team=order.team_id,
        department=order.department_id,
        **detail,
    )
    step = Step(
        order=order,
        verb=verb,
        state=order.state,
        at=hand.now,
        by=hand.by,
        for_whom=hand.for_whom,
        note=hand.note,
        visit=order.visit,
        attended=order.attended if verb == "deliver" else None,
        set_for=order.starts_at if verb in ENDS_OF_A_VISIT else None,
        team_id=order.team_id,
        department_id=order.department_id,
        rules=versions,
    )
    return insertion(entry), insertion(step)


def one_by_one(work: Callable[[int], object], found: QuerySet[Order]) -> int:
    """Do `work` to each order by its id; the number of those it was done to.

    One that was moved meanwhile refuses and is left alone. What fails holds up no other: it is raised at
    the end, as an ExceptionGroup whose notes name the orders.
    """
    touched, faults = 0, []
    for order_id in list(found.values_list("pk", flat=True)):
        try:
            work(order_id)
            touched += 1
        except Refusal:
            continue
        except Exception as fault:
            fault.add_note(f"order {order_id}")
            faults.append(fault)
    if faults:
        raise ExceptionGroup("orders that could not go on", faults)
    return touched


def one_level_up(path: str) -> str | None:
    """Where an order goes when the level at `path` did not act; None above the top."""
    return divisions.parent_path(path)


# Without 0 O 1 I L: read out by telephone, typed by tired hands.
_CODE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code() -> str:
    """What the receiving side of one visit shows to who arrives."""
    return "".join(secrets.choice(_CODE) for _ in range(6))


def require_reason(reason: str) -> None:
    """Raise BadInput when nothing was said."""
    if not reason.strip():
        raise BadInput(_("give a reason; the other side will read it"))
