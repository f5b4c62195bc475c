"""The coming year's calendar as a rulebook: the State Council's notice, taken down by an officer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import model_validator

from kepu.kernel import clock
from kepu.kernel.clock import workdays
from kepu.kernel.clock.workdays import Announced
from kepu.kernel.rulebooks import queries
from kepu.kernel.rulebooks.registry import Kind, Rules, Told

SOON = 60  # days before its end at which the calendar is asked for


class Span(Rules):
    """Days from the first to the last, both included."""

    first: Annotated[date, Told(lazy("First day"))]
    last: Annotated[date, Told(lazy("Last day"))]

    @model_validator(mode="after")
    def in_order(self) -> Span:
        if not 0 <= (self.last - self.first).days <= 31:
            raise ValueError(_("a holiday has 1 to 32 days, the first before the last"))
        return self

    def in_words(self) -> str:
        return f"{self.first} – {self.last}"

    def days(self) -> list[date]:
        length = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(length)]


class Calendar(Rules):
    """Holidays, and the weekend days that are worked for them, until the day they are known to."""

    until: Annotated[date, Told(lazy("Known until"))]
    rest: Annotated[tuple[Span, ...], Told(lazy("Holidays"))] = ()
    work: Annotated[tuple[date, ...], Told(lazy("Weekend days that are worked"))] = ()

    @model_validator(mode="after")
    def each_day_once(self) -> Calendar:
        rest = [day for span in self.rest for day in span.days()]
        if len(set(rest)) != len(rest) or set(rest) & set(self.work):
            raise ValueError(_("a day is named twice"))
        if any(day.weekday() < 5 for day in self.work):
            raise ValueError(_("work names days of a weekend that are worked"))
        if any(day > self.until for day in (*rest, *self.work)):
            raise ValueError(_("a day lies after `until`"))
        return self

    def announced(self) -> Announced:
        rest = {day: False for span in self.rest for day in span.days()}
        return Announced({**rest, **dict.fromkeys(self.work, True)}, self.until)


KIND = Kind(
    key="calendar",
    title=lazy("working days and holidays after those that ship with Kepu"),
    schema=Calendar,
    package="kepu.kernel.rulebooks",
    file="calendar.yaml",
    example=False,
)


def announced() -> Announced:
    """What the version in force says; one query a minute and process."""
    return _announced(queries.in_force(KIND.key, clock.now()).rules)


@lru_cache(maxsize=4)
def _announced(rules: Any) -> Announced:
    found: Announced = rules.announced()
    return found


def warning(now: datetime) -> str | None:
    """A sentence when the calendar ends within 60 days: clocks in working days would go wrong."""
    last = workdays.last_known_day()
    if (last - clock.day(now)).days >= SOON:
        return None
    return _(
        "Holidays are known until %(day)s only. Later clocks count plain weekdays: a city officer issues "
        "the next year's calendar under “Rulebooks”, as soon as the State Council has announced it."
    ) % {"day": last.isoformat()}
