"""`kepu survey weight`: from chances to replicate weights, each step as the engine takes it."""

import csv

import numpy as np
import pytest

from kepu_engines.survey.command.weight import main
from kepu_engines.survey.design import Design
from kepu_engines.survey.replicates import bootstrap, jackknife
from kepu_engines.survey.weighting.base import base_weights
from kepu_engines.survey.weighting.calibration import Calibration, calibrate_each, rake
from kepu_engines.survey.weighting.distances import logit
from kepu_engines.survey.weighting.margins import Control, Margin
from kepu_engines.survey.weighting.response import by_class, propensity
from kepu_engines.survey.weighting.trimming import trim

MARGINS = ["variable,category,people", "sex,f,3100", "sex,m,2900", "age,young,2000", "age,old,4000"]
CHANCES = ("--chance", "p1", "--chance", "p2")


@pytest.fixture
def sample():
    """A made-up sample: 240 drawn in 12 clusters of 2 strata; who did not answer told nothing."""
    chance = np.random.default_rng(8)
    said = (chance.random(240) < 0.7).astype(int)
    cluster = np.arange(240) // 20
    sex, age = chance.choice(["f", "m"], 240), chance.choice(["young", "old"], 240)
    return {
        "district": np.where(cluster < 6, "east", "west"),
        "town": cluster,
        "p1": chance.uniform(0.2, 0.6, 12).round(3)[cluster],
        "p2": np.full(240, 0.1),
        "said": said,
        "size": chance.integers(1, 6, 240),
        "sex": np.where(said, sex, ""),
        "age": np.where(said, age, ""),
        "years": np.where(said, chance.integers(6, 19, 240), 0),
    }


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


def test_every_step_is_the_engines_own(file, rows, sample):
    words = (*CHANCES, "--answered", "said", "--classes", "district")
    margins = file("margins.csv", MARGINS)

    found = rows(main, file("sample.csv", sample), *words, "--margins", margins, "--trim-high", 60)

    said = sample["said"] == 1
    base = base_weights(sample["p1"], sample["p2"])
    answering = by_class(base, said, sample["district"])[said]
    known = [
        Margin("sex", sample["sex"][said], {"f": 3100, "m": 2900}),
        Margin("age", sample["age"][said], {"young": 2000, "old": 4000}),
    ]
    raked = rake(answering, known).weight
    assert len(found) == said.sum()
    np.testing.assert_array_equal(column(found, "base_weight"), base[said])
    np.testing.assert_allclose(column(found, "response_weight"), answering, rtol=1e-14)
    np.testing.assert_allclose(column(found, "calibrated_weight"), raked, rtol=1e-12)
    cut = trim(raked, 0, 60).weight
    np.testing.assert_allclose(column(found, "final_weight"), cut, rtol=1e-12)
    assert column(found, "final_weight").max() <= 60 * (1 + 1e-12)
    assert column(found, "calibrated_weight").sum() == pytest.approx(6000, rel=1e-12)


def test_a_total_of_a_number_and_bounds_are_met(file, rows, sample):
    lines = [*MARGINS[:3], "years,,71000"]
    words = ("--answered", "said", "--margins", file("margins.csv", lines))

    found = rows(
        main, file("sample.csv", sample), *CHANCES, *words, "--distance", "logit", "--low", 0.3,
        "--high", 3,
    )  # fmt: skip

    weight = column(found, "final_weight")
    assert weight @ column(found, "years") == pytest.approx(71_000, rel=1e-10)
    g = weight / column(found, "response_weight")
    assert 0.3 <= g.min() < g.max() <= 3
    said = sample["said"] == 1
    known = [Margin("sex", sample["sex"][said], {"f": 3100, "m": 2900})]
    known.append(Control("years", sample["years"][said], 71_000))
    expected = Calibration.of(known, int(said.sum()), logit(0.3, 3))
    np.testing.assert_allclose(weight, expected(column(found, "response_weight")), rtol=1e-9)


def test_each_district_meets_targets_of_its_own(file, rows, sample):
    lines = ["district,variable,category,people"]
    lines += ["east,sex,f,1500", "east,sex,m,1600", "west,sex,m,1300", "west,sex,f,1400"]
    words = ("--margins", file("margins.csv", lines), "--each", "district", "--answered", "said")

    found = rows(main, file("sample.csv", sample), *CHANCES, *words)

    weight = column(found, "final_weight")
    for district, sex, people in (("east", "f", 1500), ("west", "m", 1300), ("west", "f", 1400)):
        inside = [row["district"] == district and row["sex"] == sex for row in found]
        assert weight[inside].sum() == pytest.approx(people, rel=1e-12)
    homes = np.array([row["district"] for row in found])
    margin = Margin("sex", np.array([row["sex"] for row in found]), {"f": 1, "m": 1})
    targets = {"east": [{"f": 1500, "m": 1600}], "west": [{"f": 1400, "m": 1300}]}
    expected = calibrate_each(column(found, "response_weight"), homes, [margin], targets)
    np.testing.assert_allclose(weight, expected.weight, rtol=1e-12)


