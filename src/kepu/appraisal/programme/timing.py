"""Working days of a public notice: promised whole, and given back whole after an objection."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from kepu.kernel import clock
from kepu.kernel.clock import BEIJING, workdays


def notice_end(since: datetime, days: int) -> datetime:
    """Midnight in Beijing after the last of `days` whole working days that follow the day of `since`."""
    last = clock.day(workdays.add_workdays(since, days))
    return datetime.combine(last + timedelta(days=1), time(), BEIJING)


def days_left(at: datetime, end: datetime) -> int:
    """Working days of a notice not over at `at`, the day of `at` among them; one at least.

    A day that was cut into by an objection is given back whole.
    """
    today, last = clock.day(at), clock.day(end - timedelta(seconds=1))
    return max(1, workdays.workdays_between(today - timedelta(days=1), last))


def last_moment(end: datetime) -> datetime:
    """Within the last day of what ends at the midnight after it."""
    return end - timedelta(minutes=1)
