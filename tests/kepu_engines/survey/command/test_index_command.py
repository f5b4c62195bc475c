"""`kepu survey index`: an index of districts, its ranks under other weights, and inequality."""

import json

import numpy as np
import polars
import pytest

from kepu_engines.survey.capacity import (
    aggregate,
    ahp,
    critic,
    entropy,
    gini,
    normalise,
    principal,
    sensitivity,
    theil,
)
from kepu_engines.survey.command.index import main

DISTRICTS = {
    "district": ["渝中", "北碚", "万州", "城口", "石柱"],
    "venues": [9.0, 6.0, 5.0, 1.0, 2.0],
    "staff": [5.2, 4.1, 3.0, 2.2, 0.9],
    "waiting": [3.0, 9.0, 2.0, 8.0, 7.0],
    "people": [590_000, 830_000, 1_560_000, 190_000, 380_000],
    "zone": ["core", "core", "east", "east", "south"],
}
TABLE = np.column_stack([DISTRICTS[name] for name in ("venues", "staff", "waiting")])
WORDS = ("--district", "district", "--indicator", "venues", "--indicator", "staff")
WORDS += ("--indicator", "waiting", "--falling", "waiting")


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


@pytest.mark.parametrize(
    ("words", "weights"),
    [
        ("equal", lambda known: np.full(3, 1 / 3)),
        ("entropy", entropy),
        ("critic", critic),
        ("pca", principal),
        ("2,1,1", lambda known: np.array([0.5, 0.25, 0.25])),
    ],
)
def test_the_index_and_its_doubt_are_the_engines(file, rows, words, weights):
    found = rows(main, file("d.csv", DISTRICTS), *WORDS, "--weights", words, "--seed", 4)

    known = normalise(TABLE, falling=[2])
    index = aggregate(known, weights(known))
    moved = sensitivity(known, weights(known), seed=4)
    np.testing.assert_array_equal(column(found, "index"), index)
    for name, expected in (
        ("rank", moved.rank),
        ("rank_low", moved.low),
        ("rank_high", moved.high),
    ):
        np.testing.assert_array_equal(column(found, name), expected)


def test_a_district_that_looks_like_a_formula_is_disarmed_in_csv_alone(
    file, rows, tmp_path, capsys
):
    named = file("d.csv", DISTRICTS | {"district": ["=1+2", "-5", "@b", "d", "e"]})
    out = tmp_path / "out.parquet"

    told = [row["district"] for row in rows(main, named, *WORDS)]
    assert main([named, *WORDS, "--out", str(out)]) == 0
    assert main([named, *WORDS, "--json"]) == 0

    plain = [row["district"] for row in json.loads(capsys.readouterr().out)["districts"]]
    assert told == ["'=1+2", "-5", "'@b", "d", "e"]
    assert polars.read_parquet(out)["district"].to_list() == plain
    assert plain == ["=1+2", "-5", "@b", "d", "e"]


def test_judgements_are_read_from_a_file_and_their_contradiction_told(file, capsys):
    judged = ["venues,staff,waiting", "1,2,4", "0.5,1,3", "0.25,0.3333333333,1"]
    words = ("--weights", f"ahp:{file('judged.csv', judged)}", "--json")

    assert main([file("d.csv", DISTRICTS), *WORDS, *words]) == 0

    found = json.loads(capsys.readouterr().out)
    expected = ahp([[1, 2, 4], [0.5, 1, 3], [0.25, 0.3333333333, 1]])
    assert list(found["weights"].values()) == expected.weights.tolist()
    assert found["consistency_ratio"] == expected.ratio
    assert [len(one) for one in found["ranks_without"].values()] == [5, 5, 5]


def test_ratios_to_a_base_year_are_joined_geometrically(file, rows):
    base = file("2020.csv", ["venues,staff,waiting", "4,3,6"])
    words = ("--normalise", "base", "--base", base, "--aggregate", "geometric")

    found = rows(main, file("d.csv", DISTRICTS), *WORDS, *words)

    ratios = np.column_stack([TABLE[:, 0] / 4, TABLE[:, 1] / 3, 6 / TABLE[:, 2]])
    np.testing.assert_allclose(column(found, "index"), ratios.prod(1) ** (1 / 3), rtol=1e-14)


def test_inequality_between_people_is_told_by_zones(file, capsys):
    words = ("--people", "people", "--group", "zone", "--json")

    assert main([file("d.csv", DISTRICTS), *WORDS, *words]) == 0

    found = json.loads(capsys.readouterr().out)
    index = [one["index"] for one in found["districts"]]
    parts = theil(index, DISTRICTS["people"], DISTRICTS["zone"])
    assert found["gini"] == gini(index, DISTRICTS["people"])
    assert (found["theil_between"], found["theil_within"]) == (parts.between, parts.within)
    assert found["theil"] == pytest.approx(found["theil_between"] + found["theil_within"])


@pytest.mark.parametrize(
    ("change", "words", "sentence"),
    [
        ({"staff": [1, 2, "", 4, 5]}, (), "d.csv, row 4, column staff: the number is missing"),
        ({"staff": [1, 2, "x", 4, 5]}, (), "d.csv, row 4, column staff: 'x' is not a number"),
        (
            {"staff": [3] * 5},
            (),
            "d.csv: indicator staff is the same in every district: leave it out",
        ),
        ({"district": ["a"] * 5}, (), "d.csv, row 3, column district: a was in row 2"),
        ({}, ("--falling", "zone"), "--falling zone: this is no indicator"),
        ({}, ("--weights", "1,2"), "--weights needs 3 numbers, not 2"),
        ({}, ("--weights", "1,2,0"), "every weight must be above 0"),
        ({}, ("--weights", "votes"), "--weights must be equal, entropy"),
        ({}, ("--normalise", "base"), "--normalise base needs --base"),
        ({}, ("--aggregate", "geometric"), "d.csv: a geometric mean needs values above 0"),
        ({}, ("--normalise", "z", "--people", "people"), "Gini and Theil need an index >= 0"),
        ({}, ("--group", "zone"), "--group needs --people"),
        (
            {"people": [1, 2, 3, 4, 0]},
            ("--people", "people"),
            "d.csv, row 6, column people: 0 is not above 0",
        ),
    ],
)
def test_an_index_that_cannot_be_is_refused_in_words(file, refused, change, words, sentence):
    assert sentence in refused(main, file("d.csv", DISTRICTS | change), *WORDS, *words)


def test_judgements_that_contradict_one_another_are_refused(file, refused):
    judged = file(
        "j.csv", ["venues,staff,waiting", "1,9,0.111111111", "0.111111111,1,9", "9,0.111111111,1"]
    )

    err = refused(main, file("d.csv", DISTRICTS), *WORDS, "--weights", f"ahp:{judged}")

    assert "j.csv: the judgements contradict one another: ratio" in err
