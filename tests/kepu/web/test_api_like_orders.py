"""At the API as on the page: like orders are told before one is sent, and teams before one is asked."""

from __future__ import annotations

import pytest

from kepu.kernel.divisions import queries as divisions
from kepu.orders import actions
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller
from tests.kepu.web.test_api_loop import did, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def of_somebody_else(loop, **traits) -> Order:
    """A like order of another resident, whose title names somebody."""
    mine, loop.resident = loop.resident, factories.user("孙示例")
    order = loop.order("placed", title="孙示例家的健康讲座", **traits)
    loop.resident = mine
    return order


def test_a_like_order_is_told_and_nothing_is_written_until_one_is_sure(loop):
    before = loop.order("placed")
    resident = caller(loop.resident)

    told = resident.post("orders", wish())
    assert told.status_code == 409
    assert told.json()["code"] == "alike"
    assert [other["href"] for other in told.json()["others"]] == [f"/api/orders/{before.pk}"]
    assert Order.objects.count() == 1

    made = did(resident.post("orders", wish(sure=True)), 201)
    assert made["state"] == "placed"


def test_of_other_peoples_orders_only_topic_place_and_time_are_told(loop):
    before = of_somebody_else(loop)

    told = caller(loop.resident).post("orders", wish())

    assert told.status_code == 409
    other = told.json()["others"][0]
    assert (other["title"], other["href"]) == (before.topic.title, None)
    assert "孙示例" not in told.content.decode()
    assert before.number not in told.content.decode()
    seen = did(caller(loop.worker).post("orders", wish()), 409)["others"]
    assert seen[0]["href"] == f"/api/orders/{before.pk}"


def test_a_draft_is_kept_without_a_question_and_its_owner_reads_what_is_like_it(loop):
    before, others = loop.order("placed"), of_somebody_else(loop)
    resident = caller(loop.resident)

    path = f"orders/{did(resident.post('orders', wish(send=False)), 201)['id']}"

    assert [row["id"] for row in did(resident.get(f"{path}/similar"))] == [before.pk]
    assert others.pk not in [row["id"] for row in did(resident.get(f"{path}/similar"))]
    did(caller(loop.worker).get(f"{path}/similar"), 404)
    did(resident.get(f"orders/{before.pk}/similar"), 403)


def test_a_dispatcher_reads_like_orders_of_the_own_place_alone(loop):
    order = loop.order("placed")
    township = divisions.parent_path(loop.community.path)
    beside = factories.division(f"{township}099.", "community")
    near = loop.order("placed", division=beside)

    found = did(caller(loop.worker).get(f"orders/{order.pk}/similar"))

    assert near.pk not in [row["id"] for row in found]


def test_the_department_reads_which_teams_fit_and_why_and_nobody_else(loop):
    order = loop.order("open")

    found = did(caller(loop.officer).get(f"orders/{order.pk}/teams"))

    assert [(one["id"], one["name"]) for one in found] == [(loop.team.pk, loop.team.name)]
    assert 0 < found[0]["fit"] <= 1
    assert len(found[0]["reasons"]) > 3
    for person, status in ((loop.resident, 403), (loop.leader, 403), (factories.user(), 404)):
        did(caller(person).get(f"orders/{order.pk}/teams"), status)


def test_of_an_order_that_is_not_open_no_team_is_suggested(loop):
    order = loop.order("accepted")

    assert did(caller(loop.officer).get(f"orders/{order.pk}/teams")) == []


def test_who_orders_does_not_say_how_urgent_it_is_among_others(loop):
    for person in (loop.resident, loop.worker):
        told = caller(person).post("orders", wish(priority=3))
        assert told.status_code == 422
        assert told.json()["errors"][0]["field"] == "body.priority"
        assert "the department says how urgent" in told.json()["detail"]
    did(caller(loop.resident).post("orders", wish(priority=1)), 201)


def test_the_desk_and_the_department_say_it_at_the_api_with_a_reason(loop):
    order = loop.order("dispatched")
    path = f"orders/{order.pk}/prioritise"

    said = did(caller(loop.worker).post(path, {"priority": 3, "reason": "有老人需要照顾"}))
    assert (said["priority"], said["steps"][-1]["verb"]) == (3, "prioritise")
    said = did(caller(loop.officer).post(path, {"priority": 2, "reason": "可以等一等"}))
    assert said["priority"] == 2
    did(caller(loop.officer).post(path, {"priority": 1, "reason": " "}), 422)
    did(caller(loop.resident).post(path, {"priority": 3, "reason": "急"}), 403)
    assert "prioritise" in [hint["verb"] for hint in said["hints"]]


def test_if_match_keeps_two_officers_apart(loop):
    order = actions.prioritise(
        loop.order("placed").pk, priority=2, reason="较急", by=loop.worker, now=NOW
    )
    body = {"priority": 3, "reason": "更急"}

    late = caller(loop.worker).post(
        f"orders/{order.pk}/prioritise", body, If_Match=f'"{order.version - 1}"'
    )

    assert late.status_code == 412
