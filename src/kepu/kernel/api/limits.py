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
    """What is left of the handfuls that this process took; `spent` when there are no more to take."""

    minute: int
    left: int = 0
    spent: bool = False


_purses: dict[str, Purse] = {}
_lock = threading.Lock()


def spend(caller: str, most: int, now: datetime) -> None:
    """Count one request of `caller`; raises TooMany when `most` were made in this minute."""
    minute, second = divmod(int(now.timestamp()), 60)
    with _lock:
        purse = _purses.get(caller)
        if purse is None or purse.minute != minute:
            purse = _purses[caller] = Purse(minute)
        if purse.left:
            purse.left -= 1
            return
    taken = 0 if purse.spent else take(caller, minute, most)
    if not taken:
        purse.spent = True
        raise TooMany(60 - second)
    with _lock:
        purse.left += taken - 1


def take(caller: str, minute: int, most: int) -> int:
    """Take a handful of the caller's minute from the shared row; 0 when nothing is left of it."""
    handful = min(HANDFUL, most)
    row = Lease.objects.filter(caller=caller, minute=minute)
    room = row.filter(taken__lte=most - handful)
    if room.update(taken=F("taken") + handful):
        return handful
    if not row.exists() and _begin(caller, minute, handful):
        return handful
    # Somebody may have begun the minute since the first look.
    return handful if room.update(taken=F("taken") + handful) else 0


def _begin(caller: str, minute: int, handful: int) -> bool:
    try:
        with transaction.atomic():
            Lease.objects.create(caller=caller, minute=minute, taken=handful)
    except IntegrityError:
        return False
    forget(minute)
    return True


def forget(minute: int) -> None:
    """Drop what nobody asks for any more, here and in the shared table."""
    Lease.objects.filter(minute__lt=minute - KEPT_MINUTES).delete()
    with _lock:
        for caller in [caller for caller, purse in _purses.items() if purse.minute < minute]:
            del _purses[caller]
