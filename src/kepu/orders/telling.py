"""Who is told what when an order moves. A table; the listeners only look it up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.kernel.notices import actions as notices
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders.models import Order, Step
from kepu.people import queries as people

Audience = Callable[[Order, datetime], Iterable[User]]


def resident(order: Order, now: datetime) -> Iterable[User]:
    """The resident, or the guardian of a child."""
    return [order.resident.guardian or order.resident]


def dispatchers(order: Order, now: datetime) -> Iterable[User]:
    """Who dispatches at the order's place, or at the nearest level above where anybody does."""
    return roles.nearest_holders(Verb.ORDER_DISPATCH, now=now, path=order.path)


def department(order: Order, now: datetime) -> Iterable[User]:
    """Officers of the department the order was sent to."""
    if order.department_id is None:
        return []
    return roles.officers_of(order.department_id, Verb.ORDER_ACCEPT, now=now)


def team(order: Order, now: datetime) -> Iterable[User]:
    """Leaders of the team that has the order."""
    return people.leaders(order.team) if order.team else []


# What happened -> who is told, and by which text.
TOLD: dict[str, tuple[tuple[Audience, str], ...]] = {
    "place": ((dispatchers, "order_to_dispatch"),),
    "dispatch": ((department, "order_to_accept"),),
    "decline": ((dispatchers, "order_declined"),),
    "claim": ((resident, "order_claimed"),),
    "hand_over": ((resident, "order_claimed"), (team, "order_to_accept")),
    "schedule": ((resident, "order_scheduled"),),
    "deliver": ((resident, "order_delivered"),),
    "release": ((resident, "order_released"),),
    "report_no_show": ((dispatchers, "order_to_dispatch"),),
    "rate": ((team, "order_rated"),),
    "reopen": ((dispatchers, "order_to_dispatch"),),
    "withdraw": ((team, "order_withdrawn"),),
    "cancel": ((resident, "order_ended"), (team, "order_withdrawn")),
    "expire": ((resident, "order_ended"), (dispatchers, "order_declined")),
}


def tell_of_move(order: Order, verb: str, now: datetime) -> None:
    """Tell everybody whom this move concerns, but not who made it."""
    last = order.steps.filter(verb=verb).last()
    for audience, template in TOLD.get(verb, ()):
        tell(audience(order, now), template, order, now, besides=last)


def tell(
    whom: Iterable[User],
    template: str,
    order: Order,
    now: datetime,
    *,
    besides: Step | None = None,
    reason: str = "",
) -> None:
    """Give each of `whom` one notice that leads to the order."""
    acted = besides.by_id if besides else None
    context = {**words_of(order), "reason": reason}
    for person in whom:
        if person.pk != acted:
            notices.notify(person, template, context, now=now, link=f"/orders/{order.pk}/")


def words_of(order: Order) -> dict[str, str]:
    """What the texts may say of an order."""
    start = order.starts_at.astimezone(BEIJING) if order.starts_at else None
    return {
        "number": order.number,
        "title": order.title,
        "team": order.team.name if order.team else "",
        "when": f"{start:%m-%d %H:%M}" if start else "",
        "state": str(order.get_state_display()),
    }
