"""Monthly reports of places: who may hand one in, when it is due, and what a supervisor reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.clock import workdays
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.orders import figures
from kepu.orders.figures import Figures, Month
from kepu.orders.models import MonthReport, Order
from kepu.orders.schemas import Reports

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


READERS = (Verb.ORDER_DISPATCH, Verb.ORDER_SUPERVISE, Verb.FIGURES_READ)


def reach(person: User, now: datetime) -> Reach:
    """Everywhere the person may read figures, the widest place first."""
    found = roles.reaches(person, READERS, now).values()
    return Reach(
        tuple(sorted({path for one in found for path in one.paths}, key=len)),
        shut=tuple({part for one in found for part in one.shut}),
    )


def find(person: User, path: str, now: datetime) -> Division | None:
    """The place, standing or past, if the person may read its figures."""
    return Division.objects.filter(path=path).first() if reach(person, now).covers(path) else None


@dataclass(frozen=True)
class Line:
    """One place: its figures as they stand now, and its last report, if it has handed one in."""

    place: Division
    figures: Figures
    report: MonthReport | None
    reports: bool  # whether places of its level report on this month at all

    @property
    def changed(self) -> bool:
        """Whether something was added to the month after it was reported."""
        return self.report is not None and self.report.figures != self.figures.as_data()


def due(month: Month, rules: Reports) -> datetime:
    """When the reports on `month` are to be there at the latest."""
    return workdays.add_workdays(month.ends() - timedelta(seconds=1), rules.due_workdays)


def of(place: Division, month: Month) -> QuerySet[MonthReport]:
    """Every revision of a place's report on a month, the first one first."""
    return MonthReport.objects.filter(division_at=place, month=month.first).order_by("revision")


def table(scope: Division, month: Month, rules: Reports) -> tuple[Line, list[Line]]:
    """The division itself, and the ones below it as they stood at the month's end. Six queries."""
    last_day = month.next().first - timedelta(days=1)
    places = [scope, *divisions.children(scope.path, on=last_day)]
    numbers = figures.of_month([place.path for place in places], month)
    filed = _last_of(places, month)
    begun = _begun(month)
    lines = [
        Line(place, numbers[place.path], filed.get(place.pk), begun and place.level in rules.levels)
        for place in places
    ]
    return lines[0], lines[1:]


def _begun(month: Month) -> bool:
    """Whether the city took orders by then; nobody is late for the time before."""
    first = Order.objects.order_by("pk").values_list("created_at", flat=True).first()
    return first is not None and first < month.ends()


def _last_of(places: list[Division], month: Month) -> dict[int, MonthReport]:
    found = MonthReport.objects.filter(division_at__in=places, month=month.first)
    return {one.division_at_id: one for one in found.select_related("by").order_by("revision")}


def why_not_report_for(person: User, path: str, now: datetime) -> str | None:
    """Only who dispatches at the place, or above it, speaks for it."""
    if roles.holds(person, Verb.ORDER_DISPATCH, path=path, now=now):
        return None
    return _("only a worker or an officer of this place may report for it")


def why_not_report(place: Division, month: Month, rules: Reports, now: datetime) -> str | None:
    """Months that have ended are reported, by the levels that the rulebook names."""
    if place.level not in rules.levels:
        return _("divisions of this level do not report")
    if now < month.ends():
        return _("the month has not ended yet")
    return None
