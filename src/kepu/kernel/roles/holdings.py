"""What a person holds beside roles, so that it can be shown before a handover and moved in it.

Most work waits at a desk and follows the role by itself: a new holder sees it at once. What hangs on
the person has to be moved. Rooms register both kinds; numbers only, for who hands over does no business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise

from kepu.kernel.accounts.models import User


class Goes(StrEnum):
    """How a piece of work reaches the successor."""

    WITH_THE_ROLE = "with_the_role"
    BY_THIS_STEP = "by_this_step"
    NOT = "not"  # stays with the person: somebody else has to decide


@dataclass(frozen=True)
class Work:
    """One line of what a person holds: how much, and how much of it is late."""

    title: Promise | str
    count: int
    goes: Goes = Goes.WITH_THE_ROLE
    late: int = 0


Look = Callable[[User, datetime], list[Work]]
Move = Callable[..., int]

_looks: dict[str, Look] = {}
_moves: dict[str, Move] = {}


def register(name: str, look: Look, move: Move | None = None) -> None:
    """Show what `look` finds; `move(giver, taker, by=, now=)` runs inside the handover and counts."""
    _looks[name] = look
    if move is not None:
        _moves[name] = move


def of_person(person: User, now: datetime) -> list[Work]:
    """All that the person holds now, room by room; lines without anything are left out."""
    return [work for look in _looks.values() for work in look(person, now) if work.count]


def move_all(giver: User, taker: User, *, by: User, now: datetime) -> dict[str, int]:
    """Move what hangs on the person, in the caller's transaction; says how many of each."""
    return {name: move(giver, taker, by=by, now=now) for name, move in _moves.items()}
