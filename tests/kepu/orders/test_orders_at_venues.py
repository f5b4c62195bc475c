"""Services at a venue: nothing is agreed where it cannot be used, and what was agreed is rehomed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.facts import worker
from kepu.kernel.notices import queries as notices
from kepu.orders import actions, hints, whereabouts
from kepu.orders.models import Order, Rehoming, Service
from kepu.people import queries as people
from tests import factories
from tests.factories import BEFORE, NOW
from tests.kepu.venues import factories as venues
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db
DECISION = venues.DECISION


@pytest.fixture
def venue(loop):
    return venues.venue("active")


@pytest.fixture
def dish(loop, venue) -> Service:
    return dish_at(loop, venue)


def dish_at(loop, venue) -> Service:
    made = actions.write_service(
        actions.Dish(
            title="科技馆讲解", topic=factories.skill(), division=loop.community, venue=venue,
            areas=("50.103.",), first_day=BEFORE.date(), department=loop.department,
        ),
        by=loop.officer, now=NOW,
    )  # fmt: skip
    return actions.move_service(made.pk, "publish", by=loop.officer, now=NOW)


def suspend(venue) -> None:
    venues.decide(venue, "suspend", by=venues.judge(), **DECISION)


def heard(person) -> list[str]:
    return list(notices.of_person(person).order_by("pk").values_list("template", flat=True))


@pytest.mark.parametrize(
    ("stands", "verb"),
    [("draft", "place"), ("dispatched", "accept"), ("open", "claim"), ("claimed", "schedule")],
)
def test_nothing_is_agreed_at_a_suspended_venue_and_the_button_says_why(
    loop, venue, dish, stands, verb
):
    order = loop.order(stands, service=dish)
    suspend(venue)

    with pytest.raises(RuleBroken, match=DECISION["reason"]):
        getattr(loop, verb)(order)

    assert Order.objects.get(pk=order.pk).state == stands
    who = {"place": loop.resident, "accept": loop.officer}.get(verb, loop.leader)
    order.refresh_from_db()
    if verb == "claim":
        reasons = {reason for _team, reason in hints.claim_hints(order, [loop.team], NOW)}
    else:
        reasons = {one.why_not for one in hints.hints(order, who, NOW) if one.verb == verb}
    assert [DECISION["reason"] in str(reason) for reason in reasons] == [True]


def test_a_claim_asks_the_venue_with_one_query_more_and_only_where_one_is_named(
    loop, dish, django_assert_num_queries, django_assert_max_num_queries
):
    plain, there = loop.order("open"), loop.order("open", service=dish)
    loop.claim(loop.order("open"))  # whatever is read once
    first, second = factories.team(), factories.team()

    with django_assert_max_num_queries(100) as without:
        actions.claim(plain.pk, team=first, by=people.leaders(first).get(), now=NOW)

    with django_assert_num_queries(len(without) + 1):
        actions.claim(there.pk, team=second, by=people.leaders(second).get(), now=NOW)


def test_a_draft_takes_place_where_its_dish_does_when_it_is_sent(loop, dish):
    draft = loop.order("draft", service=dish)
    other = venues.venue("active", name="另一示例馆")
    Service.objects.filter(pk=dish.pk).update(venue=other)

    loop.place(draft)

    assert Order.objects.get(pk=draft.pk).venue_id == other.pk


def test_a_dish_names_no_venue_that_cannot_be_used_and_is_not_published_there(loop, venue):
    draft = actions.move_service(dish_at(loop, venue).pk, "pause", by=loop.officer, now=NOW)
    suspend(venue)

    with pytest.raises(RuleBroken, match="not open to use"):
        dish_at(loop, venue)
    with pytest.raises(RuleBroken, match="not open to use"):
        actions.move_service(draft.pk, "publish", by=loop.officer, now=NOW)


def test_orders_of_a_suspended_venue_go_to_a_named_officer_and_whoever_goes_is_told(
    loop, venue, dish
):
    officer = factories.officer("district_officer", "50.103.")
    order, elsewhere = loop.order("scheduled", service=dish), loop.order("scheduled")
    done = loop.order("delivered", service=dish)
    suspend(venue)

    worker.work_off(NOW)

    row = Rehoming.objects.get()
    assert (row.order_id, row.venue_id) == (order.pk, venue.pk)
    assert row.officer is not None
    told = heard(row.officer)
    assert told.count("orders_to_rehome") == 1
    assert "order_venue_lost" in heard(loop.resident)
    assert "order_venue_lost" in heard(loop.leader)
    assert list(whereabouts.waiting_for(officer, NOW)) == [row]
    assert not list(whereabouts.waiting_for(loop.leader, NOW))
    assert not Rehoming.objects.filter(order__in=[elsewhere, done]).exists()


def test_officers_of_one_place_share_what_was_lost(loop, venue, dish):
    officers = [factories.officer("district_officer", "50.103.") for _ in range(2)]
    for _ in range(4):
        loop.order("open", service=dish)
    suspend(venue)

    worker.work_off(NOW)

    named = Rehoming.objects.values_list("officer", flat=True)
    shares = [list(named).count(pk) for pk in set(named)]
    assert {one.pk for one in officers} <= set(named)
    assert max(shares) - min(shares) <= 1


def test_an_order_is_taken_to_another_venue_with_its_time_and_its_team(loop, venue, dish):
    officer = factories.officer("district_officer", "50.103.")
    order = loop.order("scheduled", service=dish)
    suspend(venue)
    worker.work_off(NOW)
    other = venues.venue("active", name="另一示例馆")

    with pytest.raises(RuleBroken, match="another venue"):
        actions.rehome(order.pk, venue=venue, by=officer, now=NOW)
    with pytest.raises(NotAllowed):
        actions.rehome(order.pk, venue=other, by=loop.leader, now=NOW)
    moved = actions.rehome(order.pk, venue=other, by=officer, now=NOW)
    worker.work_off(NOW)

    assert (moved.venue, moved.state, moved.team_id) == (other, "scheduled", loop.team.pk)
    assert whereabouts.waiting(moved) is None
    assert "order_rehomed" in heard(loop.resident)
    with pytest.raises(RuleBroken, match="has a place already"):
        actions.rehome(order.pk, venue=other, by=officer, now=NOW)


def test_a_venue_that_is_reinstated_takes_its_orders_back(loop, venue, dish):
    order = loop.order("open", service=dish)
    suspend(venue)
    worker.work_off(NOW)

    venues.decide(venue, "reinstate", by=venues.judge(), **DECISION)
    worker.work_off(NOW)

    assert whereabouts.waiting(order) is None
    assert Rehoming.objects.get().end == "back"
    assert heard(loop.resident)[-1] == "order_venue_back"
    loop.claim(order)


def test_a_fact_that_comes_late_takes_no_order_off_a_venue_that_can_be_used(loop, venue, dish):
    loop.order("open", service=dish)
    suspend(venue)
    venues.decide(venue, "reinstate", by=venues.judge(), **DECISION)

    assert actions.lose_venue(venue.pk, now=NOW) == 0

    assert not Rehoming.objects.exists()


def test_a_fact_that_comes_twice_puts_an_order_on_the_list_once(loop, venue, dish):
    loop.order("open", service=dish)
    venues.decide(venue, "close", by=venues.judge(), **DECISION)

    assert [actions.lose_venue(venue.pk, now=NOW) for _ in range(2)] == [1, 0]

    assert Rehoming.objects.count() == 1


def test_what_is_cancelled_waits_for_no_place_and_what_is_reopened_does_again(loop, venue, dish):
    officer = factories.officer("district_officer", "50.103.")
    ended, missed = loop.order("open", service=dish), loop.order("no_show", service=dish)
    suspend(venue)
    worker.work_off(NOW)

    actions.cancel(ended.pk, reason="场馆停用", by=officer, now=NOW)
    later = NOW + timedelta(days=2)
    actions.reopen(missed.pk, reason="没有人来", by=loop.worker, now=later)

    assert [row.order_id for row in whereabouts.all_waiting()] == [missed.pk]


def test_the_menu_and_the_page_of_the_order_say_why_not(loop, venue, dish, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    loop.resident.home = loop.community
    loop.resident.save()
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(loop.resident)
    order = loop.order("scheduled", service=dish)
    suspend(venue)
    worker.work_off(NOW)

    new = browser.get(reverse("new-order") + f"?service={dish.pk}").content.decode()
    shown = browser.get(reverse("order", args=[order.pk])).content.decode()
    listed = browser.get(reverse("menu")).content.decode()

    assert DECISION["reason"] in new
    assert "Please do not go to 示例科技馆" in shown
    assert DECISION["reason"] in listed


def test_the_officer_goes_from_the_list_to_another_venue(loop, venue, dish, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    officer = factories.officer("district_officer", "50.103.")
    order = loop.order("open", service=dish)
    suspend(venue)
    worker.work_off(NOW)
    other = venues.venue("active", name="另一示例馆")
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(officer)

    page = browser.get(reverse("rehoming")).content.decode()
    offered = browser.get(reverse("order-act", args=[order.pk, "rehome"])).content.decode()
    browser.post(reverse("order-act", args=[order.pk, "rehome"]), {"venue": other.pk})

    assert order.number in page
    assert other.name in offered
    assert f'value="{venue.pk}"' not in offered
    assert Order.objects.get(pk=order.pk).venue_id == other.pk


def test_the_api_lists_what_lost_its_venue_and_takes_it_elsewhere(loop, venue, dish, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    officer = factories.officer("district_officer", "50.103.")
    order = loop.order("open", service=dish)
    suspend(venue)
    worker.work_off(NOW)
    other, api = venues.venue("active", name="另一示例馆"), caller(officer, NOW)

    listed = api.get("rehomings").json()["items"]
    menu = caller(None).get("menu", {"place": loop.community.path}).json()["items"][0]
    refused = api.post(f"orders/{order.pk}/rehome", {"venue_id": venue.pk})
    moved = api.post(f"orders/{order.pk}/rehome", {"venue_id": other.pk})

    assert [one["order_id"] for one in listed] == [order.pk]
    assert menu["venue"]["name"] == venue.name
    assert DECISION["reason"] in menu["why_not"]
    assert refused.status_code == 409
    assert moved.json()["venue"]["id"] == other.pk
    assert moved.json()["rehoming"] is None
    assert caller(loop.leader, NOW).get("rehomings").json()["items"] == []
