"""Booklets for programs: ask for them, look at them, adopt or drop them."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router, Schema, Status
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Given, Id, Line, Moment
from kepu.kernel.errors import NotAllowed, Outside
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.actions import booklets
from kepu.literacy.models import BookletSet
from kepu.literacy.queries import booklets as queries
from kepu.literacy.queries import items
from kepu.literacy.rules import items as may
from kepu.literacy.states import BOOKLETS, SetState

router = Router(tags=[n_("Booklets")])


class BookletsIn(Given):
    """How many booklets, how long, and how much any two may have in common."""

    title: Line = Field(min_length=1, max_length=80)
    booklets: int = Field(ge=1, le=5)
    items: int = Field(ge=5, le=100)
    most_common: int = Field(ge=0, le=100)


class BookletsOut(Schema):
    """A set of booklets; `codes` has the items of each in the order they are asked."""

    id: int
    title: str
    state: SetState
    booklets: int
    items: int
    most_common: int
    failure: str
    made_at: Moment
    abilities: list[float]
    information: list[list[float]]
    in_common: list[tuple[int, int, int]] = Field(description="Two booklets, and items in both")
    codes: list[list[str]]
    verbs: list[str]


@router.get("/booklets", response=Page[BookletsOut], summary=n_("Booklets of your item bank"))
def all_booklets(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """For officers of the bank; 403 not_allowed."""
    _bank(request)
    return page(request, queries.sets_of(request.auth, clock.now()), _set)


@router.post("/booklets", response={201: BookletsOut}, summary=n_("Have booklets assembled"))
def ask_for_booklets(request: Asked, body: BookletsIn) -> Status[dict[str, Any]]:
    """The worker assembles them: ask again until `state` is not `computing`.

    403 not_allowed, 409 rule_broken.
    """
    bank = _bank(request)
    made = booklets.ask_booklets(**body.model_dump(), bank=bank, by=request.auth, now=clock.now())
    return Status(201, _set(made))


@router.get("/booklets/{set_id}", response=BookletsOut, summary=n_("One set of booklets"))
def read_booklets(request: Asked, set_id: Id) -> dict[str, Any]:
    """404 not_found."""
    return _set(_kept(request, set_id))


@router.post("/booklets/{set_id}/{verb}", response=BookletsOut,
             summary=n_("Adopt booklets, or put them away"))  # fmt: skip
def decide_booklets(request: Asked, set_id: Id, verb: Literal["adopt", "drop"]) -> dict[str, Any]:
    """404 not_found, 409 rule_broken."""
    _kept(request, set_id)
    act = booklets.adopt_booklets if verb == "adopt" else booklets.drop_booklets
    return _set(act(set_id, by=request.auth, now=clock.now()))


def _bank(request: Asked) -> Any:
    bank = items.banks(request.auth, clock.now(), Verb.ITEM_APPROVE).first()
    if bank is None:
        raise NotAllowed(_("only an officer of this item bank may do this"))
    return bank


def _kept(request: Asked, set_id: int) -> BookletSet:
    made = queries.booklet_set(set_id)
    if may.why_not_keep(request.auth, made.path, clock.now()):
        raise Outside(_("there are no such booklets"))
    return made


def _set(made: BookletSet) -> dict[str, Any]:
    plain = ("id", "title", "state", "booklets", "items", "most_common", "failure", "made_at")
    found = queries.booklets(made)
    return {
        **{name: getattr(made, name) for name in plain},
        "abilities": made.summary.get("abilities", []),
        "information": made.summary.get("information", []),
        "in_common": queries.in_common(found),
        "codes": [[line.item.code for line in one] for one in found],
        "verbs": [verb for verb in BOOKLETS.verbs(made.state) if verb in ("adopt", "drop")],
    }
