"""Who has to ring reads the telephone in full, on the record; nobody else learns of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts.models import Personal
from kepu.kernel.api.limits import TooMany
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import Outside
from kepu.orders import actions, contacts, rules
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

SEES = {
    "draft": {"resident", "guardian"},
    "placed": {"resident", "guardian", "worker"},
    "dispatched": {"resident", "guardian", "worker", "officer"},
    "claimed": {"resident", "guardian", "worker", "officer", "leader"},
    "scheduled": {"resident", "guardian", "worker", "officer", "leader", "goes"},
    "delivered": {"resident", "guardian", "worker", "officer", "leader"},
    "rated": {"resident", "guardian", "worker"},
}
LEADS = {
    "dispatched": set(),
    "claimed": {"resident", "guardian", "worker", "officer"},
    "scheduled": {"resident", "guardian", "worker", "officer"},
    "rated": set(),
}


@pytest.fixture
def cast(loop):
    """Everybody around an order, and some who are not."""
    elsewhere = factories.loop("50.104.001.001.")
    loop.resident.guardian = factories.user("监护示例", phone="+8613800007001")
    loop.resident.save()
    loop.leader.keep(Personal(name="队长示例", phone="+8613800007002"))
    loop.leader.save()
    return {
        "resident": loop.resident,
        "guardian": loop.resident.guardian,
        "worker": loop.worker,
        "officer": loop.officer,
        "leader": loop.leader,
        "goes": factories.member(loop.team),
        "member": factories.member(loop.team),
        "rival": factories.team().applied_by,
        "worker elsewhere": elsewhere.worker,
        "officer elsewhere": elsewhere.officer,
        "stranger": factories.user(),
    }


def brought_to(loop, cast, state):
    """The order in `state`, with one member of the team on its roster if it has a team."""
    order = loop.order(state if state not in ("delivered", "rated") else "scheduled")
    if state not in ("draft", "placed", "dispatched"):
        actions.set_roster(order.pk, people_ids=[cast["goes"].pk], by=loop.leader, now=NOW)
    if state in ("delivered", "rated"):
        loop.deliver(order)
    if state == "rated":
        loop.rate(order)
    order.refresh_from_db()
    return order


def who_is_shown(show, order, cast) -> set[str]:
    found = set()
    for who, person in cast.items():
        try:
            show(order.pk, by=person, now=NOW)
        except Outside:
            continue
        found.add(who)
    return found


@pytest.mark.parametrize("state", SEES)
def test_who_serves_the_order_now_reads_the_resident_s_telephone(loop, cast, state):
    order = brought_to(loop, cast, state)

    assert who_is_shown(actions.show_resident_phone, order, cast) == SEES[state]
    shown = Entry.objects.filter(verb="order.show_resident_phone", object_id=str(order.pk))
    by = set(shown.values_list("actor", flat=True))
    assert by == {cast[who].pseudonym for who in SEES[state]}


@pytest.mark.parametrize("state", LEADS)
def test_while_a_team_has_the_order_the_other_side_can_ring_its_leader(loop, cast, state):
    order = brought_to(loop, cast, state)

    assert who_is_shown(actions.show_leader_phone, order, cast) == LEADS[state]


def test_the_numbers_are_whole_and_the_audit_holds_none(loop, cast):
    order = brought_to(loop, cast, "scheduled")

    [resident] = actions.show_resident_phone(order.pk, by=cast["goes"], now=NOW)
    [leader] = actions.show_leader_phone(order.pk, by=loop.resident, now=NOW)

    assert resident.phone == loop.resident.personal.phone
    assert (leader.name, leader.phone) == ("队长示例", "+8613800007002")
    told = str(list(Entry.objects.filter(verb__contains="phone").values()))
    assert "1380000" not in told


def test_of_a_child_without_a_telephone_the_guardian_is_rung(loop, cast):
    order = brought_to(loop, cast, "placed")
    loop.resident.keep(Personal(name="居民示例"))
    loop.resident.save()

    [line] = actions.show_resident_phone(order.pk, by=loop.worker, now=NOW)

    assert (line.name, line.phone) == ("监护示例", "+8613800007001")


def test_nobody_collects_telephones(loop, cast):
    order = brought_to(loop, cast, "placed")
    for _number in range(6):
        actions.show_resident_phone(order.pk, by=loop.worker, now=NOW)

    with pytest.raises(TooMany):
        actions.show_resident_phone(order.pk, by=loop.worker, now=NOW)
    with pytest.raises(Outside):  # who may not look is not told how often others did
        actions.show_resident_phone(order.pk, by=cast["stranger"], now=NOW)
    assert actions.show_resident_phone(order.pk, by=loop.worker, now=NOW + timedelta(minutes=1))


def test_the_exported_list_knows_the_same_visits(loop, cast):
    for state in ("claimed", "scheduled", "delivered"):
        order = brought_to(loop, cast, state)
        for person in cast.values():
            known = rules.why_not_see_contact(person, order, NOW) is None
            assert contacts.scope(person, NOW).covers(order) is known


def test_who_was_taken_off_the_roster_knows_the_resident_no_more(loop, cast):
    order = brought_to(loop, cast, "scheduled")
    actions.set_roster(order.pk, people_ids=[cast["member"].pk], by=loop.leader, now=NOW)

    with pytest.raises(Outside):
        actions.show_resident_phone(order.pk, by=cast["goes"], now=NOW)


def at(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    ("who", "status"),
    [("goes", 200), ("leader", 200), ("member", 404), ("rival", 404), ("stranger", 404)],
)
def test_one_press_without_script_leads_to_a_page_that_no_browser_keeps(loop, cast, who, status):
    order, number = brought_to(loop, cast, "scheduled"), loop.resident.personal.phone
    address = reverse("order-phone", args=[order.pk, "resident"])
    client = at(cast[who])

    with time_machine.travel(NOW, tick=False):
        before, answer = client.get(reverse("order", args=[order.pk])), client.post(address)
        assert client.get(address).status_code == 405

    assert answer.status_code == status
    assert (address in before.text) is (status == 200)
    assert number not in before.text
    assert (f'href="tel:{number}"' in answer.text) is (status == 200)
    assert status != 200 or "no-store" in answer["Cache-Control"]


def test_the_resident_s_page_leads_to_the_leader(loop, cast):
    order = brought_to(loop, cast, "scheduled")
    address = reverse("order-phone", args=[order.pk, "leader"])

    client = at(loop.resident)
    with time_machine.travel(NOW, tick=False):
        assert address in client.get(reverse("order", args=[order.pk])).text
        assert 'href="tel:+8613800007002"' in client.post(address).text
        assert client.post(address.replace("leader", "whoever")).status_code == 404


def test_the_api_masks_the_telephone_and_shows_it_whole_when_asked(loop, cast):
    order, number = brought_to(loop, cast, "scheduled"), loop.resident.personal.phone
    with time_machine.travel(NOW, tick=False):
        api = caller(loop.leader)
        before = api.get(f"orders/{order.pk}").json()["contact"]["phone"]
        shown = api.post(f"orders/{order.pk}/phone/resident", {})
        kept = api.post(f"orders/{order.pk}/phone/resident", {}, Idempotency_Key="a")
        refused = caller(cast["stranger"]).post(f"orders/{order.pk}/phone/resident", {})

    assert before == f"{number[3:6]}****{number[-4:]}"
    assert shown.json() == [{"name": "居民示例", "phone": number}]
    assert "no-store" in shown["Cache-Control"]
    assert (kept.status_code, refused.status_code) == (422, 404)
