"""The demo city's venues share: an alliance with members and passes, and a dish served at a museum."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.orders import whereabouts
from kepu.orders.models import Service
from kepu.venues import sharing
from kepu.venues.models import Alliance, Stamp
from kepu.web import demo, demo_sharing
from tests import factories
from tests.factories import NOW
from tests.kepu.venues import factories as houses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def city(loop, monkeypatch):
    home, manager = factories.division(houses.HERE), houses.manager()
    for name in (*demo_sharing.MEMBERS, demo_sharing.ASKING):
        houses.venue(by=manager, name=name)
    loop.team.skills.add(factories.skill("experiments"))
    made = demo.City(NOW, password_hash="")
    made.people = {
        "district": houses.judge(), "venue": manager, "resident": loop.resident,
        "leader": loop.leader,
    }  # fmt: skip
    demo_sharing.build(made, home)
    monkeypatch.setattr("kepu.kernel.clock.now", lambda: NOW)
    return made


def test_an_alliance_has_members_one_venue_asks_and_a_pass_was_used_once(city):
    alliance = Alliance.objects.get()

    assert [one.venue.name for one in sharing.asking(alliance)] == [demo_sharing.ASKING]
    assert {one.venue.name for one in sharing.members(alliance)} == {*demo_sharing.MEMBERS}
    assert {bool(one.price) for one in sharing.passes(alliance, NOW)} == {True, False}
    (held,) = sharing.of_person(city.people["resident"])
    assert [one.nth for one in Stamp.objects.filter(held=held)] == [1]


def test_the_resident_finds_the_pass_and_the_keeper_the_venue_that_asks(city):
    alliance = reverse("alliance", args=[Alliance.objects.get().pk])
    for login, page, words in (
        ("resident", reverse("my-passes"), "亲子科普通票（示例）"),
        ("district", alliance, demo_sharing.ASKING),
    ):
        client = Client(headers={"accept-language": "zh-CN"})
        client.force_login(city.people[login])
        assert words in client.get(page).content.decode()


def test_the_dish_at_the_museum_is_not_ordered_while_the_museum_is_suspended(city):
    dish = Service.objects.get(title=demo_sharing.AT_VENUE)
    assert dish.state == "published"
    assert whereabouts.why_not_each([dish]) == {}

    houses.decide(dish.venue, "suspend", by=city.people["district"], **houses.DECISION)

    dish = Service.objects.get(pk=dish.pk)
    assert "消防通道被占用" in whereabouts.why_not_each([dish])[dish.pk]
