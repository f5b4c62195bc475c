"""Teams that could be asked for an order, as rows for the ranking: some queries, however many teams."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Avg, Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import queries, reaching, suggest, visits
from kepu.orders.booked import NOBODY_GOES
from kepu.orders.models import Offer, Order, Rating
from kepu.orders.schemas import CLAIMS
from kepu.orders.states import OrderState
from kepu.orders.visits import Span
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.people.models import Team


def suggestions(order: Order, now: datetime, limit: int = 5) -> list[suggest.Suggestion]:
    """The teams that fit an open order best and were not asked yet; none in any other state."""
    if order.state != OrderState.OPEN:
        return []
    rules = rulebooks.in_force(CLAIMS, now).rules
    return suggest.rank(candidates(order, now), rules, now, limit)


def candidates(order: Order, now: datetime) -> list[suggest.Candidate]:
    """Every approved team that can reach the order and was not asked yet, or so long ago that it may be
    asked again; by the usual rulebook only those that know its topic.
    """
    rules = rulebooks.in_force(CLAIMS, now).rules
    resting = queries.resting([order.pk], rules, now).values_list("team", flat=True)
    before = {offer.team_id: offer for offer in order.offers.all()}
    fit = reaching.teams_that_may(order, now).exclude(pk__in=list(resting))
    teams = list(fit.prefetch_related("skills"))
    ids = [team.pk for team in teams]
    work, stars = _work(ids, order), _stars(ids)
    holdings = queries.holdings(teams, rules, now)
    full, members = _clashing(teams, order, now), _members_free(ids, order, now)
    place = divisions.position(order.division_now)
    found = []
    for team in teams:
        booked, last = work.get(team.pk, (0, None))
        count, mean = stars.get(team.pk, (0, 0.0))
        found.append(
            suggest.Candidate(
                team_id=team.pk,
                name=team.name,
                skilled=order.topic_id in {skill.pk for skill in team.skills.all()},
                km=_km(team, order, place),
                week_capacity=team.week_capacity,
                booked=booked,
                held=holdings[team.pk].held,
                cap=holdings[team.pk].cap,
                stars=queries.shrink(mean, count, rules),
                ratings=count,
                last_claim=last,
                clashes=team.pk in full,
                members_free=members.get(team.pk),
                asked=_asked(before.get(team.pk), now),
            )
        )
    return found


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


def _work(teams: list[int], order: Order) -> dict[int, tuple[int, datetime | None]]:
    """Visits in the week the order is wanted, and the last claim of each team."""
    begin, end = suggest.week_of(order.wanted_from.astimezone(clock.BEIJING))
    stands = ~Q(state__in=NOBODY_GOES)
    rows = (
        Order.objects.filter(team__in=teams)
        .order_by()
        .values("team")
        .annotate(
            booked=Count("pk", filter=stands & Q(starts_at__gte=begin, starts_at__lt=end)),
            last=Max("claimed_at"),
        )
    )
    return {row["team"]: (row["booked"], row["last"]) for row in rows}


def _clashing(teams: list[Team], order: Order, now: datetime) -> set[int]:
    """Teams whose visits leave nowhere in the wanted time where this one fits, as `why_not_schedule`
    would have it. One query.
    """
    begin, end = max(order.wanted_from, now), order.wanted_until
    long = timedelta(minutes=order.minutes)
    rows = Order.objects.filter(
        team__in=teams, state=OrderState.SCHEDULED, starts_at__lt=end, ends_at__gt=begin
    )
    set_then: dict[int, list[Span]] = defaultdict(list)
    for team, *span in rows.exclude(pk=order.pk).values_list("team", "starts_at", "ends_at"):
        set_then[team].append((span[0], span[1]))
    most = {team.pk: team.day_capacity for team in teams}
    return {
        team
        for team, spans in set_then.items()
        if not any(
            visits.busiest(spans, start, start + long) < most[team]
            for start in (begin, *(over for _start, over in spans))
            if begin <= start and start + long <= end
        )
    }


def _members_free(teams: list[int], order: Order, now: datetime) -> dict[int, int]:
    """Members of each team who have a free half-day in the wanted time, where that is known. One query."""
    return people.members_free(teams, max(order.wanted_from, now), order.wanted_until)


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
