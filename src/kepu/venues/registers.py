"""The public register of venues, and that of the officers who judge them, as lists and as tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.divisions.fields import ancestors, within
from kepu.kernel.errors import NotAllowed
from kepu.kernel.registers import Asked, Column, Order, Register
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.venues import free_opening, queries
from kepu.venues.facility_forms import YearFilterForm
from kepu.venues.forms import DeskForm, VenueListForm

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

ORDERS = {
    "place": Order(lazy("by place"), ("path", "sort_key", "pk")),
    "name": Order(lazy("by name"), ("sort_key", "pk")),
    "new": Order(lazy("newest first"), ("-pk",)),
}
COLUMNS = (
    Column(lazy("Number"), lambda one, _place: one.number),
    Column(lazy("Name of the venue"), lambda one, _place: one.name),
    Column(lazy("Kind"), lambda one, _place: one.get_kind_display()),
    Column(lazy("Category of the base"), lambda one, _place: one.get_category_display()),
    Column(lazy("Level of the base"), lambda one, _place: one.level_said),
    Column(lazy("Public place"), lambda one, _place: one.get_host_display()),
    Column(lazy("Sector"), lambda one, _place: one.get_sector_display()),
    Column(lazy("For study travel"), lambda one, _place: one.study),
    Column(lazy("Unit"), lambda one, _place: one.organisation.name if one.organisation else ""),
    Column(lazy("Place"), lambda _one, place: place),
    Column(lazy("Address"), lambda one, _place: one.address),
    Column(lazy("Telephone of the venue"), lambda one, _place: one.phone),
    Column(lazy("Floor area (m²)"), lambda one, _place: one.floor_area),
    Column(lazy("Area of halls (m²)"), lambda one, _place: one.hall_area),
    Column(lazy("Open days a year"), lambda one, _place: one.open_days),
    Column(lazy("Admission"), lambda one, _place: one.get_admission_display()),
    Column(lazy("State"), lambda one, _place: one.get_state_display()),
    Column(lazy("Source"), lambda one, _place: one.source),
)


def _narrowed(asked: Asked, *keys: str) -> dict[str, str]:
    found = {key: asked.get(key) or "" for key in keys}
    return {"scope": asked.get("district") or "", "words": asked.get("q") or "", **found}


def _public(_person: User | None, asked: Asked, _now: datetime) -> QuerySet[Any]:
    return queries.public(**_narrowed(asked, "kind", "level", "state", "host", "sector"))


def _to_judge(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    if not roles.holds(person, Verb.VENUE_JUDGE, now=now):
        raise NotAllowed(_("only officers who decide about venues have this page"))
    return queries.to_judge(person, now, **_narrowed(asked, "kind", "state"))


def _lying(_person: User | None, _now: datetime) -> Callable[[str], bool]:
    paths = queries.public().order_by().values_list("path", flat=True).distinct()
    return {place for path in paths for place in ancestors(path)}.__contains__


def _reached(person: User | None, now: datetime) -> Callable[[str], bool]:
    paths = roles.reach(person, Verb.VENUE_JUDGE, now).paths
    return lambda place: any(within(place, path) or within(path, place) for path in paths)


VENUES = Register(
    "venues", "venues", lazy("Kepu venues"), VenueListForm, _public, ORDERS, COLUMNS, ground=_lying
)
DESK = Register(
    "venue-desk", "venue-desk", lazy("Registration of venues"), DeskForm, _to_judge, ORDERS,
    COLUMNS, ground=_reached,
)  # fmt: skip


def _ledger(person: User | None, asked: Asked, now: datetime) -> QuerySet[Any]:
    if not roles.holds(person, Verb.VENUE_JUDGE, now=now):
        raise NotAllowed(_("only officers who decide about venues have this page"))
    return free_opening.lines_in_reach(person, now, asked.get("year"))


SUBSIDIES = Register(
    "free-opening", "free-opening", lazy("Ledger of free opening"), YearFilterForm, _ledger,
    {"venue": Order(lazy("by place"), ("venue__path", "venue__sort_key", "year", "pk"))},
    (
        Column(lazy("Name of the venue"), lambda one, _place: one.venue.name),
        Column(lazy("Place"), lambda _one, place: place),
        Column(lazy("Year"), lambda one, _place: one.year),
        Column(lazy("Step"), lambda one, _place: one.get_step_display()),
        Column(lazy("Amount (yuan)"), lambda one, _place: one.amount),
        Column(lazy("Number of the signed decision"), lambda one, _place: one.reference),
        Column(lazy("Day"), lambda one, _place: one.day),
        Column(lazy("Remark"), lambda one, _place: one.words),
        Column(lazy("Corrects line"), lambda one, _place: one.corrects_id or ""),
        Column(lazy("Line"), lambda one, _place: one.pk),
    ),
    path_of=lambda one: one.venue.path,
)  # fmt: skip
REGISTERS = (VENUES, DESK, SUBSIDIES)
