"""How far reviewers agree: by hand, and as the page of a judgement tells it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal import actions
from kepu.appraisal.models import Judgement
from tests.factories import NOW, division, grant
from tests.kepu.appraisal.factories import CITY, secretary
from tests.kepu.appraisal.review_world import call, checked, done, expert
from tests.kepu.appraisal.test_weighing import case, weigh
from tests.kepu.venues.factories import HERE, THERE

GOOD, POOR = (38, 32), (38, 12)  # 70 points and the level, 50 and none


def test_two_by_two_kappa_is_told_of_the_levels_each_would_give():
    first = [GOOD, GOOD, POOR, GOOD, POOR]
    second = [GOOD, POOR, POOR, GOOD, POOR]
    both = enumerate(zip(first, second, strict=True))
    cases = [case(n, [(1, *one), (2, *other)]) for n, (one, other) in both]

    found = weigh(*cases)["agreement"]

    # Observed 4 of 5; by chance 0.6 * 0.4 + 0.4 * 0.6 = 0.48: (0.8 - 0.48) / 0.52.
    assert (found["kappa"], found["pairs"]) == ("0.6154", 1)
    assert found["least"] == [{"experts": [1, 2], "n": 5, "kappa": "0.6154"}]
    assert (found["applications"], found["reviews"]) == (5, 10)


def test_two_who_judged_four_in_common_or_gave_one_level_to_all_are_not_compared():
    few = [case(n, [(1, *GOOD), (2, *POOR)]) for n in range(4)]
    equal = [case(n, [(1, *GOOD), (2, *GOOD)]) for n in range(6)]

    for cases in (few, equal):
        found = weigh(*cases)["agreement"]
        assert (found["kappa"], found["pairs"], found["least"]) == (None, 0, [])


def test_the_pair_that_agrees_least_comes_first():
    cases = [
        case(n, [(1, *mark), (2, *mark), (3, *(GOOD if n % 2 else POOR))])
        for n, mark in enumerate([GOOD, POOR, POOR, GOOD, GOOD, POOR])
    ]

    found = weigh(*cases)["agreement"]

    assert [one["experts"] for one in found["least"]] == [[1, 3], [2, 3], [1, 2]]
    assert found["least"][-1]["kappa"] == "1.0000"


@pytest.fixture
def world(db):
    for path in (CITY, HERE, THERE):
        division(path)


def page(made, person) -> str:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person)
    answer = browser.get(reverse("appraisal-judgement", args=[made.pk, 1]))
    return " ".join(answer.content.decode().split())


def reviewed(each: int, points: list[tuple[int, ...]]):
    """A call whose applications got these points for education, a column for each reviewer."""
    made = call(each=each, load=20, levels=[{"key": "plain", "title": "合格", "cut": 40}])
    judges = [expert(f"专家{n}", most=20) for n in range(each)]
    for n, given in enumerate(points):
        one = checked(made, f"示例馆{n}")
        for who, education in zip(judges, given, strict=True):
            done(one, who, 1500, education)
    actions.judging.weigh(made.pk, by=secretary(), now=NOW)
    return made


def test_while_nobody_has_two_reviewers_the_page_says_so(world):
    told = page(reviewed(1, [(2000,), (3000,)]), secretary())

    assert "Nothing to compare yet" in told
    assert "alpha" not in told


def test_the_page_tells_what_alpha_means_and_from_how_many(world):
    made = reviewed(2, [(1000, 1000), (2000, 2000), (3000, 3000)])

    told = page(made, secretary())

    assert "They judge alike" in told
    assert "3 applications · 6 reviews" in told
    assert "no two reviewers judged five of the same applications" in told


def test_reviewers_at_odds_are_told_and_named_to_who_may_see_names(world):
    high, low = 4000, 1000
    made = reviewed(2, [(high, low), (low, high), (high, low), (low, high), (high, high)])
    both = secretary()
    grant(both, "venue_manager", made.applications.first().organisation)

    told = page(made, secretary())
    assert "They agree no more than by chance" in told
    assert "专家0, 专家1" in told
    assert "专家" not in page(made, both)


def test_a_judgement_of_before_tells_alpha_alone(world):
    made = reviewed(2, [(1000, 1000), (2000, 2000)])
    result = Judgement.objects.get().result
    del result["agreement"]
    Judgement.objects.update(result={**result, "alpha": "0.7000", "method": 2})

    told = page(made, secretary())

    assert "They agree roughly" in told
    assert ">0.70<" in told
    assert "Told from" not in told
