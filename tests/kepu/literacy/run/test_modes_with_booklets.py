"""Homes and volunteers together where booklets leave items out: right in the mean, with a whole error."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from kepu.literacy.run import modes_told, running
from kepu.literacy.run.drawing_answers import Copies, copies
from kepu.literacy.run.estimating import CITY, estimate
from kepu.literacy.run.items import curves
from kepu.literacy.run.modes import COMBINED, EFFECT, HOME, mixed
from kepu.literacy.run.plan import load
from kepu.literacy.run.reading import gather
from kepu.literacy.run.weighing import weigh
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.modes.estimators import ESTIMATORS
from tests.kepu.literacy.run.test_running import LITERATE

DIMENSIONS = {"knowledge": 8, "method": 4, "spirit": 4, "application": 4}
ITEMS = [(f"{key[0]}{n}", key) for key, many in DIMENSIONS.items() for n in range(many)]
SLOPE = np.linspace(0.9, 1.8, len(ITEMS))
HARD = 0.9 * np.sin(np.arange(len(ITEMS))) + 0.1
ASKED = 12  # of the items, in each booklet
AGE, SCHOOL = np.array(["young", "old"]), np.array(["short", "middle", "long"])
SHARES = np.array([0.4, 0.4, 0.2])  # of schooling
LOOKED_UP = 0.4  # what being asked online adds to ability
PEOPLE, SURVEYS, PLAIN = 400_000, 20, 5
FIRST, MANY = (
    1000,
    1500,
)  # seed of the first survey; samples of homes that tell how lucky these were
PLAN = """\
title: 示例
year: 2026
synthetic: true
framework: cast-2024
seed: {seed}
answers: {{file: answers.csv, person: person, weight: weight, strata: stratum, psu: place}}
items: items.csv
margins: {{file: margins.csv}}
replicates: {{count: 50}}
groups: [school]
publish: {{rows: 10, freedom: 4}}
scoring: {{method: plausible, draws: 4}}
modes:
  file: volunteers.csv
  person: person
  method: doubly-robust
  covariates: [school, age]
  overlap: {{file: overlap.csv, person: person, mode: mode, covariates: [school]}}
"""


class Invented:
    """People of one law: the old know less, who was long at school more."""

    def __init__(self, rng: np.random.Generator, many: int):
        self.school = rng.choice(3, many, p=SHARES)
        self.age = rng.integers(0, 2, many)
        mean = np.array([-0.5, 0.1, 0.8])[self.school] - 0.3 * self.age
        self.ability = mean + rng.normal(0, 0.8, many)

    def kept(self, rows: np.ndarray) -> Invented:
        self.school, self.age, self.ability = self.school[rows], self.age[rows], self.ability[rows]
        return self

    def right(self, rng: np.random.Generator, more: object = 0.0) -> np.ndarray:
        able = (self.ability + more)[:, None]
        return rng.random((len(able), len(ITEMS))) < expit(SLOPE * (able - HARD))

    def known(self, row: int) -> tuple[str, str]:
        return str(SCHOOL[self.school[row]]), str(AGE[self.age[row]])


def points(right: np.ndarray) -> np.ndarray:
    ends = np.cumsum(list(DIMENSIONS.values()))[:-1]
    worth = (40, 20, 20, 20)
    return sum(
        p.mean(axis=1) * w for p, w in zip(np.split(right, ends, axis=1), worth, strict=True)
    )


@pytest.fixture(scope="module")
def truth() -> float:
    rng = np.random.default_rng(99)
    return float((points(Invented(rng, 400_000).right(rng)) >= 70).mean())


def letters(right: np.ndarray, rng: np.random.Generator) -> list[list[str]]:
    """A is right; of each person's items some were in no booklet."""
    order = rng.random(right.shape).argsort(axis=1).argsort(axis=1)
    return np.where(order < ASKED, np.where(right, "A", "B"), "-").tolist()


