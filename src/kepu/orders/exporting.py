"""The list of orders, and the month of a place, as exported tables."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import BadInput, Outside
from kepu.kernel.exports.registry import Source, Table
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import contacts, listing, reports
from kepu.orders.figures import Figures, Month
from kepu.orders.filters import ListForm
from kepu.orders.schemas import REPORTS

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

KIND = "orders"
CONTACTS = "contacts"  # in a query string: names, telephone numbers and addresses too


def table(person: User, query: str, now: datetime) -> Table:
    """What the list shows for the same filter, in the same order, without its pages.

    Whom to call is in it only where it was asked for: a list that goes round needs nobody's number.
    """
    words = QueryDict(query)
    form = ListForm(words, person=person, now=now)
    if not form.is_valid():
        raise BadInput(" ".join(str(error) for errors in form.errors.values() for error in errors))
    found = listing.listed(person, form.asked(), now)
    sort = listing.sort_of(words.get("sort", "urgent"))
    scope = contacts.scope(person, now) if words.get(CONTACTS) else None
    return Table(
        headers=listing.headers(bool(scope)),
        total=found.order_by().count(),
        rows=listing.rows(found.order_by(*sort.order()), scope),
        personal=bool(scope),
    )


MONTH = "month-reports"
MONTH_HEADERS = {
    "placed": _("Orders sent"),
    "delivered": _("Visits made"),
    "reached": _("People reached"),
    "missed": _("The volunteers did not come"),
    "escalated": _("Stages out of time"),
    "ratings": _("Ratings"),
    "mean_stars": _("Mean stars (from 5 ratings on)"),
}


MONTH_UNITS = {
    "placed": pgettext_lazy("unit", "orders"),
    "delivered": pgettext_lazy("unit", "visits"),
    "reached": pgettext_lazy("unit", "people"),
    "missed": pgettext_lazy("unit", "visits"),
    "escalated": pgettext_lazy("unit", "stages"),
    "ratings": pgettext_lazy("unit", "ratings"),
    "mean_stars": pgettext_lazy("unit", "stars"),
}


def month_cells(figures: Figures) -> list[object]:
    """What MONTH_HEADERS head, in their order; a mean too few stand behind stays empty."""
    return [getattr(figures, key) for key in MONTH_HEADERS]


def month_table(person: User, query: str, now: datetime) -> Table:
    """A place's month: one row for itself and one for each place below it."""
    words = QueryDict(query)
    scope = reports.find(person, words.get("place", ""), now)
    if scope is None:
        raise Outside(str(_("there is no such place")))
    try:
        month = Month.read(words.get("month", ""))
    except ValueError as error:
        raise BadInput(str(_("write the month as 2026-02"))) from error
    own, below = reports.table(scope, month, rulebooks.in_force(REPORTS, now).rules)
    heads = [_("Place"), _("Month"), *MONTH_HEADERS.values(), _("Reported")]
    rows = [
        [
            line.place.name,
            str(month),
            *month_cells(line.figures),
            line.report.at.astimezone(BEIJING).replace(tzinfo=None) if line.report else None,
        ]
        for line in (own, *below)
    ]
    return Table([str(head) for head in heads], len(rows), rows)


SOURCES = (
    Source(KIND, _("Orders"), table),
    Source(MONTH, _("Monthly reports"), month_table),
)
