"""Invented volunteers for the invented survey: who came online, and who was asked in both ways.

Volunteers are younger and longer at school than the city, and asked online people look things up: both
are drawn from the formulas below, so that what the run makes of them can be held against the truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kepu.literacy.run import invented
from kepu.literacy.run.invented import AGE, EDUCATION, RESIDENCE, SEX, Curves, People, Place
from kepu_engines.core.seeds import generator

VOLUNTEERS, BOTH = 1800, 900
BY_AGE, BY_SCHOOLING = (1.6, 1.3, 1.0, 0.6, 0.35), (0.25, 0.6, 1.1, 1.9)  # eagerness
LOOKED_UP = 0.35  # what being asked online adds to ability
KNOWN = ("sex", "age", "residence", "education")
PLAN = """\
modes:
  file: volunteers.csv
  person: person
  method: doubly-robust
  covariates: [sex, age, residence, education]
  weight: precision
  overlap:
    file: overlap.csv
    person: person
    mode: mode
    covariates: [education]
"""


def write(folder: Path, places: Sequence[Place], curves: Curves, seed: int) -> None:
    """Write volunteers and overlap beside the answers of an invented survey."""
    chance = generator(seed + 1)
    names = [name for name, _dimension in invented.form()]
    eager = _eager(_people(places, 6 * VOLUNTEERS, chance), chance)
    invented.table(
        folder / "volunteers.csv",
        ("person", *KNOWN, *names),
        _rows("V", [()] * VOLUNTEERS, eager, LOOKED_UP, curves, chance),
    )
    ways = np.where(chance.permutation(BOTH) < BOTH / 2, "online", "home")
    invented.table(
        folder / "overlap.csv",
        ("person", "mode", *KNOWN, *names),
        _rows(
            "B", [(str(way),) for way in ways], _people(places, BOTH, chance),
            np.where(ways == "online", LOOKED_UP, 0.0), curves, chance,
        ),
    )  # fmt: skip


def _people(places: Sequence[Place], count: int, chance: np.random.Generator) -> People:
    """People of the whole city, each district by how many live there."""
    sizes = np.array([place.people for place in places], float)
    drawn = chance.multinomial(count, sizes / sizes.sum())
    parts = [invented.persons(p, int(n), chance) for p, n in zip(places, drawn, strict=True)]
    return People(*(np.concatenate(column) for column in zip(*map(_columns, parts), strict=True)))


def _columns(people: People) -> tuple[Any, ...]:
    return people.sex, people.age, people.residence, people.education, people.ability


def _eager(people: People, chance: np.random.Generator) -> People:
    """As many as there are to be volunteers, the young and schooled more often."""
    pull = np.array(BY_AGE)[people.age] * np.array(BY_SCHOOLING)[people.education]
    kept = chance.choice(pull.size, VOLUNTEERS, replace=False, p=pull / pull.sum())
    return People(*(column[kept] for column in _columns(people)))


def _rows(
    letter: str,
    begins: Sequence[tuple[str, ...]],
    people: People,
    more: Any,
    curves: Curves,
    chance: np.random.Generator,
) -> Iterator[tuple[Any, ...]]:
    right = invented.right(replace(people, ability=people.ability + more), curves, chance)
    for one, begin in enumerate(begins):
        kinds = (
            SEX[people.sex[one]], AGE[people.age[one]], RESIDENCE[people.residence[one]],
            EDUCATION[people.education[one]],
        )  # fmt: skip
        person = f"{letter}{one + 1:05d}"
        yield (person, *begin, *kinds, *invented.letters(right[one], chance))
