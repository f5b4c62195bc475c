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
        self._taken = False
        self._waiting: deque[Lock] = deque()

    @contextmanager
    def turn(self, deadline: float) -> Iterator[None]:
        """Be the first of the line; raises TooLong."""
        self._enter(deadline)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, deadline: float) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            called = Lock()
            called.acquire()
            self._waiting.append(called)
        if not called.acquire(timeout=max(0.0, deadline - time.monotonic())):
            self._give_up(called)

    def _give_up(self, called: Lock) -> None:
        with self._guard:
            if called in self._waiting:
                self._waiting.remove(called)
                raise TooLong
        # called in this very moment: the turn is ours after all

    def _leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


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
            until(self._closed_behind_us, deadline)
            try:
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
