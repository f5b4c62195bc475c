"""The spreadsheets of this room for `kepu import` and `kepu export`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.errors import BadInput
from kepu.kernel.roles.queries import Reach
from kepu.kernel.sheets import Errand, Sheet, Taking, Written
from kepu.kernel.tables import Fault
from kepu.orders import actions, contacts, listing, menus, providers, queries
from kepu.orders.models import Service
from kepu.orders.providers import Provider

BATCH = 500
NOBODY = contacts.Scope(
    0, Reach(), Reach(), frozenset(), frozenset(), frozenset()
)  # no contact in clear


def orders(scope: str, now: datetime) -> Written:
    """Every order within `scope` that was sent, without names and telephones."""
    return listing.headers(False), listing.rows(queries.orders_within(scope).order_by("pk"), NOBODY)


def menu(scope: str, now: datetime) -> Written:
    """Services offered by teams and units at home in `scope`."""
    headers = [
        _("Title"), _("Topic"), _("What happens"), _("For whom"), _("Minutes"),
        _("What the place must have"), _("How often a month"), _("Where it is offered"),
        _("First day"), _("Last day"), _("State"), _("Team"), _("Department"),
    ]  # fmt: skip
    found = Service.objects.filter(path__within=scope).select_related("topic", "team", "department")
    return headers, _rows(found.prefetch_related("areas").order_by("path", "title", "pk"))


def _rows(found: Any) -> Iterator[list[Any]]:
    for dish in found.iterator(BATCH):
        yield [
            dish.title, dish.topic.title, dish.description, dish.get_audience_display(),
            dish.minutes, dish.needs, dish.month_capacity,
            "、".join(area.path for area in dish.areas.all()), dish.first_day, dish.last_day,
            dish.get_state_display(), dish.team.name if dish.team else None,
            dish.department.name if dish.department else None,
        ]  # fmt: skip


def attempt(file: IO[bytes], name: str, errand: Errand) -> list[Fault]:
    """Read and check every dish and write nothing."""
    return menus.read(file, name, _side(errand))[1]


def take_in(file: IO[bytes], name: str, errand: Errand) -> int:
    """Write every dish of a clean table as a draft; raises BadInput and writes nothing if it is not."""
    dishes, faults = menus.read(file, name, _side(errand))
    if faults:
        words = _("the table has %(count)s faults; nothing was imported")
        raise BadInput(words % {"count": len(faults)})
    actions.write_services(dishes, by=errand.by, now=errand.now)
    return len(dishes)


def template(errand: Errand) -> bytes:
    """An empty table to fill in."""
    return menus.template(_side(errand))


def _side(errand: Errand) -> Provider:
    """For whom the menu is written; may be left out by who writes for one side only."""
    able = providers.of(errand.by, errand.now)
    found = [one for one in able if errand.of in (one.name, one.key)] if errand.of else able
    if len(found) != 1:
        names = "、".join(one.name for one in able) or _("nobody")
        raise BadInput(
            _("say with --for whose menu it is; you write for: %(names)s") % {"names": names}
        )
    return found[0]


SHEETS = (
    Sheet("orders", lazy("orders"), None, orders),
    Sheet("menus", lazy("menus"), Taking(attempt, take_in, template), menu),
)
