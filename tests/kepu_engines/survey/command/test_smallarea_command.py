"""`kepu survey smallarea`: figures of areas with errors and places, from figures or from persons."""

import numpy as np
import pytest

from kepu_engines.survey.areas.area_level import fay_herriot
from kepu_engines.survey.areas.benchmarking import benchmarked
from kepu_engines.survey.areas.ranks import ranks
from kepu_engines.survey.areas.resampling import (
    Benchmark,
    Simulation,
    benchmarked_mse,
    share_above_mse,
)
from kepu_engines.survey.areas.share_level import share_areas
from kepu_engines.survey.areas.unit_level import battese_harter_fuller
from kepu_engines.survey.command.smallarea import main


@pytest.fixture
def direct():
    """Made-up figures of 12 areas; nobody was asked in the last."""
    chance = np.random.default_rng(6)
    x = chance.normal(0, 1, 12).round(3)
    y = (0.12 + 0.03 * x + chance.normal(0, 0.03, 12)).round(4)
    return {
        "area": [f"区{at}" for at in range(12)],
        "y": [*y[:11], ""],
        "se": [*chance.uniform(0.01, 0.03, 11).round(4), ""],
        "n": [*chance.integers(150, 600, 11), ""],
        "x": x,
        "adults": chance.integers(100, 900, 12) * 1000,
    }


AREAS = ("--area", "area", "--value", "y", "--covariate", "x")


def numbers(values):
    return np.array([float(one) if one != "" else np.nan for one in values])


def column(rows, name):
    return numbers([row[name] for row in rows])


def model_of(direct, method="adjusted"):
    x = np.column_stack([np.ones(12), direct["x"]])
    return fay_herriot(numbers(direct["y"]), numbers(direct["se"]), x, method), x


def test_an_area_that_looks_like_a_formula_is_disarmed(file, rows, direct):
    named = direct | {"area": ["=1+2", *direct["area"][1:]]}

    found = rows(main, file("d.csv", named), *AREAS, "--se", "se")

    assert [row["area"] for row in found[:2]] == ["'=1+2", "区1"]


@pytest.mark.parametrize("method", ["adjusted", "reml", "ml"])
def test_figures_errors_and_places_are_the_engines(file, rows, direct, method):
    found = rows(main, file("d.csv", direct), *AREAS, "--se", "se", "--method", method)

    areas, _ = model_of(direct, method)
    for name, expected in (("estimate", areas.value), ("se", areas.se), ("pull", areas.direct),
                           ("low", areas.interval()[0])):  # fmt: skip
        np.testing.assert_array_equal(column(found, name), expected)
    places = ranks(areas.value, areas.se)
    for name, expected in (("place", places.place), ("best", places.low), ("worst", places.high)):
        np.testing.assert_array_equal(column(found, name), expected)
    assert found[11]["direct"] == ""
    assert float(found[11]["estimate"]) > 0


def test_figures_brought_to_the_citys_have_errors_of_their_own(file, rows, direct):
    words = ("--se", "se", "--people", "adults", "--city", 0.13, "--city-se", 0.004, "--draws", 60)

    found = rows(main, file("d.csv", direct), *AREAS, *words, "--seed", 3)

    areas, x = model_of(direct)
    people = np.asarray(direct["adults"], float)
    shown = column(found, "benchmarked")
    # Where in memory a column lies moves the last digit of its sum.
    np.testing.assert_allclose(shown, benchmarked(areas.value, areas.mse, people, 0.13), rtol=1e-13)
    assert shown @ people / people.sum() == pytest.approx(0.13, rel=1e-12)
    mse = benchmarked_mse(
        areas, numbers(direct["se"]), x, people, Benchmark(0.004), Simulation(60, 3)
    )
    np.testing.assert_allclose(column(found, "benchmarked_se"), np.sqrt(mse), rtol=1e-12)


def test_shares_stay_inside_and_are_the_engines(file, rows, direct):
    found = rows(main, file("d.csv", direct), *AREAS, "--model", "share", "--size", "n")

    x = np.column_stack([np.ones(12), direct["x"]])
    expected = share_areas(numbers(direct["y"]), numbers(direct["n"]), x)
    np.testing.assert_array_equal(column(found, "estimate"), expected.value)
    np.testing.assert_array_equal(column(found, "high"), expected.interval()[1])


@pytest.fixture
def persons():
    """Made-up scores of 300 people in 10 areas, and who lives there."""
    chance = np.random.default_rng(4)
    area = chance.integers(0, 9, 300)
    years = chance.integers(6, 17, 300)
    effect = chance.normal(0, 4, 10)
    score = (20 + 3 * years + effect[area] + chance.normal(0, 9, 300)).round(2)
    sample = {"area": area, "score": score, "years": years}
    lives = {"area": np.repeat(np.arange(10), 3), "years": np.tile([6, 9, 15], 10)}
    return sample, lives | {"adults": chance.integers(1000, 9000, 30)}


