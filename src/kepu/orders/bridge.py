"""From open orders and teams to arrays, through the engine, and back to the lines of a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils.translation import gettext as _

from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.errors import BadInput
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import booked, queries, reaching, suggest, urgency
from kepu.orders.models import Offer, Order
from kepu.orders.schemas import CLAIMS, Claims
from kepu.orders.states import LeftOut, OrderState, PlanStage
from kepu.people import queries as people
from kepu_engines.core.progress import Progress, silent

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import Organisation
    from kepu.people.models import Team
    from kepu_engines.matching.booked import Booked
    from kepu_engines.matching.plan import Plan
    from kepu_engines.matching.visits import Orders, Rules, Teams

    _Market = tuple[Orders, Teams, Rules, Booked]

_EPOCH = datetime(1970, 1, 1)  # the engine counts minutes of local civil time
_BITS = 62  # topics of one plan: one bit each of a machine word
_SAME_PLACE = 0.005  # kilometres that would be shown as 0 metres
_EVERY = 500  # how often progress is told, in orders

Row = TypeVar("Row")
Place = TypeVar("Place", "Order", "Team")


@dataclass(frozen=True)
class Line:
    """What the engine would do with one order."""

    order_id: int
    team_id: int | None
    starts_at: datetime | None
    km: float | None
    reason: str
    left_out: str = ""


@dataclass(frozen=True)
class Proposal:
    """The whole backlog, and the engine's figures: objective, bound, gap, served, unserved by reason."""

    lines: list[Line]
    summary: dict[str, Any]


def propose(department: Organisation, now: datetime, progress: Progress = silent) -> Proposal:
    """Match the department's open orders with teams that may claim them. Nothing is written.

    Asks the same number of queries however many orders and teams there are. Lines come team by team
    in the order of time, then those of nobody. `progress` is told now and then, and may stop it.

    A team counts with what it may still take on: its days and weeks less what it has in them and was
    asked to take, and over all weeks its claim cap. Nothing is put beside a visit that is set. What
    one plan had no time for comes to its turn in a later one; who declined an order lately is not
    asked for it again.
    Raises BadInput when there is nothing to plan.
    """
    ruling = rulebooks.in_force(CLAIMS, now)
    progress(PlanStage.ORDERS, 0, 1)
    backlog = queries.of_department([department.pk], [OrderState.OPEN])
    orders = _placed([order for order in backlog if _minute(order.wanted_until) > _minute(now)])
    progress(PlanStage.TEAMS, 0, 1)
    teams = _placed(list(people.approved().prefetch_related("areas", "skills")))
    young = list(queries.resting([order.pk for order in orders], ruling.rules, now))
    asked = {offer.order_id: offer for offer in young if offer.declined_at is None}
    free = [order for order in orders if order.pk not in asked]
    if not free or not teams:
        raise BadInput(_("there is no open order, or no team to plan for"))
    made = _solved(free, teams, (ruling.rules, now, young), progress)
    lines = _team_by_team(made.lines, teams)
    return Proposal([*lines, *(_waits(offer) for offer in asked.values())], made.summary)


def _team_by_team(lines: Iterable[Line], teams: Sequence[Team]) -> list[Line]:
    """Each team's visits one after the other, then the orders of nobody."""
    rank: dict[int | None, int] = {team.pk: n for n, team in enumerate(teams)}
    last = len(rank)
    return sorted(
        lines,
        key=lambda line: (
            rank.get(line.team_id, last),
            line.starts_at.timestamp() if line.starts_at else 0.0,
            line.order_id,
        ),
    )


def _waits(offer: Offer) -> Line:
    """An order that a team was asked to take lately is left to its answer."""
    reason = _("waits for the answer of %(team)s") % {"team": offer.team.name}
    return Line(offer.order_id, None, None, None, reason)


def _solved(
    orders: list[Order],
    teams: list[Team],
    today: tuple[Claims, datetime, list[Offer]],
    progress: Progress,
) -> Proposal:
    from kepu_engines.matching import plan as engine
    from kepu_engines.matching import visits

    rules, now, _young = today
    asked, offered = _bits(orders, teams)
    limits = visits.Rules(speed_kmh=rules.speed_km_per_hour, reach_km=rules.farthest_km)
    wanted = visits.Orders.of(
        _places(orders),
        asked,
        earliest=[_minute(max(order.wanted_from, now)) for order in orders],
        latest=[_minute(order.wanted_until) for order in orders],
        minutes=[order.minutes for order in orders],
        priority=[order.priority for order in orders],
    )
    serving = visits.Teams.of(
        _places(teams),
        offered,
        [team.day_capacity for team in teams],
        [team.week_capacity for team in teams],
        _turns(teams, rules, now),
    )
    stands = _standing(teams, rules, now)
    allowed = visits.Allowed.of(*_groups(orders, teams, today, progress))
    made = engine.plan(wanted, serving, limits, progress, allowed, stands)
    told = _telling(orders, PlanStage.REASONS, progress)
    market = wanted, serving, limits, stands
    lines = [_line(n, order, teams, made, market) for n, order in enumerate(told)]
    return Proposal(lines, _summary(made))


def _turns(teams: Sequence[Team], rules: Claims, now: datetime) -> list[int]:
    """Points for the turn of each team: fair rotation. One query."""
    last = booked.last_claims([team.pk for team in teams])
    most = rules.suggesting.turn_points
    return [round(most * suggest.due(last.get(team.pk), rules, now)) for team in teams]


