"""What teams have on already when their work is planned, and how many orders more they may hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Max, Q

from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions import queries as divisions
from kepu.orders import queries, suggest
from kepu.orders.models import Offer, Order
from kepu.orders.schemas import Claims
from kepu.orders.states import OrderState

if TYPE_CHECKING:
    from kepu.people.models import Team

# Nobody goes to these, whatever time they had.
NOBODY_GOES = (*queries.GIVEN_UP, OrderState.NO_SHOW)


@dataclass(frozen=True)
class Visit:
    """A visit that stands, or that a team was asked to make at this time."""

    team_id: int
    lon: float
    lat: float
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Untimed:
    """An order that a team has, or was asked to take, with no time yet; and when it is wanted."""

    team_id: int
    earliest: datetime
    latest: datetime


@dataclass(frozen=True)
class Booked:
    """All that, and how many orders each team, by id, may take beside it."""

    visits: list[Visit]
    untimed: list[Untimed]
    left: dict[int, int]


def of(teams: Sequence[Team], rules: Claims, now: datetime) -> Booked:
    """What the teams have on from this week's Monday on. Seven queries, however many teams."""
    known = {team.pk: team for team in teams}
    asked = list(_asked(known, rules, now))
    rows = [
        *_taken(known, now),
        *((offer.team_id, offer.order, _ahead(offer.starts_at, now)) for offer in asked),
    ]
    places = divisions.positions(order.path for _team, order, _start in rows if order.lon is None)
    visits, untimed = [], []
    for team_id, order, start in rows:
        if start is None:
            untimed.append(Untimed(team_id, max(order.wanted_from, now), order.wanted_until))
        else:
            at = _place(order, known[team_id], places)
            visits.append(Visit(team_id, *at, start, start + timedelta(minutes=order.minutes)))
    counted = Counter(offer.team_id for offer in asked)
    left = queries.claims_left(teams, rules, now)
    return Booked(visits, untimed, {pk: max(0, n - counted[pk]) for pk, n in left.items()})


def last_claims(teams: list[int]) -> dict[int, datetime]:
    """When each of the teams last claimed an order it still has or served. One query."""
    rows = Order.objects.filter(team__in=teams, claimed_at__isnull=False).order_by()
    return dict(rows.values_list("team").annotate(last=Max("claimed_at")))


def _taken(teams: dict[int, Team], now: datetime) -> Iterator[tuple[int, Order, datetime | None]]:
    """Orders that the teams have: with a time since Monday, or with none yet."""
    monday, _next = suggest.week_of(now.astimezone(BEIJING))
    timed = Q(starts_at__gte=monday) & ~Q(state__in=NOBODY_GOES)
    untimed = Q(state=OrderState.CLAIMED, wanted_until__gt=now)
    for order in Order.objects.filter(timed | untimed, team__in=teams).order_by("pk"):
        assert order.team_id  # noqa: S101 (filtered)
        yield order.team_id, order, order.starts_at


def _asked(teams: dict[int, Team], rules: Claims, now: datetime) -> Iterator[Offer]:
    """Open orders, of any department, that a team was asked to take lately and has not answered."""
    since = now - timedelta(hours=rules.ask_again_hours)
    found = Offer.objects.filter(
        team__in=teams, declined_at__isnull=True, at__gt=since,
        order__state=OrderState.OPEN, order__wanted_until__gt=now,
    ).filter(queries.SINCE_OPEN)  # fmt: skip
    yield from found.select_related("order").order_by("pk")


def _ahead(start: datetime | None, now: datetime) -> datetime | None:
    """A time that was proposed; one that has gone by is none any more, for the team may still come."""
    return start if start and start > now else None


def _place(order: Order, team: Team, places: dict[str, divisions.Position]) -> tuple[float, float]:
    """Where the visit is; its township's point where it has none; the team's home where nobody knows."""
    if order.lon is not None and order.lat is not None:
        return order.lon, order.lat
    if at := places.get(order.path):
        return at.lon, at.lat
    return team.lon or 0.0, team.lat or 0.0
