"""A survey that never was: invented people on the real frame of divisions, to try a run on.

Districts, their communities and their residents are those of the frame; everything about persons is
drawn from formulas below. No figure of it says anything about a real place.
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
from kepu.literacy.run.plan import FRAMEWORKS
from kepu_engines.core.checks import require
from kepu_engines.core.seeds import generator
from kepu_engines.survey.literacy import score
from kepu_engines.survey.sampling.stages import Stage, draw

Reals = NDArray[np.float64]

PROVINCE, ADULT = "50", 0.72  # share of residents aged 18 to 69, roundly
COMMUNITIES, PERSONS = 12, 20  # drawn in each district, and asked in each community
FRAMEWORK = FRAMEWORKS["cast-2024"]
FORM = {"knowledge": 10, "method": 5, "spirit": 5, "application": 5}  # items of each dimension
SEX, RESIDENCE = ("male", "female"), ("urban", "rural")
AGE = ("18-29", "30-39", "40-49", "50-59", "60-69")
EDUCATION = ("primary", "junior", "senior", "college")
AGES = {"urban": (0.24, 0.23, 0.20, 0.20, 0.13), "rural": (0.15, 0.16, 0.20, 0.27, 0.22)}
# Schooling by age, urban; the countryside has less of it.
SCHOOLING = (
    (0.02, 0.15, 0.30, 0.53), (0.04, 0.24, 0.30, 0.42), (0.10, 0.38, 0.30, 0.22),
    (0.22, 0.44, 0.24, 0.10), (0.40, 0.38, 0.16, 0.06),
)  # fmt: skip
LESS = (1.9, 1.35, 0.8, 0.45)  # odds of the countryside
BY_SCHOOLING, BY_AGE = (-0.9, -0.45, 0.1, 0.75), (0.1, 0.08, 0.0, -0.05, -0.15)
BETWEEN = 0.22  # standard deviation between districts beyond what schooling explains
PLAN = """\
# 示例调查：居民全为虚构，区划与人口为真实。An invented survey on the real frame of divisions.
title: 示例：公民科学素质调查（合成数据）
year: 2026
synthetic: true
framework: cast-2024
level: literate
seed: {seed}
answers:
  file: answers.csv
  person: person
  weight: weight
  strata: district
  psu: community
  answered: answered
items: items.csv
nonresponse:
  classes: [district]
margins:
  file: margins.csv
  low: 0.2
  high: 5
replicates:
  count: {replicates}
groups: [sex, age, residence, education]
areas:
  column: district
  file: districts.csv
  known: [urban]
publish:
  rows: 30
  freedom: 8
