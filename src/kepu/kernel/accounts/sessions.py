"""Sessions in the database, as Django keeps them, found by a query kept ready."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from kepu.kernel import clock
from kepu.kernel.ready import Slot, ready


class SessionStore(db.SessionStore):
    """A session that ended elsewhere is gone for the very next request: nothing is kept in the process."""

    def _get_session_from_db(self) -> Session | None:
        found = _session.first(key=self.session_key, now=clock.now())
        if found is None:
            self._session_key = None
        return found


@ready
def _session(key: Slot, now: Slot) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
