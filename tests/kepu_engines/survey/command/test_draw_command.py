"""`kepu survey draw`: rows of a frame with their chances, again the same from the same seed."""

import csv

import numpy as np
import polars
import pytest

from kepu_engines.survey.command.answers import typed
from kepu_engines.survey.command.draw import main
from kepu_engines.survey.sampling.coordination import moved_on
from kepu_engines.survey.sampling.stages import Method, Stage, draw


@pytest.fixture
def frame():
    """A made-up frame: 2 districts, 12 townships, 240 households."""
    town = np.arange(240) // 20
    return {
        "district": np.where(town < 5, "east", "west"),
        "town": town,
        "house": np.arange(240) + 1000,
        "adults": 1 + np.arange(240) % 4,
        "of_district": np.where(town < 5, 2, 3),
    }


STAGES = (
    *("--unit", "town", "--take", "of_district", "--strata", "district", "--size", "adults"),
    *("--unit", "house", "--take", "4", "--strata", "-", "--size", "-"),
)


def test_the_rows_are_those_of_the_engine_with_chances_and_weight(file, rows, frame):
    found = rows(main, file("frame.csv", frame), *STAGES, "--seed", 7)

    expected = draw(
        [
            Stage(frame["town"], {"east": 2, "west": 3}, frame["district"], frame["adults"]),
            Stage(frame["house"], 4),
        ],
        seed=7,
    )
    assert [int(row["house"]) - 1000 for row in found] == expected.rows.tolist()
    for stage in (0, 1):
        chance = [float(row[f"chance_{stage + 1}"]) for row in found]
        assert chance == expected.chance[:, stage].tolist()
    assert [float(row["weight"]) for row in found] == expected.weight.tolist()
    assert list(found[0])[:5] == list(frame)


def test_the_first_units_are_dealt_into_parts_whole(file, rows, frame):
    found = rows(main, file("frame.csv", frame), *STAGES, "--seed", 7, "--parts", 2)

    parts = {}
    for row in found:
        parts.setdefault(row["town"], set()).add(row["part"])
    assert all(len(part) == 1 for part in parts.values())
    assert {part for some in parts.values() for part in some} == {"1", "2"}


def test_a_plan_of_design_tells_how_many_to_take(file, rows, frame):
    plan = file("plan.csv", {"district": ["east", "west", "all"], "interviews": [4, 2, 6]})
    words = ("--unit", "town", "--take", f"{plan}:interviews", "--strata", "district")

    found = rows(main, file("frame.csv", frame), *words, "--method", "sampford", "--seed", 1)

    assert {row["town"] for row in found if row["district"] == "east"} <= {*"01234"}
    assert len({row["town"] for row in found}) == 6
    stage = Stage(frame["town"], {"east": 4, "west": 2}, frame["district"], method=Method.SAMPFORD)
    assert len(found) == draw([stage], seed=1).rows.size


def test_parquet_in_and_out_holds_what_csv_holds(file, rows, frame, tmp_path, capsys):
    polars.DataFrame(frame).write_parquet(tmp_path / "frame.parquet")
    out = tmp_path / "drawn.parquet"

    assert main([str(tmp_path / "frame.parquet"), *STAGES, "--seed", "7", "--out", str(out)]) == 0

    assert "20 rows drawn, standing for" in capsys.readouterr().err
    plain = rows(main, file("frame.csv", frame), *STAGES, "--seed", 7)
    drawn = polars.read_parquet(out)
    assert drawn["weight"].to_list() == [float(row["weight"]) for row in plain]
    assert drawn["house"].to_list() == [int(row["house"]) for row in plain]
    assert drawn["district"].to_list() == [row["district"] for row in plain]


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (["3", "", "40"], [3, None, 40]),
        (["0.5", "-2", "NA"], [0.5, -2.0, None]),
        (["010", "020", ""], ["010", "020", None]),
        (["1", "x"], ["1", "x"]),
        (["nan", "1"], ["nan", "1"]),
        ([1.5, None], [1.5, None]),
        (["", ""], [None, None]),
    ],
)
def test_columns_of_numbers_are_numbers_in_parquet_and_codes_stay_words(words, kept):
    assert typed(words) == kept


def test_a_file_is_replaced_whole(file, rows, frame, tmp_path):
    out = tmp_path / "drawn.csv"
    out.write_text("what stood here before\n")

    rows(main, file("frame.csv", frame), *STAGES, "--seed", 7, "--out", out)

    assert len(list(csv.DictReader(out.open(encoding="utf-8")))) == 20
    assert sorted(each.name for each in tmp_path.iterdir()) == ["drawn.csv", "frame.csv"]


