"""Whose name, telephone and place a person may read, asked once for a whole list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.orders.models import Order


@dataclass(frozen=True)
class Scope:
    """The same answer as `rules.why_not_see_contact`, for thousands of orders without a query."""

    person_id: int
    places: Reach
    departments: frozenset[int]
    teams: frozenset[int]

    def __bool__(self) -> bool:
        """Whether it reaches anything but the person's own orders."""
        return bool(self.places.paths or self.departments or self.teams)

    def covers(self, order: Order) -> bool:
        return (
            self.person_id in (order.resident_id, order.placed_by_id)
            or self.places.covers(order.path)
            or order.team_id in self.teams
            or order.department_id in self.departments
        )


def scope(person: User, now: datetime) -> Scope:
    """Where the person dispatches, accepts for a department, or leads a team. Three queries."""
    return Scope(
        person_id=person.pk,
        places=roles.reach(person, Verb.ORDER_DISPATCH, now),
        departments=roles.reach(person, Verb.ORDER_ACCEPT, now).organisations,
        teams=frozenset(people.teams_led(person).values_list("pk", flat=True)),
    )
