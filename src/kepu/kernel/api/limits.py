"""How many requests a caller may make in a minute, counted over all processes.

A write for every request would make each read wait for the one writer SQLite has. So a process takes
a handful of requests from the shared row at once and spends them by itself: together they never
let through more than the limit, and a process that ends takes at most one handful with it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kepu.kernel.api.models import Lease
from kepu.kernel.errors import Refusal

HANDFUL = 10
KEPT_MINUTES = 60


class TooMany(Refusal):
    """The caller has used up the minute."""

    code = "too_many_requests"
    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(_("too many requests; try again in a moment"))
        self.retry_after = retry_after


@dataclass
class Purse:
    """What is left of the last handful that this process took."""

    minute: int
    left: int


_purses: dict[str, Purse] = {}
_lock = threading.Lock()


def spend(caller: str, most: int, now: datetime) -> None:
    """Count one request of `caller`; raises TooMany when `most` were made in this minute."""
    minute, second = divmod(int(now.timestamp()), 60)
    if _from_purse(caller, minute):
        return
    taken = take(caller, minute, most)
    if not taken:
        raise TooMany(60 - second)
    with _lock:
        _purses[caller] = Purse(minute, taken - 1)


def _from_purse(caller: str, minute: int) -> bool:
    with _lock:
        purse = _purses.get(caller)
        if purse is None or purse.minute != minute or purse.left < 1:
            return False
        purse.left -= 1
        return True


def take(caller: str, minute: int, most: int) -> int:
    """Take a handful of the caller's minute from the shared row; 0 when nothing is left of it."""
    handful = min(HANDFUL, most)
    row = Lease.objects.filter(caller=caller, minute=minute)
    if _grow(row, handful, most):
        return handful
    if row.exists():
        return 0
    try:
        with transaction.atomic():
            Lease.objects.create(caller=caller, minute=minute, taken=handful)
    except IntegrityError:  # another process began the minute at the same moment
        return handful if _grow(row, handful, most) else 0
    forget(minute)
    return handful


def _grow(row: object, handful: int, most: int) -> bool:
    grown: int = row.filter(taken__lte=most - handful).update(  # type: ignore[attr-defined]
        taken=F("taken") + handful
    )
    return bool(grown)


def forget(minute: int) -> None:
    """Drop what nobody asks for any more, here and in the shared table."""
    Lease.objects.filter(minute__lt=minute - KEPT_MINUTES).delete()
    with _lock:
        for caller in [caller for caller, purse in _purses.items() if purse.minute < minute]:
            del _purses[caller]
