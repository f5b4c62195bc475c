"""How near a deadline is: what has to be said of it next. Days are working days."""

from __future__ import annotations

from datetime import date
from enum import IntEnum

from kepu.kernel.clock import workdays


class Near(IntEnum):
    """What was said of a deadline last; each is said once, and none after a later one."""

    FAR = 0
    SOON = 1
    LAST = 2
    OVER = 3


def near(due: date, today: date, soon: int, last: int) -> Near:
    """Where a deadline stands: so many working days before it are soon, and so many the last call."""
    if today > due:
        return Near.OVER
    left = workdays.workdays_between(today, due)
    if left <= last:
        return Near.LAST
    return Near.SOON if left <= soon else Near.FAR
