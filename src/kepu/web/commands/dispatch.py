"""`kepu dispatch ORDERS.csv TEAMS.csv --out PLAN.csv`: the engine's own command; Django stays asleep."""

from __future__ import annotations

import sys
from importlib import import_module

from kepu.web.progress import Progress


def main(arguments: list[str]) -> int:
    """Hand the words on to the engine; how far it is goes beside its answer, not into it."""
    command = import_module("kepu_engines.matching.command")
    progress = Progress(sys.stderr)
    try:
        return int(command.main(arguments, progress) or 0)
    finally:
        progress.finish()
