"""What a back-check asks once more: a few facts and items, and how many answers are as they were.

Who checks is never shown what was answered: the answers heard are compared here, and only their number
is kept.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation

from kepu.literacy.heard import BACKGROUND
from kepu.literacy.models import LETTERS, BookletItem, Case
from kepu.literacy.queries import interviewing as queries

FACTS = ("sex", "age", "education")  # what hardly changes from one week to the next
ITEMS = 2
DO_NOT_KNOW = "dk"


@dataclass(frozen=True)
class Again:
    """A question with its answers by key, and the answer of the interview."""

    key: str
    words: str
    options: tuple[tuple[str, str], ...]
    before: str


def questions(case: Case) -> list[Again]:
    """The facts, and items of the booklet that the seed of the fieldwork chooses. Three queries."""
    held = queries.latest(case)
    if held is None:
        return []
    facts = [
        Again(
            one.key,
            str(one.title),
            tuple((key, str(title)) for key, title in one.options),
            held.background.get(one.key, ""),
        )
        for one in BACKGROUND
        if one.key in FACTS
    ]
    lines = [
        line
        for line in queries.lines_of(case.fieldwork, {case.booklet})
        if line.item.code in held.answers
    ]
    chance = random.Random(f"{case.fieldwork.seed}:{case.pk}")  # noqa: S311 (to be had again)
    some = chance.sample(lines, min(ITEMS, len(lines)))
    return facts + [_item(line, held.answers[line.item.code]) for line in some]


def _item(line: BookletItem, before: str) -> Again:
    said = {one.language: one for one in line.item.wordings.all()}
    words = said.get(translation.get_language() or "") or next(iter(said.values()))
    options = tuple(zip(LETTERS, words.options, strict=False))
    return Again(line.item.code, words.stem, options, before or DO_NOT_KNOW)


def compared(case: Case, heard: Mapping[str, str]) -> tuple[int, int]:
    """How many were asked again, and how many of the answers are as they were."""
    asked = [one for one in questions(case) if heard.get(one.key)]
    return len(asked), sum(heard[one.key] == one.before for one in asked)
