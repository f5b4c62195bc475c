"""What an outcome hangs on, against the decision itself made once more without a reviewer."""

from __future__ import annotations

from typing import Any

import numpy as np

from kepu.appraisal import weighing
from tests.kepu.appraisal.test_weighing import case, of, programme, weigh

PLAIN = {"each": 2, "load": 20, "years": 3, "calibrated": False}


def told(expert: int, grade: str, place: str) -> dict[str, Any]:
    return {"expert": expert, "grade": grade, "place": place}


def test_a_must_that_one_reviewer_alone_keeps_is_told_though_the_total_would_do():
    # Safety is a must from 12 on: 13 by both, 8 by reviewer 1; the total stays far above the cut.
    result = weigh(case(1, [(1, 8, 60), (2, 18, 60)]), reviewing=PLAIN)

    assert of(result, 1)["grade"] == "plain"
    assert of(result, 1)["without"] == [told(2, "", "beyond")]


def test_a_reviewer_decides_about_a_place_of_somebody_never_judged_by_that_reviewer():
    cases = [
        case(1, [(1, 40, 38), (2, 30, 32)]),  # 70; 78 without reviewer 2
        case(2, [(3, 37, 38), (4, 37, 38)]),  # 75, the one place
    ]

    unbounded = weigh(*cases, reviewing=PLAIN)
    result = weigh(*cases, reviewing=PLAIN, quota={"total": 1})

    assert [of(unbounded, n)["without"] for n in (1, 2)] == [[], []]
    assert of(result, 1)["without"] == [told(2, "plain", "within")]
    assert of(result, 2)["without"] == [told(2, "plain", "beyond")]


def test_a_district_that_has_its_places_already_leaves_nothing_to_hang_on_a_reviewer():
    cases = [
        case(1, [(1, 40, 38), (2, 30, 32)]),
        case(2, [(3, 37, 38), (4, 37, 38)]),
    ]
    rules = programme(reviewing=PLAIN, quota={"each_district": 1})
    taken = [{"klass": "", "district": "50.103."}]

    free = weighing.weigh(rules, {"applications": cases})
    full = weighing.weigh(rules, {"applications": cases, "taken": taken})

    assert of(free, 2)["without"] == [told(2, "plain", "beyond")]
    assert [of(full, n)["without"] for n in (1, 2)] == [[], []]


def test_other_weights_may_cost_a_place_while_the_level_stays():
    cases = [case(1, [(1, 40, 38), (2, 40, 38)]), case(2, [(1, 21, 56), (2, 21, 56)])]

    unbounded = weigh(*cases, reviewing=PLAIN)
    bounded = weigh(*cases, reviewing=PLAIN, quota={"total": 1})

    assert [of(unbounded, n)["by_weights"] for n in (1, 2)] == [False, False]
    assert [of(bounded, n)["by_weights"] for n in (1, 2)] == [True, True]


def test_a_must_that_is_missed_stays_missed_by_any_weights():
    result = weigh(case(1, [(1, 11, 50), (2, 11, 50)]), reviewing=PLAIN)  # 61 points

    assert (of(result, 1)["grade"], of(result, 1)["by_weights"]) == ("", False)


def test_each_what_if_is_what_the_decision_would_be_without_the_reviewer():
    draw = np.random.default_rng(5)
    rules = programme(reviewing=PLAIN, quota={"total": 12, "each_district": 4})
    cases = []
    for n in range(30):
        chosen = draw.choice(8, 3, replace=False)
        reviews = [(int(who), *draw.integers((8, 35), (41, 61)).tolist()) for who in chosen]
        cases.append(case(n, reviews, district=f"50.{n % 4}."))
    result = weighing.weigh(rules, {"applications": cases})

    flips = 0
    for expert in range(8):
        rest = [
            {**one, "reviews": [each for each in one["reviews"] if each["expert"] != expert]}
            for one in cases
        ]
        other = weighing.weigh(rules, {"applications": rest})
        for row, then in zip(result["applications"], other["applications"], strict=True):
            named = [one for one in row["without"] if one["expert"] == expert]
            assert bool(named) == (decided(row) != decided(then))
            if named:
                assert (named[0]["grade"], named[0]["place"]) == (then["grade"], place(then))
            flips += len(named)
    assert flips > 10


def place(row: dict[str, Any]) -> str:
    if row["tied"]:
        return "tied"
    return "within" if row["within"] else "beyond"


def decided(row: dict[str, Any]) -> tuple[str, str] | None:
    """The level and whether people have to decide between equals; None where nothing is had."""
    return None if place(row) == "beyond" else (row["grade"], place(row))
