"""The backend: what writes waits in the queue for its beginning, and is as Django's from there on.

A statement that writes outside a transaction queues like one: beside writers that queue, one that
only tries now and then would never find the lock free.

Whoever is first in the queue tries again and again, and SQLite is never let sleep meanwhile. Asleep,
it keeps the connection to itself, and Python's collector may close a forgotten cursor of that
connection in any thread: when that thread was the one with the write lock, each waited for the other.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from django.db import OperationalError, transaction
from django.db.backends.sqlite3 import base

from kepu.config.sqlite3.queue import TooLong, door, until

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Cursor(base.SQLiteCursorWrapper):
    """Takes its turn for a statement that writes and is a transaction of its own."""

    def __init__(self, connection: Any, owner: DatabaseWrapper) -> None:
        super().__init__(connection)
        self._owner = owner

    @staticmethod
    @lru_cache(maxsize=512)
    def _in_sqlites_words(query: str) -> str:
        return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """As Django's, which writes the same few hundred statements anew each time."""
        if param_names is None:
            return self._in_sqlites_words(query)
        return str(super().convert_query(query, param_names=param_names))

    def execute(self, query: str, params: Any = None) -> Any:
        if not self._owner.needs_turn(query):
            return super().execute(query, params)
        self._owner.in_turn(partial(super().execute, query, params))
        return self

    def executemany(self, query: str, param_list: Any) -> Any:
        if not self._owner.needs_turn(query):
            return super().executemany(query, param_list)
        with transaction.atomic(using=self._owner.alias):  # not half of it, and then a wait
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """Of a transaction only BEGIN queues; a nested block has its turn already, and reading needs none."""

    def get_connection_params(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_connection_params()
        self.patience = float(found.get("timeout", 5.0))
        mode = self.settings_dict["OPTIONS"].get("transaction_mode")
        self.queues = mode == "IMMEDIATE" and not self.is_in_memory_db()
        return found

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=lambda connection: Cursor(connection, self))

    def kept_cursor(self) -> Any:
        """For queries of `kepu.kernel.ready`: Python keeps SQLite's statements for all alike."""
        return self.cursor()

    def _start_transaction_under_autocommit(self) -> None:
        if self.queues:
            self.in_turn(partial(self.connection.execute, "BEGIN IMMEDIATE"))
        else:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # missing in the stubs

    def needs_turn(self, query: str) -> bool:
        """A statement needs none when it reads, or when its transaction has begun."""
        alone = self.queues and not self.connection.in_transaction
        return alone and query.lstrip().startswith(WRITES)

    def in_turn(self, write: Callable[[], object]) -> None:
        """Do it as the only one of the queue who tries, as soon as the writer before us has ended."""
        deadline = time.monotonic() + self.patience
        try:
            with door(str(self.settings_dict["NAME"])).turn(deadline):
                self._let_sqlite_wait(0)
                try:
                    until(partial(_free_for, write), deadline)
                finally:
                    self._let_sqlite_wait(self.patience)
        except TooLong:
            raise OperationalError(
                f"the database could not be written to for {self.patience:g} seconds:"
                " another program holds it"
            ) from None

    def _let_sqlite_wait(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")


def _free_for(write: Callable[[], object]) -> bool:
    """Whether the lock was free, so that it is done."""
    try:
        write()
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    return True
