"""The reviewer's desk: pledge, points, handing in, stepping aside; and the secretary behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from kepu.appraisal import actions
from kepu.appraisal.models import Application, Review, Score
from kepu.appraisal.states import ApplicationState, ReviewState
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.people.models import Duty
from tests.factories import NOW, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.review_world import told

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def row():
    return world.checked(world.call())


@pytest.fixture
def who():
    return world.expert()


def score(review, who, key="safety", points=1500, comment=""):
    return actions.reviewing.score(
        review.pk, key, hundredths=points, comment=comment, by=who.person, now=NOW
    )


def hand_in(review, who, comment="总体良好"):
    return actions.reviewing.hand_in(review.pk, comment=comment, by=who.person, now=NOW)


def test_who_pledges_both_may_begin(row, who):
    review = world.asked(row, who)

    for pledged in (
        {"confidential": True, "unbound": False},
        {"confidential": False, "unbound": True},
    ):
        with pytest.raises(RuleBroken, match="pledge"):
            actions.reviewing.take_on(review.pk, **pledged, by=who.person, now=NOW)
    found = world.at_work(world.checked(row.call, "二号馆示例"), who)

    assert (found.state, found.pledged_at) == (ReviewState.AT_WORK, NOW)


def test_nobody_reviews_in_anothers_name(row, who):
    review = world.at_work(row, who)
    other = world.expert()

    for act in (
        lambda: actions.reviewing.score(
            review.pk, "safety", hundredths=1, by=other.person, now=NOW
        ),
        lambda: hand_in(review, other),
        lambda: actions.reviewing.recuse(review.pk, reason="x", by=other.person, now=NOW),
    ):
        with pytest.raises(NotAllowed, match="reviewer"):
            act()


def test_points_are_kept_row_by_row_and_the_later_ones_stand(row, who):
    review = world.at_work(row, who)

    score(review, who, points=1500)
    score(review, who, points=1650, comment=" 门口有坡道 ")

    kept = Score.objects.get()
    assert (kept.criterion, kept.points, kept.comment) == ("safety", 1650, "门口有坡道")


@pytest.mark.parametrize(
    ("key", "points", "reason"),
    [("safety", 2001, "0 to 20"), ("safety", -1, "0 to 20"), ("beauty", 1, "no such criterion")],
)
def test_points_lie_within_the_rubric(row, who, key, points, reason):
    review = world.at_work(row, who)

    with pytest.raises(RuleBroken, match=reason):
        score(review, who, key, points)


def test_a_review_is_handed_in_whole_with_reasons_and_a_summary(row, who):
    review = world.at_work(row, who)
    score(review, who, "safety", 1300)
    with pytest.raises(RuleBroken, match="教育活动 has no points"):
        hand_in(review, who)
    score(review, who, "education", 3000)
    score(review, who, "safety", 1199)
    with pytest.raises(RuleBroken, match="must reach 12"):
        hand_in(review, who)
    score(review, who, "safety", 1199, "消防通道被占")
    with pytest.raises(RuleBroken, match="sum your opinion"):
        hand_in(review, who, " ")

    found = hand_in(review, who)

    assert (found.state, found.done_at) == (ReviewState.DONE, NOW)
    assert not Duty.objects.filter(until=None).exists()
    with pytest.raises(RuleBroken, match="nothing in it changes"):
        score(review, who)


def test_stepping_aside_tells_the_secretary_and_frees_the_seat(row, who):
    secretary = factories.secretary()
    review = world.at_work(row, who)

    with pytest.raises(RuleBroken, match="why"):
        actions.reviewing.recuse(review.pk, reason=" ", by=who.person, now=NOW)
    actions.reviewing.recuse(review.pk, reason="认出是旧同事", by=who.person, now=NOW)

    (text,) = told(secretary)
    assert row.code in text
    assert "旧同事" not in text
    assert not Duty.objects.filter(until=None).exists()


def test_a_reviewer_is_replaced_by_somebody_who_may_judge(row, who):
    review, near = world.asked(row, who), world.expert(path=world.HERE)
    instead, by = world.expert(), factories.secretary()

    with pytest.raises(RuleBroken, match="district"):
        actions.reviewing.replace(review.pk, expert_id=near.pk, reason="", by=by, now=NOW)
    made = actions.reviewing.replace(review.pk, expert_id=instead.pk, reason="失联", by=by, now=NOW)

    assert Review.objects.get(pk=review.pk).state == ReviewState.REPLACED
    assert (made.expert_id, made.drawn) == (instead.pk, "hand")
    assert list(Duty.objects.filter(until=None).values_list("expert", flat=True)) == [instead.pk]


def test_what_was_handed_in_is_not_replaced(row, who):
    review = world.done(row, who)

    with pytest.raises(RuleBroken):
        actions.reviewing.replace(
            review.pk, expert_id=world.expert().pk, reason="", by=factories.secretary(), now=NOW
        )


def test_a_review_is_given_back_once(row, who):
    review, by = world.done(row, who), factories.secretary()

    found = actions.reviewing.give_back(review.pk, reason="两位专家相差较大", by=by, now=NOW)
    assert (found.state, found.done_at, found.due_at > NOW) == (ReviewState.AT_WORK, None, True)
    hand_in(review, who)

    with pytest.raises(RuleBroken, match="once only"):
        actions.reviewing.give_back(review.pk, reason="再议", by=by, now=NOW)


def test_no_review_goes_back_about_what_was_closed_while_its_application_was_waited_for(
    row, who, monkeypatch
):
    review, locked = world.done(row, who), actions.moving.locked

    def waited(application_id):
        Application.objects.filter(pk=application_id).update(state=ApplicationState.REVIEWED)
        return locked(application_id)

    monkeypatch.setattr(actions.moving, "locked", waited)

    with pytest.raises(RuleBroken, match="not with the reviewers"):
        actions.reviewing.give_back(review.pk, reason="请再看", by=factories.secretary(), now=NOW)


def test_a_draft_is_not_shown_to_the_secretary(row, client):
    draft = world.application(row.call, "二号馆示例")
    client.force_login(factories.secretary())

    with time_machine.travel(NOW, tick=False):
        found = {
            one.pk: client.get(reverse("application-reviewers", args=[one.pk])).status_code
            for one in (row, draft)
        }

    assert found == {row.pk: 200, draft.pk: 404}


def test_an_expert_who_carries_the_most_still_gets_a_review_back(row):
    who = world.expert(most=1)
    review = world.done(row, who)
    world.asked(world.checked(row.call, "二号馆示例"), who)

    found = actions.reviewing.give_back(
        review.pk, reason="请再看", by=factories.secretary(), now=NOW
    )

    assert found.state == ReviewState.AT_WORK


def test_nobody_is_asked_above_what_an_application_needs(row):
    for _one in range(2):
        world.asked(row, world.expert())

    with pytest.raises(RuleBroken, match="has its reviewers"):
        world.asked(row, world.expert())


def test_only_the_secretary_asks_replaces_and_gives_back(row, who):
    review, stranger = world.done(row, who), user()

    for act in (
        lambda: actions.reviewing.ask_one(row.pk, expert_id=who.pk, by=stranger, now=NOW),
        lambda: actions.reviewing.replace(review.pk, expert_id=1, reason="", by=stranger, now=NOW),
        lambda: actions.reviewing.give_back(review.pk, reason="x", by=stranger, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_what_left_the_reviewers_takes_no_more_points_and_lets_them_off(row, who):
    review = world.at_work(row, who)
    actions.moving.move(actions.moving.locked(row.pk), "withdraw", by=row.made_by, now=NOW)

    with pytest.raises(RuleBroken, match="not with the reviewers"):
        score(review, who)
    assert actions.reviewing.remind(now=NOW) == 0

    assert Review.objects.get(pk=review.pk).state == ReviewState.REPLACED
    assert not Duty.objects.filter(until=None).exists()


def test_reviewers_are_reminded_near_the_end_and_again_after_some_days(row, who):
    review = world.at_work(row, who)
    begun = len(told(who.person))
    assert actions.reviewing.remind(now=NOW) == 0

    near = review.due_at - timedelta(days=1)
    assert [actions.reviewing.remind(now=near + timedelta(hours=n)) for n in (0, 6, 80)] == [
        1,
        0,
        1,
    ]

    assert len(told(who.person)) == begun + 2


def test_secretaries_hear_once_that_a_review_is_overdue(row, who):
    secretary = factories.secretary()
    review = world.at_work(row, who)

    for days in (1, 5):
        assert actions.reviewing.remind(now=review.due_at + timedelta(days=days)) == 1

    assert len(told(secretary)) == 1


def test_the_first_one_asked_sends_the_application_to_its_reviewers(row, who):
    world.asked(row, who)

    row.refresh_from_db()
    assert row.state == ApplicationState.IN_REVIEW
    assert row.steps.filter(verb="send_to_review").count() == 1
