"""Who is put down for a visit says beforehand that it is not possible, and what the rules make of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.notices import queries as notices
from kepu.orders import actions, roster, rules, visits
from kepu.people.models import Absence
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

START = NOW + timedelta(days=1)  # when a visit of the loop begins
NOTICE = timedelta(hours=24)  # of the example that Kepu comes with
EARLY, LATE = START - NOTICE, START - NOTICE + timedelta(minutes=1)
DURING = START + timedelta(minutes=30)


@pytest.fixture
def rostered(loop):
    """A scheduled visit, with two members of the team put down for it."""
    order = loop.order("scheduled")
    pair = [factories.member(loop.team, factories.user(name)) for name in ("赵示例", "钱示例")]
    actions.set_roster(order.pk, people_ids=[one.pk for one in pair], by=loop.leader, now=NOW)
    return order, pair


def heard(person) -> list[str]:
    return list(notices.of_person(person).order_by("pk").values_list("template", flat=True))


def test_told_early_enough_the_rule_excuses_it_and_no_absence_comes_of_it(loop, rostered):
    order, (one, other) = rostered
    assert order.starts_at == START

    place = actions.cannot_come(order.pk, by=one, now=EARLY)
    actions.mark_roster(
        order.pk, presences={one.pk: "absent", other.pk: "came"}, by=loop.leader, now=DURING
    )

    place.refresh_from_db()
    assert (place.presence, place.marked_by, place.told_at) == ("excused", one, EARLY)
    assert not Absence.objects.exists()
    entry = Entry.objects.filter(verb="order.cannot_come").get()
    assert entry.detail["excused"] is True


@pytest.mark.parametrize(("said", "excused"), [("absent", False), ("excused", True)])
def test_told_later_the_leaders_say_afterwards_what_it_was(loop, rostered, said, excused):
    order, (one, _other) = rostered

    place = actions.cannot_come(order.pk, by=one, now=LATE)
    assert place.presence == ""
    actions.mark_roster(order.pk, presences={one.pk: said}, by=loop.leader, now=DURING)

    assert Absence.objects.get().excused is excused


def test_before_a_time_is_set_everybody_is_in_time(loop):
    order, one = loop.order("claimed"), factories.member(loop.team)
    actions.set_roster(order.pk, people_ids=[one.pk], by=loop.leader, now=NOW)

    assert actions.cannot_come(order.pk, by=one, now=NOW).presence == "excused"


@pytest.mark.parametrize("when", [EARLY, LATE])
def test_who_cannot_come_does_not_go_and_knows_the_resident_no_more(rostered, when):
    order, (one, other) = rostered
    assert rules.why_not_see_contact(one, order, when) is None

    actions.cannot_come(order.pk, by=one, now=when)

    assert roster.agenda(one, when) == []
    assert rules.why_not_see_contact(one, order, when)
    assert order.pk not in visits.going(one)
    assert [found.others for found in roster.agenda(other, when)] == [()]


@pytest.mark.parametrize("when", [EARLY, LATE])
def test_the_place_is_open_again_and_what_was_told_stays(loop, rostered, when):
    order, (one, other) = rostered
    actions.cannot_come(order.pk, by=one, now=when)
    third = factories.member(loop.team)

    offered = {found.person: found for found in roster.choices(order, when)}
    actions.set_roster(
        order.pk, people_ids=[other.pk, third.pk], by=loop.leader, now=when + timedelta(seconds=1)
    )

    assert not offered[one].chosen
    assert "not possible" in offered[one].why_not
    assert {place.person for place in roster.going(order)} == {other, third}
    assert roster.of(order).get(person=one).told_at == when
    assert "roster_off" not in heard(one)


def test_who_can_come_after_all_is_put_down_again(loop, rostered):
    order, (one, other) = rostered
    actions.cannot_come(order.pk, by=one, now=EARLY)

    actions.set_roster(order.pk, people_ids=[one.pk, other.pk], by=loop.leader, now=LATE)

    assert roster.of(order).get(person=one).presence == ""
    assert len(roster.agenda(one, LATE)) == 1
    assert heard(one) == ["roster_put", "roster_put"]


@pytest.mark.parametrize(("when", "text"), [(EARLY, "roster_excused"), (LATE, "roster_no_late")])
def test_leaders_read_who_and_the_department_how_many_go_still(loop, rostered, when, text):
    order, (one, other) = rostered

    actions.cannot_come(order.pk, by=one, now=when)

    told = notices.of_person(loop.leader).filter(template=text).get()
    assert "赵示例" in str(notices.words(told, loop.leader).text)
    assert told.link == reverse("order-roster", args=[order.pk])
    told = notices.of_person(loop.officer).filter(template="roster_fewer").get()
    said = str(notices.words(told, loop.officer).text)
    assert "赵示例" not in said
    assert "1 人前往" in said
    assert not {text, "roster_fewer"} & {*heard(one), *heard(other)}


def test_it_is_said_once_before_the_visit_and_only_by_who_is_put_down(loop, rostered):
    order, (one, other) = rostered
    for person in (factories.member(loop.team), loop.leader, loop.resident, loop.officer):
        with pytest.raises(NotAllowed, match="put down"):
            actions.cannot_come(order.pk, by=person, now=EARLY)
    with pytest.raises(RuleBroken, match="has begun"):
        actions.cannot_come(order.pk, by=one, now=START)
    actions.cannot_come(order.pk, by=other, now=EARLY)
    with pytest.raises(RuleBroken, match="said so already"):
        actions.cannot_come(order.pk, by=other, now=EARLY)


def test_the_own_page_says_what_follows_and_does_it(loop, rostered):
    order, (one, other) = rostered
    address = reverse("cannot-come", args=[order.pk])
    english = {"Accept-Language": "en"}
    with time_machine.travel(EARLY, tick=False):
        client = Client()
        client.force_login(one)
        page = client.get(reverse("people-me"), headers=english)
        assert address in page.text
        assert "It is excused" in page.text
        done = client.post(address, follow=True, headers=english)
        assert "You are excused and need not come" in done.text
        assert address not in done.text
    with time_machine.travel(LATE, tick=False):
        client = Client()
        client.force_login(other)
        assert "less than 24 hours" in client.get(reverse("people-me"), headers=english).text
        client.force_login(loop.leader)
        roster_page = client.get(reverse("order-roster", args=[order.pk]), headers=english)
        assert "has said that it is not possible" in roster_page.text


def test_the_api_says_whether_the_rules_excuse_it(loop, rostered):
    order, (one, _other) = rostered
    with time_machine.travel(LATE, tick=False):
        answer = caller(one).post(f"orders/{order.pk}/cannot-come")
        again = caller(one).post(f"orders/{order.pk}/cannot-come")
        seen = caller(loop.leader).get(f"orders/{order.pk}/roster").json()

    assert (answer.status_code, answer.json()["presence"]) == (200, "")
    assert again.status_code == 409
    assert [place["told_at"] is not None for place in seen] == [True, False]


@pytest.fixture
def guardian(rostered):
    """Of the one on the roster, who is a child."""
    _order, (one, _other) = rostered
    one.guardian = factories.user("孙示例")
    one.save(update_fields=["guardian"])
    return one.guardian


def test_a_guardian_says_it_on_the_wards_record_and_the_ward_hears_of_it(rostered, guardian):
    order, (one, _other) = rostered
    client, english = Client(), {"Accept-Language": "en"}
    client.force_login(guardian)
    record, address = reverse("person-record", args=[one.pk]), f"/orders/{order.pk}/cannot-come/"
    with time_machine.travel(EARLY, tick=False):
        assert address in client.get(record, headers=english).text
        done = client.post(address, {"ward": one.pk}, follow=True, headers=english)

    assert done.redirect_chain == [(record, 302)]
    assert f"{one.name} is excused and need not come" in done.text
    assert address not in done.text
    entry = Entry.objects.get(verb="order.cannot_come")
    assert (entry.actor, entry.for_whom) == (guardian.pseudonym, one.pseudonym)
    assert heard(one)[-1] == "roster_guardian_no"


def test_a_guardian_says_it_at_the_api_and_of_no_visit_but_the_wards(loop, rostered, guardian):
    order, (one, _other) = rostered
    another = loop.order("scheduled", title="另一次服务")
    with time_machine.travel(EARLY, tick=False):
        ward = f"cannot-come?ward={one.pseudonym}"
        elsewhere = caller(guardian).post(f"orders/{another.pk}/{ward}")
        done = caller(guardian).post(f"orders/{order.pk}/{ward}")

    assert elsewhere.status_code == 404
    assert (done.status_code, done.json()["presence"]) == (200, "excused")


@pytest.mark.parametrize("name", ["resident", "officer", "leader"])
def test_who_is_no_guardian_says_it_for_nobody(loop, rostered, name):
    order, (one, _other) = rostered

    with pytest.raises(NotAllowed, match="put down"):
        actions.cannot_come(order.pk, by=getattr(loop, name), for_whom=one, now=EARLY)
    client = Client()
    client.force_login(getattr(loop, name))
    with time_machine.travel(EARLY, tick=False):
        client.post(f"/orders/{order.pk}/cannot-come/", {"ward": one.pk})
    assert roster.of(order).get(person=one).told_at is None
