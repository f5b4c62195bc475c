"""`kepu survey draw --pairs FILE`: the chance of each two units to be drawn together."""

import csv
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from kepu_engines.core.errors import EngineError
from kepu_engines.survey.command.draw import main
from kepu_engines.survey.sampling.stages import Method, Stage, draw

SIZES = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
TWO = ("--unit", "unit", "--take", "3", "--size", "size")


@pytest.fixture
def frame(file):
    return file("frame.csv", {"unit": list("abcdef"), "size": SIZES})


def pairs_of(place: Path) -> list[dict[str, str]]:
    with place.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("method", list(Method))
def test_pairs_come_as_often_as_it_says(method):
    """All draws of 4,000 seeds beside the chances of pairs of one."""
    stage = [Stage(list("abcdef"), 3, size=SIZES, method=method)]
    seen: Counter[tuple[int, int]] = Counter()
    told: dict[tuple[int, int], float] = {}
    for seed in range(4000):
        try:
            [one] = draw(stage, seed).lists
        except EngineError:
            if method is not Method.POISSON:  # which now and then draws nobody
                raise
            continue
        both = one.together()
        for (i, unit), (j, other) in combinations(enumerate(one.drawn.tolist()), 2):
            seen[unit, other] += 1
            told[unit, other] = both[i, j]

    if method is not Method.POISSON:  # how many it draws is chance
        assert sum(told.values()) == pytest.approx(3, abs=0.15)  # n (n - 1) / 2, but for rare pairs
    for pair, chance in told.items():
        assert seen[pair] / 4000 == pytest.approx(chance, abs=4 * (chance / 4000) ** 0.5)


def test_the_file_has_each_two_units_drawn_and_the_chances_of_horvitz_and_thompson(
    frame, rows, tmp_path
):
    out = tmp_path / "pairs.csv"
    drawn = rows(main, frame, *TWO, "--method", "sampford", "--seed", 1, "--pairs", out)

    found = pairs_of(out)
    names = [row["unit"] for row in drawn]
    assert [(row["unit"], row["other"]) for row in found] == list(combinations(names, 2))
    assert {(row["stage"], row["within"], row["stratum"]) for row in found} == {("1", "", "")}
    [one] = draw([Stage(list("abcdef"), 3, size=SIZES, method=Method.SAMPFORD)], 1).lists
    both = one.together()
    assert [float(row["chance"]) for row in found] == [both[p] for p in combinations(range(3), 2)]
    own = {row["unit"]: float(row["chance_1"]) for row in drawn}
    for row in found:  # negatively together, as Sen's, Yates' and Grundy's variance needs it
        assert float(row["chance"]) <= own[row["unit"]] * own[row["other"]]


def test_a_later_stage_has_its_pairs_inside_each_unit_drawn_before(file, rows, tmp_path):
    town = np.repeat(list("wxyz"), 5)
    place = file("frame.csv", {"of": np.repeat([1, 2], 10), "town": town, "house": np.arange(20)})
    out = tmp_path / "pairs.csv"

    rows(
        main, place, "--unit", "town", "--take", "1", "--strata", "of", "--unit", "house", "--take",
        "3", "--strata", "-", "--method", "sampford", "--method", "sampford", "--seed", 2,
        "--pairs", out,
    )  # fmt: skip

    found = pairs_of(out)
    assert {row["stage"] for row in found} == {"2"}  # one town of each stratum has no other
    assert Counter(row["within"] for row in found) == {
        row["within"]: 3 for row in found
    }  # three of five houses, two by two
    assert [float(row["chance"]) for row in found] == pytest.approx([3 * 2 / (5 * 4)] * 6)


def test_a_list_too_long_for_its_pairs_is_refused(file, refused, tmp_path):
    place = file("frame.csv", {"unit": np.arange(2001)})

    said = refused(
        main, place, "--unit", "unit", "--take", "5", "--seed", 1, "--pairs", tmp_path / "p.csv"
    )
    assert "pairs of 2001 units are too many" in said
