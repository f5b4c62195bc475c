"""Time: what o'clock it is for those who may ask, and working days. Actions take `now` instead."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

BEIJING = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment in UTC; asked at the rim (a view, a command), handed inward as `now`."""
    return timezone.now()


def day(moment: datetime) -> date:
    """The calendar day of `moment` in Beijing."""
    return moment.astimezone(BEIJING).date()
