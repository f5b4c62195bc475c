"""Orders that have a past, written in bulk: the same rows that the public actions would have left.

A test holds each of them against an order that went there by the actions. Facts are written as
delivered long ago, so that a worker finds nothing to do for them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit.models import Entry
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.facts.catalogue import OrderMoved, to_data
from kepu.kernel.facts.models import Happening
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.search import actions as search
from kepu.orders.models import Order, Step
from kepu.orders.queries import SEARCHED
from kepu.orders.schemas import CLOCKS
from kepu.orders.states import ORDER, OrderState
from kepu.people.models import Skill, Team
from kepu.web.simulation.town import District, Town

S = OrderState
BATCH = 500
TITLES = (
    "健康讲座", "智能手机入门", "识破网络诈骗", "急救培训", "厨房里的科学实验", "暑期航天课", "消防演练",
)  # fmt: skip
WAYS: dict[str, tuple[str, ...]] = {
    S.PLACED: ("place",),
    S.DISPATCHED: ("place", "dispatch"),
    S.ACCEPTED: ("place", "dispatch", "accept"),
    S.OPEN: ("place", "dispatch", "accept", "open"),
    S.CLAIMED: ("place", "dispatch", "accept", "open", "claim"),
    S.CLOSED: ("place", "dispatch", "accept", "open", "claim", "schedule", "deliver", "close"),
    S.CANCELLED: ("place", "cancel"),
}
LATER = timedelta(minutes=7)  # between two steps of one past


@dataclass(frozen=True)
class Past:
    """One order to be: who, where, since when, and how far."""

    district: District
    division: Division
    resident: User
    topic: Skill
    state: str
    begun: datetime
    team: Team | None = None
    leader: User | None = None
    title: str = TITLES[0]


def spread(
    town: Town, count: int, state: Callable[[random.Random], str], *, now: datetime, seed: int = 2
) -> Iterator[Past]:
    """`count` pasts over the whole town within the last month; `state` says how far each has come."""
    chance = random.Random(seed)  # noqa: S311 (a simulation)
    weights = [len(district.communities) for district in town.districts]
    for district in chance.choices(town.districts, weights, k=count):
        number = chance.randrange(len(district.teams))
        yield Past(
            district=district,
            division=chance.choice(district.communities),
            resident=chance.choice(district.residents),
            topic=chance.choice(town.skills),
            state=state(chance),
            begun=now - timedelta(minutes=chance.randint(60, 30 * 24 * 60)),
            team=district.teams[number],
            leader=district.leaders[number],
            title=f"{chance.choice(TITLES)}({district.communities[0].name[:4]})",
        )


def write(
    pasts: Iterable[Past], *, history: bool = True, told: Callable[[int], None] | None = None
) -> int:
    """Write the orders, with their steps, audit entries and facts unless `history` is off."""
    source, total = iter(pasts), 0
    while some := list(islice(source, BATCH)):
        with transaction.atomic():
            _write(some, history)
        total += len(some)
        if told:
            told(total)
    return total


def _write(pasts: list[Past], history: bool) -> None:
    pairs = [(past, _order(past)) for past in pasts]
    Order.objects.bulk_create([order for _past, order in pairs])
    _let_be_found(pairs)
    if not history:
        return
    lives = [list(_life(past, order)) for past, order in pairs]
    Step.objects.bulk_create([step for life in lives for step, _entry, _fact in life])
    Entry.objects.bulk_create([entry for life in lives for _step, entry, _fact in life])
    Happening.objects.bulk_create([fact for life in lives for _s, _e, fact in life if fact])


def _let_be_found(pairs: list[tuple[Past, Order]]) -> None:
    names = divisions.full_names({order.path for _past, order in pairs})
    search.index_new(
        SEARCHED,
        (
            (
                order.pk,
                order.path,
                order.title,
                f"{order.number} {past.topic.title_zh} {past.topic.title_en} {names[order.path]}",
            )
            for past, order in pairs
        ),
    )


def _order(past: Past) -> Order:
    verbs = WAYS[past.state]
    last = past.begun + LATER * len(verbs)
    wanted = past.begun + timedelta(days=1)
    order = Order(
        resident=past.resident,
        placed_by=past.resident,
        topic=past.topic,
        title=past.title,
        people=20,
        lon=past.division.lon,
        lat=past.division.lat,
        wanted_from=wanted,
        wanted_until=wanted + timedelta(days=40),
        state=past.state,
        version=len(verbs),
        stage_since=last,
        desk=past.division.path,
        created_at=past.begun,
        check_in_code="EXAMPLE2"[:6],
        department=past.district.department if "dispatch" in verbs else None,
    )
    if "claim" in verbs:
        order.team, order.claimed_at = past.team, past.begun + LATER * (verbs.index("claim") + 1)
    if "deliver" in verbs:
        order.starts_at = order.wanted_from
        order.ends_at = order.starts_at + timedelta(minutes=order.minutes)
        order.delivered_at, order.attended = order.ends_at, order.people
    stage = rulebooks.shipped(CLOCKS).stages.get(S(past.state))  # type: ignore[attr-defined]
    order.due_at = stage.ends(last) if stage else None
    order.place(past.division)
    order.keep_place("示例社区活动室")
    return order


def _life(past: Past, order: Order) -> Iterator[tuple[Step, Entry, Happening | None]]:
    """The steps of the order beside their audit entries and facts."""
    state: str = S.DRAFT
    yield _step(past, order, "draft", state, 0), _entry(past, order, "draft", state, 0), None
    for version, verb in enumerate(WAYS[past.state], 1):
        state = ORDER.after(state, verb)
        fact = OrderMoved(
            at=past.begun + LATER * version, order_id=order.pk, verb=verb, state=state
        )
        yield (
            _step(past, order, verb, state, version),
            _entry(past, order, verb, state, version),
            Happening(name="OrderMoved", at=fact.at, data=to_data(fact)),
        )


def _hand(past: Past, verb: str) -> User | None:
    """Who moved it; Kepu itself closes what nobody rated."""
    if verb == "close":
        return None
    hands = {
        "dispatch": past.district.worker,
        "cancel": past.district.worker,
        "accept": past.district.officer,
        "open": past.district.officer,
        **dict.fromkeys(("claim", "schedule", "deliver"), past.leader),
    }
    return hands.get(verb) or past.resident


def _known(past: Past, verb: str) -> tuple[int | None, int | None]:
    """Department and team as they were just after `verb`."""
    far = WAYS[S.CLOSED].index(verb) + 1 if verb in WAYS[S.CLOSED] else 0
    department = past.district.department.pk if far >= 2 else None
    return department, past.team.pk if past.team and far >= 5 else None


def _for_whom(past: Past, verb: str) -> User | None:
    return past.resident if verb in ("draft", "place", "cancel") else None


def _step(past: Past, order: Order, verb: str, state: str, version: int) -> Step:
    department, team = _known(past, verb)
    return Step(
        order=order,
        verb=verb,
        state=state,
        at=past.begun + LATER * version,
        by=_hand(past, verb),
        for_whom=_for_whom(past, verb),
        note="示例" if verb == "cancel" else "",
        attended=order.attended if verb == "deliver" else None,
        set_for=order.starts_at if verb == "deliver" else None,
        team_id=team,
        department_id=department,
        rules={} if verb == "draft" else {CLOCKS: 0},
    )


def _entry(past: Past, order: Order, verb: str, state: str, version: int) -> Entry:
    department, team = _known(past, verb)
    hand, whom = _hand(past, verb), _for_whom(past, verb)
    return Entry(
        at=past.begun + LATER * version,
        actor=hand.pseudonym if hand else "system",
        for_whom=whom.pseudonym if whom else "",
        verb=f"order.{verb}",
        object_type="orders.order",
        object_id=str(order.pk),
        path=order.path,
        detail={"state": state, "version": version, "team": team, "department": department},
    )
