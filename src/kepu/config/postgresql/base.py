"""The backend: every request tries its connection first, and that costs no round trip.

A server that ends, restarts or throws somebody out says so on the line before it hangs up. While a
connection has nothing to read, it is good; when something waits to be read, the server is asked.
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, whose health check is a statement of its own for each request."""

    def is_usable(self) -> bool:
        return self._is_silent() or bool(super().is_usable())

    def _is_silent(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        line = select.poll()
        line.register(self.connection, select.POLLIN)
        return not line.poll(0)
