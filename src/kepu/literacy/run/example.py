"""A survey that never was: invented people on the real frame of divisions, to try a run on.

Districts, their communities and their residents are those of the frame; everything about persons is
drawn from formulas below. No figure of it says anything about a real place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kepu.literacy.run import looking_back, meeting, volunteering
from kepu.literacy.run.invented import (
    AGE,
    AGES,
    EDUCATION,
    FORM,
    OCCUPATION,
    RESIDENCE,
    SEX,
    Curves,
    Place,
    difficulties,
    form,
    key,
    letters,
    occupations,
    persons,
    places,
    right,
    schooling,
    table,
)
from kepu.literacy.run.vocabulary import BELONGING, CONTRASTS
from kepu_engines.core.checks import require
from kepu_engines.core.seeds import generator
from kepu_engines.survey.literacy import CAST_2024, score
from kepu_engines.survey.sampling.stages import Stage, draw

COMMUNITIES, PERSONS = 12, 20  # drawn in each district, and asked in each community
FRAMEWORK = CAST_2024
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
sets:
  key: {sets}
dif: {dif}
areas:
  column: district
  file: districts.csv
  known: [urban]
publish:
  rows: 30
  freedom: 8
"""


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
    found = places(chance)
    slopes, hard = chance.uniform(0.9, 1.8, sum(FORM.values())), difficulties()
    _write_answers(folder, found, (slopes, hard), chance, seed)
    _write_margins(folder, found)
    table(
        folder / "items.csv",
        ("item", "dimension", "key", "options"),
        (
            (name, dimension, key(place), "A B C D")
            for place, (name, dimension) in enumerate(form())
        ),
    )
    table(
        folder / "districts.csv",
        ("code", "name", "people", "urban"),
        ((p.code, p.name, p.people, f"{p.urban:.4f}") for p in found),
    )
    table(
        folder / "truth.csv",
        ("code", "share"),
        ((p.code, f"{_truth(p, (slopes, hard), chance):.4f}") for p in found),
    )
    volunteering.write(folder, found, (slopes, hard), seed)
    looking_back.write(folder, (slopes, hard), seed)
    (folder / "plan.yaml").write_text(
        PLAN.format(
            seed=seed, replicates=replicates, sets=json.dumps(BELONGING), dif=json.dumps(CONTRASTS)
        )
        + volunteering.PLAN
        + looking_back.PLAN
        + meeting.PLAN,
        "utf-8",
    )


def _truth(place: Place, curves: Curves, chance: np.random.Generator) -> float:
    """The literate share of many more such people than are asked."""
    told = right(persons(place, 20_000, chance), curves, chance)
    ends = np.cumsum(list(FORM.values()))[:-1]
    parts = {
        dimension: part.mean(axis=1)
        for dimension, part in zip(FORM, np.split(told, ends, axis=1), strict=True)
    }
    return float((score(FRAMEWORK, dict(parts)) >= FRAMEWORK.cuts["literate"]).mean())


def _write_answers(
    folder: Path,
    places: Sequence[Place],
    curves: Curves,
    chance: np.random.Generator,
    seed: int,
) -> None:
    names = [name for name, _dimension in form()]
    known = ("sex", "age", "residence", "education", "occupation")
    header = (
        "person",
        "district",
        "community",
        "weight",
        "answered",
        *known,
        *meeting.QUESTIONS,
        *names,
    )
    rows = (
        row for place in places for row in _rows_of(place, curves, chance, seed + int(place.code))
    )
    table(folder / "answers.csv", header, rows)


def _rows_of(
    place: Place, curves: Curves, chance: np.random.Generator, seed: int
) -> Iterable[tuple[Any, ...]]:
    """Persons of the communities that are drawn, in proportion to invented sizes."""
    sizes = chance.lognormal(0, 0.5, len(place.communities))
    sizes *= place.people / sizes.sum()
    work, met = generator(seed + 7), generator(seed + 11)  # apart: nothing else is drawn otherwise
    drawn = draw([Stage(place.communities, COMMUNITIES, size=sizes)], seed)
    for row, weight in zip(drawn.rows, drawn.weight, strict=True):
        each = float(weight * sizes[row] / PERSONS)
        people = persons(place, PERSONS, chance)
        said = chance.random(PERSONS) < 0.62 + 0.05 * people.residence + 0.04 * people.age
        told = right(people, curves, chance)
        at_work = occupations(people, work)
        meets = meeting.answers(meeting.kinds(people, met), met)
        for one in range(PERSONS):
            person = f"{place.communities[row]}-{one + 1:02d}"
            begin = (person, place.code, place.communities[row], f"{each:.6f}", int(said[one]))
            if not said[one]:
                yield (*begin, *[""] * (5 + len(meeting.QUESTIONS) + told.shape[1]))
                continue
            kinds = (
                SEX[people.sex[one]], AGE[people.age[one]], RESIDENCE[people.residence[one]],
                EDUCATION[people.education[one]], OCCUPATION[at_work[one]],
            )  # fmt: skip
            yield (*begin, *kinds, *meets[one], *letters(told[one], chance))


def _write_margins(folder: Path, places: Sequence[Place]) -> None:
    """What a census would say of such people: expected numbers, in whole persons."""
    total = sum(place.people for place in places)
    urban = sum(place.people * place.urban for place in places) / total
    by_residence = {"urban": urban, "rural": 1 - urban}
    ages = np.sum([share * np.array(AGES[name]) for name, share in by_residence.items()], axis=0)
    levels = np.sum(
        [
            share * AGES[name][age] * schooling(age, RESIDENCE.index(name))
            for name, share in by_residence.items()
            for age in range(len(AGE))
        ],
        axis=0,
    )
    margins = {
        "sex": dict(zip(SEX, (0.5, 0.5), strict=True)),
        "age": dict(zip(AGE, ages, strict=True)),
        "residence": by_residence,
        "education": dict(zip(EDUCATION, levels, strict=True)),
        "district": {place.code: place.people / total for place in places},
    }
    rows = (
        (name, category, people)
        for name, shares in margins.items()
        for category, people in zip(shares, _whole(list(shares.values()), total), strict=True)
    )
    table(folder / "margins.csv", ("margin", "category", "people"), rows)


def _whole(shares: Sequence[float], total: int) -> list[int]:
    """Whole numbers in these proportions that add up."""
    real = np.array(shares) / sum(shares) * total
    found = np.floor(real).astype(int)
    short = total - int(found.sum())
    found[np.argsort(found - real, kind="stable")[:short]] += 1
    return [int(one) for one in found]