def _standing(teams: Sequence[Team], rules: Claims, now: datetime) -> Booked:
    """What the teams have on already, as the engine reads it."""
    from kepu_engines.matching.booked import Booked

    number = {team.pk: n for n, team in enumerate(teams)}
    found = booked.of(teams, rules, now)
    return Booked.of(
        [number[one.team_id] for one in found.visits],
        ([one.lon for one in found.visits], [one.lat for one in found.visits]),
        (
            [_minute(one.starts_at) for one in found.visits],
            [_minute(one.ends_at) for one in found.visits],
        ),
        untimed=[
            [number[one.team_id], _minute(one.earliest), _minute(one.latest)]
            for one in found.untimed
        ],
        whole=[found.left[team.pk] for team in teams],
    )


def _telling(rows: Sequence[Row], stage: str, progress: Progress) -> Iterator[Row]:
    """The rows one by one, telling now and then how many have gone."""
    for done, row in enumerate(rows):
        if done % _EVERY == 0:
            progress(stage, done, len(rows))
        yield row


def _placed(rows: list[Place]) -> list[Place]:
    """Those of which it is known where they are. One query.

    A community has no point of its own in the frame, so what lies there stands where its township does;
    the row is told for the engine only, and never saved.
    """
    known = divisions.positions(row.path for row in rows if row.lon is None)
    for row in rows:
        if row.lon is None and row.path in known:
            row.lon, row.lat = known[row.path].lon, known[row.path].lat
    return [row for row in rows if row.lon is not None]


def _places(rows: Sequence[Order] | Sequence[Team]) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes; rows without a place were left out before."""
    return [row.lon or 0.0 for row in rows], [row.lat or 0.0 for row in rows]


def _bits(orders: Sequence[Order], teams: Sequence[Team]) -> tuple[list[int], list[int]]:
    """One bit for each topic that is asked for: what orders ask, and what teams offer."""
    bits = {topic: n for n, topic in enumerate(sorted({order.topic_id for order in orders}))}
    if len(bits) > _BITS:
        raise BadInput(_("these orders ask for too many different topics; plan fewer"))
    asked = [1 << bits[order.topic_id] for order in orders]
    known = [{skill.pk for skill in team.skills.all()} & bits.keys() for team in teams]
    return asked, [sum(1 << bits[topic] for topic in some) for some in known]


def _groups(
    orders: Sequence[Order],
    teams: Sequence[Team],
    today: tuple[Claims, datetime, list[Offer]],
    progress: Progress,
) -> tuple[list[int], list[list[bool]]]:
    """Orders in groups that the same teams may serve: the group of each, and the teams of each.

    A team may serve an order that it can reach and has not declined. As `reaching.teams_for`, for
    all orders at once: one query.
    """
    _rules, now, young = today
    known = reaching.districts({order.path for order in orders if order.wide}, now)
    serving = _numbers((area.path for area in team.areas.all()) for team in teams)
    at_home = _numbers(ancestors(team.path) for team in teams)
    number = {team.pk: n for n, team in enumerate(teams)}
    said_no = defaultdict(set)
    for offer in young:
        if offer.declined_at:
            said_no[offer.order_id].add(number.get(offer.team_id))
    groups: dict[frozenset[int], int] = {}
    group = []
    for order in _telling(orders, PlanStage.REACH, progress):
        around = known.around(order.path) if order.wide else []
        able = {n for path in ancestors(order.path) for n in serving[path]}
        able.update(n for path in around for n in at_home[path])
        row = frozenset(able - said_no[order.pk])
        group.append(groups.setdefault(row, len(groups)))
    return group, [[n in row for n in range(len(teams))] for row in groups]


def _numbers(paths_of_teams: Iterable[Iterable[str]]) -> defaultdict[str, set[int]]:
    """For each path the numbers of the teams that have it."""
    numbers = defaultdict(set)
    for n, paths in enumerate(paths_of_teams):
        for path in paths:
            numbers[path].add(n)
    return numbers


def _minute(moment: datetime) -> int:
    local = moment.astimezone(BEIJING).replace(tzinfo=None)
    return int((local - _EPOCH).total_seconds() // 60)


def _moment(minute: int) -> datetime:
    return (_EPOCH + timedelta(minutes=minute)).replace(tzinfo=BEIJING)


def _line(n: int, order: Order, teams: Sequence[Team], made: Plan, market: _Market) -> Line:
    from kepu_engines.matching.plan import explain

    at = int(made.team[n])
    if at < 0:
        why = LeftOut(str(made.reason[n]))
        return Line(order.pk, None, None, None, str(why.label), why)
    wanted, serving, limits, stands = market
    told = explain(wanted, serving, made, (n, at), limits, stands)
    words = {"km": told.km, "nth": told.of_week, "most": told.week_capacity}
    if told.km < _SAME_PLACE:
        said = _(
            "can do it, at the same place, visit %(nth)s of that week, %(most)s a week at most"
        )
    else:
        said = _("can do it, %(km).1f km away, visit %(nth)s of that week, %(most)s a week at most")
    reason = urgency.of_plan(order, said % words)
    return Line(order.pk, teams[at].pk, _moment(int(made.start[n])), told.km, reason)


def _summary(made: Plan) -> dict[str, Any]:
    unserved = [str(reason) for reason in made.reason if reason is not None]
    return {
        "objective": int(made.objective),
        "bound": int(made.bound),
        "gap": float(made.gap),
        "served": len(made.reason) - len(unserved),
        "unserved": {reason: unserved.count(reason) for reason in sorted(set(unserved))},
    }
