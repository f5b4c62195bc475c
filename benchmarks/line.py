"""One JSON line for each case: what was measured, on what, and whether the bar was reached."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import sys
from collections.abc import Iterable, Sequence
from typing import Any

Bars = dict[str, tuple[str, float]]


def tell(
    case: str, figures: dict[str, Any], bars: Bars | None = None, why: str = "", **about: Any
) -> None:
    """Print the line. `bars` names figures, each with ">=" or "<=" and a limit.

    A figure that falls short is printed as it is, with the reason where one is known.
    """
    held = {name: _against(figures.get(name), *bar) for name, bar in (bars or {}).items()}
    line = {
        "case": case,
        **about,
        **figures,
        "bar": {name: f"{sign} {limit:g}" for name, (sign, limit) in (bars or {}).items()},
        "reached": all(held.values()) if held else None,
        "versions": versions(),
        "machine": machine(),
    }
    if held and not all(held.values()):
        short = ", ".join(name for name, good in held.items() if not good)
        line["why"] = why or f"{short} fell short on this machine at this load"
    print(json.dumps(line, ensure_ascii=False, default=str), flush=True)


def _against(figure: Any, sign: str, limit: float) -> bool:
    if figure is None:
        return False
    return bool(figure >= limit if sign == ">=" else figure <= limit)


def versions() -> dict[str, str]:
    import django

    found = {"python": platform.python_version(), "django": django.get_version()}
    return {**found, **_database()}


def _database() -> dict[str, str]:
    from django.conf import settings

    if not settings.configured:
        return {}
    from django.db import connection

    if connection.vendor == "sqlite":
        return {"sqlite": sqlite3.sqlite_version}
    return {"postgresql": ".".join(map(str, divmod(connection.pg_version, 10_000)))}  # type: ignore[attr-defined]


def machine() -> str:
    """Cores and how busy they are: other work on the machine is part of every figure."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {platform.machine()}, load average {load:.1f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the sorted values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spans(seconds: Iterable[float]) -> dict[str, float]:
    """Median and tails in milliseconds."""
    found = list(seconds)
    return {
        "p50_ms": round(statistics.median(found) * 1000, 1),
        "p95_ms": round(percentile(found, 0.95) * 1000, 1),
        "p99_ms": round(percentile(found, 0.99) * 1000, 1),
    }


def note(text: str) -> None:
    """What is being done, for whoever watches; the figures go to standard output alone."""
    print(f"  {text}", file=sys.stderr, flush=True)
