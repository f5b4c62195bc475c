"""`kepu dispatch ORDERS.csv TEAMS.csv --out PLAN.csv`: the engine's own command; Django stays asleep."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from kepu.web.progress import Progress
from kepu.web.speech import Parser, n_

EXAMPLE = "kepu dispatch orders.csv teams.csv --out plan.csv"
# The engine's own words, named here so that they stand in the catalogue.
WORDS = (
    n_("orders: order_id, lon, lat, skills, earliest, latest, minutes, priority"),
    n_("teams: team_id, lon, lat, skills, day_capacity, week_capacity"),
    n_("the plan to write: which team serves which order and when, or why none does"),
    n_("how far a team goes, in kilometres"),
    n_("also say what it would cost to load teams evenly (takes long)"),
    n_("Plan orders to teams from CSV files: the best plan there is, with its proof."),
)


def main(arguments: list[str]) -> int:
    """Hand the words on to the engine; how far it is goes beside its answer, not into it."""
    command = import_module("kepu_engines.matching.command")
    progress = Progress(sys.stderr)
    try:
        return int(command.main(arguments, progress, _parser) or 0)
    finally:
        progress.finish()


def _parser(**words: Any) -> Parser:
    return Parser(example=EXAMPLE, **words)
