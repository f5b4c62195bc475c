"""`kepu dispatch ORDERS.csv TEAMS.csv --out PLAN.csv`: the engine's own command; Django stays asleep."""

from __future__ import annotations

from importlib import import_module


def main(arguments: list[str]) -> int:
    """Hand the words on to the engine."""
    command = import_module("kepu_engines.matching.command")
    return int(command.main(arguments) or 0)
