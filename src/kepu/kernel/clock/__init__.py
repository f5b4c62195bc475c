"""Time: what o'clock it is for those who may ask, and working days. Actions take `now` instead."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

BEIJING = ZoneInfo("Asia/Shanghai")
# Our time. The calendar of the machine ends at the years 1 and 9999, and adding a day there fails.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The present moment in UTC; asked at the rim (a view, a command), handed inward as `now`."""
    return timezone.now()


def day(moment: datetime) -> date:
    """The calendar day of `moment` in Beijing."""
    return moment.astimezone(BEIJING).date()
