"""The waiting list: join it, leave it, and be asked, one team after the other, once the order is free."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import OrderOffered
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import lines, queries, rules
from kepu.orders.actions.moving import locked, one_by_one
from kepu.orders.models import Offer, Order, Waiting
from kepu.orders.schemas import CLAIMS

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Team

UNANSWERED: dict[str, Any] = {"declined_at": None, "declined_by": None, "answer": ""}


@transaction.atomic
def wait(order_id: int, *, team: Team, by: User, now: datetime) -> Waiting:
    """Put the team on the waiting list of an order that another team has 候补."""
    order = locked(order_id)
    authorize(rules.why_not_take_on(by, team, now))
    require(rules.why_not_wait(order, team, now))

    place = Waiting.objects.create(order=order, team=team, at=now)
    audit.record(by, "order.wait", order, now=now, team=team.pk)
    return place


@transaction.atomic
def stop_waiting(order_id: int, *, team: Team, by: User, now: datetime) -> Waiting:
    """Take the team off the waiting list; it may join again, at the end. Returns the place it had."""
    order = locked(order_id)
    authorize(rules.why_not_act_for_team(by, team, now))
    places = queries.places_in_line(order, team)
    require(rules.why_not_stop_waiting(places))

    for place in places:
        Waiting.objects.filter(pk=place.pk).delete()
    audit.record(by, "order.stop_waiting", order, now=now, team=team.pk)
    return places[0]


def ask_next_in_line(order: Order, now: datetime) -> None:
    """Ask the first waiting team that could claim the open order, unless one from the list has time
    left to answer. Who cannot take it now keeps its place. The order is locked by the caller.
    """
    claims = rulebooks.in_force(CLAIMS, now).rules
    if lines.asked(claims, now).filter(order=order).exists():
        return
    for place in order.waiting.select_related("team"):
        if place.team.active and rules.why_not_claim(order, place.team, now) is None:
            _ask(order, place, now)
            return


def _ask(order: Order, place: Waiting, now: datetime) -> None:
    """By nobody's hand: so the list knows its own offers from those of officers."""
    asked = {"reason": _("from the waiting list"), "starts_at": None, "at": now, "by": None}
    Offer.objects.update_or_create(order=order, team=place.team, defaults={**asked, **UNANSWERED})
    place.delete()
    audit.record(None, "order.offer", order, now=now, team=place.team_id)
    facts.publish(OrderOffered(at=now, order_id=order.pk, team_id=place.team_id))


def run_lines(now: datetime) -> None:
    """Where the team that was asked stayed silent for the rulebook's time, ask the next one. Each order
    in its own transaction, and one that fails holds up no other.
    """
    one_by_one(lambda order_id: _go_on(order_id, now), lines.at_rest(now))


@transaction.atomic
def _go_on(order_id: int, now: datetime) -> None:
    ask_next_in_line(locked(order_id), now)
