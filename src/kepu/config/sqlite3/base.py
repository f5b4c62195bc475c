"""The backend: a transaction waits in the queue for its beginning, and is as Django's from there on."""

from __future__ import annotations

import time
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from kepu.config.sqlite3.queue import TooLong, door, until


class DatabaseWrapper(base.DatabaseWrapper):
    """Only the outermost atomic block queues, and only for BEGIN: reading waits for nobody."""

    def get_connection_params(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_connection_params()
        self.patience = float(found.get("timeout", 5.0))
        self.queues = self.settings_dict["OPTIONS"].get("transaction_mode") == "IMMEDIATE"
        return found

    def _start_transaction_under_autocommit(self) -> None:
        if not self.queues or self.is_in_memory_db():
            self._begin()
            return
        deadline = time.monotonic() + self.patience
        try:
            with door(str(self.settings_dict["NAME"])).turn(deadline):
                self._wait_for_nothing_but_us(deadline)
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
