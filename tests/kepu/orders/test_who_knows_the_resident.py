"""Name, telephone and place: who knows them at which moment of an order, and who no longer does."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts.models import Personal
from kepu.kernel.roles.models import Grant
from kepu.orders import actions, contacts, listing, queries, rules
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

SERVES = {
    "placed": {"resident", "worker"},
    "dispatched": {"resident", "worker", "officer"},
    "declined": {"resident", "worker"},
    "open": {"resident", "worker", "officer"},
    "claimed": {"resident", "worker", "officer", "leader"},
    "scheduled": {"resident", "worker", "officer", "leader"},
    "delivered": {"resident", "worker", "officer", "leader"},
    "rated": {"resident", "worker"},
    "no_show": {"resident", "worker"},
}


def knows(loop: factories.Loop, order: Order) -> set[str]:
    """Who reads the contact, by the rule and by the scope of the exported list alike."""
    hands = ("resident", "worker", "officer", "leader")
    by_rule = {
        who for who in hands
        if rules.why_not_see_contact(getattr(loop, who), order, NOW) is None
    }  # fmt: skip
    listed = {who for who in hands if contacts.scope(getattr(loop, who), NOW).covers(order)}
    assert by_rule == listed
    return by_rule


@pytest.mark.parametrize("state", SERVES)
def test_only_those_who_serve_an_order_now_know_whom(loop, state):
    assert knows(loop, loop.order(state)) == SERVES[state]


@pytest.mark.parametrize("end", ["withdraw", "cancel"])
def test_a_team_and_a_department_forget_the_resident_of_an_order_that_ended(loop, end):
    order = loop.order("scheduled")
    by = loop.resident if end == "withdraw" else loop.worker

    ended = getattr(actions, end)(order.pk, reason="不需要了", by=by, now=NOW)

    assert knows(loop, ended) == {"resident", "worker"}


def test_the_team_that_handed_an_order_over_forgets_the_resident(loop):
    order, other = loop.order("claimed"), factories.team()

    moved = actions.hand_over(order.pk, to=other, by=loop.leader, now=NOW)

    assert "leader" not in knows(loop, moved)


def written_for_a_caller(loop: factories.Loop) -> Order:
    wish = actions.Wish(
        title="用药安全", topic=factories.skill(), division=loop.community,
        wanted_from=NOW + timedelta(days=1), wanted_until=NOW + timedelta(days=2),
    )  # fmt: skip
    return actions.draft(wish, for_whom=loop.resident, by=loop.worker, now=NOW)


def test_a_worker_who_wrote_an_order_down_loses_sight_of_it_with_the_role(loop):
    order = written_for_a_caller(loop)
    assert queries.find(loop.worker, order.pk, NOW) == order
    assert order in queries.visible_to(loop.worker, NOW)

    Grant.objects.filter(person=loop.worker).update(valid_to=NOW)

    assert rules.why_not_see_contact(loop.worker, order, NOW)
    assert rules.why_not_receive(loop.worker, order, NOW)
    assert not contacts.scope(loop.worker, NOW).covers(order)
    assert queries.find(loop.worker, order.pk, NOW) is None
    assert order not in queries.visible_to(loop.worker, NOW)


def test_a_former_worker_reads_no_code_over_the_api(loop):
    order = written_for_a_caller(loop)
    api = caller(loop.worker)
    assert api.get(f"orders/{order.pk}").json()["code"] == order.check_in_code

    Grant.objects.filter(person=loop.worker).update(valid_to=NOW)

    assert api.get(f"orders/{order.pk}").status_code == 404


def test_a_guardian_receives_for_a_child_and_a_stranger_does_not(loop):
    child = factories.user("孩子示例", born="2018-05-05")
    child.guardian = loop.resident
    child.save(update_fields=["guardian"])
    wish = actions.Wish(
        title="天文", topic=factories.skill(), division=loop.community,
        wanted_from=NOW + timedelta(days=1), wanted_until=NOW + timedelta(days=2),
    )  # fmt: skip
    order = actions.draft(wish, for_whom=child, by=loop.resident, now=NOW)

    assert rules.why_not_receive(loop.resident, order, NOW) is None
    assert rules.why_not_receive(factories.user(), order, NOW)


def test_after_an_erasure_nobody_reads_a_name_or_a_place(loop):
    order = loop.order("placed")
    actions.withdraw(order.pk, reason="不需要了", by=loop.resident, now=NOW)
    accounts.erase(loop.resident, by=loop.resident, now=NOW + timedelta(days=2000))

    found = Order.objects.get(pk=order.pk)

    assert found.resident.personal == Personal()
    assert found.place_text == ""


def placed_for_who_answers_at(loop: factories.Loop, home: str | None) -> Order:
    """What a worker gets who types the telephone of somebody at home there, and sends the order."""
    loop.resident.home = factories.division(home) if home else None
    loop.resident.save(update_fields=["home"])
    order = written_for_a_caller(loop)
    return actions.place(order.pk, by=loop.worker, now=NOW)


@pytest.mark.parametrize(
    ("home", "name"),
    [
        ("50.103.001.001.", "居民示例"),  # the worker's own community
        ("50.103.001.", "居民示例"),  # of its township, as people may say
        ("50.103.001.002.", "居**"),
        ("50.112.", "居**"),
        (None, "居**"),
    ],
)
def test_a_telephone_tells_a_worker_the_names_of_the_own_area_only(loop, home, name):
    order = placed_for_who_answers_at(loop, home)
    api, browser = caller(loop.worker), Client()
    browser.force_login(loop.worker)

    shown = api.get(f"orders/{order.pk}").text
    page = browser.get(f"/orders/{order.pk}/").text
    with time_machine.travel(NOW, tick=False):
        rung = api.post(f"orders/{order.pk}/phone/resident", {}).json()
    (row,) = listing.rows(Order.objects.all(), contacts.scope(loop.worker, NOW))

    assert rung == [{"name": name, "phone": loop.resident.personal.phone}]
    assert row[-3] == name
    for said in (shown, page):
        assert name in said
        assert ("居民示例" in said) is (name == "居民示例")


def test_who_answers_for_the_home_of_a_resident_and_the_resident_read_the_name(loop):
    order = placed_for_who_answers_at(loop, "50.103.001.002.")
    township = factories.officer("community_worker", "50.103.001.")

    for person in (township, loop.resident):
        assert caller(person).get(f"orders/{order.pk}").json()["contact"]["name"] == "居民示例"


def test_the_team_reads_the_name_of_who_ordered_wherever_at_home(loop):
    loop.resident.home = factories.division("50.112.001.001.")
    loop.resident.save(update_fields=["home"])
    order = loop.order("claimed")

    shown = caller(loop.leader).get(f"orders/{order.pk}").json()

    assert shown["contact"]["name"] == "居民示例"
