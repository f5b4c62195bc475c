"""Whether two needs are the same one, said in other words: by the pairs of letters they share.

Before a need is sent, like orders nearby are told once, on the page and at the API alike.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kepu.kernel.accounts import queries as register
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import queries, rules
from kepu.orders.models import Order
from kepu.orders.schemas import CLOCKS, Clocks
from kepu.orders.states import OrderState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.orders.actions import Wish

LOOKED_AT = 300  # orders of one township in a fortnight
TOLD = 3  # like orders that are told before one is sent, own ones and others
_NOTHING = re.compile(
    r"[\W_]+|我们|希望|需要|想要|想请|请|一场|一次|关于|社区|小区|讲座|活动|培训|的"
)


def alike(
    *,
    topic_id: int,
    words: str,
    path: str,
    wanted_from: datetime,
    clocks: Clocks,
    besides: int | None = None,
) -> list[Order]:
    """Orders under way near in place and time, for the same topic or in like words; soonest first.

    People choose different topics for one thing, so the words count too. One query.
    """
    near = queries.near(
        path=path, wanted_from=wanted_from, days=clocks.similar_days, besides=besides
    )
    asked = pairs(words)
    return [
        order for order in near[:LOOKED_AT]
        if order.topic_id == topic_id or likeness(asked, pairs(order.title)) >= clocks.similar_share
    ]  # fmt: skip


def why_not_compare_as(person: User, order: Order, now: datetime) -> str | None:
    """Who dispatches it compares an order with like ones; of a draft who would send it."""
    if order.state == OrderState.DRAFT:
        return rules.why_not_speak_for_resident(person, order, now)
    return rules.why_not_dispatch_as(person, order, now)


@dataclass(frozen=True)
class Before:
    """What was ordered before a wish like it: by whom it is for, as far as the sender may look at it, and
    by others.
    """

    own: list[Order]
    others: list[Order]


def before(wish: Wish, whom: Collection[int], by: User, now: datetime) -> Before:
    """Like orders under way; `whom` are the people it is for, by id. Some queries."""
    found = alike(
        topic_id=wish.topic.pk,
        words=wish.title,
        path=wish.division.path,
        wanted_from=wish.wanted_from,
        clocks=rulebooks.in_force(CLOCKS, now).rules,
    )
    own = [one for one in found if one.resident_id in whom and queries.sees(by, one, now)]
    return Before(own[:TOLD], [one for one in found if one not in own][:TOLD])


def wishes(by: User, phone: str | None, now: datetime) -> set[int]:
    """Who may have ordered it before: who wishes it (of a caller the one with this telephone), and
    everybody in that one's care.
    """
    wisher = by if phone is None else register.by_phone(phone)
    if wisher is None:
        return set()
    return {wisher.pk, *(ward.person.pk for ward in register.wards(wisher, now))}


def pairs(words: str) -> frozenset[str]:
    """Neighbouring letters, without what every need says."""
    plain = _NOTHING.sub("", words.lower())
    return frozenset(plain[n : n + 2] for n in range(len(plain) - 1))


def likeness(one: Iterable[str], other: Iterable[str]) -> float:
    """Share of the shorter one's pairs that the other has too, from 0 to 1."""
    first, second = frozenset(one), frozenset(other)
    least = min(len(first), len(second))
    return len(first & second) / least if least > 1 else 0.0
