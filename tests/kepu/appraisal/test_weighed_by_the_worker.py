"""Scores that the worker weighs: asked for once, watched, kept if they still follow from what there is."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.appraisal import actions, queries, weighing
from kepu.appraisal.models import Judgement, Weighing
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts.models import Happening
from kepu.kernel.roles.models import Grant
from tests.factories import NOW, division, user
from tests.kepu.appraisal.factories import CITY, again, decider, district, secretary
from tests.kepu.appraisal.review_world import at_work, call, checked, done, expert, weighed
from tests.kepu.venues.factories import HERE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def reviewed():
    """A call, one application with both its reviews, and one whose second reviewer is at work."""
    for path in (CITY, HERE):
        division(path)
    made = call()
    whole, half = checked(made, "甲馆示例"), checked(made, "乙馆示例")
    first, second = expert("专家一"), expert("专家二")
    done(whole, first, 1900, 3800)
    done(whole, second, 1800, 3700)
    done(half, first, 1500, 3000)
    return made, whole, half, at_work(half, second)


def asked(made, by=None) -> Weighing:
    return actions.judging.ask_to_weigh(made.pk, by=by or secretary(), now=NOW)


def handed_in(review) -> None:
    for key in ("safety", "education"):
        actions.reviewing.score(review.pk, key, hundredths=1500, by=review.expert.person, now=NOW)
    actions.reviewing.hand_in(review.pk, comment="好", by=review.expert.person, now=NOW)


def read(person, name, *args, **headers):
    browser = Client(headers={"accept-language": "en", **headers})
    browser.force_login(person)
    return browser.get(reverse(name, args=args))


def test_the_secretary_asks_and_the_worker_finds_what_would_be_found_at_once(reviewed):
    made, whole, half, _waiting = reviewed
    by = secretary()

    row = asked(made, by)

    assert (row.state, row.judgement, again(whole).state) == ("computing", None, "in_review")
    assert Entry.objects.get(verb="appraisal.seek_weighing").detail == {"call": made.pk}
    assert Happening.objects.get(name="WeighingAsked").data["weighing_id"] == row.pk

    row = weighed(row)

    assert (row.state, row.stage, again(whole).state) == ("done", "", "reviewed")
    assert (again(half).state, again(half).reached) == ("in_review", None)
    (found,) = row.judgement.result["applications"]
    assert again(whole).reached == found["grade"]
    assert row.judgement.made_by == by
    assert Entry.objects.get(verb="appraisal.weigh_call").detail["applications"] == 1
    at_once = actions.judging.weigh(made.pk, by=by, now=NOW)
    assert row.judgement.result == Judgement.objects.get(pk=at_once.pk).result


def test_who_asks_while_the_worker_is_at_it_gets_that_weighing(reviewed):
    first = asked(reviewed[0])

    assert asked(reviewed[0]) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        Weighing.objects.create(call=reviewed[0], made_by=secretary(), made_at=NOW)


def test_only_the_secretary_asks_and_only_where_there_is_something_to_weigh(reviewed):
    for person in (district(), decider(), user()):
        with pytest.raises(NotAllowed, match="secretary"):
            asked(reviewed[0], person)
    other = call(each=1)
    checked(other, "丙馆示例")
    with pytest.raises(RuleBroken, match="all its reviews"):
        asked(other)
    actions.discussions.open_discussion(reviewed[1].pk, reason="相差", by=secretary(), now=NOW)
    with pytest.raises(RuleBroken, match="talked over"):
        asked(reviewed[0])
    assert not Weighing.objects.exists()


def test_what_came_in_meanwhile_is_weighed_too(reviewed, monkeypatch):
    made, whole, half, waiting = reviewed
    right, turns = weighing.weigh, []

    def slowly(programme, inputs):
        turns.append(len(inputs["applications"]))
        if len(turns) == 1:
            handed_in(waiting)
        return right(programme, inputs)

    monkeypatch.setattr(weighing, "weigh", slowly)

    row = weighed(asked(made))

    assert turns == [1, 2]
    assert {one["id"] for one in row.judgement.result["applications"]} == {whole.pk, half.pk}


def test_scores_that_never_stand_still_are_weighed_another_time(reviewed, monkeypatch):
    made, whole = reviewed[:2]
    review, right = whole.reviews.first(), weighing.weigh

    def slowly(programme, inputs):
        score = review.scores.get(criterion="safety")
        score.points += 1
        score.save()
        return right(programme, inputs)

    monkeypatch.setattr(weighing, "weigh", slowly)

    row = weighed(asked(made))

    assert row.state == "failed"
    assert "please weigh them again" in row.failure
    assert not Judgement.objects.exists()
    assert again(whole).state == "in_review"
    assert Entry.objects.get(verb="appraisal.fail_weighing").for_whom == row.made_by.pseudonym
    assert (
        "please weigh them again"
        in read(row.made_by, "appraisal-weighing", row.pk).content.decode()
    )
    monkeypatch.undo()
    assert weighed(asked(made)).state == "done"


def test_who_is_secretary_no_more_when_the_worker_is_done_has_nothing_weighed(reviewed):
    by = secretary()
    row = asked(reviewed[0], by)
    Grant.objects.filter(person=by).update(valid_to=NOW)

    row = weighed(row)

    assert (row.state, row.judgement) == ("failed", None)
    assert "secretary" in row.failure


def test_the_page_says_how_far_it_is_and_leads_to_the_ranking(reviewed):
    made, by = reviewed[0], secretary()
    row = asked(made, by)

    assert "Waiting for the worker" in read(by, "appraisal-weighing", row.pk).content.decode()
    piece = read(by, "appraisal-weighing", row.pk, **{"hx-request": "true"}).content.decode()
    assert "weighing-progress" in piece
    assert "<html" not in piece
    shown = read(by, "appraisal-call", made.pk).content.decode()
    assert reverse("appraisal-weighing", args=[row.pk]) in shown
    assert reverse("appraisal-weigh", args=[made.pk]) not in shown

    row = weighed(row)

    watched = read(by, "appraisal-weighing", row.pk, **{"hx-request": "true"})
    assert watched.headers["HX-Refresh"] == "true"
    went = read(by, "appraisal-weighing", row.pk)
    assert went.url == reverse("appraisal-judgement", args=[made.pk, row.judgement.number])


def test_how_far_it_is_is_read_by_those_who_read_the_ranking(reviewed):
    row = asked(reviewed[0])
    for person, status in ((secretary(), 200), (decider(), 200), (district(), 403), (user(), 403)):
        assert read(person, "appraisal-weighing", row.pk).status_code == status
    assert read(secretary(), "appraisal-weighing", row.pk + 1).status_code == 404


def test_a_press_on_the_button_leads_to_the_page_where_it_is_watched(reviewed):
    browser = Client()
    browser.force_login(secretary())

    answer = browser.post(reverse("appraisal-weigh", args=[reviewed[0].pk]))

    assert answer.url == reverse("appraisal-weighing", args=[Weighing.objects.get().pk])
    assert queries.judging.at_work(reviewed[0]) == Weighing.objects.get()
