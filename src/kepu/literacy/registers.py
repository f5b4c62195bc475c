"""The item bank, whose file holds nothing of what an item asks, and statistical returns, as lists."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import clock
from kepu.kernel.errors import NotAllowed, Outside
from kepu.kernel.registers import Asked, Column, Order, Register
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import schemas
from kepu.literacy.forms import ItemListForm
from kepu.literacy.queries import items, returns
from kepu.literacy.return_forms import ReturnListForm

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

FILTERS = ("dimension", "discipline", "state", "use")


def _found(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    if not roles.holds(person, Verb.ITEM_WRITE, now=now):
        raise NotAllowed(_("only writers and officers of an item bank may read it"))
    narrowed = {key: asked.get(key) or "" for key in FILTERS}
    return items.listed(person, now, words=asked.get("q") or "", **narrowed)


def dimension_of(item: Any) -> str:
    """What the framework in force calls the item's dimension; older words stay as they are."""
    known = schemas.framework(clock.now()).dimensions.get(item.dimension)
    return known.title if known else item.dimension


HARDEST = F("difficulty").desc(nulls_last=True)

ITEMS = Register(
    "items", "items", lazy("Item bank"), ItemListForm, _found,
    {
        "new": Order(lazy("newest first"), ("-pk",)),
        "code": Order(lazy("by code"), ("code", "pk")),
        "hard": Order(lazy("hardest first"), (HARDEST, "pk")),  # type: ignore[arg-type]
        "asked": Order(lazy("most asked first"), ("-asked", "pk")),
    },
    (
        Column(lazy("Item code"), lambda one, _place: one.code),
        Column(lazy("Dimension"), lambda one, _place: dimension_of(one)),
        Column(lazy("Discipline"), lambda one, _place: one.discipline.title),
        Column(lazy("Use"), lambda one, _place: one.get_use_display()),
        Column(lazy("State"), lambda one, _place: one.get_state_display()),
        Column(lazy("Difficulty"), lambda one, _place: one.difficulty),
        Column(lazy("Discrimination"), lambda one, _place: one.discrimination),
        Column(lazy("Times asked"), lambda one, _place: one.asked),
    ),
)  # fmt: skip


def _returns(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    if not roles.holds(person, Verb.RETURN_CHECK, now=now):
        raise Outside(_("there is no such page"))
    return returns.listed(
        person, now, year=asked.get("year"), state=asked.get("state") or "",
        district=asked.get("district") or "", words=asked.get("q") or "",
    )  # fmt: skip


RETURNS = Register(
    "returns", "return-list", lazy("Statistical returns"), ReturnListForm, _returns,
    {
        "new": Order(lazy("newest first"), ("-round__year", "path", "pk")),
        "in": Order(lazy("handed in first"), (F("submitted_at").asc(nulls_last=True), "pk")),  # type: ignore[arg-type]
        "unit": Order(lazy("by unit"), ("organisation__sort_key", "pk")),
    },
    (
        Column(lazy("Year"), lambda one, _place: one.round.year),
        Column(lazy("Unit"), lambda one, _place: one.organisation.name),
        Column(lazy("Place"), lambda _one, place: place),
        Column(lazy("State"), lambda one, _place: one.get_state_display()),
        Column(lazy("Handed in"), lambda one, _place: one.submitted_at),
    ),
)  # fmt: skip
