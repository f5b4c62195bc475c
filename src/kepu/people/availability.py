"""A week as fourteen half-days: bit 0 is Monday morning, bit 13 is Sunday afternoon."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from kepu.kernel.clock import BEIJING

HALVES = 14
ALWAYS = 2**HALVES - 1
NOON = 12
STEP = timedelta(hours=1)  # a half-day that is touched for less is not looked at


def half_of(moment: datetime) -> int:
    """The half-day of the week that `moment` falls in, as Beijing counts it."""
    local = moment.astimezone(BEIJING)
    return local.weekday() * 2 + (local.hour >= NOON)


def free(mask: int, moment: datetime) -> bool:
    """Whether the half-day of `moment` is among those of `mask`."""
    return bool(mask >> half_of(moment) & 1)


def between(begin: datetime, end: datetime) -> int:
    """The half-days that a span of time touches; all of them when it is a week or longer."""
    if end - begin >= timedelta(days=7):
        return ALWAYS
    steps = int((end - begin) / STEP) + 1
    moments = [begin + STEP * step for step in range(steps)]
    return mask_of({half_of(moment) for moment in moments if moment < end})


def mask_of(halves: Iterable[int]) -> int:
    """The mask that holds these half-days."""
    found = 0
    for half in halves:
        if not 0 <= half < HALVES:
            raise ValueError(f"no half-day of a week: {half}")
        found |= 1 << half
    return found


def halves_of(mask: int) -> list[int]:
    """The half-days in a mask, Monday morning first."""
    return [half for half in range(HALVES) if mask >> half & 1]
