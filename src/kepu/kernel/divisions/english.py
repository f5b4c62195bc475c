"""Names of cities and districts as English pages write them: Hanyu Pinyin, and the kind in English.

Townships and communities have none: nobody transcribed them, and a reader finds them by their own name.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources


@cache
def _known() -> dict[str, tuple[str, str]]:
    """Name in full and in brief by the Chinese one; see data/README.md for where they come from."""
    source = resources.files("kepu.kernel.divisions") / "data/english_names.csv"
    with source.open(encoding="utf-8") as file:
        return {row["name"]: (row["english"], row["brief"]) for row in csv.DictReader(file)}


def title(name: str, language: str | None = None, *, brief: bool = False) -> str:
    """The name in the reader's language, or in another; as it is where no other is known.

    `brief` leaves the kind of place out, for a picture that has no room for it.
    """
    if language is None:
        from django.utils.translation import get_language  # the run of a survey knows no Django

        language = get_language() or ""
    known = _known().get(name) if language.startswith("en") else None
    return known[brief] if known else name
