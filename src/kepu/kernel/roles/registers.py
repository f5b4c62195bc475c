"""Who holds what, as a list: narrowed, sorted and taken away by whoever grants roles there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import NotAllowed, Outside
from kepu.kernel.registers import Asked, Column, Order, Register
from kepu.kernel.roles import queries
from kepu.kernel.roles.forms import RoleListForm
from kepu.kernel.roles.models import Grant
from kepu.kernel.roles.verbs import Verb, title_of

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


BY_PLACE = ("path", "role", "post", "pk")


def place_asked(person: User | None, path: str, now: datetime) -> str:
    """The place inside the person's reach; the widest of it when none is asked for."""
    reach = queries.reach(person, Verb.ROLE_GRANT, now)
    if not reach.paths:
        raise NotAllowed(_("only a security administrator grants roles"))
    asked = path or reach.paths[0]
    if not divisions.current().filter(path=asked).exists() or not reach.covers(asked):
        raise Outside(_("there is no such place among those you grant roles in"))
    return asked


def _found(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    path = place_asked(person, asked.get("path", ""), now)
    found = queries.held_below(path, now=now, span=asked.get("span") or queries.NOW)
    if asked.get("role"):
        found = found.filter(role=asked["role"])
    if asked.get("q", "").strip():
        found = queries.held_by_whom(found, asked["q"].strip())
    return queries.with_acting(found, now).order_by(*BY_PLACE)


def _where(one: Grant, place: str) -> str:
    return place if one.path else str(one.zone or one.organisation)


GRANTS = Register(
    "roles", "roles", lazy("Roles"), RoleListForm, _found,
    {
        "place": Order(lazy("by place"), BY_PLACE),
        "role": Order(lazy("by role"), ("role", "path", "post", "pk")),
        "new": Order(lazy("newest first"), ("-valid_from", "-pk")),
        "end": Order(lazy("first to end first"), (F("valid_to").asc(nulls_last=True), "pk")),  # type: ignore[arg-type]
    },
    (
        Column(lazy("Who"), lambda one, _place: one.person.name),
        Column(lazy("Pseudonym"), lambda one, _place: one.person.pseudonym),
        Column(lazy("Role"), lambda one, _place: title_of(one.role)),
        Column(lazy("Where"), _where),
        Column(lazy("Post"), lambda one, _place: one.post),
        Column(lazy("Acts now"), lambda one, _place: _("yes") if one.acts else ""),
        Column(lazy("Since"), lambda one, _place: one.valid_from),
        Column(lazy("Until"), lambda one, _place: one.valid_to),
    ),
    personal=True,
)  # fmt: skip
