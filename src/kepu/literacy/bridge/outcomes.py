"""Doors counted by outcome -> AAPOR's rates, for the whole, each district and each interviewer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from kepu.literacy.queries.fieldwork import Pile
from kepu.literacy.states import INTERVIEWED
from kepu_engines.survey.outcomes import Counts, Rates, count, rates

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Part:
    """Doors of a district, of an interviewer or of all, with the rates they come to."""

    doors: int
    tried: int
    interviews: int
    counts: Counts
    rates: Rates
    by_code: dict[str, int]


def part(piles: Iterable[Pile], e: float | None = None) -> Part:
    """Rates of some piles; `e` is that of the whole, since a district knows little of its own."""
    codes: Counter[str] = Counter()
    for one in piles:
        codes[one.outcome] += one.doors
    counts = count(codes)
    return Part(
        doors=sum(codes.values()),
        tried=sum(number for code, number in codes.items() if code),
        interviews=sum(codes[code] for code in INTERVIEWED),
        counts=counts,
        rates=rates(counts, e),
        by_code=dict(codes),
    )


def parts(piles: Iterable[Pile], of: Callable[[Pile], K | None], e: float) -> dict[K, Part]:
    """The same by district or interviewer; what belongs to none is left out."""
    found: dict[K, list[Pile]] = {}
    for one in piles:
        key = of(one)
        if key is not None:
            found.setdefault(key, []).append(one)
    return {key: part(some, e) for key, some in found.items()}