ONE = ("--unit", "house", "--strata", "district")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*ONE, "--take", "500"), "stage 1: stratum east: 500 of 100 units cannot be drawn"),
        ((*ONE, "--take", "none"), "frame.csv has no column none"),
        ((*ONE, "--take", "district"), "frame.csv, row 2, column district: 'east' is not a number"),
        (
            ("--unit", "house", "--take", "adults"),
            "--take adults needs a column of strata in its stage",
        ),
        (
            (*ONE, "--take", "adults"),
            "row 3, column adults: 2 differs from another row of its stratum",
        ),
        (
            (*ONE, "--take", "2", "--take", "3"),
            "--take must be given once for each of the 1 stages",
        ),
        (
            (*ONE, "--take", "2", "--size", "zero"),
            "frame.csv, row 2, column zero: 0 is not above 0",
        ),
        (
            (*ONE, "--take", "2", "--id", "adults"),
            "frame.csv, row 6, column adults: 1 was in row 2: keep one",
        ),
        ((*ONE, "--take", "gap:x"), "there is no file gap"),
        (
            ("--unit", "hole", "--take", "2"),
            "frame.csv, row 241, column hole: the design must not be",
        ),
        ((*ONE, "--take", "2", "--seed", "-1"), "Expected a whole seed >= 0."),
        (
            ("--unit", "chance_1", "--take", "2"),
            "frame.csv has a column chance_1 already: rename it",
        ),
    ],
)
def test_a_draw_that_cannot_be_is_refused_in_words(file, refused, frame, words, sentence):
    frame |= {"zero": np.arange(240), "hole": [*range(239), ""]}
    if "chance_1" in words:
        frame["chance_1"] = np.arange(240)

    assert sentence in refused(main, file("frame.csv", frame), "--seed", 3, *words)


ONE = ("--id", "house", "--unit", "house", "--take", "40", "--size", "adults", "--seed", 7)


def houses(found):
    return {row["house"] for row in found}


def test_poisson_draws_each_by_its_own_number_with_its_exact_chance(file, rows, frame, tmp_path):
    found = rows(
        main, file("frame.csv", frame), *ONE, "--method", "poisson", "--pairs", tmp_path / "p.csv"
    )

    sizes = dict(zip(map(str, frame["house"]), frame["adults"], strict=True))
    for row in found:
        assert float(row["chance_1"]) == pytest.approx(40 * sizes[row["house"]] / 600)
    assert 20 < len(found) < 60
    with (tmp_path / "p.csv").open(newline="") as text:
        pair = next(csv.DictReader(text))
    each = {row["house"]: float(row["chance_1"]) for row in found}
    assert float(pair["chance"]) == pytest.approx(each[pair["unit"]] * each[pair["other"]])


def test_a_wave_after_another_avoids_it_and_says_where_it_begins(file, rows, frame, capsys):
    frame |= {"adults": np.ones(240, int)}
    first = rows(main, file("frame.csv", frame), *ONE, "--method", "permanent")
    second = rows(main, file("frame.csv", frame), *ONE, "--method", "permanent", "--after", "0")
    again = rows(
        main, file("frame.csv", frame), *ONE, "--method", "permanent", "--start", moved_on(0.0)
    )

    assert len(houses(first)) == len(houses(second)) == 40
    assert not houses(first) & houses(second)
    assert houses(again) == houses(second)


def test_panels_rotate_so_that_waves_next_to_each_other_share_all_but_one(file, rows, frame):
    found = rows(main, file("frame.csv", frame), *ONE, "--waves", 3, "--stay", 2)

    asked = [{row["part"] for row in found if row[f"wave_{n}"] == "1"} for n in (1, 2, 3)]
    assert [len(parts) for parts in asked] == [2, 2, 2]
    assert [len(asked[0] & asked[1]), len(asked[1] & asked[2]), len(asked[0] & asked[2])] == [
        1,
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--waves", "3"), "--waves and --stay are given together"),
        (("--waves", "3", "--stay", "2", "--parts", "4"), "--parts is told by --waves"),
        (("--method", "permanent", "--after", "1"), "--after must lie in"),
    ],
)
def test_a_rotation_that_cannot_be_is_refused(file, frame, capsys, words, sentence):
    assert main([str(one) for one in (file("frame.csv", frame), *ONE, *words)]) == 2
    assert sentence in capsys.readouterr().err
