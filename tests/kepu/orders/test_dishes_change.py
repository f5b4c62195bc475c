"""A dish is changed; what was ordered of it keeps the words it was ordered by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.orders import actions
from kepu.orders.models import DishVersion, Order, Service
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(loop) -> actions.Dish:
    return actions.Dish(
        title="用药安全", description="讲一小时", topic=factories.skill(), minutes=60,
        division=loop.community, areas=("50.103.",), first_day=NOW.date(), team=loop.team,
    )  # fmt: skip


@pytest.fixture
def dish(loop, said) -> Service:
    made = actions.write_service(said, by=loop.leader, now=NOW)
    return actions.move_service(made.pk, "publish", by=loop.leader, now=NOW)


def ordered(loop, dish) -> Order:
    start = NOW + timedelta(days=1)
    wish = actions.Wish(
        title="我们小区要", topic=dish.topic, division=loop.community, service=dish,
        wanted_from=start, wanted_until=start + timedelta(days=3),
    )  # fmt: skip
    return actions.draft(wish, for_whom=loop.resident, by=loop.resident, now=NOW)


def change(loop, dish, said, **traits) -> Service:
    seen = traits.pop("seen", 1)
    by = traits.pop("by", loop.leader)
    return actions.change_service(dish.pk, replace(said, **traits), seen=seen, by=by, now=NOW)


def test_an_order_keeps_the_words_it_was_ordered_by(loop, dish, said):
    before = ordered(loop, dish)

    changed = change(loop, dish, said, title="老年人用药安全", minutes=90, areas=("50.103.001.",))

    after = ordered(loop, changed)
    assert (before.dish.title, before.dish.minutes, before.minutes) == ("用药安全", 60, 60)
    assert (after.dish.title, after.dish.minutes, after.minutes) == ("老年人用药安全", 90, 90)
    assert [one.number for one in changed.versions.all()] == [2, 1]
    assert [area.path for area in changed.areas.all()] == ["50.103.001."]


def test_of_two_who_change_a_dish_the_second_looks_again(loop, dish, said):
    change(loop, dish, said, title="第一次改")

    with pytest.raises(RuleBroken, match="meanwhile"):
        change(loop, dish, said, title="第二次改")

    assert Service.objects.get().title == "第一次改"


def test_what_was_taken_down_is_not_changed_and_what_is_paused_is(loop, dish, said):
    actions.move_service(dish.pk, "pause", by=loop.leader, now=NOW)
    assert change(loop, dish, said, title="休整").state == "paused"
    actions.move_service(dish.pk, "take_down", by=loop.leader, now=NOW)

    with pytest.raises(RuleBroken, match="taken down"):
        change(loop, dish, said, seen=2)


def test_a_paused_dish_is_not_ordered(loop, dish):
    actions.move_service(dish.pk, "pause", by=loop.leader, now=NOW)

    with pytest.raises(RuleBroken, match="not on the menu"):
        ordered(loop, dish)


def test_only_who_offers_it_changes_it(loop, dish, said):
    for person in (loop.officer, loop.resident, factories.team().applied_by):
        with pytest.raises(NotAllowed):
            change(loop, dish, said, by=person)

    assert DishVersion.objects.count() == 1


def page(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_page_shows_what_it_says_and_keeps_the_change(loop, dish):
    address, client = reverse("edit-dish", args=[dish.pk]), page(loop.leader)
    shown = client.get(address).content.decode()
    sent = {
        "title": "改过的标题", "topic": dish.topic.pk, "audience": "everybody", "minutes": 60,
        "month_capacity": 5, "areas": [factories.division("50.103.").pk], "seen": 1,
        "first_day": NOW.date().isoformat(),
    }  # fmt: skip

    answer = client.post(address, sent)

    assert "用药安全" in shown
    assert answer.status_code == 302
    assert Service.objects.get().title == "改过的标题"
    assert client.post(address, sent).status_code == 409
    assert page(factories.team().applied_by).get(address).status_code == 404


def test_a_day_stands_in_its_field_whatever_the_language(loop, dish):
    client = page(loop.leader)
    shown = client.get(
        reverse("edit-dish", args=[dish.pk]), headers={"accept-language": "zh-hans"}
    ).content.decode()

    assert 'lang="zh-CN"' in shown

    assert 'value="2026-03-05"' in shown  # a browser drops any other spelling from a date field


def test_the_order_page_says_that_the_dish_was_changed_since(loop, dish, said):
    order = ordered(loop, dish)
    change(loop, dish, said, title="新标题")

    shown = page(loop.resident).get(reverse("order", args=[order.pk])).content.decode()

    assert "用药安全" in shown
    assert "新标题" not in shown


def test_the_api_changes_a_dish(loop, dish):
    api, body = caller(loop.leader), {
        "title": "新标题", "topic": "health", "areas": ["50.103."], "first_day": "2026-03-05",
        "version": 1,
    }  # fmt: skip

    answer = api.post(f"services/{dish.pk}", body)

    assert (answer.status_code, answer.json()["version"]) == (200, 2), answer.content
    assert api.post(f"services/{dish.pk}", body).status_code == 409
    assert caller(loop.resident).post(f"services/{dish.pk}", body).status_code == 403
