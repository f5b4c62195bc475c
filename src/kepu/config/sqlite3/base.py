"""The backend: what writes waits in the queue for its beginning, and is as Django's from there on.

A statement that writes outside a transaction queues like one: beside writers that queue, one that
only tries now and then would never find the lock free.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from kepu.config.sqlite3.queue import TooLong, door, until

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Cursor(base.SQLiteCursorWrapper):
    """Takes its turn for a statement that writes and is a transaction of its own."""

    def __init__(self, connection: Any, owner: DatabaseWrapper) -> None:
        super().__init__(connection)
        self._owner = owner

    def execute(self, query: str, params: Any = None) -> Any:
        with self._owner.turn_for(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self._owner.turn_for(query):
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

    def _start_transaction_under_autocommit(self) -> None:
        if not self.queues:
            self._begin()
            return
        with self._turn() as deadline:
            self._wait_for_nothing_but_us(deadline)

    def turn_for(self, query: str) -> AbstractContextManager[Any]:
        """The turn that a statement needs: none when it reads, or when its transaction has begun."""
        alone = self.queues and not self.connection.in_transaction
        return self._turn() if alone and query.lstrip().startswith(WRITES) else nullcontext()

    @contextmanager
    def _turn(self) -> Iterator[float]:
        """Be the only one of the queue who tries, until the time that is yielded."""
        deadline = time.monotonic() + self.patience
        try:
            with door(str(self.settings_dict["NAME"])).turn(deadline):
                yield deadline
        except TooLong:
            raise OperationalError(
                f"the database could not be written to for {self.patience:g} seconds:"
                " another program holds it"
            ) from None

    def _wait_for_nothing_but_us(self, deadline: float) -> None:
        """Begin as soon as the writer before us has ended, without SQLite's growing pauses."""
        self._let_sqlite_wait(0)
        try:
            until(self._begun, deadline)
        finally:
            self._let_sqlite_wait(self.patience)

    def _begun(self) -> bool:
        try:
            self._begin()
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            return False
        return True

    def _begin(self) -> None:
        super()._start_transaction_under_autocommit()  # type: ignore[misc]  # missing in the stubs

    def _let_sqlite_wait(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")
