"""Which rules of disclosure a run's public file of persons was made by; asked without any engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RULES = 2  # raised with every rule that hides more: files made by fewer stay closed from then on


def in_force(record: Mapping[str, Any]) -> bool:
    """Whether the record of a run says that its public file was made by the rules of today.

    Records without a number are of rules that counted hidden people, not how many of them are literate.
    """
    told = record.get("public") or {}
    return bool(told.get("rules") == RULES)
