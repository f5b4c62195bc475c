"""Where a person stands: every place that an account touches. Whoever manages it must reach all of them.

Rooms register what they know: a team led, a post held. The home and the roles are known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries
from kepu.kernel.roles.rules import Seat
from kepu.kernel.roles.verbs import SEPARATED

Look = Callable[[User, datetime], Iterable[str]]

_looks: dict[str, Look] = {}


def register(name: str, look: Look) -> None:
    """Add a room's places. Call when Django is ready."""
    _looks[name] = look


def of_person(person: User, now: datetime) -> set[str]:
    """The home, the seats of roles, and what the rooms name. Three queries and those of the rooms."""
    found = {person.home.path} if person.home else set()
    found |= _seats(person, now)
    return found.union(*(look(person, now) for look in _looks.values()))


def administers(person: User, now: datetime) -> set[str]:
    """Where the person is one of the three administrators, now or later. One query."""
    held = queries.unfinished_grants(now).filter(person=person, role__in=SEPARATED)
    return set(held.values_list("path", flat=True))


def _seats(person: User, now: datetime) -> set[str]:
    held = queries.unfinished_grants(now).filter(person=person)
    return {
        path
        for one in held.select_related("zone", "organisation")
        for path in Seat.of(one).paths(clock.day(now))
    }
