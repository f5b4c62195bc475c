"""What teams do before the visit: claim, release, hand over, schedule."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.errors import authorize, require
from kepu.orders import queries, rules, visits, whereabouts
from kepu.orders.actions import hours, rostering
from kepu.orders.actions.moving import Hand, locked, move, new_code, require_reason
from kepu.orders.actions.waiting import ask_next_in_line
from kepu.orders.models import Order
from kepu.orders.states import WITH_A_TEAM
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Team

# What the next team does not take over from the one before it.
_ANEW = ("team", "claimed_at", "starts_at", "ends_at", "visit", "check_in_code")


@transaction.atomic
def claim(order_id: int, *, team: Team, by: User, now: datetime) -> Order:
    """Give an open order to a volunteer team 队接单. Of two at once exactly one wins.

    The team is locked too, after the order: two claims at once for two orders would each count the
    orders it holds before the other's is there, and together pass its limit.

    Raises NotAllowed if `by` does not lead the team, and RuleBroken, saying who has it, if the
    order is taken, and if it is no longer wanted, lies elsewhere, asks for a topic that the team did
    not name, or the team holds enough.
    """
    order = locked(order_id)
    team = people.locked_team(team.pk)
    authorize(rules.why_not_take_on(by, team, now))
    require(rules.why_not_claim(order, team, now, hold=True))

    order.team, order.claimed_at = team, now
    for place in queries.places_in_line(order, team):
        place.delete()
    return move(order, "claim", Hand(by, now), "team", "claimed_at")


@transaction.atomic
def release(order_id: int, *, reason: str, by: User, now: datetime) -> Order:
    """The team lets go, with a reason; the first team on the waiting list that can take it is asked.

    Hours are proposed for who had arrived.
    """
    order = locked(order_id)
    authorize(rules.why_not_act_for_team(by, order.team, now))
    require_reason(reason)

    return _open_again(order, Hand(by, now, note=reason))


@transaction.atomic
def let_go(order_id: int, *, team: Team, now: datetime) -> None:
    """A team that has ended can keep no promise: Kepu itself opens its order again.

    Hours are proposed for who had arrived.
    """
    order = locked(order_id)
    if order.team_id != team.pk or order.state not in WITH_A_TEAM:
        return
    _open_again(
        order, Hand(None, now, note=_("the team “%(team)s” was dissolved") % {"team": team})
    )


def _open_again(order: Order, hand: Hand) -> Order:
    """The order is nobody's again, and the next team on its waiting list is asked."""
    _end_visit(order, hand.by, hand.now)
    order.team, order.claimed_at, order.starts_at, order.ends_at = None, None, None, None
    moved = move(order, "release", hand, *_ANEW)
    ask_next_in_line(moved, hand.now)
    return moved


@transaction.atomic
def hand_over(order_id: int, *, to: Team, by: User, now: datetime) -> Order:
    """Pass an order on to another team, which sets the time anew.

    The taking team must be able to claim it: same area, its topic, one more order allowed. Hours are
    proposed for who had arrived.
    """
    order, to = locked(order_id), people.locked_team(to.pk)
    authorize(rules.why_not_act_for_team(by, order.team, now))
    require(rules.why_not_take_over(order, to, now))
    require(whereabouts.why_not_at(order.venue_id, hold=True))

    _end_visit(order, by, now)
    order.team, order.claimed_at, order.starts_at, order.ends_at = to, now, None, None
    for place in queries.places_in_line(order, to):
        place.delete()
    return move(order, "hand_over", Hand(by, now), *_ANEW)


def _end_visit(order: Order, by: User | None, now: datetime) -> None:
    """Nobody of the team goes any more; who has arrived already was at a visit of their own, and
    gave time to it.
    """
    rostering.stand_down(order, by=by, now=now)
    if visits.check_ins(order).exists():
        hours.end_presence(order, by=by, now=now)
        order.visit, order.check_in_code = order.visit + 1, new_code()


@transaction.atomic
def schedule(order_id: int, *, starts_at: datetime, by: User, now: datetime) -> Order:
    """Set the visit's time within what the resident wanted; it may be set anew until it begins.

    The team is locked too: two visits set at once would each be counted before the other is there.
    """
    order = locked(order_id)
    if order.team_id:
        people.locked_team(order.team_id)
    authorize(rules.why_not_act_for_team(by, order.team, now))
    require(rules.why_not_schedule(order, starts_at, now))
    require(whereabouts.why_not_at(order.venue_id, hold=True))

    order.starts_at = starts_at
    order.ends_at = starts_at + timedelta(minutes=order.minutes)
    return move(order, "schedule", Hand(by, now), "starts_at", "ends_at")
