"""The page of a judgement says on whom an outcome hangs: by name, or by number where names are hidden."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal import actions
from kepu.appraisal.models import Judgement
from tests.factories import NOW, division, grant
from tests.kepu.appraisal.factories import CITY, secretary
from tests.kepu.appraisal.review_world import AWAY, call, checked, done, expert
from tests.kepu.venues.factories import HERE, THERE

pytestmark = pytest.mark.django_db
LEVELS = [{"key": "plain", "title": "合格", "cut": 40}]


@pytest.fixture(autouse=True)
def places():
    for path in (CITY, HERE, THERE, AWAY):
        division(path)


@pytest.fixture
def close():
    """One place for two applications, which the second of their reviewers gives to the first."""
    made = call(levels=LEVELS, quota={"total": 1}, calibrated=False)
    first, second = checked(made, "甲馆示例"), checked(made, "乙馆示例", AWAY)
    judges = [expert("专家一"), expert("专家二")]
    for who, (one, other) in zip(judges, ((2800, 3000), (3600, 3000)), strict=True):
        done(first, who, 1500, one)
        done(second, who, 1500, other)
    actions.judging.weigh(made.pk, by=secretary(), now=NOW)
    return made, first, second


def page(made, person) -> str:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person)
    answer = browser.get(reverse("appraisal-judgement", args=[made.pk, 1]))
    return answer.content.decode()


def test_the_secretary_reads_without_whom_a_place_would_be_another_s(close):
    told = page(close[0], secretary())

    assert told.count("without 专家二: 合格, beyond the quota") == 1
    assert told.count("without 专家二: 合格</span>") == 1
    assert "without 专家一" not in told


def test_who_has_a_side_in_the_call_reads_a_number_and_no_name(close):
    made, first, _second = close
    both = secretary()
    grant(both, "venue_manager", first.organisation)

    told = page(made, both)

    assert "without Reviewer 2: 合格</span>" in told
    assert "专家" not in told


def test_a_judgement_of_before_is_still_read_and_worked_out_again(close):
    judgement = Judgement.objects.get()
    result = judgement.result
    for row in result["applications"]:
        row["without"] = [one["expert"] for one in row["without"]]
    Judgement.objects.update(result={**result, "method": 2})
    person = secretary()

    assert "without 专家二: another level" in page(close[0], person)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person)
    again = reverse("appraisal-judgement", args=[close[0].pk, 1]) + "?again=1"
    assert "The same inputs give the same result" in browser.get(again).content.decode()

    result["applications"][0]["grade"] = ""
    Judgement.objects.update(result={**result, "method": 2})
    assert "The result is another one" in browser.get(again).content.decode()
