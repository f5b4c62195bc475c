"""Whose order was joined with another's follows that one, and learns nothing of whom it belongs to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.facts import worker
from kepu.kernel.notices import queries as notices
from kepu.orders import actions, queries
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

NEED = "请打 13800000001 找王示例"


def order_of(loop, resident, **wish) -> Order:
    """Placed by another resident of the community."""
    first, loop.resident = loop.resident, resident
    order = loop.order("placed", **wish)
    loop.resident = first
    return order


@pytest.fixture
def neighbour():
    return factories.user("邻居示例")


@pytest.fixture
def joined(loop, neighbour) -> Order:
    """The order of the resident, which the neighbour's has joined."""
    other = order_of(loop, neighbour, title="邻居的讲座", people=5)
    into = loop.order("placed", need=NEED)
    actions.merge(other.pk, into_id=into.pk, by=loop.worker, now=NOW)
    return into


def heard(person) -> list[str]:
    return list(notices.of_person(person).order_by("pk").values_list("template", flat=True))


def carried_on(loop, order: Order) -> None:
    for step in (loop.dispatch, loop.accept, loop.open, loop.claim, loop.schedule):
        step(order)


def test_who_joined_is_led_from_the_own_order_to_the_other(loop, joined, neighbour):
    client = Client(headers={"accept-language": "en"})
    client.force_login(neighbour)
    own = Order.objects.get(resident=neighbour)

    led = client.get(reverse("order", args=[own.pk])).text
    page = client.get(reverse("order", args=[joined.pk])).text

    assert reverse("order", args=[joined.pk]) in led
    assert "Your order was joined with this one" in page
    assert joined in queries.visible_to(neighbour, NOW)
    assert joined not in queries.visible_to(factories.user(), NOW)


def test_who_joined_reads_nothing_of_the_other_resident(loop, joined, neighbour):
    carried_on(loop, joined)
    loop.deliver(joined)
    later = joined.wanted_from + timedelta(days=1)
    actions.rate(joined.pk, stars=4, words="声音太小", by=loop.resident, now=later)
    client = Client(headers={"accept-language": "en"})
    client.force_login(neighbour)

    page = client.get(reverse("order", args=[joined.pk])).text
    body = caller(neighbour).get(f"orders/{joined.pk}").json()

    order = Order.objects.get(pk=joined.pk)
    for said in (page, str(body)):
        for private in ("居民示例", "王示例", "活动室", "声音太小", order.check_in_code):
            assert private not in said
    assert (body["contact"], body["code"], body["need"], body["hints"]) == (None, None, "", [])
    assert (body["rating"]["stars"], body["rating"]["words"]) == (4, "")


def test_who_joined_reads_no_need_while_the_order_is_open_to_teams(loop, joined, neighbour):
    for step in (loop.dispatch, loop.accept, loop.open):
        step(joined)

    assert caller(neighbour).get(f"orders/{joined.pk}").json()["need"] == ""
    assert "王示例" in caller(loop.leader).get(f"orders/{joined.pk}").json()["need"]


def test_who_joined_hears_of_the_visit(loop, joined, neighbour):
    carried_on(loop, joined)
    worker.work_off(NOW)
    assert heard(neighbour) == ["order_joined", "joined_scheduled"]

    actions.release(joined.pk, reason="讲师病了", by=loop.leader, now=NOW)
    worker.work_off(NOW)
    loop.claim(joined)
    loop.schedule(joined)
    loop.deliver(Order.objects.get(pk=joined.pk))
    worker.work_off(joined.wanted_from + timedelta(hours=2))

    assert heard(neighbour)[2:] == ["joined_moved", "joined_scheduled", "joined_delivered"]


def test_who_joined_hears_of_another_time_only_where_one_was_set(loop, joined, neighbour):
    for step in (loop.dispatch, loop.accept, loop.open, loop.claim):
        step(joined)
    actions.release(joined.pk, reason="讲师病了", by=loop.leader, now=NOW)
    worker.work_off(NOW)

    assert heard(neighbour) == ["order_joined"]


def test_who_joined_hears_that_nobody_came_and_is_promised_no_other_time(loop, joined, neighbour):
    carried_on(loop, joined)
    late = Order.objects.get(pk=joined.pk).ends_at
    actions.report_no_show(joined.pk, by=loop.resident, now=late)
    worker.work_off(late)

    assert heard(neighbour)[-1] == "joined_no_show"


def test_whose_own_duplicates_were_joined_is_told_once_and_of_the_own_order(loop):
    into = loop.order("placed")
    for title in ("又一次", "第三次"):
        same = loop.order("placed", title=title)
        actions.merge(same.pk, into_id=into.pk, by=loop.worker, now=NOW)
    carried_on(loop, into)
    worker.work_off(NOW)

    told = [one for one in heard(loop.resident) if one != "order_joined"]
    assert told == ["order_claimed", "order_scheduled"]


def test_a_neighbour_of_two_joined_orders_is_told_once(loop, joined, neighbour):
    second = order_of(loop, neighbour, title="邻居又一次")
    actions.merge(second.pk, into_id=joined.pk, by=loop.worker, now=NOW)
    carried_on(loop, joined)
    worker.work_off(NOW)

    assert heard(neighbour).count("joined_scheduled") == 1


def test_who_joined_hears_that_the_other_was_withdrawn(loop, joined, neighbour):
    actions.withdraw(joined.pk, reason="不用了", by=loop.resident, now=NOW)
    worker.work_off(NOW)

    assert heard(neighbour)[-1] == "joined_ended"


def test_what_was_joined_goes_along_when_the_other_is_joined_in_turn(loop, joined, neighbour):
    third = order_of(loop, factories.user(), title="第三张")

    actions.merge(joined.pk, into_id=third.pk, by=loop.worker, now=NOW)

    assert queries.find(neighbour, third.pk, NOW) == third
    assert set(third.merged.values_list("resident", flat=True)) == {neighbour.pk, loop.resident.pk}
