"""`kepu bench city`: a simulated working week of the whole city, in a place of its own."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from kepu.kernel.errors import BadInput
from kepu.web import starting
from kepu.web.progress import Progress
from kepu.web.speech import n_, say

if TYPE_CHECKING:
    from kepu.web.simulation.town import Town
    from kepu.web.simulation.week import Log

LIKE_BEFORE = 1.3  # what an order may cost beside ten times as many old ones, against none

EXAMPLE = "kepu bench city --scale 0.05"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["city"], help=n_("what is simulated"))
    parser.add_argument(
        "--scale", type=float, default=1.0, help=n_("1 is 2,000 teams and 20,000 orders (default)")
    )
    parser.add_argument(
        "--after", type=int, default=0, metavar="N",
        help=n_("load N closed orders, live a second week, and compare the cost of an order"),
    )  # fmt: skip
    parser.add_argument(
        "--quiet", action="store_true", help=n_("print the one line of figures alone")
    )


def run(options: argparse.Namespace) -> int:
    """Live the week in --data where it is named (it must be empty), else in a folder for the while."""
    if not 0 < options.scale <= 10 or options.after < 0:
        raise BadInput(
            say(n_("the scale lies above 0 and up to 10, and nobody loads fewer than no orders"))
        )
    if options.data:
        return _measure(options)
    with tempfile.TemporaryDirectory(prefix="kepu-bench-") as folder:
        os.environ["DATA"] = folder
        return _measure(options)


def _measure(options: argparse.Namespace) -> int:
    progress = Progress(out=open(os.devnull, "w") if options.quiet else None)  # noqa: SIM115
    _prepare(progress)
    from kepu.web.simulation import week

    town = _settle(options.scale)
    orders = max(1, round(week.ORDERS * options.scale))
    figures = _week(town, orders, _monday(0), progress)
    if options.after:
        _load(town, options.after, progress)
        later = _week(town, orders, _monday(1), progress, seed=4)
        ratio = later["cpu_ms_per_order"] / figures["cpu_ms_per_order"]
        figures |= {
            "after": options.after,
            "cpu_ms_per_order_after": later["cpu_ms_per_order"],
            "cost_ratio": round(ratio, 2),
            "bar": {"cost_ratio": f"<= {LIKE_BEFORE}"},
            "reached": ratio <= LIKE_BEFORE,
        }
    print(json.dumps({**figures, **_afterwards()}, ensure_ascii=False), flush=True)
    return 0


def _prepare(progress: Progress) -> None:
    starting.start_django()
    starting.migrate(progress)
    from kepu.kernel.accounts.models import User

    if User.objects.exists():
        raise BadInput(
            say(n_("people live in this database already; a simulation needs an empty one"))
        )
    if not starting.part(starting.FRAME, "complete")():
        starting.part(starting.FRAME, "build")(progress)


def _monday(later: int) -> datetime:
    """Nine o'clock on the last Monday but two, or some weeks later; the past, so that clocks have run."""
    from kepu.kernel import clock

    today = clock.now().astimezone(clock.BEIJING).replace(hour=9, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday(), weeks=4 - 2 * later)


def _settle(scale: float) -> Town:
    from kepu.web.simulation import town, week

    teams = max(1, round(week.TEAMS * scale))
    return town.build(
        now=_monday(0), teams=teams, residents=max(100, round(week.ORDERS * scale / 4))
    )


def _week(
    town: Town, orders: int, monday: datetime, progress: Progress, seed: int = 3
) -> dict[str, Any]:
    from kepu.web.simulation import week

    began, used = time.perf_counter(), time.process_time()
    log = week.live(
        town, orders, monday=monday, seed=seed,
        told=lambda done, total: progress("the week", done, total),
    )  # fmt: skip
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    return {
        "case": "city",
        "communities": sum(len(district.communities) for district in town.districts),
        "teams": len(town.teams),
        "orders": orders,
        "finished": log.finished,
        "refused": dict(log.refused),
        "actions": log.actions,
        "actions_per_s": round(log.actions / seconds, 1),
        "seconds": round(seconds, 1),
        "cpu_ms_per_order": round(cpu / orders * 1000, 2),
        "p99_ms": _tails(log),
    }


def _tails(log: Log) -> dict[str, float]:
    """The 99th percentile of every action, beside the median of all."""
    tails = {verb: sorted(spent)[int(0.99 * (len(spent) - 1))] for verb, spent in log.spent.items()}
    every = [one for spent in log.spent.values() for one in spent]
    found = {"median of all": median(every), **tails}
    return {verb: round(value * 1000, 1) for verb, value in found.items()}


def _load(town: Town, count: int, progress: Progress) -> None:
    from kepu.web.simulation import past

    pasts = past.spread(town, count, lambda _chance: "closed", now=_monday(0))
    past.write(pasts, told=lambda done: progress("closed orders", done, count))


def _afterwards() -> dict[str, Any]:
    """Seal and verify the audit, and look at how large everything has become."""
    from django.db import connection

    from kepu.kernel import clock
    from kepu.kernel.audit import chain, sealer

    sealer.seal_alone(clock.now(), wait=True)
    verdict = chain.verify()
    return {
        "database": "PostgreSQL" if connection.vendor == "postgresql" else "SQLite",
        "database_mib": round(_size() / 2**20, 1),
        "audit_entries": verdict.sealed,
        "audit_sound": verdict.sound,
    }


def _size() -> int:
    from django.db import connection

    if connection.vendor == "sqlite":
        return Path(connection.settings_dict["NAME"]).stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