def written(folder: Path, name: str, head: list[str], rows: list[tuple]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([head, *rows])


def survey_of(folder: Path, seed: int) -> Path:
    """One survey: 400 at home in 40 places, 600 volunteers, 500 asked in one way or the other by lot."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    names = [name for name, _dimension in ITEMS]
    known = ["school", "age"]
    home = Invented(rng, 400)
    told = letters(home.right(rng), rng)
    written(
        folder, "answers.csv", ["person", "stratum", "place", "weight", *known, *names],
        [(f"H{n}", f"s{n // 100}", f"p{n // 10}", 1000, *home.known(n), *told[n]) for n in range(400)],
    )  # fmt: skip
    crowd = Invented(rng, 6000)
    pull = np.array([0.4, 1.0, 1.8])[crowd.school] * np.array([1.5, 0.6])[crowd.age]
    came = crowd.kept(rng.choice(6000, 600, replace=False, p=pull / pull.sum()))
    told = letters(came.right(rng, LOOKED_UP), rng)
    written(
        folder, "volunteers.csv", ["person", *known, *names],
        [(f"V{n}", *came.known(n), *told[n]) for n in range(600)],
    )  # fmt: skip
    both, online = Invented(rng, 500), rng.permutation(500) < 250
    told = letters(both.right(rng, np.where(online, LOOKED_UP, 0.0)), rng)
    written(
        folder, "overlap.csv", ["person", "mode", *known, *names],
        [(f"B{n}", "online" if online[n] else "home", *both.known(n), *told[n]) for n in range(500)],
    )  # fmt: skip
    written(folder, "items.csv", ["item", "dimension", "key"], [(*one, "A") for one in ITEMS])
    people = [("school", word, PEOPLE * part) for word, part in zip(SCHOOL, SHARES, strict=True)]
    people += [("age", word, PEOPLE / 2) for word in AGE]
    written(folder, "margins.csv", ["margin", "category", "people"], people)
    (folder / "plan.yaml").write_text(PLAN.format(seed=seed), "utf-8")
    return folder


def computed(folder: Path, plain: bool) -> tuple[dict, dict]:
    """The lines of each method; and those of homes if answers were told without what lies between draws."""
    read = gather(load(folder / "plan.yaml"), folder)
    weighed = weigh(read)
    drawn = copies(read, weighed, curves(read, weighed))
    found = estimate(read, weighed, drawn.homes)
    whole = {}
    for method in ESTIMATORS:
        modes = read.plan.modes.model_copy(update={"method": method})
        of = replace(read, plan=read.plan.model_copy(update={"modes": modes}))
        whole[method] = lines_of(mixed(of, weighed, found, drawn))
    one = Copies(drawn.homes[:1], drawn.volunteers[:1], drawn.overlap[:1])
    return whole, lines_of(mixed(read, weighed, found, one)) if plain else {}


def lines_of(lines):
    return {m.method: m for m in lines if (m.table, m.measure) == (CITY, LITERATE)}


@pytest.fixture(scope="module")
def surveys(tmp_path_factory):
    above = tmp_path_factory.mktemp("booklets online")
    return [computed(survey_of(above / str(n), FIRST + n), n < PLAIN) for n in range(SURVEYS)]


def of_homes_alone(seed: int) -> float:
    """The share among the homes of a survey if everybody had been asked everything."""
    rng = np.random.default_rng(seed)
    home, weight = Invented(rng, 400), np.ones(400)
    told = points(home.right(rng)) >= 70
    for _ in range(30):
        for known, shares in ((home.school, SHARES), (home.age, np.array([0.5, 0.5]))):
            weight *= (shares / np.bincount(known, weight, shares.size))[known]
    return float(weight @ told / weight.sum())


@pytest.fixture(scope="module")
def luck() -> float:
    """By how much homes in these few surveys lie nearer to each other than homes do: 20 tell it badly."""
    here = np.std([of_homes_alone(FIRST + n) for n in range(SURVEYS)], ddof=1)
    return float(np.std([of_homes_alone(50_000 + n) for n in range(MANY)], ddof=1) / here)


def test_the_homes_of_these_surveys_lie_nearer_to_each_other_than_homes_do(luck):
    assert 1.3 < luck < 1.6


@pytest.mark.slow
@pytest.mark.parametrize("method", ESTIMATORS)
def test_both_together_are_right_in_the_mean_and_know_how_far_off_they_are(
    surveys, truth, luck, method
):
    lines = [whole[method][COMBINED] for whole, _plain in surveys]
    off = np.array([one.estimate for one in lines]) - truth
    told = np.array([one.se for one in lines])

    assert abs(off.mean()) < 3 * off.std(ddof=1) / np.sqrt(SURVEYS)
    # Four fifths of the combined figure are the homes': what is seen is put right by their luck.
    assert 0.8 < told.mean() / (off.std(ddof=1) * luck) < 1.25
    inside = [one.low < truth < one.high for one in lines]
    assert np.mean(inside) >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("who", [HOME, "doubly-robust as at home", COMBINED])
def test_what_was_not_asked_is_in_the_error(surveys, who):
    pairs = [(whole["doubly-robust"][who].se, plain[who].se) for whole, plain in surveys[:PLAIN]]

    whole, plain = np.mean(pairs, axis=0)
    assert whole > 1.03 * plain


@pytest.mark.slow
def test_volunteers_as_they_answered_are_too_good_and_the_effect_of_the_mode_is_why(surveys, truth):
    online, free, effect = (
        np.array([whole["doubly-robust"][who].estimate for whole, _plain in surveys])
        for who in ("doubly-robust", "doubly-robust as at home", EFFECT)
    )

    assert online.mean() > truth + 0.05
    assert abs(free.mean() - truth) < 3 * free.std() / np.sqrt(SURVEYS)
    assert effect.mean() > 0.2


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return survey_of(tmp_path_factory.mktemp("one") / "survey", 7)


def test_homes_are_the_figures_of_the_run_and_the_report_says_how_answers_were_drawn(one, tmp_path):
    read = gather(load(one / "plan.yaml"), one)

    found = running.computed(read, None)

    own = found.found.one(CITY, CITY, LITERATE)
    home = lines_of(found.mixed)[HOME]
    assert (home.estimate, home.se) == pytest.approx((own.estimate, own.se), rel=1e-9)
    assert (home.low, home.high) == pytest.approx((own.low, own.high), rel=1e-9)
    assert "同一组题目参数" in " ".join(modes_told.words(found))


def test_draws_of_the_homes_do_not_depend_on_who_else_was_asked(one):
    read = gather(load(one / "plan.yaml"), one)
    weighed = weigh(read)
    told = curves(read, weighed)

    drawn = copies(read, weighed, told)
    alone = copies(
        replace(read, online=None, plan=read.plan.model_copy(update={"modes": None})), weighed, told
    )

    assert len(drawn.homes) == len(drawn.volunteers) == len(drawn.overlap) == 4
    assert all((a == b).all() for a, b in zip(drawn.homes, alone.homes, strict=True))
    sheets = read.online.volunteers
    for copy in drawn.volunteers:  # what was answered stays
        assert (copy[sheets.asked] == sheets.right[sheets.asked]).all()
    assert (drawn.volunteers[0] != drawn.volunteers[1]).any()


def test_a_volunteer_who_was_asked_nothing_is_named(one, tmp_path):
    folder = tmp_path / "survey"
    survey_of(folder, 7)
    rows = (folder / "volunteers.csv").read_text("utf-8").splitlines()
    rows[3] = ",".join([*rows[3].split(",")[:3], *["-"] * len(ITEMS)])
    (folder / "volunteers.csv").write_text("\n".join(rows) + "\n", "utf-8")

    with pytest.raises(EngineError, match=r"volunteers.csv, row 4, column person: this person"):
        gather(load(folder / "plan.yaml"), folder)
