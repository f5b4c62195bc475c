"""What residents do, and what workers do in their name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import BadInput, authorize, require
from kepu.kernel.search import actions as search
from kepu.orders import queries, rules, whereabouts
from kepu.orders.actions import hours
from kepu.orders.actions.moving import Hand, locked, move, new_code, note_step, require_reason
from kepu.orders.models import Contract, Order, Service
from kepu.orders.queries import SEARCHED
from kepu.orders.states import Audience

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division
    from kepu.people.models import Skill

BATCH = 500  # orders that are let be found again at a time


@dataclass(frozen=True)
class Wish:
    """What somebody wants, where and when."""

    title: str
    topic: Skill
    division: Division
    wanted_from: datetime
    wanted_until: datetime
    need: str = ""
    place: str = ""
    audience: str = Audience.EVERYBODY
    people: int = 1
    minutes: int = 60
    service: Service | None = None

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise BadInput(_("say in a few words what you need"))
        if blocked := rules.why_not_title(self.title):
            raise BadInput(blocked)
        if not 1 <= self.people <= 100_000:
            raise BadInput(_("the number of people lies between 1 and 100,000"))
        if not 10 <= self.minutes <= 600:
            raise BadInput(_("a service lasts 10 to 600 minutes"))


@transaction.atomic
def draft(wish: Wish, *, for_whom: User, by: User, now: datetime) -> Order:
    """Write an order down without sending it.

    Raises NotAllowed if `by` is neither the resident nor a worker of the place, and RuleBroken if
    the dish is not served there or the time has passed.
    """
    authorize(rules.why_not_place_for(by, for_whom, wish.division.path, now))
    require(rules.why_not_want(wish.wanted_from, wish.wanted_until, now))
    service = _locked_service(wish.service)
    require(rules.why_not_order_service(service, wish.division.path, now))
    require(whereabouts.why_not_at(service.venue_id if service else None, hold=True))
    order = _written(wish, for_whom, by, now)
    note_step(order, "draft", Hand(by, now, for_whom), {})
    return order


@transaction.atomic
def redraft(order_id: int, wish: Wish, *, by: User, now: datetime) -> Order:
    """Say anew what a draft asks for; the dish it was begun with stays.

    Raises NotAllowed if `by` may not speak for the resident, and RuleBroken if the order was sent
    already or what it wants cannot be had.
    """
    order = locked(order_id)
    authorize(rules.why_not_speak_for_resident(by, order, now))
    authorize(rules.why_not_place_for(by, order.resident, wish.division.path, now))
    require(rules.why_not_redraft(order))
    require(rules.why_not_want(wish.wanted_from, wish.wanted_until, now))
    service = _locked_service(order.service)
    require(rules.why_not_order_service(service, wish.division.path, now))
    require(_at_venue_of(order, service))

    _say(order, wish)
    order.topic = order.service.topic if order.service else wish.topic
    order.version += 1
    order.save()
    let_be_found_anew(order)
    note_step(order, "redraft", Hand(by, now, order.resident), {})
    return order


def _locked_service(service: Service | None) -> Service | None:
    """Lock the dish, and the contract it stands on, so that neither is sold twice.

    Dishes of one contract share what it buys; locking the dish alone would let two of them sell its last.
    """
    if service is None:
        return None
    held = Service.objects.select_for_update().get(pk=service.pk)
    if held.contract_id:
        held.contract = Contract.objects.select_for_update().get(pk=held.contract_id)
    return held


def _written(wish: Wish, resident: User, by: User, now: datetime) -> Order:
    service = wish.service
    order = Order(
        resident=resident,
        placed_by=by,
        service=service,
        dish=queries.said_now(service) if service else None,
        venue_id=service.venue_id if service else None,
        topic=service.topic if service else wish.topic,
        minutes=service.minutes if service else wish.minutes,
        stage_since=now,
        created_at=now,
        check_in_code=new_code(),
    )
    _say(order, wish)
    order.save()
    _let_be_found(order)
    return order


def _say(order: Order, wish: Wish) -> None:
    """What is wanted, where and when; the caller saves."""
    order.title, order.need = wish.title.strip(), wish.need.strip()
    order.audience, order.people = wish.audience, wish.people
    order.wanted_from, order.wanted_until = wish.wanted_from, wish.wanted_until
    order.lon, order.lat = wish.division.lon, wish.division.lat
    order.place(wish.division)
    order.keep_place(wish.place.strip())


def _let_be_found(order: Order) -> None:
    """Written once, here: what an order is searched by changes with its place or its title alone.

    A listener would write it again at every move, and find it only some time after it was sent.
    The need in the resident's own words stays out, for people write names and numbers into it.
    """
    search.index_new(SEARCHED, [_found_by(order, divisions.full_name(order.path))])


def let_be_found_anew(order: Order) -> None:
    """The title, the topic or the place has changed."""
    search.index_again(SEARCHED, [_found_by(order, divisions.full_name(order.path))])


def _found_by(order: Order, place: str) -> tuple[int, str, str, str]:
    topic = order.topic
    words = [order.number, topic.title_zh, topic.title_en, place]
    return order.pk, order.path, order.title, " ".join(words)


@transaction.atomic
def let_be_found_again(paths: Collection[str]) -> None:
    """Orders that changed divisions have brought to `paths` are found there, by the new names."""
    orders = Order.objects.filter(path__in=paths).select_related("topic").order_by("pk")
    names = divisions.full_names(set(paths))
    rows = orders.iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        search.index_again(SEARCHED, [_found_by(order, names[order.path]) for order in batch])


@transaction.atomic
def place(order_id: int, *, by: User, now: datetime) -> Order:
    """Send a drafted order to the desk of its community.

    Raises NotAllowed if `by` may not speak for the resident, and RuleBroken if the order is no
    draft or what it wants can no longer be had.
    """
    order = locked(order_id)
    authorize(rules.why_not_speak_for_resident(by, order, now))
    require(rules.why_not_visit_erased(order))
    require(rules.why_not_want(order.wanted_from, order.wanted_until, now))
    service = _locked_service(order.service)
    require(rules.why_not_order_service(service, order.path, now))
    require(_at_venue_of(order, service))
    order.created_at = now  # a dish is ordered in the month in which its order is sent
    return move(order, "place", Hand(by, now, order.resident), "created_at", "venue")


def _at_venue_of(order: Order, service: Service | None) -> str | None:
    """A draft takes place where its dish does now; why not there, with no decision falling meanwhile."""
    order.venue_id = service.venue_id if service else None
    return whereabouts.why_not_at(order.venue_id, hold=True)


@transaction.atomic
def withdraw(order_id: int, *, reason: str, by: User, now: datetime) -> Order:
    """The resident needs it no longer; a team that had it is told, and who had arrived gets hours."""
    order = locked(order_id)
    authorize(rules.why_not_speak_for_resident(by, order, now))
    hours.end_presence(order, by=None, now=now)
    return move(order, "withdraw", Hand(by, now, order.resident, reason))


@transaction.atomic
def cancel(order_id: int, *, reason: str, by: User, now: datetime) -> Order:
    """An officer ends an order that cannot or should not be served, and says why.

    Hours are proposed for who had arrived.
    """
    order = locked(order_id)
    authorize(rules.why_not_cancel_as(by, order, now))
    require_reason(reason)
    hours.end_presence(order, by=None, now=now)
    return move(order, "cancel", Hand(by, now, order.resident, reason))


@transaction.atomic
def merge(order_id: int, *, into_id: int, by: User, now: datetime) -> Order:
    """Join an order with another for the same thing; its people are added to the other's.

    Whose order was joined follows the other from now on. Locks both in the order of their ids, so
    that two merges at once cannot wait for each other.
    """
    first, second = (locked(pk) for pk in sorted((order_id, into_id)))
    order, into = (first, second) if first.pk == order_id else (second, first)
    authorize(rules.why_not_dispatch_as(by, order, now))
    authorize(rules.why_not_dispatch_as(by, into, now))
    require(rules.why_not_merge(order, into))

    into.people += order.people
    into.version += 1
    into.save(update_fields=["people", "version"])
    Order.objects.filter(merged_into=order).update(merged_into=into)
    order.merged_into = into
    note = _("merged into %(number)s") % {"number": into.number}
    return move(order, "cancel", Hand(by, now, order.resident, note), "merged_into")
