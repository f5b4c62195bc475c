"""Controlled words as they come with Kepu; a city adds its own rows."""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml


def shipped(name: str) -> list[dict[str, Any]]:
    """The words of one list, with their rank in the order of the file."""
    text = (resources.files(__name__) / f"{name}.yaml").read_text(encoding="utf-8")
    return [{**word, "rank": rank} for rank, word in enumerate(yaml.safe_load(text), start=1)]
