"""A team takes what it said it can do; who cannot take an order reads why, and what to do."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.errors import RuleBroken
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import actions, candidates, queries
from kepu.orders.models import Order
from kepu.orders.schemas import CLAIMS
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(loop):
    """A team next to the loop's own that named another topic."""
    return factories.team("天文队", skills=("astronomy",))


@pytest.fixture
def left_to_teams(monkeypatch):
    rules = rulebooks.shipped(CLAIMS).model_copy(update={"topic_required": False})
    asked = rulebooks.in_force
    monkeypatch.setattr(
        rulebooks,
        "in_force",
        lambda key, now: rulebooks.Ruling(key, 0, rules) if key == CLAIMS else asked(key, now),
    )


WAYS = {
    "claim": ("open", lambda order, loop, team: {"team": team, "by": team.applied_by}),
    "wait": ("claimed", lambda order, loop, team: {"team": team, "by": team.applied_by}),
    "hand_over": ("claimed", lambda order, loop, team: {"to": team, "by": loop.leader}),
    "offer": ("open", lambda order, loop, team: {"team": team, "reason": "近", "by": loop.officer}),
}


@pytest.mark.parametrize("verb", WAYS)
def test_a_team_that_did_not_name_the_topic_is_told_so_whichever_way_it_comes(loop, other, verb):
    state, hands = WAYS[verb]
    order = loop.order(state)

    with pytest.raises(RuleBroken, match=f"天文队 has not named “{factories.skill().title}”"):
        getattr(actions, verb)(order.pk, now=NOW, **hands(order, loop, other))


@pytest.mark.parametrize("verb", WAYS)
def test_a_city_may_leave_it_to_the_teams(loop, other, left_to_teams, verb):
    state, hands = WAYS[verb]
    order = loop.order(state)

    assert getattr(actions, verb)(order.pk, now=NOW, **hands(order, loop, other))


def test_once_the_topic_is_named_the_team_claims(loop, other):
    order = loop.order("open")
    other.skills.add(factories.skill())

    actions.claim(order.pk, team=other, by=other.applied_by, now=NOW)

    assert Order.objects.get().team == other


def test_a_team_claims_what_was_ordered_from_its_own_dish(loop, other):
    dish = actions.Dish(
        title="用药安全", topic=factories.skill(), division=loop.community,
        areas=(loop.community.path,), first_day=NOW.date(), team=other,
    )  # fmt: skip
    service = actions.write_service(dish, by=other.applied_by, now=NOW)
    actions.move_service(service.pk, "publish", by=other.applied_by, now=NOW)
    service.refresh_from_db()
    order = loop.order("open", service=service)

    assert order in queries.claimable(other, NOW)
    assert other.pk in {one.team_id for one in candidates.suggestions(order, NOW)}
    actions.claim(order.pk, team=other, by=other.applied_by, now=NOW)


def test_a_team_that_could_not_claim_is_not_suggested_and_finds_nothing_to_claim(loop, other):
    order = loop.order("open")

    suggested = {one.team_id for one in candidates.suggestions(order, NOW)}

    assert suggested == {loop.team.pk}
    assert not queries.claimable(other, NOW).exists()


def test_where_it_is_left_to_the_teams_all_are_suggested_and_find_it(loop, other, left_to_teams):
    order = loop.order("open")

    suggested = {one.team_id for one in candidates.suggestions(order, NOW)}

    assert suggested == {loop.team.pk, other.pk}
    assert queries.claimable(other, NOW).get() == order
    assert queries.topics_not_named(other, NOW) == []


def seen_by(person, address: str) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    with time_machine.travel(NOW, tick=False):
        return client.get(address).text


def test_the_teams_page_says_which_topics_it_would_have_to_name(loop, other):
    loop.order("open")
    loop.order("open")

    said = seen_by(other.applied_by, reverse("team-board"))

    assert f"topics that your team has not named: {factories.skill().title} (2)" in said
    assert reverse("team-edit", args=[other.pk]) in said


@pytest.mark.parametrize("state", ["open", "claimed"])
def test_the_page_of_the_order_says_why_not(loop, other, state):
    order = loop.order(state)

    said = seen_by(other.applied_by, reverse("order", args=[order.pk]))

    assert f"has not named “{factories.skill().title}”" in said