def test_classes_of_propensity_come_from_numbers_and_words(file, rows, sample):
    words = (
        "--answered",
        "said",
        "--propensity",
        "size",
        "--propensity",
        "district",
        "--groups",
        4,
    )

    found = rows(main, file("sample.csv", sample), *CHANCES, *words)

    said, base = sample["said"] == 1, base_weights(sample["p1"], sample["p2"])
    known = np.column_stack([sample["size"], sample["district"] == "west"])
    classes = propensity(base, said, known).classes(base, 4)
    expected = by_class(base, said, classes)[said]
    np.testing.assert_allclose(column(found, "final_weight"), expected, rtol=1e-12)


def test_replicates_are_corrected_as_the_sample_was(file, rows, sample, tmp_path):
    words = ("--answered", "said", "--classes", "district", "--margins", file("m.csv", MARGINS))
    words += ("--strata", "district", "--psu", "town", "--replicates", "jackknife")
    scales = tmp_path / "scales.csv"

    found = rows(main, file("sample.csv", sample), *CHANCES, *words, "--scales", scales)

    for replicate in (1, 12):
        weight = column(found, f"replicate_{replicate}")
        women = [row["sex"] == "f" for row in found]
        assert weight[women].sum() == pytest.approx(3100, rel=1e-10)
    assert "replicate_13" not in found[0]
    gone = [row["town"] == "0" for row in found]
    assert column(found, "replicate_1")[gone].max() == 0
    with scales.open(encoding="utf-8") as stream:
        scale = [float(row["scale"]) for row in csv.DictReader(stream)]
    base = base_weights(sample["p1"], sample["p2"])
    design = Design.of(sample["district"], sample["town"], base)
    np.testing.assert_array_equal(scale, jackknife(design).scale)
    np.testing.assert_allclose(scale, 5 / 6)


def test_a_bootstrap_of_base_weights_is_the_engines_from_its_seed(file, rows, sample):
    words = ("--strata", "district", "--psu", "town", "--replicates", "bootstrap", "--count", 3)

    found = rows(main, file("sample.csv", sample), *CHANCES, *words, "--seed", 5)

    base = base_weights(sample["p1"], sample["p2"])
    made = bootstrap(Design.of(sample["district"], sample["town"], base), 3, 5)
    for at, weight in enumerate(made.every(), start=1):
        np.testing.assert_array_equal(column(found, f"replicate_{at}"), weight)


@pytest.mark.parametrize(
    ("change", "lines", "words", "sentence"),
    [
        ({"p1": np.full(240, 1.5)}, {}, (), "row 2, column p1: 1.5 is not above 0 and at most 1"),
        ({"said": np.full(240, 2)}, {}, ("--answered", "said"),
         "sample.csv, row 2, column said: 2 is neither 0 nor 1: correct it, or leave the row out"),
        ({}, {1: "sex,f,3000"}, (),
         "weight: margins.csv: the margins disagree: sex adds up to 5900 and age to 6000"),
        ({}, {3: "age,child,2000"}, (),
         "weight: sample.csv, row 2, column age: 'young' has no target in margins.csv: correct the code"),
        ({"town": [7] * 240}, {}, ("--id", "town"),
         "sample.csv, row 3, column town: 7 was in row 2: keep one"),
        ({}, {2: "sex,f,9"}, (), "margins.csv, row 3, column category: sex f has a target already"),
        ({}, {2: "sex,,9"}, (), "margins.csv, row 3, column category: sex has both categories and a total"),
        ({}, {2: "sex,m,many"}, (), "margins.csv, row 3, column people: 'many' is not a number"),
        ({}, {3: "size,,99000", 4: "p2,,600"}, ("--low", "0.9", "--high", "1.1"),
         "the weights cannot meet all totals with g between 0.9 and 1.1"),
        ({}, {}, ("--distance", "logit"), "--distance logit needs --low and --high"),
        ({}, {}, ("--classes", "district"), "--classes and --propensity need --answered"),
        ({}, {}, ("--scales", "s.csv"), "--scales needs --replicates"),
        ({"final_weight": np.ones(240)}, {}, (), "sample.csv has a column final_weight already: rename it"),
        ({"town": [0] * 120 + [1, 2] * 60}, {},
         ("--replicates", "jackknife", "--strata", "district", "--psu", "town"),
         "sample.csv: stratum east has one cluster"),
        ({}, {}, ("--replicates", "balanced", "--strata", "district", "--psu", "town"),
         "has 6 clusters: balanced half-samples need two in each"),
    ],
)  # fmt: skip
def test_weights_that_cannot_be_are_refused_in_words(
    file, refused, sample, change, lines, words, sentence
):
    everybody = {"sex": np.array(["f", "m"] * 120), "age": np.array(["young", "young", "old"] * 80)}
    margins = [lines.get(at, line) for at, line in enumerate(MARGINS)]
    name = file("sample.csv", sample | everybody | change)

    err = refused(main, name, *CHANCES, "--margins", file("margins.csv", margins), *words)

    assert sentence in err