"""


@dataclass(frozen=True)
class _Place:
    """A district: code, name, people aged 18 to 69, urban share, and what only it has."""

    code: str
    name: str
    people: int
    urban: float
    own: float
    communities: tuple[str, ...]


@dataclass(frozen=True)
class _People:
    """Persons as codes of their categories, with their ability."""

    sex: NDArray[np.int64]
    age: NDArray[np.int64]
    residence: NDArray[np.int64]
    education: NDArray[np.int64]
    ability: Reals


def write(folder: Path, *, seed: int = 20260901, replicates: int = 200) -> None:
    """Write plan, answers, items, margins, districts and the truth behind them into a new folder.

    Raises
    ------
    EngineError
        If something stands in the folder already.
    """
    require(not folder.exists() or not any(folder.iterdir()), f"{folder.name} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    chance = generator(seed)
    places = _places(chance)
    slopes, hard = chance.uniform(0.9, 1.8, sum(FORM.values())), _difficulties()
    _write_answers(folder, places, (slopes, hard), chance, seed)
    _write_margins(folder, places)
    _table(
        folder / "items.csv",
        ("item", "dimension", "key"),
        ((name, dimension, _key(place)) for place, (name, dimension) in enumerate(_form())),
    )
    _table(
        folder / "districts.csv",
        ("code", "name", "people", "urban"),
        ((p.code, p.name, p.people, f"{p.urban:.4f}") for p in places),
    )
    _table(
        folder / "truth.csv",
        ("code", "share"),
        ((p.code, f"{_truth(p, (slopes, hard), chance):.4f}") for p in places),
    )
    (folder / "plan.yaml").write_text(PLAN.format(seed=seed, replicates=replicates), "utf-8")


def _places(chance: np.random.Generator) -> list[_Place]:
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
        found.append(_Place(code, names[code], whole, urban, own, tuple(held[code])))
    return found


def _persons(place: _Place, count: int, chance: np.random.Generator) -> _People:
    residence = (chance.random(count) >= place.urban).astype(np.int64)
    by_age = np.cumsum([AGES[name] for name in RESIDENCE], axis=1)
    age = (chance.random(count)[:, None] >= by_age[residence]).sum(1).clip(max=len(AGE) - 1)
    schooling = np.cumsum([[_schooling(a, r) for a in range(len(AGE))] for r in (0, 1)], axis=2)
    education = (chance.random(count)[:, None] >= schooling[residence, age]).sum(1).clip(max=3)
    sex = chance.integers(0, 2, count)
    middle = place.own + np.array(BY_SCHOOLING)[education] + np.array(BY_AGE)[age] - 0.12 * sex
    return _People(sex, age, residence, education, middle + chance.normal(0, 0.8, count))


def _schooling(age: int, residence: int) -> Reals:
    odds = np.array(SCHOOLING[age]) * (np.array(LESS) if residence else 1)
    found: Reals = odds / odds.sum()
    return found


def _difficulties() -> Reals:
    """Each dimension from easy to hard."""
    return np.concatenate([np.linspace(-1.1, 1.9, count) for count in FORM.values()])


def _form() -> list[tuple[str, str]]:
    return [
        (f"{dimension[0].upper()}{number:02d}", dimension)
        for dimension, count in FORM.items()
        for number in range(1, count + 1)
    ]


def _key(place: int) -> str:
    return "ABCD"[place * 7 % 4]


def _right(people: _People, curves: tuple[Reals, Reals], chance: np.random.Generator) -> Any:
    slopes, hard = curves
    odds = 1 / (1 + np.exp(-slopes * (people.ability[:, None] - hard)))
    return chance.random(odds.shape) < odds


def _truth(place: _Place, curves: tuple[Reals, Reals], chance: np.random.Generator) -> float:
    """The literate share of many more such people than are asked."""
    right = _right(_persons(place, 20_000, chance), curves, chance)
    ends = np.cumsum(list(FORM.values()))[:-1]
    parts = {
        dimension: part.mean(axis=1)
        for dimension, part in zip(FORM, np.split(right, ends, axis=1), strict=True)
    }
    return float((score(FRAMEWORK, dict(parts)) >= FRAMEWORK.cuts["literate"]).mean())


def _write_answers(
    folder: Path,
    places: Sequence[_Place],
    curves: tuple[Reals, Reals],
    chance: np.random.Generator,
    seed: int,
) -> None:
    names = [name for name, _dimension in _form()]
    known = ("sex", "age", "residence", "education")
    header = ("person", "district", "community", "weight", "answered", *known, *names)
    rows = (
        row for place in places for row in _rows_of(place, curves, chance, seed + int(place.code))
    )
    _table(folder / "answers.csv", header, rows)


def _rows_of(
    place: _Place, curves: tuple[Reals, Reals], chance: np.random.Generator, seed: int
) -> Iterable[tuple[Any, ...]]:
    """Persons of the communities that are drawn, in proportion to invented sizes."""
    sizes = chance.lognormal(0, 0.5, len(place.communities))
    sizes *= place.people / sizes.sum()
    drawn = draw([Stage(place.communities, COMMUNITIES, size=sizes)], seed)
    for row, weight in zip(drawn.rows, drawn.weight, strict=True):
        each = float(weight * sizes[row] / PERSONS)
        people = _persons(place, PERSONS, chance)
        said = chance.random(PERSONS) < 0.62 + 0.05 * people.residence + 0.04 * people.age
        right = _right(people, curves, chance)
        for one in range(PERSONS):
            person = f"{place.communities[row]}-{one + 1:02d}"
            begin = (person, place.code, place.communities[row], f"{each:.6f}", int(said[one]))
            if not said[one]:
                yield (*begin, *[""] * (4 + right.shape[1]))
                continue
            kinds = (
                SEX[people.sex[one]], AGE[people.age[one]], RESIDENCE[people.residence[one]],
                EDUCATION[people.education[one]],
            )  # fmt: skip
            yield (*begin, *kinds, *_answers(right[one], chance))


def _answers(right: NDArray[np.bool_], chance: np.random.Generator) -> Iterable[str]:
    """Letters; one answer in forty is a blank: "I do not know"."""
    for place, so in enumerate(right):
        letters = "ABCD".replace(_key(place), "")
        wrong = "" if chance.random() < 0.1 else letters[int(chance.integers(3))]
        yield _key(place) if so else wrong


def _write_margins(folder: Path, places: Sequence[_Place]) -> None:
    """What a census would say of such people: expected numbers, in whole persons."""
    total = sum(place.people for place in places)
    urban = sum(place.people * place.urban for place in places) / total
    by_residence = {"urban": urban, "rural": 1 - urban}
    ages = np.sum([share * np.array(AGES[name]) for name, share in by_residence.items()], axis=0)
    schooling = np.sum(
        [
            share * AGES[name][age] * _schooling(age, RESIDENCE.index(name))
            for name, share in by_residence.items()
            for age in range(len(AGE))
        ],
        axis=0,
    )
    margins = {
        "sex": dict(zip(SEX, (0.5, 0.5), strict=True)),
        "age": dict(zip(AGE, ages, strict=True)),
        "residence": by_residence,
        "education": dict(zip(EDUCATION, schooling, strict=True)),
        "district": {place.code: place.people / total for place in places},
    }
    rows = (
        (name, category, people)
        for name, shares in margins.items()
        for category, people in zip(shares, _whole(list(shares.values()), total), strict=True)
    )
    _table(folder / "margins.csv", ("margin", "category", "people"), rows)


def _whole(shares: Sequence[float], total: int) -> list[int]:
    """Whole numbers in these proportions that add up."""
    real = np.array(shares) / sum(shares) * total
    found = np.floor(real).astype(int)
    short = total - int(found.sum())
    found[np.argsort(found - real, kind="stable")[:short]] += 1
    return [int(one) for one in found]


def _table(file: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        written = csv.writer(stream, lineterminator="\n")
        written.writerow(header)
        written.writerows(rows)
