"""What the desks do: dispatch, accept, decline, open to teams, widen, reopen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import OrderOffered
from kepu.orders import rules, stations, whereabouts
from kepu.orders.actions.moving import Hand, locked, move, new_code, offer_widely, require_reason
from kepu.orders.actions.rehoming import wait_for_a_place
from kepu.orders.actions.waiting import UNANSWERED, ask_next_in_line
from kepu.orders.models import Dispatch, Offer, Order

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import Organisation, User
    from kepu.people.models import Station, Team


@transaction.atomic
def dispatch(
    order_id: int,
    *,
    department: Organisation,
    by: User,
    now: datetime,
    note: str = "",
    station: Station | None = None,
) -> Order:
    """Send an order from the desk to the department that answers for it 派单.

    The station of the desk is kept with it; where several stand, the first of the register unless
    `station` names another.
    """
    order = locked(order_id)
    authorize(rules.why_not_dispatch_as(by, order, now))
    require(rules.why_not_dispatch_to(order, department.active))
    offered = stations.of_desk(order)
    require(stations.why_not(station, offered))

    order.department = department
    from_where = station or next(iter(offered), None)
    if from_where is not None:
        Dispatch.objects.create(order=order, station=from_where, name=from_where.name, at=now)
    return move(order, "dispatch", Hand(by, now, note=note), "department")


@transaction.atomic
def accept(order_id: int, *, by: User, now: datetime) -> Order:
    """The department takes the order on 部门接单."""
    order = locked(order_id)
    authorize(rules.why_not_act_for_department(by, order, now))
    require(whereabouts.why_not_at(order.venue_id, hold=True))
    return move(order, "accept", Hand(by, now))


@transaction.atomic
def decline(order_id: int, *, reason: str, by: User, now: datetime) -> Order:
    """The department cannot: the order goes back to the dispatcher with the reason."""
    order = locked(order_id)
    authorize(rules.why_not_act_for_department(by, order, now))
    require_reason(reason)
    return move(order, "decline", Hand(by, now, note=reason))


@transaction.atomic
def open_to_teams(order_id: int, *, by: User, now: datetime) -> Order:
    """Let teams that serve the place claim the order."""
    order = locked(order_id)
    authorize(rules.why_not_act_for_department(by, order, now))
    return move(order, "open", Hand(by, now))


@transaction.atomic
def decline_offer(order_id: int, *, team: Team, reason: str, by: User, now: datetime) -> Offer:
    """A team that was asked says no, and why; after some time it may be suggested again.

    Where teams wait for the order, the next of them is asked.
    """
    order = locked(order_id)
    authorize(rules.why_not_act_for_team(by, team, now))
    made = order.offers.filter(team=team).first()
    require(rules.why_not_decline_offer(order, made))
    require_reason(reason)

    assert made is not None  # noqa: S101 (the rule has said so)
    made.declined_at, made.declined_by, made.answer = now, by, reason.strip()[:200]
    made.save(update_fields=["declined_at", "declined_by", "answer"])
    order.waiting.filter(team=team).delete()
    audit.record(by, "order.decline_offer", order, now=now, team=team.pk)
    ask_next_in_line(order, now)
    return made


@transaction.atomic
def offer(
    order_id: int,
    *,
    team: Team,
    reason: str,
    by: User,
    now: datetime,
    starts_at: datetime | None = None,
) -> Offer:
    """Ask one team to take an open order; whether it does stays with the team."""
    order = locked(order_id)
    authorize(rules.why_not_act_for_department(by, order, now))
    require(rules.why_not_offer(order, team, now))

    made, _new = Offer.objects.update_or_create(
        order=order,
        team=team,
        defaults={
            "reason": reason[:200],
            "starts_at": starts_at,
            "at": now,
            "by": by,
            **UNANSWERED,
        },
    )
    order.waiting.filter(team=team).delete()  # it is asked already
    audit.record(by, "order.offer", order, now=now, team=team.pk)
    facts.publish(OrderOffered(at=now, order_id=order.pk, team_id=team.pk))
    return made


@transaction.atomic
def widen(order_id: int, *, by: User, now: datetime) -> Order:
    """Offer an order that nobody near has claimed to teams of neighbouring districts (S082)."""
    order = locked(order_id)
    authorize(rules.why_not_act_for_department(by, order, now))
    require(rules.why_not_widen(order, now))
    return offer_widely(order, Hand(by, now))


@transaction.atomic
def reopen(
    order_id: int,
    *,
    reason: str,
    by: User,
    now: datetime,
    wanted_from: datetime | None = None,
    wanted_until: datetime | None = None,
) -> Order:
    """Put an order back on the desk after nobody came or it was rated low: another visit begins.

    What was said of the visit before stays with it, and its code opens nothing any more. Without
    `wanted_from` or `wanted_until` the one before stands; RuleBroken when that time has passed.
    """
    order = locked(order_id)
    authorize(rules.why_not_dispatch_as(by, order, now))
    require_reason(reason)
    require(rules.why_not_reopen(order, now))
    order.wanted_from = wanted_from or order.wanted_from
    order.wanted_until = wanted_until or order.wanted_until
    require(rules.why_not_want(order.wanted_from, order.wanted_until, now))

    order.team, order.claimed_at, order.starts_at, order.ends_at = None, None, None, None
    order.delivered_at, order.attended, order.check_in_code = None, None, new_code()
    order.visit, order.wide = order.visit + 1, False  # those near are asked first again
    moved = move(
        order,
        "reopen",
        Hand(by, now, order.resident, reason),
        *("team", "claimed_at", "starts_at", "ends_at"),
        *("delivered_at", "attended", "check_in_code", "visit", "wide"),
        *("wanted_from", "wanted_until"),
    )
    if whereabouts.why_not_at(order.venue_id, hold=True):
        wait_for_a_place(moved, now)
    return moved
