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

    Figures are held to their bars as they are, and rounded for print alone. One that falls short is
    printed with the reason where one is known; where one is absent nothing is said to be reached.
    """
    bars = bars or {}
    absent = [name for name in bars if figures.get(name) is None]
    held = {name: _against(figures[name], *bars[name]) for name in bars if name not in absent}
    short = [name for name, good in held.items() if not good]
    line = {
        "case": case,
        **about,
        **{name: shown(figure) for name, figure in figures.items()},
        "bar": {name: f"{bars[name][0]} {bars[name][1]:g}" for name in held},
        "reached": False if short else None if absent or not held else True,
        "versions": versions(),
        "machine": machine(),
    }
    if short:
        line["why"] = why or f"{', '.join(short)} fell short on this machine at this load"
    elif absent:
        line["why"] = why or f"{', '.join(absent)} was not measured"
    print(json.dumps(line, ensure_ascii=False, default=str), flush=True)


def shown(figure: Any) -> Any:
    """A figure as it is printed: four places, or four digits where it is small."""
    if not isinstance(figure, float):
        return figure
    return round(figure, 4) if abs(figure) >= 1 else float(f"{figure:.4g}")


def _against(figure: Any, sign: str, limit: float) -> bool:
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
        "p50_ms": statistics.median(found) * 1000,
        "p95_ms": percentile(found, 0.95) * 1000,
        "p99_ms": percentile(found, 0.99) * 1000,
    }


def note(text: str) -> None:
    """What is being done, for whoever watches; the figures go to standard output alone."""
    print(f"  {text}", file=sys.stderr, flush=True)
