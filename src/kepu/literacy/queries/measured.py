"""What published surveys say of a year, for the yearly statistics of the same place."""

from __future__ import annotations

from typing import Any

from kepu.literacy.models import Round
from kepu.literacy.queries import runs


def of_round(one: Round) -> dict[str, Any]:
    """The share of literate citizens in the year of a round, as published; empty where none is. One query.

    Invented units stand beside invented surveys alone. In per cent; `run` is where it is told.
    """
    found = runs.published().filter(path=one.path, year=one.year)
    run = next((run for run in found if run.synthetic == one.synthetic), None)
    share = runs.headline(run) if run else {}
    if run is None or not share:
        return {}
    told = {key: share.get(key) for key in ("estimate", "low", "high")}
    percent = {key: None if value is None else f"{value * 100:.2f}" for key, value in told.items()}
    return {
        "csl": percent["estimate"],
        "low": percent["low"],
        "high": percent["high"],
        "run": run.pk,
    }
