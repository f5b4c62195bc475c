"""The audit as a list that its administrator sorts and takes away; that it was taken is kept in it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.audit import queries, rules, words
from kepu.kernel.audit.forms import AskForm
from kepu.kernel.errors import authorize
from kepu.kernel.registers import Asked, Column, Order, Register

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


def _found(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    authorize(rules.why_not_read_audit(person, now))  # type: ignore[arg-type]
    wanted = queries.Asked(**{key: said for key, said in asked.items() if said})
    return queries.entries(wanted).order_by("-pk")


def _detail(one: Any, _place: str) -> str:
    return json.dumps(one.detail, ensure_ascii=False) if one.detail else ""


ENTRIES = Register(
    "audit", "audit", lazy("Audit"), AskForm, _found,
    {"new": Order(lazy("newest first"), ("-pk",)), "old": Order(lazy("oldest first"), ("pk",))},
    (
        Column(lazy("What was done"), lambda one, _place: words.of(one.verb)),
        Column(lazy("Verb"), lambda one, _place: one.verb),
        Column(lazy("When"), lambda one, _place: one.at),
        Column(lazy("Who"), lambda one, _place: one.actor),
        Column(lazy("On whose behalf"), lambda one, _place: one.for_whom),
        Column(lazy("To what"), lambda one, _place: f"{one.object_type} {one.object_id}"),
        Column(lazy("Particulars"), _detail),
        Column(lazy("Place in the chain"), lambda one, _place: one.seq),
    ),
    personal=True,
)  # fmt: skip
