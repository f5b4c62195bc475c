"""In whose name a person may write on the menu: teams led, departments and venues served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from kepu.kernel.accounts.models import Organisation
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders.models import Contract, Service
from kepu.people import queries as people
from kepu.venues import queries as venues

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Team
    from kepu.venues.models import Venue


@dataclass(frozen=True)
class Provider:
    """One side that offers dishes; `key` names it in addresses and forms."""

    key: str
    name: str
    home: Division
    scopes: tuple[str, ...]
    team: Team | None = None
    department: Organisation | None = None

    def areas(self) -> QuerySet[Division]:
        """Where it may offer: the places it works in, and those one level below. One query."""
        return (
            divisions.current()
            .filter(Q(path__in=self.scopes) | Q(parent__path__in=self.scopes))
            .order_by("path")
        )

    def venues(self, besides: int | None = None) -> QuerySet[Venue]:
        """Venues of its district that can be used, and the one that a dish of it names already."""
        return venues.to_choose_from(self.home.path, besides=besides)

    def contracts(self) -> QuerySet[Contract]:
        """Contracts it has bought by, the newest first."""
        return Contract.objects.filter(buyer=self.department).order_by("-signed_at")


def of(person: User, now: datetime) -> list[Provider]:
    """Every side the person may write for: teams first, each kind by name."""
    units = roles.reach(person, Verb.MENU_PUBLISH, now).organisations
    found = Organisation.objects.filter(pk__in=units, active=True).select_related("division_now")
    led = people.teams_led(person).select_related("division_now").prefetch_related("areas")
    teams = [_team(team) for team in led if team.active]
    return [*teams, *(_department(unit) for unit in found.order_by("sort_key", "pk"))]


def _team(team: Team) -> Provider:
    scopes = tuple(area.path for area in team.areas.all()) or (team.path,)
    return Provider(f"t{team.pk}", team.name, team.division_now, scopes, team=team)


def _department(unit: Organisation) -> Provider:
    return Provider(f"d{unit.pk}", unit.name, unit.division_now, (unit.path,), department=unit)


def dishes(*sides: Provider) -> QuerySet[Service]:
    """Everything these sides ever wrote, by state and title. One query."""
    teams = [one.team for one in sides if one.team]
    departments = [one.department for one in sides if one.department]
    found = Service.objects.filter(Q(team__in=teams) | Q(department__in=departments))
    return found.select_related(
        "topic", "contract", "team", "department", "venue__organisation"
    ).order_by("state", "title", "pk")
