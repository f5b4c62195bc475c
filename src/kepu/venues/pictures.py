"""Visits of a venue as a picture: month by month, the finding in its title."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.ui import formats
from kepu.ui.charts import Bar, Bars
from kepu.venues.queries import Month


def by_month(months: Sequence[Month]) -> Bars | None:
    """The latest month first; nothing where no day was told."""
    if not months:
        return None
    busiest = max(months, key=lambda one: one.visits)
    said = {"month": f"{busiest.first:%Y-%m}", "visits": _visits(busiest)}
    return Bars(
        title=_("The busiest month was %(month)s: %(visits)s") % said,
        source=_("what the venue told day by day"),
        uncertainty=_("A month of which few days were counted is shown as it was counted."),
        bars=[
            Bar(f"{one.first:%Y-%m}", one.visits, _visits(one), margin=_days(one), told=one is busiest)
            for one in months
        ],
        label_head=_("Month"), value_head=_("Visits counted"),
    )  # fmt: skip


def _visits(one: Month) -> str:
    words = ngettext("%(n)s counted visit", "%(n)s counted visits", one.visits)
    return words % {"n": formats.count(one.visits)}


def _days(one: Month) -> str:
    return ngettext("%(n)s day counted", "%(n)s days counted", one.days) % {"n": one.days}
