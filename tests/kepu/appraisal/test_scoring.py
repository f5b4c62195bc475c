"""Points to the digit, must-pass lines, and the level that is reached."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu.appraisal.programme import scoring
from tests.kepu.appraisal.samples import ANSWERS, programme

D = Decimal
GIVEN = {"safety": [1600, 1500, 1601], "education": [3333, 3333, 3334]}


@pytest.mark.parametrize(
    ("days", "points"),
    [(366, "30.00"), (300, "30.00"), (299.99, "22.50"), (250, "22.50"), (249, "0.00"), (None, "0.00"),
     ("300", "0.00"), (True, "0.00")],
)  # fmt: skip
def test_a_measured_criterion_has_the_points_of_the_highest_band_reached(days, points):
    found = scoring.points_measured(programme(), "media", {"open_days": days})

    assert found == {"opening": D(points)}


def test_bands_measure_the_number_of_lines_and_the_sum_of_amounts():
    rubric = [
        {"key": key, "title": key, "points": 9, "measure": key, "bands": [{"least": least, "points": 9}]}
        for key, least in (("works", 2), ("budget", 1000.5))
    ]  # fmt: skip
    rules = programme(rubric=rubric)

    enough = scoring.points_measured(
        rules, "", {"works": "一\n二", "budget": "印刷 1,000\n车 0.5元"}
    )
    short = scoring.points_measured(rules, "", {"works": "一", "budget": "印刷 1000.49"})

    assert enough == {"works": 9, "budget": 9}
    assert short == {"works": 0, "budget": 0}


def test_the_mean_of_a_criterion_is_rounded_half_up_and_then_added():
    found = scoring.total(programme(), "hall", ANSWERS, GIVEN)

    assert found.points == {
        "opening": D("22.50"), "area": D("10.00"), "safety": D("15.67"), "education": D("33.33")
    }  # fmt: skip
    assert found.total == D("81.50")
    assert (found.gaps, found.unscored) == ((), ())


def test_half_a_hundredth_goes_up():
    assert scoring.mean([1001, 1000]) == D("10.01")
    assert scoring.mean([1, 0]) == D("0.01")


def test_what_belongs_to_another_class_or_nobody_scored_counts_nothing_and_is_told():
    found = scoring.total(programme(), "hall", ANSWERS, {"reach": [1000], "education": [4000]})

    assert "reach" not in found.points
    assert found.unscored == ("safety",)
    assert found.gaps == ("安全: 0.00 points, 12 are a must",)


@pytest.mark.parametrize(
    ("total", "safety", "level"),
    [("80.00", "12.00", "gold"), ("79.99", "20.00", "plain"), ("60.50", "12.00", "plain"),
     ("60.49", "12.00", ""), ("95.00", "11.99", "")],
)  # fmt: skip
def test_the_highest_level_whose_cut_is_met_unless_a_must_is_missed(total, safety, level):
    points = {"safety": D(safety)}

    assert scoring.grade(programme(), D(total), points, "hall") == level


def test_a_must_of_another_class_shuts_nobody_out():
    rubric = [
        {"key": "reach", "title": "传播", "points": 10, "least": 5, "classes": ["media"]},
        {"key": "all", "title": "总体", "points": 90},
    ]
    rules = programme(rubric=rubric)

    assert scoring.grade(rules, D(90), {"all": D(90)}, "hall") == "gold"
    assert scoring.grade(rules, D(90), {"all": D(90)}, "media") == ""
    assert scoring.grade(rules, D(90), {"all": D(86), "reach": D(4)}) == ""


@given(st.lists(st.integers(0, 4000), min_size=3, max_size=3))
def test_the_order_of_reviewers_changes_nothing(points):
    found = {scoring.mean(turn) for turn in permutations(points)}

    assert len(found) == 1


def test_a_class_can_reach_the_sum_of_its_criteria():
    assert scoring.most(programme(), "hall") == 100
    assert scoring.most(programme(), "media") == 100
