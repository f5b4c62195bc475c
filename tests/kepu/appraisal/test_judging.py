"""The scores of a call weighed, kept, worked out again, and proposed by."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal import actions, queries, weighing
from kepu.appraisal.models import Judgement
from kepu.kernel.errors import NotAllowed, RuleBroken
from tests.factories import NOW, division, grant
from tests.kepu.appraisal import factories
from tests.kepu.appraisal.factories import CITY, again, decider, district, secretary
from tests.kepu.appraisal.review_world import AWAY, call, checked, done, expert
from tests.kepu.venues.factories import HERE, THERE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places():
    for path in (CITY, HERE, THERE, AWAY):
        division(path)


@pytest.fixture
def reviewed():
    """Two applications with two reviews each, and one that lacks a review."""
    made = call()
    first, second = checked(made, "甲馆示例"), checked(made, "乙馆示例", AWAY)
    third = checked(made, "丙馆示例")
    judges = [expert("专家一"), expert("专家二")]
    for who, (good, fair) in zip(judges, ((1900, 1500), (1800, 1300)), strict=True):
        done(first, who, good, 3800)
        done(second, who, fair, 2500)
    done(third, judges[0], 2000, 4000)
    return made, first, second, third


def weigh(made, by=None):
    return actions.judging.weigh(made.pk, by=by or secretary(), now=NOW)


def test_only_what_has_all_its_reviews_is_weighed_and_is_reviewed_from_then_on(reviewed):
    made, first, second, third = reviewed
    judgement = weigh(made)

    assert {row["id"] for row in judgement.result["applications"]} == {first.pk, second.pk}
    assert [again(one).state for one in (first, second, third)] == [
        "reviewed",
        "reviewed",
        "in_review",
    ]
    assert str(again(first).score) == "56.500"


def test_nothing_is_weighed_before_the_reviews_are_there():
    made = call()
    checked(made)
    with pytest.raises(RuleBroken, match="all its reviews"):
        weigh(made)


def test_only_the_secretary_weighs(reviewed):
    with pytest.raises(NotAllowed, match="secretary"):
        weigh(reviewed[0], by=district())


def test_the_kept_inputs_give_the_kept_result_again(reviewed):
    judgement = Judgement.objects.get(pk=weigh(reviewed[0]).pk)
    programme = queries.calls.programme(judgement.call)

    assert queries.judging.digest(judgement.inputs) == judgement.digest
    assert weighing.weigh(programme, judgement.inputs) == judgement.result


def test_no_name_is_in_what_is_kept(reviewed):
    judgement = weigh(reviewed[0])
    told = f"{judgement.inputs} {judgement.result}"
    assert not [name for name in ("甲馆", "乙馆", "专家") if name in told]


def test_proposing_takes_the_level_of_the_newest_judgement(reviewed):
    made, first, second, _third = reviewed
    weigh(made)
    old = weigh(made)
    weigh(made)
    with pytest.raises(RuleBroken, match="newest"):
        actions.judging.propose_all(made.pk, old.number, by=secretary(), now=NOW)

    actions.judging.propose_all(made.pk, 3, by=secretary(), now=NOW)
    # 56.5 and 39 of 60 points, under cuts of 80 and 60.5: nobody reaches a level.
    assert [again(one).state for one in (first, second)] == ["reviewed", "reviewed"]


def test_who_reached_a_level_is_proposed():
    made = call(each=1, levels=[{"key": "plain", "title": "合格", "cut": 50}])
    good, poor = checked(made, "甲馆示例"), checked(made, "乙馆示例")
    done(good, expert("专家一"), 2000, 4000)
    done(poor, expert("专家二"), 1500, 1500)
    weigh(made)

    proposed = actions.judging.propose_all(made.pk, 1, by=secretary(), now=NOW)
    assert [one.pk for one in proposed] == [good.pk]
    assert (again(good).state, again(good).grade) == ("proposed", "plain")
    assert (again(poor).state, again(poor).reached) == ("reviewed", "")
    wanted = {"grade": "plain", "seen": again(poor).version, "by": secretary(), "now": NOW}
    with pytest.raises(RuleBroken, match="do not reach this level"):
        actions.deciding.propose(poor.pk, **wanted)
    actions.deciding.propose(poor.pk, reason="示例理由", **wanted)
    assert again(poor).state == "proposed"


def test_the_page_of_a_judgement_is_the_secretary_s_and_the_deciding_officer_s(reviewed):
    made = reviewed[0]
    judgement = weigh(made)
    page = reverse("appraisal-judgement", args=[made.pk, judgement.number])
    for person, status in ((secretary(), 200), (decider(), 200), (district(), 403)):
        browser = Client()
        browser.force_login(person)
        assert browser.get(page).status_code == status


def test_the_page_works_the_result_out_again_and_says_when_it_differs(reviewed):
    made = reviewed[0]
    judgement = weigh(made)
    page = reverse("appraisal-judgement", args=[made.pk, judgement.number]) + "?again=1"
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(secretary())
    assert "The same inputs give the same result" in browser.get(page).content.decode()

    judgement.inputs["applications"][0]["reviews"][0]["points"]["safety"] = 1
    Judgement.objects.filter(pk=judgement.pk).update(inputs=judgement.inputs)
    assert "The result is another one" in browser.get(page).content.decode()


def test_a_secretary_proposes_nothing_of_their_own_unit(reviewed):
    made, first, _second, _third = reviewed
    both = secretary()
    grant(both, "venue_manager", first.organisation)
    weigh(made)
    actions.judging.propose_all(made.pk, 1, by=both, now=NOW)
    assert factories.again(first).state == "reviewed"
