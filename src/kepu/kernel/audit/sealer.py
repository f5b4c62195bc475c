"""One sealer per database: the chain must not fork, nor two processes wait on one another."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from kepu.kernel.audit import chain

LOCK = 0x6B657075  # "kepu"; a number that every process on one PostgreSQL database agrees on


def seal_alone(now: datetime, *, wait: bool = False) -> int | None:
    """Seal unless another process is at it; None when it is. With `wait`, take one's turn."""
    with turn(wait) as ours:
        return chain.seal(now) if ours else None


@contextmanager
def turn(wait: bool) -> Iterator[bool]:
    """Hold the database's sealing lock: an advisory one on PostgreSQL, a file's on SQLite."""
    held = _postgresql(wait) if connection.vendor == "postgresql" else _file(wait)
    with held as ours:
        yield ours


@contextmanager
def _postgresql(wait: bool) -> Iterator[bool]:
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            ours = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            ours = bool(cursor.fetchone()[0])
        try:
            yield ours
        finally:
            if ours:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _file(wait: bool) -> Iterator[bool]:
    path = Path(settings.DATA) / "audit" / "sealer.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True  # closing the file lets go of it, also when the process is killed
