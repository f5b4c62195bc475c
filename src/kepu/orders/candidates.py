"""Teams that could be asked for orders, as rows for the ranking: some queries, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Avg, Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import booked, queries, reaching, suggest, visits
from kepu.orders.booked import NOBODY_GOES
from kepu.orders.models import Offer, Order, Rating
from kepu.orders.queries import Holding
from kepu.orders.schemas import CLAIMS, Claims
from kepu.orders.states import OrderState
from kepu.orders.visits import Span
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.people.models import Team


def suggestions(order: Order, now: datetime, limit: int = 5) -> list[suggest.Suggestion]:
    """The teams that fit an open order best and were not asked yet; none in any other state."""
    return best([order], now, limit).get(order.pk, [])


def best(
    orders: Iterable[Order], now: datetime, limit: int = 1
) -> dict[int, list[suggest.Suggestion]]:
    """The same for many orders at once, by their ids; the same number of queries for one or many.

    What is on a board is looked at together: two orders may name one team first.
    """
    rules = rulebooks.in_force(CLAIMS, now).rules
    waiting = [order for order in orders if order.state == OrderState.OPEN]
    found = candidates(waiting, now) if waiting else {}
    return {pk: suggest.rank(rows, rules, now, limit) for pk, rows in found.items()}


def candidates(orders: list[Order], now: datetime) -> dict[int, list[suggest.Candidate]]:
    """For each order every approved team that can reach it and was not asked yet, or so long ago that it
    may be asked again; by the usual rulebook only those that know its topic.
    """
    rules = rulebooks.in_force(CLAIMS, now).rules
    resting: dict[int, set[int]] = defaultdict(set)
    for offer in queries.resting([order.pk for order in orders], rules, now):
        resting[offer.order_id].add(offer.team_id)
    may = {
        pk: [team for team in teams if team.pk not in resting[pk]]
        for pk, teams in reaching.each(orders, now).items()
    }
    known = _known(orders, may, rules, now)
    return {
        order.pk: [_candidate(order, team, known, rules, now) for team in may[order.pk]]
        for order in orders
    }


@dataclass(frozen=True)
class _Known:
    """What was read of all the teams and orders at once."""

    before: dict[tuple[int, int], Offer]  # by order and team
    visits: dict[int, list[Order]]  # of each team that stand: state, beginning and end alone
    last: dict[int, datetime]
    stars: dict[int, tuple[int, float]]
    holdings: dict[int, Holding]
    said_free: dict[int, list[int]]
    places: dict[str, divisions.Position]


def _known(orders: list[Order], may: dict[int, list[Team]], rules: Claims, now: datetime) -> _Known:
    teams = list({team.pk: team for some in may.values() for team in some}.values())
    ids = [team.pk for team in teams]
    offers = Offer.objects.filter(order__in=orders)
    return _Known(
        before={(offer.order_id, offer.team_id): offer for offer in offers},
        visits=_visits(ids, orders),
        last=booked.last_claims(ids),
        stars=_stars(ids),
        holdings=queries.holdings(teams, rules, now),
        said_free=people.availabilities(ids),
        places=divisions.positions(order.path for order in orders if order.lon is None),
    )


def _candidate(
    order: Order, team: Team, known: _Known, rules: Claims, now: datetime
) -> suggest.Candidate:
    begin, end = suggest.week_of(order.wanted_from.astimezone(clock.BEIJING))
    standing = known.visits.get(team.pk, [])
    count, mean = known.stars.get(team.pk, (0, 0.0))
    since = max(order.wanted_from, now)
    return suggest.Candidate(
        team_id=team.pk,
        name=team.name,
        skilled=order.topic_id in {skill.pk for skill in team.skills.all()},
        km=_km(team, order, known.places.get(order.path)),
        week_capacity=team.week_capacity,
        booked=sum(begin <= one.starts_at < end for one in standing if one.starts_at),
        held=known.holdings[team.pk].held,
        cap=known.holdings[team.pk].cap,
        stars=queries.shrink(mean, count, rules),
        ratings=count,
        last_claim=known.last.get(team.pk),
        clashes=_clashes(order, team, standing, now),
        members_free=people.free_among(known.said_free.get(team.pk, []), since, order.wanted_until),
        asked=_asked(known.before.get((order.pk, team.pk)), now),
    )


def _asked(offer: Offer | None, now: datetime) -> str:
    """That the team was asked before, and what came of it."""
    if offer is None:
        return ""
    if offer.declined_at:
        return _("declined before: %(why)s") % {"why": offer.answer}
    days = (now - offer.at).days
    return ngettext("asked %(n)s day ago, no answer", "asked %(n)s days ago, no answer", days) % {
        "n": days
    }


def _visits(teams: list[int], orders: list[Order]) -> dict[int, list[Order]]:
    """Visits of each team that stand, in the weeks and at the hours the orders are wanted. One query."""
    weeks = [suggest.week_of(order.wanted_from.astimezone(clock.BEIJING)) for order in orders]
    first = min(begin for begin, _end in weeks)
    last = max(*(end for _begin, end in weeks), *(order.wanted_until for order in orders))
    rows = Order.objects.filter(team__in=teams, ends_at__gt=first, starts_at__lt=last)
    found: dict[int, list[Order]] = defaultdict(list)
    for one in rows.exclude(state__in=NOBODY_GOES).only("team", "state", "starts_at", "ends_at"):
        found[one.team_id or 0].append(one)
    return found


def _clashes(order: Order, team: Team, standing: list[Order], now: datetime) -> bool:
    """Whether the team's visits leave nowhere in the wanted time where this one fits, as
    `why_not_schedule` would have it.
    """
    begin, end = max(order.wanted_from, now), order.wanted_until
    spans: list[Span] = [
        (one.starts_at, one.ends_at)
        for one in standing
        if one.state == OrderState.SCHEDULED and one.starts_at and one.ends_at
        if one.pk != order.pk and one.starts_at < end and one.ends_at > begin
    ]
    long = timedelta(minutes=order.minutes)
    return bool(spans) and not any(
        visits.busiest(spans, start, start + long) < team.day_capacity
        for start in (begin, *(over for _start, over in spans))
        if begin <= start and start + long <= end
    )


def _stars(teams: list[int]) -> dict[int, tuple[int, float]]:
    rows = Rating.objects.filter(team__in=teams).values("team")
    counted = rows.annotate(n=Count("pk"), mean=Avg("stars"))
    return {row["team"]: (row["n"], row["mean"]) for row in counted}


def _km(team: Team, order: Order, place: divisions.Position | None) -> float | None:
    lon = order.lon if order.lon is not None else place.lon if place else None
    lat = order.lat if order.lat is not None else place.lat if place else None
    if None in (lon, lat, team.lon, team.lat):
        return None
    return suggest.great_circle(lon, lat, team.lon, team.lat)  # type: ignore[arg-type]
