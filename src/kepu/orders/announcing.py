"""Teams hear that an order can be claimed: the nearest first, so many at a time, each once.

A first batch is told when the order opens, the next ones when it is offered to neighbouring
districts and each time it stays open longer than the rulebook allows.
"""

from __future__ import annotations

from datetime import datetime
from math import inf

from kepu.kernel.accounts.models import User
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import candidates, suggest, telling
from kepu.orders.models import Announcement, Order
from kepu.orders.schemas import CLAIMS
from kepu.orders.states import OrderState
from kepu.people import queries as people


def announce(order: Order, now: datetime) -> list[int]:
    """Tell leaders of the next teams that could claim the order; returns the teams' ids.

    Those that know the topic come first; the others hear of it only when no such team is left, and the
    rulebook lets them claim it.
    """
    if order.state != OrderState.OPEN:
        return []
    teams = _next(order, now)
    Announcement.objects.bulk_create(Announcement(order=order, team_id=pk, at=now) for pk in teams)
    leaders: dict[int, User] = {
        person.pk: person for pk in teams for person in people.leaders(people.team(pk))
    }
    opened = order.steps.filter(verb__in=("open", "widen")).last()
    telling.tell(leaders.values(), "order_open", order, now, besides=opened)
    return teams


def _next(order: Order, now: datetime) -> list[int]:
    rules = rulebooks.in_force(CLAIMS, now).rules
    told = {*order.announcements.values_list("team", flat=True)}
    able = [
        one
        for one in candidates.candidates([order], now)[order.pk]
        if one.team_id not in told and suggest.can_come(one, rules)
    ]
    those = [one for one in able if one.skilled] or able
    nearest = sorted(those, key=lambda one: (inf if one.km is None else one.km, one.team_id))
    return [one.team_id for one in nearest[: rules.told_at_once]]
