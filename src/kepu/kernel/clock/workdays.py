"""Working days of China: weekends, State Council holidays, and the make-up days that fall on weekends."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources

from kepu.kernel.clock import BEIJING


@cache
def exceptions() -> dict[date, bool]:
    """Days that differ from the plain week: True where work is done, False where it rests."""
    source = resources.files("kepu.kernel.clock") / "data/china_public_holidays_2007_2026.csv"
    with source.open(encoding="utf-8") as file:
        return {
            date.fromisoformat(row["date"]): row["is_off_day"] == "0"
            for row in csv.DictReader(file)
        }


@dataclass(frozen=True)
class Announced:
    """What a city handed in for the time after the table that ships: days that differ, and until when."""

    days: Mapping[date, bool] = field(default_factory=dict)
    until: date | None = None


_announced: Callable[[], Announced] = Announced


def ask_also(announced: Callable[[], Announced]) -> None:
    """Let the rulebook of the calendar speak for days that the table does not know."""
    global _announced
    _announced = announced


@cache
def last_shipped_day() -> date:
    return date(max(day.year for day in exceptions()), 12, 31)


def last_known_day() -> date:
    """Until then holidays are known; later days count as plain weekdays."""
    until = _announced().until
    return max(last_shipped_day(), until) if until else last_shipped_day()


def last_known_year() -> int:
    """The last year whose holidays ship with Kepu."""
    return last_shipped_day().year


def is_workday(day: date) -> bool:
    """Whether offices work on `day`."""
    known = exceptions().get(day)
    if day > last_shipped_day():
        known = _announced().days.get(day)
    return day.weekday() < 5 if known is None else known


def add_workdays(moment: datetime, days: int) -> datetime:
    """The same time of day, `days` working days after `moment`; the first day counted is the next one.

    A moment on a day of rest counts from the working day that follows, as offices count it.
    """
    if days < 0:
        raise ValueError("working days are counted forward")
    local = moment.astimezone(BEIJING)
    left = days
    while left > 0:
        local += timedelta(days=1)
        left -= is_workday(local.date())
    return local.astimezone(moment.tzinfo)


def workdays_between(first: date, last: date) -> int:
    """Working days after `first` up to and including `last`."""
    span = (last - first).days
    return sum(is_workday(first + timedelta(days=n)) for n in range(1, span + 1))
