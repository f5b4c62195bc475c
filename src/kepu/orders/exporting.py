"""The list of orders as an exported table."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kepu.kernel.errors import BadInput
from kepu.kernel.exports.registry import Source, Table
from kepu.orders import contacts, listing
from kepu.orders.filters import ListForm

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

KIND = "orders"


def table(person: User, query: str, now: datetime) -> Table:
    """What the list shows for the same filter, in the same order, without its pages."""
    words = QueryDict(query)
    form = ListForm(words, person=person, now=now)
    if not form.is_valid():
        raise BadInput(" ".join(str(error) for errors in form.errors.values() for error in errors))
    found = listing.listed(person, form.asked(), now)
    sort = listing.sort_of(words.get("sort", "due"))
    scope = contacts.scope(person, now)
    return Table(
        headers=listing.headers(bool(scope)),
        total=found.order_by().count(),
        rows=listing.rows(found.order_by(*sort.order()), scope),
        personal=bool(scope),
    )


SOURCE = Source(KIND, _("Orders"), table)
