"""The doors of a fieldwork, and which booklet each of them gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kepu.literacy.models import Case, Fieldwork, SampledCommunity

if TYPE_CHECKING:
    from numpy.random import Generator


def cases(of: Fieldwork, communities: Sequence[SampledCommunity]) -> list[Case]:
    """A door for everybody approached, not saved; the same seed gives the same booklets."""
    from kepu_engines.core.seeds import generator

    chance = generator(of.seed)
    return [
        Case(fieldwork=of, community=one, number=number, booklet=booklet)
        for one in communities
        for number, booklet in enumerate(
            _rotated(chance, of.booklets.booklets, one.approached), start=1
        )
    ]


def _rotated(chance: Generator, booklets: int, doors: int) -> list[int]:
    """Booklets in rounds, each round in an order of its own, so that all are asked as often."""
    rounds = -(-doors // booklets)
    return [int(n) + 1 for _round in range(rounds) for n in chance.permutation(booklets)][:doors]
