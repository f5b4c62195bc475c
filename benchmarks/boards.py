"""What officers see first, when the city has a hundred thousand orders: boards, desk, list, search."""

from __future__ import annotations

import os
import random
from typing import Any

from benchmarks import ground, line
from benchmarks.load import Ask, fire
from benchmarks.serving import cpu_seconds, granian

TIMES = 60
LIVING = ("placed", "dispatched", "accepted", "open", "claimed")
BARS = {"department": 150, "desk": 150, "list": 150, "search": 100}  # milliseconds, p95


def state(chance: random.Random) -> str:
    """Nineteen of twenty orders have ended."""
    return "closed" if chance.random() < 0.95 else chance.choice(LIVING)


def run(database: str, options: Any) -> None:
    """Measure each page at one size and, with --full, at ten times that size."""
    ground.start()
    from kepu.web.simulation import town

    now = ground.now()
    city = town.build(now=now, teams=2000, residents=5000)
    first = _at(database, city, options.orders, now)
    if options.full:
        _compare(database, first, _at(database, city, options.orders * 10, now))


def _at(database: str, city: Any, size: int, now: Any) -> dict[str, float]:
    from kepu.orders.models import Order
    from kepu.web.simulation import past, sessions

    have = Order.objects.count()
    line.note(f"boards on {database}: {size - have} orders more")
    pasts = past.spread(city, size - have, state, now=now, seed=have)
    past.write(pasts, history=False, told=ground.told("orders"))
    _analyse()
    busiest = max(city.districts, key=lambda district: len(district.communities))
    doors = sessions.sign_in([busiest.worker, busiest.officer], now)
    pages = {
        "department": Ask("GET", "/department/", doors[busiest.officer.pk]),
        "desk": Ask("GET", "/desk/", doors[busiest.worker.pk]),
        "list": Ask("GET", "/orders/list/", doors[busiest.worker.pk]),
        "search": Ask("GET", "/orders/list/?q=%E6%B6%88%E9%98%B2", doors[busiest.worker.pk]),
    }
    with granian(dict(os.environ)) as (port, process):
        return {
            name: _page(database, name, ask, (port, process), size) for name, ask in pages.items()
        }


def _page(database: str, name: str, ask: Ask, server: Any, size: int) -> float:
    """One person opens one page again and again: nobody else is asking."""
    port, process = server
    fire(port, [[ask] * 6])
    before = cpu_seconds(process)
    answers = fire(port, [[ask] * TIMES]).flat
    cpu = (cpu_seconds(process) - before) / TIMES
    figures: dict[str, Any] = line.spans(answer.seconds for answer in answers)
    line.tell(
        f"boards-{name}",
        {
            **figures,
            "server_cpu_ms": round(cpu * 1000, 1),
            "statuses": sorted({answer.status for answer in answers}),
        },
        {"p95_ms": ("<=", BARS[name])},
        database=database,
        orders=size,
    )
    return float(figures["p50_ms"])


def _compare(database: str, small: dict[str, float], large: dict[str, float]) -> None:
    for name, before in small.items():
        ratio = large[name] / before
        line.tell(
            f"boards-{name}-growth", {"ratio": ratio}, {"ratio": ("<=", 1.5)}, database=database
        )


def _analyse() -> None:
    """What a database does by itself overnight, after a day that wrote ten years of orders."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "VACUUM ANALYZE"
            )  # or else it begins by itself, while pages are asked for
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("ANALYZE")
