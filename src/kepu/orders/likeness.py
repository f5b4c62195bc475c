"""Whether two needs are the same one, said in other words: by the pairs of letters they share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from kepu.orders import queries
from kepu.orders.models import Order
from kepu.orders.schemas import Clocks

LOOKED_AT = 300  # orders of one township in a fortnight
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


def pairs(words: str) -> frozenset[str]:
    """Neighbouring letters, without what every need says."""
    plain = _NOTHING.sub("", words.lower())
    return frozenset(plain[n : n + 2] for n in range(len(plain) - 1))


def likeness(one: Iterable[str], other: Iterable[str]) -> float:
    """Share of the shorter one's pairs that the other has too, from 0 to 1."""
    first, second = frozenset(one), frozenset(other)
    least = min(len(first), len(second))
    return len(first & second) / least if least > 1 else 0.0
