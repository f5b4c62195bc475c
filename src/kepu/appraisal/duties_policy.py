"""The rulebook of kepu duties: until when a year of them is told, and when its unit is reminded."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from kepu.kernel.clock import BEIJING, workdays
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.registry import Kind, Rules, Told

DUTIES = "undertakings.years"
WORKDAYS = _("working days")
DAY_S_END = time(23, 59, 59)


class Duties(Rules):
    """Clocks of a year of kepu duties, in working days."""

    text: Annotated[str, Told(_("Words of the rule"))] = Field(min_length=1)
    due: Annotated[int, Told(_("A year is told within"), WORKDAYS)] = Field(ge=1, le=120)
    remind: Annotated[int, Told(_("The unit is reminded before"), WORKDAYS)] = Field(ge=0, le=60)

    def due_at(self, year: int, until: date) -> datetime:
        """The end of the last day for a year: it runs from its end, or from the last day of the term."""
        last = min(date(year, 12, 31), until)
        return workdays.add_workdays(datetime.combine(last, DAY_S_END, BEIJING), self.due)


KIND = Kind(DUTIES, _("kepu duties year by year"), Duties, "kepu.appraisal", "undertakings.yaml")


def in_force(now: datetime) -> Duties:
    """The rules as they hold at `now`."""
    rules = rulebooks.in_force(DUTIES, now).rules
    assert isinstance(rules, Duties)  # noqa: S101 (the registry's promise, for the reader)
    return rules
