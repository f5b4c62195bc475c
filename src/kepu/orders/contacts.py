"""Whose name, telephone and place a person may read, asked once for a whole list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kepu.kernel.divisions.fields import within
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.orders import visits
from kepu.orders.states import SERVED_BY_DEPARTMENT, SERVED_BY_TEAM, OrderState
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.orders.models import Order


@dataclass(frozen=True)
class Scope:
    """The same answer as `rules.why_not_see_contact`, for thousands of orders without a query."""

    person_id: int
    places: Reach
    callers: Reach
    departments: frozenset[int]
    teams: frozenset[int]
    visits: frozenset[int]

    def __bool__(self) -> bool:
        """Whether it reaches anything but the person's own orders."""
        return bool(self.places.paths or self.departments or self.teams or self.visits)

    def covers(self, order: Order) -> bool:
        return (
            self._receives(order)
            or self.places.covers(order.path)
            or (order.state in SERVED_BY_TEAM and order.team_id in self.teams)
            or (order.state == OrderState.SCHEDULED and order.pk in self.visits)
            or (order.state in SERVED_BY_DEPARTMENT and order.department_id in self.departments)
        )

    def names(self, order: Order) -> bool:
        """Whether the name of the resident is told, to who knows the contact; see `tells_name`."""
        if self.person_id in (order.resident_id, order.resident.guardian_id):
            return True
        return tells_name(order, lambda home: self.places.covers(home) or self.callers.covers(home))

    def _receives(self, order: Order) -> bool:
        if self.person_id in (order.resident_id, order.resident.guardian_id):
            return True
        return self.person_id == order.placed_by_id and self.callers.covers(order.path)


def tells_name(order: Order, answers_for: Callable[[str], bool]) -> bool:
    """Whether those who serve an order read the whole name of the resident.

    They do when the resident ordered, or is at home where the order is. A worker who types some
    telephone number finds who is registered under it anywhere in the city: of such a person only who
    `answers_for` their home learns the name. Of what was never sent nobody does, for nobody serves it.
    """
    resident = order.resident
    if not order.sent:
        return False
    if order.placed_by_id in (resident.pk, resident.guardian_id):
        return True
    if resident.home is None:
        return False
    home = resident.home.path
    return within(order.path, home) or within(home, order.path) or answers_for(home)


def scope(person: User, now: datetime) -> Scope:
    """Where the person dispatches, takes down orders, accepts, leads, or goes. Four queries."""
    verbs = (Verb.ORDER_DISPATCH, Verb.ORDER_PLACE_FOR, Verb.ORDER_ACCEPT)
    held = roles.reaches(person, verbs, now)
    return Scope(
        person_id=person.pk,
        places=held[Verb.ORDER_DISPATCH],
        callers=held[Verb.ORDER_PLACE_FOR],
        departments=held[Verb.ORDER_ACCEPT].organisations,
        teams=frozenset(people.teams_led(person).values_list("pk", flat=True)),
        visits=visits.going(person),
    )
