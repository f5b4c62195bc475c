"""Why a person's data are kept although they ask to be erased: what this room answers."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.orders.models import Order
from kepu.orders.states import UNDER_WAY


def orders_under_way(person: User, now: datetime) -> str | None:
    """A team would come to somebody nobody knows: the order is withdrawn or served first."""
    found = Order.objects.filter(resident=person, state__in=UNDER_WAY).order_by("pk").first()
    if found is None:
        return None
    number = {"number": found.number}
    return _("order %(number)s is under way; withdraw it or wait for the visit") % number
