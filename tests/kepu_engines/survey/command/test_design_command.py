"""`kepu survey design`: how many to ask where, and how exact that will be."""

import numpy as np
import pytest

from kepu_engines.survey.command.design import main
from kepu_engines.survey.sampling.allocation import half_width, sample_size

FRAME = {
    "district": ["北碚", "北碚", "渝中", "城口"],
    "zone": ["west", "west", "west", "east"],
    "adults": [400_000, 300_000, 500_000, 150_000],
    "share": [0.2, 0.2, 0.25, 0.06],
}
WORDS = ("--stratum", "district", "--size", "adults")


def test_rows_of_a_stratum_are_added_up_and_the_whole_comes_last(file, rows):
    found = rows(main, file("frame.csv", FRAME), *WORDS, "--total", 1350)

    assert [(row["district"], row["size"], row["interviews"]) for row in found] == [
        ("北碚", "700000.0", "700"),
        ("城口", "150000.0", "150"),
        ("渝中", "500000.0", "500"),
        ("all", "1350000.0", "1350"),
    ]
    expected = half_width(700, population=700_000)[0]
    assert float(found[0]["half_width"]) == pytest.approx(expected, rel=1e-14)


def test_half_widths_of_the_whole_and_of_domains_are_those_of_a_stratified_mean(file, rows):
    words = (*WORDS, "--total", 1200, "--share", "share", "--deff", 1.7, "--by", "zone")
    found = rows(main, file("frame.csv", FRAME), *words)

    size = np.array([700_000, 500_000])
    n = np.array([int(found[0]["interviews"]), int(found[2]["interviews"])])
    share, finite = np.array([0.2, 0.25]), size / (size - 1)
    variance = 1.7 * share * (1 - share) * finite * (1 / n - 1 / size)
    west = 1.959963984540054 * np.sqrt((size**2 * variance).sum()) / size.sum()
    assert [row["zone"] for row in found] == ["west", "east", "west", "east", "west", "all"]
    assert float(found[4]["half_width"]) == pytest.approx(west, rel=1e-12)
    assert found[4]["district"] == ""
    assert float(found[3]["half_width"]) == pytest.approx(float(found[1]["half_width"]))


def test_a_half_width_in_every_stratum_takes_the_least_that_reaches_it(file, rows):
    words = (*WORDS, "--each", 0.03, "--share", "share", "--response", 0.6)
    found = rows(main, file("frame.csv", FRAME), *words)

    expected = [
        sample_size(0.03, share, population=size)
        for share, size in ((0.2, 700_000), (0.06, 150_000), (0.25, 500_000))
    ]
    assert [int(row["interviews"]) for row in found[:3]] == expected
    assert [int(row["approach"]) for row in found[:3]] == [-(-n * 10 // 6) for n in expected]


@pytest.mark.parametrize("how", ["proportional", "neyman", "power"])
def test_a_half_width_of_the_whole_is_reached_with_nobody_to_spare(file, rows, how):
    frame = file("frame.csv", FRAME)
    words = (*WORDS, "--how", how, "--share", "share", "--least", 100)

    found = rows(main, frame, *words, "--half-width", 0.015)

    assert float(found[-1]["half_width"]) <= 0.015
    assert min(int(row["interviews"]) for row in found) >= 100
    fewer = rows(main, frame, *words, "--total", int(found[-1]["interviews"]) - 1)
    assert float(fewer[-1]["half_width"]) > 0.015


@pytest.mark.parametrize(
    ("change", "words", "sentence"),
    [
        ({"adults": [1, 2, 0, 4]}, ["--total", "9"], "frame.csv, row 4, column adults: 0 is not above 0"),
        ({"adults": [1, 2, "many", 4]}, ["--total", "9"], "row 4, column adults: 'many' is not a number"),
        ({"district": ["a", "", "b", "b"]}, ["--total", "9"], "row 3, column district: the stratum must"),
        ({"share": [0.2, 0.3, 0.2, 0.1]}, ["--total", "9", "--share", "share"],
         "row 3, column share: 0.3 differs from the stratum's first row"),
        ({"share": [0.2, 0.2, 1, 0.1]}, ["--total", "9", "--share", "share"],
         "stratum 渝中: the share must lie in (0, 1), not 1"),
        ({"zone": ["w", "e", "e", "e"]}, ["--total", "9", "--by", "zone"],
         "row 3, column zone: stratum 北碚 is in two domains"),
        ({}, ["--total", "5"], "5 people do not fit: the strata's limits allow 6 to 1350000"),
        ({}, ["--half-width", "-1"], "the half-width must be > 0"),
        ({}, ["--each", "3"], "the half-width must lie between 0 and 1, not 3"),
        ({}, ["--total", "9", "--share", "none"], "frame.csv has no column none; it has: district"),
        ({}, ["--total", "9", "--out", "out.txt"], "--out out.txt: end it in .csv or .parquet"),
    ],
)  # fmt: skip
def test_a_design_that_cannot_be_is_refused_in_words(file, refused, change, words, sentence):
    assert sentence in refused(main, file("frame.csv", FRAME | change), *WORDS, *words)
