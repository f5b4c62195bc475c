"""A queue for what SQLite gives to one at a time: the right to write.

SQLite lets writers try again after longer and longer pauses; who has waited longest tries least
often, and the lock lies idle while everybody sleeps. Here only one writer at a time tries, every
millisecond: the one at the door. The threads of a process stand in a line, and whoever is
first in it takes the process's place at the door, which is a lock on a file beside the database.

The queue keeps order and nothing else. That there is one writer is SQLite's own promise, also for
programs that do not queue. Whoever is killed leaves every lock, for the system takes them back.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

PAUSE = 0.001  # seconds between two tries


class TooLong(Exception):
    """Nobody's turn may take for ever, and this one's did not come in time."""


class Line:
    """Threads of one process, served in the order they came."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._served: Lock | None = None
        self._waiting: deque[Lock] = deque()

    @contextmanager
    def turn(self, deadline: float) -> Iterator[None]:
        """Be the first of the line; raises TooLong.

        Whatever ends the wait or the turn, a signal's exception too, leaves the line.
        """
        place = Lock()  # ours in the line: it opens when we are called
        place.acquire()
        try:
            self._enter(place, deadline)
            yield
        finally:
            self._leave(place)

    def _enter(self, place: Lock, deadline: float) -> None:
        with self._guard:
            if self._served is None:
                self._served = place
                return
            self._waiting.append(place)
        called = place.acquire(timeout=max(0.0, deadline - time.monotonic()))
        if not called and self._served is not place:  # else: called in this very moment
            raise TooLong

    def _leave(self, place: Lock) -> None:
        with self._guard:
            if self._served is place:
                self._served = self._waiting.popleft() if self._waiting else None
                if self._served is not None:
                    self._served.release()
            elif place in self._waiting:
                self._waiting.remove(place)


class Door:
    """The place where one process waits for the write lock of the database at `path`."""

    def __init__(self, path: str) -> None:
        self.line = Line()
        self._path = path
        self._file: int | None = None

    @contextmanager
    def turn(self, deadline: float) -> Iterator[None]:
        """Be the only one who tries; raises TooLong."""
        with self.line.turn(deadline):
            try:
                until(self._closed_behind_us, deadline)
                yield
            finally:
                fcntl.flock(self._open(), fcntl.LOCK_UN)

    def _open(self) -> int:
        if self._file is None:
            self._file = os.open(
                f"{self._path}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
        return self._file

    def _closed_behind_us(self) -> bool:
        try:
            fcntl.flock(self._open(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def until(done: Callable[[], bool], deadline: float) -> None:
    """Try until it is done; raises TooLong."""
    while not done():
        if time.monotonic() > deadline:
            raise TooLong
        time.sleep(PAUSE)


_doors: dict[str, Door] = {}


def door(path: str) -> Door:
    """The door of this database, one in a process."""
    return _doors.setdefault(path, Door(path))


# A child inherits neither the threads that stand in line nor, with the file, their lock.
os.register_at_fork(after_in_child=_doors.clear)
