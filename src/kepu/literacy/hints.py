"""What a person can do with an item now, and why not: for buttons and for the API alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kepu.literacy import schemas
from kepu.literacy.models import Item
from kepu.literacy.rules import items as rules
from kepu.literacy.states import ITEM, ItemState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


@dataclass(frozen=True)
class Hint:
    """One verb: may this person do it at all, and what stands against it now."""

    verb: str
    why_not: str | None


WHO: dict[str, Callable[[User, Item, datetime], str | None]] = {
    "change": rules.why_not_see,
    "submit": rules.why_not_see,
    "ask_review": lambda by, item, now: rules.why_not_keep(by, item.path, now),
    "send_back": lambda by, item, now: rules.why_not_keep(by, item.path, now),
    "approve": lambda by, item, now: rules.why_not_keep(by, item.path, now),
    "retire": lambda by, item, now: rules.why_not_keep(by, item.path, now),
    "calibrate": lambda by, item, now: rules.why_not_keep(by, item.path, now),
}
_BESIDE_THE_TABLE = {
    "change": (ItemState.DRAFT,),
    "ask_review": (ItemState.IN_REVIEW,),
    "calibrate": (ItemState.APPROVED,),
}


def hints(item: Item, person: User, now: datetime) -> list[Hint]:
    """Verbs this person could do in the item's present state, in the order of the table."""
    beside = [verb for verb, states in _BESIDE_THE_TABLE.items() if item.state in states]
    return [
        Hint(verb, _why_not(verb, item, person, now))
        for verb in [*ITEM.verbs(item.state), *beside]
        if WHO[verb](person, item, now) is None
    ]


def _why_not(verb: str, item: Item, person: User, now: datetime) -> str | None:
    if verb == "submit":
        return rules.why_not_submit(item, schemas.framework(now))
    if verb == "approve":
        own = rules.why_not_approve_as(person, item, now)
        return own or rules.why_not_approve(item, schemas.framework(now))
    return None
