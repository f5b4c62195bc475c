"""A claim over HTTP: 50 clients on orders of their own, then 200 clients on one order."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

from benchmarks import ground, line
from benchmarks.load import Ask, Result, fire
from benchmarks.serving import cpu_seconds, granian

CLIENTS, HOT = 50, 200
EVERY_TOPIC = 1000  # which team may claim what is not the question here
PER_TEAM = 6  # below what the rulebook lets a team hold
BARS = {"SQLite": 250.0, "PostgreSQL": 200.0}
LOAD: dict[str, Any] = {"clients": CLIENTS, "server": "granian 2 workers x 4 threads"}
Doors = dict[int, dict[str, str]]


def run(database: str, options: Any) -> None:
    """Claims side by side, then claims for one order."""
    city, doors = prepare(database, options)
    with granian(dict(os.environ)) as (port, process):
        bars = {"claims_per_s": (">=", BARS[database]), "p99_ms": ("<=", 500), "lost": ("<=", 0)}
        line.tell("claims", distinct(port, process, doors), bars, database=database, **LOAD)
        _hot(database, port, city, doors)


def prepare(database: str, options: Any) -> tuple[Any, Doors]:
    """Everybody and every order, so that only claims are timed; the town, and a session for each leader."""
    ground.start()
    from kepu.web.simulation import past, sessions, town

    count = max(CLIENTS, int(options.claims))
    now = ground.now()
    line.note(f"claims on {database}: a town, {count} open orders")
    teams = max(HOT, count // PER_TEAM) + 40
    city = town.build(now=now, teams=teams, residents=2000, topics=EVERY_TOPIC)
    pasts = past.spread(city, count, lambda _chance: "open", now=now)
    past.write(pasts)
    leaders = [leader for _team, leader in city.teams]
    return city, sessions.sign_in(leaders, now)


def _wanted() -> list[tuple[int, int, int]]:
    """Order, team and leader for every claim: a team of the order's district, in turn."""
    from kepu.kernel.divisions.queries import district_path
    from kepu.orders.models import Order
    from kepu.people.models import Membership

    teams: dict[str, list[tuple[int, int]]] = {}
    rows = Membership.objects.filter(role="leader").order_by("pk")
    for path, team, leader in rows.values_list("team__areas__path", "team_id", "person_id"):
        teams.setdefault(path, []).append((team, leader))
    turn: Counter[str] = Counter()
    found = []
    for pk, path in Order.objects.filter(state="open").order_by("pk").values_list("pk", "path"):
        district = district_path(path) or path
        team, leader = teams[district][turn[district] % len(teams[district])]
        turn[district] += 1
        found.append((pk, team, leader))
    return found


def distinct(port: int, process: Any, doors: Doors) -> dict[str, Any]:
    """The figures of clients that claim orders of their own; a few claims warm the server before."""
    wanted = _within_reach(_wanted())
    first = min(CLIENTS * 2, len(wanted) // 3)
    warm, timed = wanted[:first], wanted[first:]
    fire(port, _clients(warm, doors))
    before = cpu_seconds(process)
    result = fire(port, _clients(timed, doors))
    spent = cpu_seconds(process) - before
    won, lost = _kept(timed, result)
    return {
        "claims_per_s": won / result.seconds,
        **line.spans(answer.seconds for answer in result.flat),
        "claims": won,
        "lost": lost,
        "server_cpu_ms_per_claim": round(spent / max(won, 1) * 1000, 2),
        "load_cpu_share": round(result.cpu / result.seconds, 2),
        "statuses": dict(Counter(answer.status for answer in result.flat)),
    }


def _within_reach(wanted: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """No team is sent for more than it may hold; those few are left out rather than refused."""
    held: Counter[int] = Counter()
    found = []
    for order, team, leader in wanted:
        if held[team] < 10:
            held[team] += 1
            found.append((order, team, leader))
    return found


def _clients(wanted: list[tuple[int, int, int]], doors: Doors) -> list[list[Ask]]:
    asks = [
        Ask("POST", f"/orders/{order}/claim/{team}/", doors[leader])
        for order, team, leader in wanted
    ]
    return [asks[n::CLIENTS] for n in range(CLIENTS)]


def _kept(wanted: list[tuple[int, int, int]], result: Result) -> tuple[int, int]:
    """How many claims were made, and how many of those answered are not whole in the database."""
    from kepu.orders.models import Order, Step

    said = dict(Order.objects.exclude(team=None).values_list("pk", "team_id"))
    steps = Counter(Step.objects.filter(verb="claim").values_list("order_id", flat=True))
    good = [
        order for order, team, _leader in wanted if said.get(order) == team and steps[order] == 1
    ]
    answered = sum(answer.status == 302 for answer in result.flat)
    return len(good), answered - len(good)


def _hot(database: str, port: int, city: Any, doors: Doors) -> None:
    """All leaders want one order that lies in reach of everybody."""
    from kepu.orders.models import Order, Step
    from kepu.people.models import TeamArea
    from kepu.web.simulation import past

    pairs = city.teams[-HOT:]
    TeamArea.objects.filter(team__in=[team for team, _leader in pairs]).update(path="50.")
    last = Order.objects.order_by("-pk").values_list("pk", flat=True)[0]
    past.write(past.spread(city, 1, lambda _chance: "open", now=ground.now(), seed=9))
    hot = Order.objects.get(pk__gt=last)
    asks = [
        [Ask("POST", f"/orders/{hot.pk}/claim/{team.pk}/", doors[leader.pk])]
        for team, leader in pairs
    ]
    result = fire(port, asks)
    faults = sum(answer.status >= 500 for answer in result.flat)
    line.tell(
        "claims-hot",
        {
            "winners": Step.objects.filter(order=hot, verb="claim").count(),
            "faults": faults,
            "seconds": round(result.seconds, 2),
            **line.spans(answer.seconds for answer in result.flat),
            "statuses": dict(Counter(answer.status for answer in result.flat)),
        },
        {"faults": ("<=", 0), "winners": ("<=", 1)},
        database=database,
        clients=HOT,
    )
