"""How many services the teams of a unit delivered in a year, and how many people came."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Sum
from django.utils.translation import ngettext

from kepu.kernel.clock import BEIJING
from kepu.orders.models import Step


def note_of(unit: int, year: int) -> str:
    """A sentence for who fills the unit's yearly statistics; empty where nothing was delivered. One query.

    It is no figure of the form: an order does not say whether it was a lecture, an exhibition or a contest.
    """
    begin, end = (datetime(one, 1, 1, tzinfo=BEIJING) for one in (year, year + 1))
    found = Step.objects.filter(
        verb="deliver", team__organisation=unit, at__gte=begin, at__lt=end
    ).aggregate(n=Count("pk"), people=Sum("attended"))
    if not found["n"]:
        return ""
    return ngettext(
        "Teams of your unit delivered %(n)s service in %(year)s by the orders of Kepu; %(people)s people "
        "came as far as reports say. Whether it was a lecture, an exhibition or a contest is for you to "
        "tell.",
        "Teams of your unit delivered %(n)s services in %(year)s by the orders of Kepu; %(people)s people "
        "came as far as reports say. Which were lectures, exhibitions or contests is for you to tell.",
        found["n"],
    ) % {"n": found["n"], "year": year, "people": f"{found['people'] or 0:,}"}
