"""Deliveries as a list that who runs the system sorts and takes away."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.errors import authorize
from kepu.kernel.facts import names, queries, rules
from kepu.kernel.facts.models import DeliveryState
from kepu.kernel.registers import Asked, Column, Order, Register

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


class DeliveryListForm(forms.Form):
    """Which deliveries; sent by GET."""

    state = forms.ChoiceField(required=False, choices=DeliveryState.choices)


def _found(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    authorize(rules.why_not_operate(person, now))  # type: ignore[arg-type]
    return queries.in_state(asked.get("state") or DeliveryState.WAITING).order_by("-pk")


def _fact(one: Any, _place: str) -> str:
    return str(names.of_fact(one.fact.name) if one.fact else _("recurring duty"))


DELIVERIES = Register(
    "deliveries", "deliveries", lazy("Deliveries"), DeliveryListForm, _found,
    {"new": Order(lazy("newest first"), ("-pk",)), "old": Order(lazy("oldest first"), ("pk",))},
    (
        Column(lazy("Number"), lambda one, _place: one.pk),
        Column(lazy("Fact"), _fact),
        Column(lazy("Who listens"), lambda one, _place: one.listener),
        Column(lazy("State"), lambda one, _place: one.get_state_display()),
        Column(lazy("Due"), lambda one, _place: one.due_at),
        Column(lazy("Attempts"), lambda one, _place: one.attempts),
        Column(lazy("Last error"), lambda one, _place: one.last_error),
    ),
    path_of=lambda _one: "",
)  # fmt: skip