def test_persons_give_means_of_all_who_live_there(file, rows, persons):
    sample, lives = persons
    words = ("--model", "bhf", "--area", "area", "--value", "score", "--covariate", "years")

    found = rows(
        main,
        file("s.csv", sample),
        *words,
        "--population",
        file("p.csv", lives),
        "--people",
        "adults",
    )

    x = np.column_stack([np.ones(300), sample["years"]])
    model = battese_harter_fuller(sample["score"], sample["area"], x, 10)
    held = lives["adults"].reshape(10, 3)
    years = (held * [6, 9, 15]).sum(1) / held.sum(1)
    expected = model.means(np.column_stack([np.ones(10), years]))
    np.testing.assert_allclose(column(found, "estimate"), expected.value, rtol=1e-13)
    np.testing.assert_allclose(column(found, "se"), expected.se, rtol=1e-12)
    assert (found[9]["direct"], found[9]["pull"]) == ("", "0.0")


def test_persons_give_shares_above_a_cut_with_simulated_errors(file, rows, persons):
    sample, lives = persons
    words = ("--model", "bhf", "--area", "area", "--value", "score", "--covariate", "years")
    words += ("--population", file("p.csv", lives), "--people", "adults", "--above", 55)

    found = rows(main, file("s.csv", sample), *words, "--draws", 50)

    x = np.column_stack([np.ones(300), sample["years"]])
    model = battese_harter_fuller(sample["score"], sample["area"], x, 10)
    people = (np.column_stack([np.ones(30), lives["years"]]), lives["area"], lives["adults"])
    np.testing.assert_allclose(
        column(found, "estimate"), model.share_above(55, *people), rtol=1e-13
    )
    mse = share_above_mse(model, 55, (x, sample["area"]), people, Simulation(50))
    np.testing.assert_allclose(column(found, "se"), np.sqrt(mse), rtol=1e-10)
    assert column(found, "low").min() >= 0
    assert column(found, "high").max() <= 1


@pytest.mark.parametrize(
    ("change", "words", "sentence"),
    [
        ({}, (), "--model fay-herriot needs --se"),
        ({"se": [0.0] * 12}, ("--se", "se"), "d.csv, row 2, column se: it must be above 0 where there is"),
        ({"y": ["x"] * 12}, ("--se", "se"), "d.csv, row 2, column y: 'x' is not a number"),
        ({"x": ["", *range(11)]}, ("--se", "se"), "d.csv, row 2, column x: the number is missing"),
        ({"x": [1] * 12}, ("--se", "se"), "d.csv: "),
        ({"area": ["a"] * 12}, ("--se", "se"), "d.csv, row 3, column area: a was in row 2"),
        ({"y": [1.5] * 11 + [""]}, ("--model", "share", "--size", "n"),
         "row 2, column y: 1.5 is no share in [0, 1]"),
        ({}, ("--se", "se", "--city", "0.1"), "--city needs --people"),
        ({}, ("--se", "se", "--city", "high", "--people", "adults"), "--city must be a number or direct"),
        ({}, ("--se", "se", "--city", "direct", "--people", "adults"),
         "--city direct needs a figure of every area's own"),
        ({}, ("--se", "se", "--city", "0.1", "--people", "adults", "--draws", "5"), "5 draws are too few"),
        ({}, ("--model", "bhf"), "--model bhf needs --population"),
        ({}, ("--se", "se", "--level", "2"), "the level must lie between 0 and 1, not 2"),
    ],
)  # fmt: skip
def test_figures_that_cannot_be_are_refused_in_words(
    file, refused, direct, change, words, sentence
):
    assert sentence in refused(main, file("d.csv", direct | change), *AREAS, *words)


def test_a_person_of_an_unknown_area_is_named(file, refused, persons):
    sample, lives = persons
    sample["area"] = [*sample["area"][:299], 77]
    words = ("--model", "bhf", "--area", "area", "--value", "score", "--covariate", "years")

    err = refused(main, file("s.csv", sample), *words, "--population", file("p.csv", lives))

    assert "s.csv, row 301, column area: '77' is no area of p.csv" in err


def test_a_person_who_comes_twice_is_named(file, refused, persons):
    sample, lives = persons
    sample["person"] = [*range(299), 7]
    words = ("--model", "bhf", "--area", "area", "--value", "score", "--covariate", "years")

    for named in ([], ["--id", "person"]):
        err = refused(
            main, file("s.csv", sample), *words, *named, "--population", file("p.csv", lives)
        )
        assert "s.csv, row 301, column person: 7 was in row 9: keep one" in err
