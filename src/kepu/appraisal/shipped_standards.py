"""Standards that others made, as they come with Kepu: number, title, and where each is known from."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from importlib import resources
from typing import Any


def rows() -> Iterator[dict[str, Any]]:
    """What `list_known` takes, standard by standard."""
    file = resources.files("kepu.appraisal") / "data" / "known_standards.csv"
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        day = row.pop("in_force_on")
        yield {**row, "in_force_on": date.fromisoformat(day) if day else None}
