"""Which team can reach which order, by the areas it serves or from next door, and knows its topic.

An order that is offered widely (S082) reaches, beside the teams that serve its place, those at home
in its own district and in the districts nearest to it, as many as the rulebook of claims says; those of
another province where the rulebook says so and a department there uses Kepu.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import nsmallest
from math import cos, radians
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from kepu.kernel.accounts import queries as accounts
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors, within
from kepu.kernel.divisions.states import Level
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders.models import Order
from kepu.orders.schemas import CLAIMS
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.people.models import Team

Centre = tuple[float | None, float | None]


@dataclass(frozen=True)
class Districts:
    """Districts of some provinces with their centres, how many neighbours a wide order reaches, and which
    of them from another province too.
    """

    centres: dict[str, Centre]
    count: int
    open_to_all: frozenset[str] = frozenset()

    def home(self, path: str) -> str | None:
        """The district that `path` is or lies in; None above districts."""
        return next((above for above in ancestors(path) if above in self.centres), None)

    def around(self, path: str) -> list[str]:
        """The district of `path`, then the neighbours that it may ask, the nearest first."""
        home = self.home(path)
        if home is None:
            return []
        province = ancestors(home)[-1]
        far = {
            other: distance
            for other, centre in self.centres.items()
            if other != home
            if other.startswith(province) or other in self.open_to_all
            if (distance := _squared(self.centres[home], centre)) is not None
        }
        return [home, *nsmallest(self.count, far, key=lambda other: (far[other], other))]


def _squared(a: Centre, b: Centre) -> float | None:
    """Squared distance in degrees of latitude: enough to tell which is nearer. None if unknown."""
    if a[0] is None or a[1] is None or b[0] is None or b[1] is None:
        return None
    return ((a[0] - b[0]) * cos(radians(a[1]))) ** 2 + (a[1] - b[1]) ** 2


def districts(paths: Iterable[str], now: datetime) -> Districts:
    """Districts of all provinces in which `paths` lie, and of all where departments use Kepu if orders
    cross provinces. One query, then two.
    """
    rules = rulebooks.in_force(CLAIMS, now).rules
    offices = set(accounts.department_paths()) if rules.across_provinces else set()
    lies = Q(pk__in=[])
    for province in {ancestors(path)[-1] for path in {*paths, *offices}}:
        lies |= Q(path__within=province)
    rows = divisions.current().filter(lies, level=Level.DISTRICT).values_list("path", "lon", "lat")
    known = Districts({path: (lon, lat) for path, lon, lat in rows}, rules.neighbours)
    using = {home for office in offices if (home := known.home(office))}
    return replace(known, open_to_all=frozenset(using))


def teams_for(order: Order, now: datetime) -> QuerySet[Team]:
    """Approved teams that can reach the order, in the order of their names. One query, and one
    more for an order offered widely.
    """
    if not order.wide:
        return people.serving(order.path)
    can = Q(pk__in=people.serving(order.path).order_by().values("pk"))
    for place in districts([order.path], now).around(order.path):
        can |= Q(path__within=place)
    return people.approved().filter(can)


def teams_that_may(order: Order, now: datetime) -> QuerySet[Team]:
    """Those of them that may take the order: by the usual rulebook, those that know its topic."""
    topic_required = rulebooks.in_force(CLAIMS, now).rules.topic_required
    found = teams_for(order, now)
    return found.filter(knowing(order)) if topic_required else found


def each(orders: Collection[Order], now: datetime) -> dict[int, list[Team]]:
    """The same for many orders at once, by their ids, each team with its skills. Four queries, and one
    more if any of the orders is offered widely.
    """
    rules = rulebooks.in_force(CLAIMS, now).rules
    wide = {order.path for order in orders if order.wide}
    known = districts(wide, now) if wide else None
    around = {path: known.around(path) for path in wide} if known else {}
    held = {above for order in orders for above in ancestors(order.path)}
    near = Q(pk__in=people.with_areas(held).values("pk"))
    for place in {place for places in around.values() for place in places}:
        near |= Q(path__within=place)
    teams = list(people.approved().filter(near).prefetch_related("areas", "skills"))
    return {
        order.pk: [
            team
            for team in teams
            if _reaches(team, order, around)
            if not rules.topic_required or _is_known_to(team, order)
        ]
        for order in orders
    }


def _reaches(team: Team, order: Order, around: dict[str, list[str]]) -> bool:
    if any(within(order.path, area.path) for area in team.areas.all()):
        return True
    return order.wide and any(within(team.path, place) for place in around[order.path])


def _is_known_to(team: Team, order: Order) -> bool:
    if order.topic_id in {skill.pk for skill in team.skills.all()}:
        return True
    return order.service is not None and order.service.team_id == team.pk


def knowing(order: Order) -> Q:
    """Teams that named the order's topic, and the one whose own dish was ordered."""
    can = Q(pk__in=people.knowing(order.topic_id).values("pk"))
    return can | Q(pk=order.service.team_id) if order.service and order.service.team_id else can


def knows(order: Order, team: Team) -> bool:
    """Whether the team is one of these. One query, and one more for an order of a dish."""
    if people.knows(team, order.topic_id):
        return True
    return order.service is not None and order.service.team_id == team.pk


def known_to(team: Team) -> Q:
    """Orders whose topic the team named, and those of its own dishes."""
    return Q(topic__in=team.skills.all()) | Q(service__team=team)


def orders_for(team: Team, now: datetime) -> Q:
    """Orders that the team can reach. Two queries."""
    can = Q(pk__in=[])
    for path in people.areas_of([team.pk]):
        can |= Q(path__within=path)
    for path in _districts_that_ask([team.path], now):
        can |= Q(wide=True, path__within=path)
    return can


def _districts_that_ask(homes: list[str], now: datetime) -> list[str]:
    """Districts whose wide orders reach teams at home in any of `homes`."""
    known = districts(homes, now)
    at = {known.home(home) for home in homes}
    return [path for path in known.centres if not at.isdisjoint(known.around(path))]


def reached_by(order: Order, teams: list[int], now: datetime) -> bool:
    """Whether any of the teams, by id, can reach the order. One query for each team's areas, and
    two more for an order offered widely.
    """
    if any(within(order.path, area) for area in people.areas_of(teams)):
        return True
    if not order.wide:
        return False
    around = districts([order.path], now).around(order.path)
    return any(within(home, place) for home in people.homes_of(teams) for place in around)
