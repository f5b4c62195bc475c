"""Where a person's offices sit, and the menu above the page that chooses among them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.models import Division
from kepu.kernel.roles import queries as roles
from kepu.ui.shell import Place

if TYPE_CHECKING:
    from kepu.kernel.roles.models import Grant

MOST_PLACES = 60

Row = tuple[Division, int]  # a place, and how deep it stands in the menu


def of(person: User, now: datetime) -> list[Row]:
    """Where the person's offices sit, the widest first, each followed by what lies a level below."""
    grants = roles.acting(person, now).select_related("organisation", "zone")
    seats: list[str] = []
    for path in sorted({path for one in grants for path in _held_at(one, now)}, key=_widest_first):
        if not any(within(path, seat) for seat in seats):
            seats.append(path)
    seats = seats[:MOST_PLACES] or [settings.CITY]
    each = MOST_PLACES // len(seats)  # so that many places below one leave room for the others
    return [row for seat in seats for row in _around(seat)[:each]]


def _held_at(grant: Grant, now: datetime) -> list[str]:
    """Where a role is held: at a place, where its unit sits, or at the parts of its zone."""
    if grant.zone:
        return divisions.zone_paths(grant.zone, clock.day(now))
    path = grant.path or (grant.organisation.path if grant.organisation else "")
    return [path] if path else []


def _widest_first(path: str) -> tuple[int, str]:
    return len(path), path


def narrowed(place: str) -> str:
    """What the address of a page ends in that shows the chosen place alone; nothing where none is."""
    return f"?{urlencode({'place': place})}" if place else ""


def _around(seat: str) -> list[Row]:
    return [(divisions.at(seat), 0), *((row, 1) for row in divisions.children(seat))]


def menu(rows: list[Row], scope: str, page: str, *, everywhere: bool = False) -> tuple[Place, ...]:
    """What the menu above the page at `page` offers; nothing where there is nothing to choose.

    A page that shows all one's places at once offers them so, too.
    """
    whole = Place(key="", label=_("All my places"), href=page, current=not scope, level=0)
    return ((whole,) if everywhere and len(rows) > 1 else ()) + tuple(
        Place(
            key=row.path,
            label=row.name,
            href=f"{page}{narrowed(row.path)}",
            current=row.path == scope,
            level=depth,
        )
        for row, depth in rows
        if len(rows) > 1
    )
