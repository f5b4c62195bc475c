"""Scores talked over: opened when all have handed in, under labels, both versions kept."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.appraisal import actions, queries, weighing
from kepu.appraisal.actions import discussions as deeds
from kepu.appraisal.models import Discussion, Score, ScoreChange
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, Outside, RuleBroken
from tests.factories import NOW, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def judges():
    return [world.expert("专家一"), world.expert("专家二")]


@pytest.fixture
def row(judges):
    """One reviewer gives 56 points, the other 20; from 45 on there is a level."""
    levels = [{"key": "plain", "title": "二级", "cut": 45}]
    one = world.checked(world.call(levels), "秘密馆示例")
    world.done(one, judges[0], 1800, 3800)
    world.done(one, judges[1], 1200, 800)
    return one


@pytest.fixture
def secretary():
    return factories.secretary()


def opened(row, **said) -> Discussion:
    return deeds.open_discussion(
        row.pk, **{"reason": "相差较大", "by": factories.secretary(), "now": NOW, **said}
    )


def change(talk, who, points=2800, key="education", reason="漏看了附件"):
    return deeds.change_score(
        talk.pk, key, hundredths=points, reason=reason, by=who.person, now=NOW
    )


def weigh(row):
    return actions.judging.weigh(row.call_id, by=factories.secretary(), now=NOW)


def test_it_is_opened_once_when_all_have_handed_in_and_the_reviewers_hear_of_it(judges, secretary):
    one = world.checked(world.call())
    world.done(one, judges[0])
    review = world.at_work(one, judges[1])
    with pytest.raises(RuleBroken, match="not every reviewer"):
        opened(one)
    for key in ("safety", "education"):
        actions.reviewing.score(review.pk, key, hundredths=1500, by=judges[1].person, now=NOW)
    actions.reviewing.hand_in(review.pk, comment="好", by=judges[1].person, now=NOW)
    with pytest.raises(RuleBroken, match="what should be talked over"):
        opened(one, reason=" ")
    with pytest.raises(NotAllowed):
        opened(one, by=judges[0].person)

    opened(one)

    assert all(one.code in world.told(who.person)[-1] for who in judges)
    with pytest.raises(RuleBroken, match="already"):
        opened(one)


def test_it_comes_too_late_once_a_level_is_proposed(row, secretary):
    weigh(row)
    seen = factories.again(row).version
    actions.deciding.propose(row.pk, grade="plain", seen=seen, by=secretary, now=NOW, reason="示例")

    with pytest.raises(RuleBroken, match="before it is proposed"):
        opened(row)


def test_both_versions_are_kept_and_the_last_is_weighed(row, judges):
    talk = opened(row)

    change(talk, judges[1], 2800)
    change(talk, judges[1], 3000, reason="再议")

    kept = list(ScoreChange.objects.order_by("pk").values_list("before", "after"))
    assert kept == [(800, 2800), (2800, 3000)]
    assert Score.objects.get(review__expert=judges[1], criterion="education").points == 3000
    assert Entry.objects.filter(verb="appraisal.change_score").count() == 2


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"points": 4001}, "0 to 40"),
        ({"points": 800}, "points you gave"),
        ({"reason": " "}, "why"),
        ({"key": "beauty"}, "no such criterion"),
    ],
)
def test_points_are_changed_within_the_rubric_and_for_a_reason(row, judges, said, reason):
    talk = opened(row)

    with pytest.raises(RuleBroken, match=reason):
        change(talk, judges[1], **said)
    assert not ScoreChange.objects.exists()


def test_only_reviewers_speak_and_nobody_in_anothers_name(row, judges, secretary):
    talk = opened(row)

    for act in (
        lambda: deeds.say(talk.pk, text="好", by=secretary, now=NOW),
        lambda: deeds.change_score(
            talk.pk, "education", hundredths=1, reason="好", by=secretary, now=NOW
        ),
        lambda: deeds.close_discussion(talk.pk, by=judges[0].person, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(Outside):
        queries.discussions.seen(talk.pk, user("路人示例"), NOW)


def test_nothing_is_weighed_nor_proposed_meanwhile_nor_said_afterwards(row, judges, secretary):
    weigh(row)
    talk = opened(row)
    seen = factories.again(row).version
    with pytest.raises(RuleBroken, match="talked over"):
        weigh(row)
    with pytest.raises(RuleBroken, match="talked over"):
        actions.deciding.propose(
            row.pk, grade="plain", seen=seen, by=secretary, now=NOW, reason="示例"
        )

    deeds.close_discussion(talk.pk, by=secretary, now=NOW)

    for act in (
        lambda: deeds.say(talk.pk, text="好", by=judges[0].person, now=NOW),
        lambda: change(talk, judges[0], 1),
        lambda: deeds.close_discussion(talk.pk, by=secretary, now=NOW),
    ):
        with pytest.raises(RuleBroken, match="closed"):
            act()
    weigh(row)


def test_the_ranking_says_what_hangs_on_a_discussion_and_comes_out_again(row, judges, secretary):
    first = weigh(row)
    talk = opened(row)
    change(talk, judges[1], 3600)
    deeds.close_discussion(talk.pk, by=secretary, now=NOW)

    second = weigh(row)

    (was,), (now,) = first.result["applications"], second.result["applications"]
    assert "before" not in was
    assert (float(was["raw"]), float(now["raw"])) == (38, 52)
    assert (now["before"], now["grade"]) == (was["grade"], "plain")
    assert was["grade"] != "plain"
    (told,) = second.inputs["applications"]
    assert [one.get("before", {}).get("education") for one in told["reviews"]] == [None, 800]
    programme = queries.calls.programme(row.call)
    assert weighing.weigh(programme, second.inputs) == second.result


# --- the pages ------------------------------------------------------------------------------------


def reader(person) -> Client:
    browser = Client(headers={"accept-language": "zh-CN"})
    browser.force_login(person)
    return browser


def test_reviewers_talk_under_labels_and_learn_no_name(row, judges, secretary):
    talk = opened(row)
    page = reverse("appraisal-discussion", args=[talk.pk])
    one, other = reader(judges[0].person), reader(judges[1].person)

    one.post(page, {"text": "请看附件二"})
    changed = other.post(
        reverse("appraisal-discussion-score", args=[talk.pk, "education"]),
        {"points": "28", "comment": "已看附件二"},
    )
    told = other.get(page).content.decode()
    mine = other.get(reverse("appraisal-reviews")).content.decode()

    assert changed.status_code == 302
    assert all(word in told for word in ("评审专家1", "评审专家2", "请看附件二", "8 → 28"))
    assert page in mine
    for name in ("专家一", "秘密馆示例"):
        assert name not in told


def test_the_secretary_opens_it_from_the_reviewers_of_the_application(row, secretary):
    browser = reader(secretary)
    door = reverse("appraisal-discussion-open", args=[row.pk])

    reviewers = browser.get(reverse("application-reviewers", args=[row.pk])).content.decode()
    made = browser.post(door, {"reason": "相差较大"})
    browser.post(reverse("appraisal-discussion-close", args=[Discussion.objects.get().pk]))

    assert door in reviewers
    assert made.url == reverse("appraisal-discussion", args=[Discussion.objects.get().pk])
    assert Discussion.objects.get().closed_by == secretary
    stranger = reader(user("路人示例"))
    for address in (door, made.url):
        assert stranger.get(address).status_code == 404
