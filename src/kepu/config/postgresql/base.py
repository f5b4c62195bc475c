"""The backend: trying a connection costs no round trip, and a query that is kept ready keeps its plan.

A server that ends, restarts or throws somebody out says so on the line before it hangs up. While a
connection has nothing to read, it is good; when something waits to be read, the server is asked.
"""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base, operations

KEPT = "kept"  # where Django hands down the name of a cursor


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, which cannot tell afterwards what was asked where the server filled in the values."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        if isinstance(cursor, base.ServerBindingCursor):
            return str(self.compose_sql(sql, params))
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, whose health check is a statement of its own, and which plans every statement anew."""

    ops_class = DatabaseOperations

    def is_usable(self) -> bool:
        return self._is_silent() or bool(super().is_usable())

    def _is_silent(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        line = select.poll()
        line.register(self.connection, select.POLLIN)
        return not line.poll(0)

    def kept_cursor(self) -> Any:
        """For queries of `kepu.kernel.ready`: the server reads and plans each once in a connection."""
        return self._cursor(KEPT)  # type: ignore[attr-defined]  # missing in the stubs

    def create_cursor(self, name: str | None = None) -> Any:
        if name == KEPT:
            return base.ServerBindingCursor(self.connection)  # type: ignore[call-arg]  # as above
        return super().create_cursor(name)
