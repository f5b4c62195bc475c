"""Invented people on the real frame of divisions: who lives where, and what they answer.

Everything about persons is drawn from the formulas below.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu.kernel.divisions import frame
from kepu.kernel.divisions.states import Level

Reals = NDArray[np.float64]
Curves = tuple[Reals, Reals]  # slopes and difficulties of the items

PROVINCE, ADULT = "50", 0.72  # share of residents aged 18 to 69, roundly
FORM = {"knowledge": 10, "method": 5, "spirit": 5, "application": 5}  # items of each dimension
SEX, RESIDENCE = ("male", "female"), ("urban", "rural")
AGE = ("18-29", "30-39", "40-49", "50-59", "60-69")
EDUCATION = ("primary", "junior", "senior", "college")
OCCUPATION = ("farmer", "worker", "official", "professional", "service", "student", "none")
# Work by schooling, in town; the countryside farms, and who is over 60 mostly works no more.
WORK = (
    (0.10, 0.20, 0.00, 0.00, 0.30, 0.00, 0.40), (0.08, 0.28, 0.01, 0.03, 0.34, 0.00, 0.26),
    (0.03, 0.24, 0.04, 0.14, 0.33, 0.04, 0.18), (0.01, 0.10, 0.12, 0.36, 0.22, 0.10, 0.09),
)  # fmt: skip
FARMS, RESTS = 9.0, 6.0  # odds of the countryside to farm, and of who is over 60 not to work
AGES = {"urban": (0.24, 0.23, 0.20, 0.20, 0.13), "rural": (0.15, 0.16, 0.20, 0.27, 0.22)}
# Schooling by age, urban; the countryside has less of it.
SCHOOLING = (
    (0.02, 0.15, 0.30, 0.53), (0.04, 0.24, 0.30, 0.42), (0.10, 0.38, 0.30, 0.22),
    (0.22, 0.44, 0.24, 0.10), (0.40, 0.38, 0.16, 0.06),
)  # fmt: skip
LESS = (1.9, 1.35, 0.8, 0.45)  # odds of the countryside
BY_SCHOOLING, BY_AGE = (-0.9, -0.45, 0.1, 0.75), (0.1, 0.08, 0.0, -0.05, -0.15)
BETWEEN = 0.22  # standard deviation between districts beyond what schooling explains


@dataclass(frozen=True)
class Place:
    """A district: code, name, people aged 18 to 69, urban share, and what only it has."""

    code: str
    name: str
    people: int
    urban: float
    own: float
    communities: tuple[str, ...]


@dataclass(frozen=True)
class People:
    """Persons as codes of their categories, with their ability."""

    sex: NDArray[np.int64]
    age: NDArray[np.int64]
    residence: NDArray[np.int64]
    education: NDArray[np.int64]
    ability: Reals


def places(chance: np.random.Generator) -> list[Place]:
    """Districts of the frame, with what is invented about them."""
    held: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for unit in frame.units(PROVINCE):
        if unit.level == Level.DISTRICT:
            names[unit.code] = unit.name
        elif unit.level == Level.COMMUNITY:
            held.setdefault(unit.code[:6], []).append(unit.code)
    people = frame.populations()
    found = []
    for code in sorted(set(names) & set(people) & set(held)):
        middle = 0.72 if names[code].endswith("区") else 0.46
        urban = float(np.clip(chance.normal(middle, 0.08), 0.25, 0.97))
        own = float(chance.normal(0, BETWEEN))
        whole = round(people[code] * ADULT)
        found.append(Place(code, names[code], whole, urban, own, tuple(held[code])))
    return found


def persons(place: Place, count: int, chance: np.random.Generator) -> People:
    """People of a district."""
    residence = (chance.random(count) >= place.urban).astype(np.int64)
    by_age = np.cumsum([AGES[name] for name in RESIDENCE], axis=1)
    age = (chance.random(count)[:, None] >= by_age[residence]).sum(1).clip(max=len(AGE) - 1)
    levels = np.cumsum([[schooling(a, r) for a in range(len(AGE))] for r in (0, 1)], axis=2)
    education = (chance.random(count)[:, None] >= levels[residence, age]).sum(1).clip(max=3)
    sex = chance.integers(0, 2, count)
    middle = place.own + np.array(BY_SCHOOLING)[education] + np.array(BY_AGE)[age] - 0.12 * sex
    return People(sex, age, residence, education, middle + chance.normal(0, 0.8, count))


def schooling(age: int, residence: int) -> Reals:
    """Shares of schooling at an age, in town or country."""
    odds = np.array(SCHOOLING[age]) * (np.array(LESS) if residence else 1)
    found: Reals = odds / odds.sum()
    return found


def occupations(people: People, chance: np.random.Generator) -> NDArray[np.int64]:
    """What each works as: a code of OCCUPATION."""
    odds = np.array(WORK)[people.education]
    odds[:, 0] *= np.where(people.residence == 1, FARMS, 1)
    odds[:, -1] *= np.where(people.age == len(AGE) - 1, RESTS, 1)
    shares = np.cumsum(odds / odds.sum(1, keepdims=True), axis=1)
    found = (chance.random(len(odds))[:, None] >= shares).sum(1).clip(max=len(OCCUPATION) - 1)
    return np.asarray(found, np.int64)


def difficulties() -> Reals:
    """Each dimension from easy to hard."""
    return np.concatenate([np.linspace(-1.1, 1.9, count) for count in FORM.values()])


def form() -> list[tuple[str, str]]:
    """Name and dimension of each item."""
    return [
        (f"{dimension[0].upper()}{number:02d}", dimension)
        for dimension, count in FORM.items()
        for number in range(1, count + 1)
    ]


def key(place: int) -> str:
    """The right answer of an item."""
    return "ABCD"[place * 7 % 4]


def right(people: People, curves: Curves, chance: np.random.Generator) -> Any:
    """Who answers which item rightly, (n, items)."""
    slopes, hard = curves
    odds = 1 / (1 + np.exp(-slopes * (people.ability[:, None] - hard)))
    return chance.random(odds.shape) < odds


def letters(told: NDArray[np.bool_], chance: np.random.Generator) -> Iterable[str]:
    """Letters; one answer in forty is a blank: "I do not know"."""
    for place, so in enumerate(told):
        others = "ABCD".replace(key(place), "")
        wrong = "" if chance.random() < 0.1 else others[int(chance.integers(3))]
        yield key(place) if so else wrong


def table(file: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        written = csv.writer(stream, lineterminator="\n")
        written.writerow(header)
        written.writerows(rows)
