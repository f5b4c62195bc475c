"""The room's registers beside its orders: the menu, what one offers oneself, and contracts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.errors import NotAllowed
from kepu.kernel.registers import Column, Order, Register
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import dishes, providers, queries
from kepu.orders.forms import ContractListForm, MenuListForm, OwnDishListForm
from kepu.orders.plan_registers import PLAN_LINES

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

# --- dishes ---------------------------------------------------------------------------------------


def _menu(person: User | None, asked: Mapping[str, Any], now: datetime) -> QuerySet[Any]:
    """What can be ordered at the place that is asked for; at home, when none is."""
    home = person.home.path if person and person.home else ""
    place = asked.get("place") or home
    found = dishes.narrowed(queries.menu(place, now), asked)
    return dishes.nearest_first(found, place).prefetch_related("areas")


def _own(person: User | None, asked: Mapping[str, Any], now: datetime) -> QuerySet[Any]:
    sides = providers.of(person, now) if person else []
    if not sides:
        raise NotAllowed(_("only team leaders and officers who publish services manage a menu"))
    return dishes.narrowed(providers.dishes(*sides), asked).prefetch_related("areas")


def _side(one: Any) -> str:
    return str((one.team or one.department).name)


# The heads and cells are those of the table that is taken in, so that rows can be copied over.
DISH = (
    Column(lazy("Title"), lambda one, _place: one.title),
    Column(lazy("Topic"), lambda one, _place: one.topic.title),
    Column(lazy("What happens"), lambda one, _place: one.description),
    Column(lazy("For whom"), lambda one, _place: one.get_audience_display()),
    Column(lazy("Minutes"), lambda one, _place: one.minutes),
    Column(lazy("What the place must have"), lambda one, _place: one.needs),
    Column(lazy("How often a month"), lambda one, _place: one.month_capacity),
    Column(
        lazy("Where it is offered"),
        lambda one, _place: "、".join(sorted(area.path for area in one.areas.all())),
    ),
    Column(lazy("First day"), lambda one, _place: one.first_day),
    Column(lazy("Last day"), lambda one, _place: one.last_day),
)
OFFERED_BY = Column(lazy("Team or department"), lambda one, _place: _side(one))
NEWEST = Order(lazy("newest first"), ("-first_day", "-pk"))
BY_TOPIC = Order(lazy("by topic"), ("topic__rank", "title", "pk"))
MOST_LOVED = Order(lazy("best rated first"), ("-worth", "title", "pk"), dishes.weighed)

MENU = Register(
    "menu", "menu", lazy("Menu"), MenuListForm, _menu,
    {
        "near": Order(lazy("nearest first"), ()),
        "rated": MOST_LOVED,
        "new": NEWEST,
        "topic": BY_TOPIC,
    },
    (*DISH, OFFERED_BY, Column(lazy("At home in"), lambda _one, place: place)),
)  # fmt: skip

OWN_DISHES = Register(
    "own-menu", "manage-menu", lazy("What we offer"), OwnDishListForm, _own,
    {
        "state": Order(lazy("by state"), ()),
        "new": NEWEST,
        "topic": BY_TOPIC,
        "title": Order(lazy("by title"), ("title", "pk")),
        "end": Order(lazy("first to end first"), (F("last_day").asc(nulls_last=True), "pk")),  # type: ignore[arg-type]
        "rated": MOST_LOVED,
    },
    (*DISH, OFFERED_BY, Column(lazy("State"), lambda one, _place: one.get_state_display())),
)  # fmt: skip


# --- contracts ------------------------------------------------------------------------------------

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

REGISTERS = (MENU, OWN_DISHES, CONTRACTS, PLAN_LINES)
