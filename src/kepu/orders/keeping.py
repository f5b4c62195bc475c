"""What this room answers somebody who asks to be erased: why not yet, and what becomes of the rest."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import User
from kepu.orders.models import Order
from kepu.orders.states import UNDER_WAY

PICTURES = lazy(
    "Photographs and attendance lists of visits to you are removed, also where others are in them, "
    "and orders you have not sent are withdrawn."
)
OTHERS_PICTURES = lazy(
    "Photographs of visits that you made as a volunteer stay with those orders; if one shows you, ask "
    "the receiving side or the community to remove it before you go."
)


def orders_under_way(person: User, now: datetime) -> str | None:
    """A team would come to somebody nobody knows: the order is withdrawn or served first."""
    found = Order.objects.filter(resident=person, state__in=UNDER_WAY).order_by("pk").first()
    if found is None:
        return None
    number = {"number": found.number}
    return _("order %(number)s is under way; withdraw it or wait for the visit") % number
