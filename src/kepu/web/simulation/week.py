"""A working week of a whole city by the public actions, with a clock of its own.

Orders are placed, dispatched, accepted, opened, claimed, scheduled, visited, delivered, certified,
confirmed, rated and closed, each by who may, at a simulated moment between Monday and Friday.
"""

from __future__ import annotations

import heapq
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Refusal
from kepu.orders import actions
from kepu.orders.models import Order
from kepu.people.models import Team
from kepu.web.simulation.past import TITLES
from kepu.web.simulation.town import District, Town

COMMUNITIES, TEAMS, ORDERS = 11_270, 2_000, 20_000
TURNS = (
    "place", "dispatch", "accept", "open", "claim", "schedule", "check_in", "deliver",
    "certify", "confirm", "rate", "close",
)  # fmt: skip


@dataclass
class Errand:
    """One order on its way, and the hands it goes through."""

    number: int
    district: District
    division: Division
    resident: User
    team: Team
    leader: User
    begin: datetime
    order_id: int = 0


@dataclass
class Log:
    """Seconds of every action by its name, and what was refused."""

    spent: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    finished: int = 0

    @property
    def actions(self) -> int:
        return sum(map(len, self.spent.values()))


def live(
    town: Town,
    orders: int,
    *,
    monday: datetime,
    told: Callable[[int, int], None] = lambda done, total: None,
    seed: int = 3,
) -> Log:
    """Live through the week; returns what every action took."""
    log, steps, done = Log(), len(TURNS) + 1, 0
    queue = [
        (errand.begin, errand.number, 0, errand) for errand in _errands(town, orders, monday, seed)
    ]
    heapq.heapify(queue)
    while queue:
        now, number, turn, errand = heapq.heappop(queue)
        following = _do(errand, turn, now, log)
        done += 1
        told(done, orders * steps)
        if following is not None:
            heapq.heappush(queue, (following, number, turn + 1, errand))
    return log


def _errands(town: Town, orders: int, monday: datetime, seed: int) -> Iterator[Errand]:
    """Every community orders in turn; the teams of a district are asked in turn."""
    chance = random.Random(seed)  # noqa: S311 (a simulation)
    places = [
        (district, community) for district in town.districts for community in district.communities
    ]
    chance.shuffle(places)
    asked: dict[str, int] = defaultdict(int)
    for number in range(orders):
        district, community = places[number % len(places)]
        turn = asked[district.path] % len(district.teams)
        asked[district.path] += 1
        # A visit takes an hour of the leader's, so a leader's orders begin at different hours.
        begin = monday + timedelta(days=number % 2, minutes=chance.randint(0, 240))
        resident = district.residents[number % len(district.residents)]
        yield Errand(
            number,
            district,
            community,
            resident,
            district.teams[turn],
            district.leaders[turn],
            begin,
        )


def _do(errand: Errand, turn: int, now: datetime, log: Log) -> datetime | None:
    """One action, timed; returns when the next one comes, None when the order has come to its end."""
    verb = ("draft", *TURNS)[turn]
    began = time.perf_counter()
    try:
        following = _VERBS[verb](errand, now)
    except Refusal:
        log.refused[verb] += 1
        return None
    finally:
        log.spent[verb].append(time.perf_counter() - began)
    log.finished += verb == "close"
    return following


SOON = timedelta(minutes=20)


def _draft(errand: Errand, now: datetime) -> datetime:
    wish = actions.Wish(
        title=TITLES[errand.number % len(TITLES)],
        topic=errand.team.skills.all()[0],
        division=errand.division,
        wanted_from=now + timedelta(hours=4),
        wanted_until=now + timedelta(days=6),
        place="示例社区活动室",
        people=20,
    )
    order = actions.draft(wish, for_whom=errand.resident, by=errand.resident, now=now)
    errand.order_id = order.pk
    return now + timedelta(minutes=1)


def _place(errand: Errand, now: datetime) -> datetime:
    actions.place(errand.order_id, by=errand.resident, now=now)
    return now + SOON


def _dispatch(errand: Errand, now: datetime) -> datetime:
    district = errand.district
    actions.dispatch(errand.order_id, department=district.department, by=district.worker, now=now)
    return now + SOON


def _accept(errand: Errand, now: datetime) -> datetime:
    actions.accept(errand.order_id, by=errand.district.officer, now=now)
    return now + SOON


def _open(errand: Errand, now: datetime) -> datetime:
    actions.open_to_teams(errand.order_id, by=errand.district.officer, now=now)
    return now + SOON


def _claim(errand: Errand, now: datetime) -> datetime:
    actions.claim(errand.order_id, team=errand.team, by=errand.leader, now=now)
    return now + SOON


def _schedule(errand: Errand, now: datetime) -> datetime:
    """The leader's visits lie one behind the other: two half-days a team, an hour and a half each."""
    hour = errand.number // 20 % 6
    start = errand.begin + timedelta(hours=5 + hour * 1.5)
    actions.schedule(errand.order_id, starts_at=start, by=errand.leader, now=now)
    return start


def _check_in(errand: Errand, now: datetime) -> datetime:
    code = Order.objects.values_list("check_in_code", flat=True).get(pk=errand.order_id)
    actions.check_in(errand.order_id, code=code, by=errand.leader, now=now)
    return now + timedelta(hours=1)


def _deliver(errand: Errand, now: datetime) -> datetime:
    actions.deliver(errand.order_id, attended=18, by=errand.leader, now=now)
    return now + SOON


def _certify(errand: Errand, now: datetime) -> datetime:
    _if_there_are_hours(
        lambda: actions.certify_hours(errand.order_id, by=errand.district.officer, now=now)
    )
    return now + SOON


def _confirm(errand: Errand, now: datetime) -> datetime:
    _if_there_are_hours(lambda: actions.confirm_hours(errand.order_id, by=errand.resident, now=now))
    return now + SOON


def _if_there_are_hours(act: Callable[[], object]) -> None:
    """Hours that overlap another visit of the leader were not proposed; the order goes on."""
    try:
        act()
    except Refusal:
        return


def _rate(errand: Errand, now: datetime) -> datetime:
    actions.rate(errand.order_id, stars=4 + errand.number % 2, by=errand.resident, now=now)
    return now + timedelta(days=4)


def _close(errand: Errand, now: datetime) -> None:
    """Kepu itself closes what was rated, once its days are over."""
    actions.run_out(errand.order_id, now=now)


_VERBS: dict[str, Callable[[Errand, datetime], datetime | None]] = {
    "draft": _draft,
    "place": _place,
    "dispatch": _dispatch,
    "accept": _accept,
    "open": _open,
    "claim": _claim,
    "schedule": _schedule,
    "check_in": _check_in,
    "deliver": _deliver,
    "certify": _certify,
    "confirm": _confirm,
    "rate": _rate,
    "close": _close,
}
