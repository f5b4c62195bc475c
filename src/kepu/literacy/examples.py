"""Example items, so that everything can be tried: our own, asked by no official survey."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

import yaml

from kepu.literacy.actions.findings import Parameters
from kepu.literacy.actions.items import Question, Words
from kepu.literacy.states import Model
from kepu.people import queries as people

SOURCE = "示例题 / example: written for this system"
WAVE = "示例参数 / example"


@dataclass(frozen=True)
class Example:
    """An item, and what is made up to be known of it."""

    question: Question
    difficulty: float
    discrimination: float

    def parameters(self, on: date) -> Parameters:
        return Parameters(
            model=Model.THREE, difficulty=self.difficulty, difficulty_se=0.12,
            discrimination=self.discrimination, discrimination_se=0.10, guessing=0.20,
            guessing_se=0.04, people=800, on=on, wave=WAVE, example=True,
        )  # fmt: skip


def examples() -> Iterator[Example]:
    """Every example item. The right option stands first in the file; here it stands anywhere."""
    known = {field.key: field for field in people.fields()}
    for number, row in enumerate(_rows()):
        dimension, discipline, use, difficulty, discrimination, *said = row
        stem_zh, options_zh, stem_en, options_en = said
        key = number % len(options_zh)
        question = Question(
            dimension=dimension,
            discipline=known[discipline],
            use=use,
            key=key,
            source=SOURCE,
            wordings=(
                _words("zh-hans", stem_zh, options_zh, key),
                _words("en", stem_en, options_en, key),
            ),
            example=True,
        )
        yield Example(question, difficulty, discrimination)


def _words(language: str, stem: str, options: list[str], key: int) -> Words:
    right, *others = options
    return Words(language, stem, (*others[:key], right, *others[key:]))


def _rows() -> list[list[Any]]:
    file = resources.files("kepu.literacy") / "data" / "example_items.yaml"
    rows: list[list[Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return rows
