"""How many requests a caller may make in a minute, counted over all processes.

A write for every request would make each read wait for the one writer SQLite has. So a process takes
a handful of requests from the shared row at once and spends them by itself: together they never
let through more than the limit, and a process that ends takes at most one handful with it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import ngettext

from kepu.kernel.api.models import Lease
from kepu.kernel.errors import Refusal

HANDFUL = 10
TENTH = 10  # of a small limit, so that a process that ends does not lock anybody out for the minute
KEPT_MINUTES = 60


class TooMany(Refusal):
    """The caller has used up the minute."""

    code = "too_many_requests"
    status = 429

    def __init__(self, retry_after: int) -> None:
        words = ngettext(
            "too many requests; try again in %(n)s second",
            "too many requests; try again in %(n)s seconds",
            retry_after,
        )
        super().__init__(words % {"n": retry_after})
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
    handful = max(1, min(HANDFUL, most // TENTH))
    taken = _take(caller, minute, most, handful)
    if taken:
        _watched().append((caller, minute, taken))
    return taken


def _take(caller: str, minute: int, most: int, handful: int) -> int:
    row = Lease.objects.filter(caller=caller, minute=minute)
    room = row.filter(taken__lte=most - handful)
    if room.update(taken=F("taken") + handful):
        return handful
    if not row.exists() and _begin(caller, minute, handful):
        return handful
    # Somebody may have begun the minute since the first look.
    return handful if room.update(taken=F("taken") + handful) else 0


@contextmanager
def kept() -> Iterator[None]:
    """What is counted inside stays counted although the transaction inside is undone.

    Stands around a transaction: without it, each refusal would give back the tries that it cost.
    """
    outer, inner = _watched(), list[tuple[str, int, int]]()
    mark = _watch.set(inner)
    try:
        yield
    except BaseException:
        _watch.reset(mark)
        for caller, minute, taken in inner:
            _count_again(caller, minute, taken)
            outer.append((caller, minute, taken))
        raise
    _watch.reset(mark)
    outer.extend(inner)


_watch: ContextVar[list[tuple[str, int, int]] | None] = ContextVar("watched", default=None)


def _watched() -> list[tuple[str, int, int]]:
    """Handfuls taken inside the innermost `kept`; a list for nobody when there is none."""
    found = _watch.get()
    return found if found is not None else []


def _count_again(caller: str, minute: int, taken: int) -> None:
    row = Lease.objects.filter(caller=caller, minute=minute)
    if not row.update(taken=F("taken") + taken) and not _begin(caller, minute, taken):
        row.update(taken=F("taken") + taken)


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
