"""`kepu survey estimate --contrast u-v`: how far two domains are apart, clusters in common counted."""

import json

import numpy as np
import pytest
from scipy.stats import t
from tests.oracles import in_r

from kepu_engines.survey.command.estimate import main
from kepu_engines.survey.design import Design
from kepu_engines.survey.estimates import mean

AGES = ["18-29", "30-39", "60-69"]
DESIGN = ["--strata", "s", "--psu", "p", "--weight", "w"]


IN_R = """
people <- read.csv(file)
drawn <- svydesign(~p, strata = ~s, weights = ~w, data = people, nest = TRUE)
by_age <- svyby(~z, ~age, drawn, svymean, covmat = TRUE)
apart <- svycontrast(by_age, c(1, -1, 0))
tell("apart", c(coef(apart), SE(apart)))
"""


@pytest.fixture
def sample():
    """12 clusters in 3 strata; people of every age in each cluster, so that domains share them."""
    chance = np.random.default_rng(8)
    cluster = np.arange(240) % 12
    y = (chance.normal(50, 9, 240) + cluster).round(2)
    return {
        "s": cluster // 4, "p": cluster, "w": chance.uniform(1, 9, 240).round(3), "y": y,
        "z": (y > 55).astype(int), "age": chance.choice(AGES, 240),
    }  # fmt: skip


def test_a_difference_has_the_error_of_clusters_in_common(file, rows, sample):
    [told] = rows(
        main, file("data.csv", sample), *DESIGN, "--mean", "y", "--by", "age", "--contrast",
        "18-29-60-69",
    )  # fmt: skip

    design = Design.of(sample["s"], sample["p"], sample["w"])
    found = mean(design, sample["y"], np.unique(sample["age"], return_inverse=True)[1])
    value, se = found.contrast([1, 0, -1])
    half = t.ppf(0.975, min(found.df[0], found.df[2])) * se
    assert list(told) == ["contrast", "difference", "se", "low", "high", "df"]
    assert told["contrast"] == "18-29-60-69"
    assert float(told["difference"]) == pytest.approx(value, rel=1e-12)
    assert float(told["se"]) == pytest.approx(se, rel=1e-12)
    assert float(told["low"]) == pytest.approx(value - half, rel=1e-9)
    assert float(told["high"]) == pytest.approx(value + half, rel=1e-9)
    apart = np.hypot(found.se[0], found.se[2])
    assert abs(se / apart - 1) > 0.01  # not as if the two were independent


def test_r_finds_the_same_difference(file, rows, sample, tmp_path):
    place = file("data.csv", sample)
    [told] = rows(main, place, *DESIGN, "--share", "z", "--by", "age", "--contrast", "18-29-30-39")

    said = in_r(IN_R, tmp_path, file=place)
    assert float(told["difference"]) == pytest.approx(said["apart"][0], rel=1e-9)
    assert float(told["se"]) == pytest.approx(said["apart"][1], rel=1e-9)


def test_several_in_json_beside_the_domains_and_by_chunks_the_same(file, capsys, sample):
    words = [
        file("data.csv", sample), *DESIGN, "--mean", "y", "--by", "age", "--json",
        "--contrast", "18-29-30-39", "--contrast", "30-39-60-69",
    ]  # fmt: skip

    assert main(words) == 0
    whole = json.loads(capsys.readouterr().out)
    assert main([*words, "--chunk", "70"]) == 0
    parts = json.loads(capsys.readouterr().out)

    means = {row["domain"]: row["estimate"] for row in whole["domains"]}
    assert [row["difference"] for row in whole["contrasts"]] == pytest.approx(
        [means["18-29"] - means["30-39"], means["30-39"] - means["60-69"]]
    )
    for one, other in zip(whole["contrasts"], parts["contrasts"], strict=True):
        assert one.pop("contrast") == other.pop("contrast")
        assert one == pytest.approx(other, rel=1e-9)


def test_a_domain_that_is_withheld_is_not_told_by_a_difference(file, rows, sample):
    few = np.flatnonzero(sample["age"] == "60-69")[5:]
    sample["age"][few] = "18-29"

    told = rows(
        main, file("data.csv", sample), *DESIGN, "--mean", "y", "--by", "age", "--least", "30",
        "--contrast", "18-29-60-69",
    )  # fmt: skip

    assert [(row["difference"], row["se"], row["withheld"]) for row in told] == [("", "", "rows")]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--mean", "y", "--contrast", "a-b"], "name their column by --by"),
        (["--mean", "y", "--by", "age", "--contrast", "18-29"], "names no two domains as u-v"),
        (["--mean", "y", "--by", "age", "--contrast", "18-29-18-29"], "a domain with itself"),
        (["--quantile", "y:0.5", "--by", "age", "--contrast", "18-29-30-39"], "no difference of"),
    ],
)
def test_words_that_name_no_difference_are_refused(file, refused, sample, words, sentence):
    assert sentence in refused(main, file("data.csv", sample), *DESIGN, *words)


def test_words_that_can_be_read_in_two_ways_are_refused(file, refused, sample):
    sample["age"] = np.resize(["a", "a-b", "b-c", "c"], 240)

    said = refused(
        main, file("data.csv", sample), *DESIGN, "--mean", "y", "--by", "age", "--contrast", "a-b-c"
    )
    assert "can be read in 2 ways" in said
