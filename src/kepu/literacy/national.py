"""Published values of the whole country, to stand beside those of a city. The file ships with this room."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

SCALES = {"100 million": 10**8, "10,000": 10**4}
WAN = 10**4  # money of the form is in units of 10,000 yuan


@dataclass(frozen=True)
class National:
    """A value in the unit of the form, of which year, and by which source."""

    year: int
    value: Decimal
    source: str


def nearest(key: str, year: int) -> National | None:
    """The value of the year, or of the latest year before it that is known."""
    return next((one for one in values().get(key, ()) if one.year <= year), None)


@cache
def values() -> dict[str, tuple[National, ...]]:
    """By indicator, the latest year first."""
    file = resources.files("kepu.literacy") / "data" / "national_statistics.csv"
    found: dict[str, list[National]] = defaultdict(list)
    with file.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            value = Decimal(row["value"]) * _scale(row["unit"])
            found[row["indicator_key"]].append(National(int(row["year"]), value, row["source"]))
    return {key: tuple(sorted(rows, key=lambda one: -one.year)) for key, rows in found.items()}


def _scale(unit: str) -> Decimal:
    """How many units of the form one published unit is."""
    scale = next((many for word, many in SCALES.items() if unit.startswith(word)), 1)
    return Decimal(scale) / (WAN if scale > 1 and unit.endswith("yuan") else 1)
