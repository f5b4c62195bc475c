"""What happened around a visit and is no step of its order: arrivals, photographs, hours agreed on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.orders import evidence, visits
from kepu.orders.models import CheckIn, Order
from kepu.ui.cards import Happening


def besides(order: Order, *, show_names: bool) -> list[Happening]:
    """What stands between the steps of the order, in no order; names only where they may be read.

    Three queries, none for an order that no team has served.
    """
    if order.visit == 1 and order.starts_at is None:
        return []
    found = [*_arrivals(order), *_photographs(order), *_hours(order)]
    return [Happening(what, at, who if show_names else "") for what, at, who in found]


def _arrivals(order: Order) -> Iterator[tuple[str, datetime, str]]:
    for one in CheckIn.objects.filter(order=order).select_related("person"):
        yield _("Checked in at the visit"), one.arrived_at, one.person.name


def _photographs(order: Order) -> Iterator[tuple[str, datetime, str]]:
    """One line for what a person added to a visit, dated by the last of it."""
    kept = evidence.kept(order).select_related("uploaded_by").order_by("visit", "uploaded_by_id")
    for _key, each in groupby(kept, attrgetter("visit", "uploaded_by_id")):
        added = list(each)
        words = ngettext(
            "%(n)s photograph or list was added",
            "%(n)s photographs or lists were added",
            len(added),
        )
        last = max(added, key=attrgetter("uploaded_at"))
        yield words % {"n": len(added)}, last.uploaded_at, last.uploaded_by.name


def _hours(order: Order) -> Iterator[tuple[str, datetime, str]]:
    """One line for all hours that somebody agreed to in one press."""
    services = list(visits.hours(order).select_related("certified_by", "confirmed_by"))
    yield from _agreed(_("Volunteer hours were certified"), services, "certified")
    yield from _agreed(_("Volunteer hours were confirmed"), services, "confirmed")


def _agreed(what: str, services: list[Any], verb: str) -> Iterator[tuple[str, datetime, str]]:
    at, by = attrgetter(f"{verb}_at"), attrgetter(f"{verb}_by")
    once = {at(one): by(one) for one in services if at(one) is not None}
    for moment, person in once.items():
        yield what, moment, person.name if person else ""
