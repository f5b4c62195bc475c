"""From scores to a ranking, against numbers that are worked out another way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from kepu.appraisal import weighing
from kepu.appraisal.programme.schema import Programme
from tests.kepu.appraisal.samples import RULES

JUDGED = [
    {"key": "safety", "title": "安全", "points": 40, "least": 12},
    {"key": "education", "title": "教育活动", "points": 60},
]


def programme(**said: Any) -> Programme:
    rules = {
        **RULES,
        "classes": [],
        "eligibility": [],
        "form": [],
        "evidence": [],
        "rubric": JUDGED,
    }
    return Programme.model_validate({**rules, **said})


def case(number: int, reviews: list[tuple[int, float, float]], **said: Any) -> dict[str, Any]:
    """An application with reviews: the expert, and points of the two criteria."""
    given = [
        {"expert": one, "points": {"safety": round(a * 100), "education": round(b * 100)}}
        for one, a, b in reviews
    ]
    row = {"id": number, "code": f"C{number}", "klass": "", "district": "50.103.", "measured": {}}
    return {**row, "reviews": given, **said}


def weigh(*cases: dict[str, Any], **said: Any) -> dict[str, Any]:
    return weighing.weigh(programme(**said), {"applications": list(cases)})


def of(result: dict[str, Any], number: int) -> dict[str, Any]:
    return next(row for row in result["applications"] if row["id"] == number)


def test_alone_a_review_is_its_own_mean_and_nothing_is_corrected():
    row = of(weigh(case(1, [(7, 30, 45.5)])), 1)

    assert (row["raw"], row["total"], row["margin"]) == ("75.50", "75.50", None)
    assert (row["grade"], row["rank"], row["within"]) == ("plain", 1, True)


def simulated(
    count: int = 300, seed: int = 1
) -> tuple[list[dict[str, Any]], np.ndarray, np.ndarray]:
    """Applications of known worth, scored by reviewers of known leniency, three each."""
    draw = np.random.default_rng(seed)
    worth = draw.normal(70, 8, count)
    lenient = draw.normal(0, 6, 30)
    cases = []
    for n in range(count):
        chosen = draw.choice(30, 3, replace=False)
        points = np.clip(worth[n] + lenient[chosen] + draw.normal(0, 3, 3), 0, 100)
        cases.append(
            case(n, [(int(who), 0.4 * p, 0.6 * p) for who, p in zip(chosen, points, strict=True)])
        )
    return cases, worth, lenient


def test_who_met_severe_reviewers_is_put_right():
    cases, worth, lenient = simulated()
    result = weigh(*cases)

    raw = np.array([float(row["raw"]) for row in result["applications"]])
    total = np.array([float(row["total"]) for row in result["applications"]])
    assert np.sqrt(np.mean((total - worth) ** 2)) < 0.75 * np.sqrt(np.mean((raw - worth) ** 2))
    told = {row["expert"]: float(row["leniency"]) * 100 for row in result["reviewers"]}
    found = np.array([told[who] for who in range(30)])
    assert np.corrcoef(found, lenient)[0, 1] > 0.95


def test_a_programme_may_keep_the_plain_means():
    cases, _worth, _lenient = simulated(40)
    result = weigh(*cases, reviewing={"each": 3, "load": 20, "years": 3, "calibrated": False})

    assert all(row["total"] == row["raw"] for row in result["applications"])
    assert any(row["margin"] for row in result["applications"])


def test_the_same_inputs_give_the_same_result_in_any_order_of_reviews():
    cases, _worth, _lenient = simulated(60)
    turned = [{**one, "reviews": one["reviews"][::-1]} for one in cases]

    first, second = weigh(*cases), weigh(*turned)
    assert [r["total"] for r in first["applications"]] == [
        r["total"] for r in second["applications"]
    ]


def test_the_best_fill_the_quota_and_equals_at_its_edge_are_told_and_not_chosen():
    result = weigh(
        case(1, [(1, 40, 50)]), case(2, [(2, 40, 40)]), case(3, [(3, 40, 40)]), case(4, [(4, 40, 30)]),
        quota={"total": 2},
    )  # fmt: skip

    assert [of(result, n)["rank"] for n in (1, 2, 3, 4)] == [1, 2, 2, 4]
    assert [of(result, n)["tied"] for n in (1, 2, 3, 4)] == [False, True, True, False]
    assert [of(result, n)["within"] for n in (1, 2, 3, 4)] == [True, True, False, False]


def test_a_district_fills_no_more_than_its_share():
    result = weigh(
        case(1, [(1, 40, 50)]), case(2, [(2, 40, 45)]), case(3, [(3, 40, 40)], district="50.107."),
        quota={"total": 2, "each_district": 1},
    )  # fmt: skip

    assert [of(result, n)["within"] for n in (1, 2, 3)] == [True, False, True]


def test_a_must_that_is_missed_takes_the_level_whatever_the_total():
    row = of(weigh(case(1, [(1, 11.99, 60)])), 1)

    assert (row["grade"], row["within"]) == ("", False)
    assert len(row["gaps"]) == 1


def test_whose_level_hangs_on_one_reviewer_or_on_the_weights_is_told():
    # A quiet call in which two reviewers agree; one of the others lifts C3 over the cut of 60.5.
    result = weigh(
        case(1, [(1, 38, 50), (2, 38, 50)]),
        case(2, [(1, 20, 20), (2, 20, 20)]),
        case(3, [(1, 20, 38), (2, 36, 40)]),
        case(4, [(1, 40, 20.6), (2, 40, 20.6)]),
        reviewing={"each": 2, "load": 20, "years": 3, "calibrated": False},
    )

    assert of(result, 1)["without"] == of(result, 2)["without"] == []
    # 67 points; 58 by reviewer 1 alone
    assert of(result, 3)["without"] == [{"expert": 2, "grade": "", "place": "beyond"}]
    assert of(result, 4)["by_weights"] is True  # 60.6, and safety is all of its strength
    assert of(result, 2)["by_weights"] is False


def test_one_who_scatters_is_named():
    cases, _worth, _lenient = simulated(200)
    draw = np.random.default_rng(3)
    for one in cases:
        for given in one["reviews"]:
            if given["expert"] == 5:
                points = draw.uniform(0, 100)
                given["points"] = {"safety": round(40 * points), "education": round(60 * points)}

    strange = [row["expert"] for row in weigh(*cases)["reviewers"] if row.get("outlier")]
    assert strange == [5]


def test_agreement_is_told_where_anybody_can_be_compared():
    alone = weigh(case(1, [(1, 30, 30)]))["agreement"]
    assert (alone["alpha"], alone["applications"]) == (None, 0)
    agreed = weigh(case(1, [(1, 30, 30), (2, 30, 30)]), case(2, [(1, 20, 20), (2, 20, 20)]))
    assert Decimal(agreed["agreement"]["alpha"]) == 1
    assert (agreed["agreement"]["applications"], agreed["agreement"]["reviews"]) == (2, 4)


@pytest.mark.parametrize("reviews", [[], [(1, 40, 60)]])
def test_nothing_to_compare_is_no_fault(reviews):
    assert of(weigh(case(1, reviews)), 1)["margin"] is None
