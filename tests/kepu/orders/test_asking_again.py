"""A team that said no, or nothing, is asked again after some time; like needs are seen in other words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import actions, candidates, likeness, queries
from kepu.orders.models import Offer
from kepu.orders.schemas import CLAIMS, CLOCKS
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db


def ask(loop, order, now=NOW) -> Offer:
    return actions.offer(order.pk, team=loop.team, reason="近", by=loop.officer, now=now)


def suggested(order, now) -> list[str]:
    return [one.name for one in candidates.suggestions(order, now)]


@pytest.fixture
def later():
    hours = rulebooks.in_force(CLAIMS, NOW).rules.ask_again_hours
    return NOW + timedelta(hours=hours, minutes=1)


def test_a_team_that_did_not_answer_is_suggested_again_after_the_rulebooks_time(loop, later):
    order = loop.order("open")
    ask(loop, order)

    assert suggested(order, NOW + timedelta(hours=1)) == []
    again = candidates.suggestions(order, later)

    assert [one.name for one in again] == [loop.team.name]
    assert again[0].reasons[0] == "asked 2 days ago, no answer"


def test_a_team_that_declined_is_suggested_again_with_what_it_said(loop, later):
    order = loop.order("open")
    ask(loop, order)
    said = NOW + timedelta(hours=30)
    actions.decline_offer(order.pk, team=loop.team, reason="那天没人", by=loop.leader, now=said)

    assert suggested(order, later) == []
    again = candidates.suggestions(order, said + timedelta(hours=49))

    assert again[0].reasons[0] == "declined before: 那天没人"
    assert not queries.offered(loop.team).exists()


def test_asked_again_a_team_may_answer_again(loop, later):
    order = loop.order("open")
    ask(loop, order)
    actions.decline_offer(order.pk, team=loop.team, reason="没人", by=loop.leader, now=NOW)

    ask(loop, order, later)

    assert Offer.objects.get().declined_at is None
    assert list(queries.offered(loop.team)) == [order]


def test_only_a_leader_of_the_asked_team_declines_once_and_says_why(loop):
    order, other = loop.order("open"), factories.team()
    say = {"reason": "没人", "now": NOW}
    with pytest.raises(RuleBroken, match="not asked"):
        actions.decline_offer(order.pk, team=other, by=other.applied_by, **say)
    ask(loop, order)

    with pytest.raises(NotAllowed):
        actions.decline_offer(order.pk, team=loop.team, by=other.applied_by, **say)
    with pytest.raises(BadInput):
        actions.decline_offer(order.pk, team=loop.team, by=loop.leader, now=NOW, reason=" ")
    actions.decline_offer(order.pk, team=loop.team, by=loop.leader, **say)
    with pytest.raises(RuleBroken, match="already"):
        actions.decline_offer(order.pk, team=loop.team, by=loop.leader, **say)


def test_the_leader_says_no_on_the_order_page(loop, monkeypatch):
    monkeypatch.setattr("kepu.kernel.clock.now", lambda: NOW)
    order = loop.order("open")
    ask(loop, order)
    client = Client()
    client.force_login(loop.leader)
    address = reverse("offer-decline", args=[order.pk, loop.team.pk])

    assert address in client.get(reverse("order", args=[order.pk])).content.decode()
    client.post(address, {"reason": "那天没人"})

    assert Offer.objects.get().answer == "那天没人"
    stranger = Client()
    stranger.force_login(factories.team().applied_by)
    assert stranger.post(address, {"reason": "x"}).status_code == 404


def test_the_api_takes_a_no(loop):
    order = loop.order("open")
    ask(loop, order)

    answer = caller(loop.leader).post(
        f"orders/{order.pk}/decline-offer", {"team_id": loop.team.pk, "reason": "没人"}
    )

    assert answer.json()["answer"] == "没人"


# --- the plan -------------------------------------------------------------------------------------


def plan(loop, now=NOW):
    made = loop.plan(now)
    return made, {line.order_id: line for line in made.lines.all()}


@pytest.mark.slow
def test_what_a_plan_had_no_time_for_comes_to_its_turn_once_the_time_is_free_again(loop):
    loop.team.day_capacity, loop.team.week_capacity = 2, 6
    loop.team.save()
    window = {"wanted_from": NOW + timedelta(days=4, hours=-1), "minutes": 100}
    window["wanted_until"] = window["wanted_from"] + timedelta(hours=3)
    one, other = loop.order("open", **window), loop.order("open", **window)
    first, lines = plan(loop)
    served, dropped = sorted((one, other), key=lambda order: lines[order.pk].team_id is None)
    assert first.summary["unserved"] == {"no_time": 1}
    factories.worked_on(actions.apply_plan(first.pk, by=loop.officer, now=NOW))

    asked, lines = plan(loop, NOW + timedelta(hours=1))
    assert "waits for the answer" in lines[served.pk].reason
    assert asked.summary["unserved"] == {"no_time": 1}
    actions.decline_offer(served.pk, team=loop.team, reason="没人", by=loop.leader, now=NOW)
    _next, lines = plan(loop, NOW + timedelta(hours=2))

    assert lines[dropped.pk].team == loop.team


@pytest.mark.slow
def test_a_team_that_declined_lately_is_not_planned_for_that_order(loop, later):
    order = loop.order("open")
    ask(loop, order)
    actions.decline_offer(order.pk, team=loop.team, reason="没人", by=loop.leader, now=NOW)

    _made, lines = plan(loop)
    assert lines[order.pk].team is None
    _made, lines = plan(loop, later)

    assert lines[order.pk].team == loop.team


# --- likeness -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("老年人用药安全讲座", "想请人讲用药安全", True),
        ("关于防诈骗的讲座", "防诈骗", True),
        ("老年人用药安全", "无人机体验", False),
        ("讲座", "活动", False),
        ("First aid for children", "children first aid", True),
    ],
)
def test_like_needs_share_their_words(one, other, alike):
    score = likeness.likeness(likeness.pairs(one), likeness.pairs(other))

    assert (score >= rulebooks.shipped(CLOCKS).similar_share) == alike


def test_a_need_in_free_words_is_found_alike_under_another_topic(loop):
    before = loop.order("placed", title="老年人用药安全讲座")
    loop.order("placed", title="无人机体验", topic=factories.skill("aviation"))
    near = {"path": loop.community.path, "wanted_from": before.wanted_from}
    near["clocks"] = rulebooks.shipped(CLOCKS)
    other = factories.skill("fraud")

    found = likeness.alike(topic_id=other.pk, words="想请人讲用药安全", **near)

    assert found == [before]
    assert likeness.alike(topic_id=other.pk, words="智能手机", **near) == []
    far = {**near, "wanted_from": before.wanted_from + timedelta(days=30)}
    assert likeness.alike(topic_id=before.topic_id, words="", **far) == []
