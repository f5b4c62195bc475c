"""The room's registers beside its orders: contracts for purchased services, shown to who buys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.errors import NotAllowed
from kepu.kernel.registers import Column, Order, Register
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import queries
from kepu.orders.forms import ContractListForm

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

RUNNING: Mapping[str, bool] = {"running": True, "ended": False}


def _contracts(person: User | None, asked: Mapping[str, Any], now: datetime) -> QuerySet[Any]:
    units = roles.reach(person, Verb.CONTRACT_SIGN, now).organisations
    if not units:
        raise NotAllowed(_("only officers of a department sign contracts"))
    running = RUNNING.get(asked.get("state", ""))
    return queries.contracts(units, words=asked.get("q", ""), running=running, now=now)


CONTRACTS = Register(
    "contracts", "contracts", lazy("Contracts for purchased services"), ContractListForm,
    _contracts,
    {
        "new": Order(lazy("newest first"), ("-signed_at", "-pk")),
        "end": Order(lazy("first to end first"), ("last_day", "pk")),
        "amount": Order(lazy("largest amount first"), ("-yuan", "pk")),
        "seller": Order(lazy("by seller"), ("seller__name", "pk")),
    },
    (
        Column(lazy("Number of the contract"), lambda one, _place: one.number),
        Column(lazy("Buyer"), lambda one, _place: one.buyer.name),
        Column(lazy("Seller"), lambda one, _place: one.seller.name),
        Column(lazy("Place"), lambda _one, place: place),
        Column(lazy("Amount in yuan"), lambda one, _place: one.yuan),
        Column(lazy("Services bought"), lambda one, _place: one.services),
        Column(lazy("Services ordered"), lambda one, _place: one.used),
        Column(lazy("First day"), lambda one, _place: one.first_day),
        Column(lazy("Last day"), lambda one, _place: one.last_day),
    ),
    path_of=attrgetter("buyer.path"),
)  # fmt: skip
