"""Alliances and shared passes: who joins, who takes, and that a pass is stamped as often as it is good."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.errors import NotAllowed, Outside, RuleBroken
from kepu.kernel.facts import worker
from kepu.kernel.notices.queries import letters, of_person
from kepu.venues import actions, sharing
from kepu.venues.models import Alliance, HeldPass, SharedPass, Stamp, Venue
from tests.factories import NOW, division, user
from tests.kepu.venues.factories import (
    DECISION,
    HERE,
    THERE,
    alliance,
    decide,
    judge,
    manager,
    member,
    shared,
    venue,
)
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HERE, "示例区")
    division(THERE, "别处区")


def browser(person=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if person is not None:
        made.force_login(person)
    return made


def ready(**changed: object) -> tuple[Venue, object, HeldPass]:
    """A venue of an alliance, its manager, and a resident's pass that is good there."""
    by = manager()
    one, of = venue("active", by=by), alliance()
    member(of, one, by)
    return one, by, actions.take_pass(shared(of, one, **changed).pk, by=user(), now=NOW)


def test_a_venue_asks_to_join_and_the_keeper_takes_it_in():
    by = manager()
    one, of = venue("active", by=by), alliance()
    asked = actions.ask_to_join(of.pk, venue=one, by=by, now=NOW)

    for person in (by, judge(THERE), user()):
        with pytest.raises(NotAllowed):
            actions.answer_join(asked.pk, accept=True, by=person, now=NOW)
    actions.answer_join(asked.pk, accept=True, by=judge(), now=NOW)

    assert [row.venue for row in sharing.members(of)] == [one]
    with pytest.raises(RuleBroken, match="belongs to it"):
        actions.ask_to_join(of.pk, venue=one, by=by, now=NOW)


def test_an_alliance_of_the_city_takes_venues_of_any_district_and_one_of_a_district_does_not():
    by = manager()
    far = venue("active", by=by, path=THERE)
    city, here = alliance("50."), alliance(HERE)

    assert actions.ask_to_join(city.pk, venue=far, by=by, now=NOW).state == "asked"
    with pytest.raises(RuleBroken, match="outside the place"):
        actions.ask_to_join(here.pk, venue=far, by=by, now=NOW)
    with pytest.raises(NotAllowed):
        actions.found_alliance(division("50."), name="越级联盟", by=judge(HERE), now=NOW)


@pytest.mark.parametrize("state", ["suspended", "draft"])
def test_only_a_venue_at_work_joins(state):
    by = manager()
    one = venue(state, by=by)

    with pytest.raises(RuleBroken, match="at work"):
        actions.ask_to_join(alliance().pk, venue=one, by=by, now=NOW)


def test_a_pass_names_members_alone_and_has_a_title_of_its_own():
    by = manager()
    one, other, of = venue("active", by=by), venue("active", by=by, name="别馆"), alliance()
    member(of, one, by)

    with pytest.raises(RuleBroken, match="members of the alliance alone"):
        shared(of, one, other)
    shared(of, one)
    with pytest.raises(RuleBroken, match="title"):
        shared(of, one)


def test_a_free_pass_is_taken_once_and_one_with_a_price_never():
    by, person = manager(), user()
    one, of = venue("active", by=by), alliance()
    member(of, one, by)
    free, sold = shared(of, one), shared(of, one, title="年票", price=Decimal(50))

    codes = {actions.take_pass(free.pk, by=person, now=NOW).code for _ in range(2)}

    assert len(codes) == 1
    with pytest.raises(RuleBroken, match="sells nothing"):
        actions.take_pass(sold.pk, by=person, now=NOW)


def test_a_pass_is_stamped_as_often_as_it_is_good_and_the_database_holds_it():
    one, by, held = ready(times=2)

    made = [actions.stamp(held.code.lower(), venue_id=one.pk, by=by, now=NOW).nth for _ in range(2)]

    assert made == [1, 2]
    with pytest.raises(RuleBroken, match="as often as it is good"):
        actions.stamp(held.code, venue_id=one.pk, by=by, now=NOW)
    for nth in (2, 3):
        with pytest.raises(IntegrityError), transaction.atomic():
            Stamp.objects.create(held=held, venue=one, nth=nth, most=2, by=by, at=NOW)


def heard(person, key: str) -> list[str]:
    """What a person was told by the text of this key."""
    found = list(of_person(person).filter(template=key))
    return [one.text for one in letters(person, found)]


def test_who_holds_a_pass_hears_that_a_venue_is_suspended_and_that_it_is_back():
    one, by, held = ready()
    used_up = actions.take_pass(held.shared_id, by=user("用完示例"), now=NOW)
    actions.stamp(used_up.code, venue_id=one.pk, by=by, now=NOW)
    elsewhere = venue("active", by=by, name="别馆示例")
    of = held.shared.alliance
    member(of, elsewhere, by)
    other = actions.take_pass(shared(of, elsewhere, title="别票").pk, by=user("别人示例"), now=NOW)
    people = (held.holder, used_up.holder, other.holder)

    decide(one, "suspend", by=judge(), **DECISION)
    worker.work_off(NOW)
    stopped = [len(heard(person, "venues.pass_stopped")) for person in people]
    decide(one, "reinstate", by=judge(), **DECISION)
    worker.work_off(NOW)

    assert stopped == [1, 0, 0]
    (told,) = heard(held.holder, "venues.pass_stopped")
    assert one.name in told
    assert held.shared.title in told
    assert [len(heard(person, "venues.pass_again")) for person in people] == [1, 0, 0]


def test_a_warning_stops_no_pass_so_nobody_hears_that_it_is_good_again():
    one, _by, held = ready()

    for verb in ("warn", "reinstate"):
        decide(one, verb, by=judge(), **DECISION)
        worker.work_off(NOW)

    assert not heard(held.holder, "venues.pass_stopped")
    assert not heard(held.holder, "venues.pass_again")


def test_a_suspended_venue_stamps_nothing_the_same_second():
    one, by, held = ready()
    decide(one, "suspend", by=judge(), **DECISION)

    with pytest.raises(RuleBroken, match=DECISION["reason"]):
        actions.stamp(held.code, venue_id=one.pk, by=by, now=NOW)
    assert not Stamp.objects.exists()


def test_a_pass_is_not_good_elsewhere_nor_before_nor_after_nor_where_the_venue_has_left():
    one, by, held = ready(first_day=TODAY + timedelta(days=1))
    other = venue("active", by=by, name="别馆")
    days = [NOW, NOW + timedelta(days=2), NOW + timedelta(days=100)]

    with pytest.raises(RuleBroken, match="from 2026-03-06 on"):
        actions.stamp(held.code, venue_id=one.pk, by=by, now=days[0])
    with pytest.raises(RuleBroken, match="has ended"):
        actions.stamp(held.code, venue_id=one.pk, by=by, now=days[2])
    with pytest.raises(RuleBroken, match="not good at this venue"):
        actions.stamp(held.code, venue_id=other.pk, by=by, now=days[1])
    actions.leave(sharing.members(held.shared.alliance).get().pk, by=by, now=NOW)
    with pytest.raises(RuleBroken, match="not good at this venue"):
        actions.stamp(held.code, venue_id=one.pk, by=by, now=days[1])


def test_only_a_manager_of_the_venue_stamps_and_an_unknown_code_is_not_there():
    one, by, held = ready()

    for person in (held.holder, judge(), user()):
        with pytest.raises(NotAllowed):
            actions.stamp(held.code, venue_id=one.pk, by=person, now=NOW)
    with pytest.raises(Outside):
        actions.stamp("AAAAAAAAAA", venue_id=one.pk, by=by, now=NOW)


def test_the_pass_is_shown_to_its_holder_and_to_a_counter_and_to_nobody_else_and_names_nobody():
    one, by, held = ready()
    page, picture = reverse("pass", args=[held.code]), reverse("pass-code", args=[held.code])

    mine = browser(held.holder).get(page).content.decode()
    counter = browser(by).get(page).content.decode()

    assert picture in mine
    assert picture not in counter
    assert reverse("pass-stamp", args=[held.code, one.pk]) in counter
    assert held.holder.name not in counter
    assert [browser(who).get(page).status_code for who in (None, user(), judge())] == [
        302,
        404,
        404,
    ]
    assert [browser(who).get(picture).status_code for who in (held.holder, by)] == [200, 404]


def test_the_whole_way_in_a_browser():
    by, keeper, person = manager(), judge(), user()
    one = venue("active", by=by)

    founded = {"name": "山城科普联盟", "place": "示例区", "about": "一起办科普"}
    browser(keeper).post(reverse("alliance-new"), founded)
    of = Alliance.objects.get()
    browser(by).post(reverse("alliance-join", args=[of.pk]), {"venue": one.pk})
    asked = of.members.get()
    browser(keeper).post(reverse("alliance-answer", args=[asked.pk, "admit"]))
    browser(keeper).post(reverse("pass-new", args=[of.pk]), {
        "title": "亲子通票", "venues": [one.pk], "first_day": "2026-03-01", "last_day": "2026-06-30",
        "times": 1, "price": 0,
    })  # fmt: skip
    offered = browser().get(reverse("venue", args=[one.pk])).content.decode()
    browser(person).post(reverse("pass-take", args=[SharedPass.objects.get().pk]))
    held = HeldPass.objects.get()
    counter = reverse("venue-counter", args=[one.pk])
    first = browser(by).post(counter, {"code": held.code})
    second = browser(by).post(counter, {"code": held.code})

    assert "亲子通票" in offered
    assert first.status_code == 302
    assert second.status_code == 409
    assert "as often as it is good" in second.content.decode()
    assert "亲子通票" in browser(person).get(reverse("my-passes")).content.decode()
    assert browser().get(reverse("alliances")).status_code == 200


def test_the_whole_way_over_the_api():
    by, keeper, person = manager(), judge(), user()
    one = venue("active", by=by)

    made = caller(keeper, NOW).post("alliances", {"name": "联盟", "place": HERE}).json()
    asked = caller(by, NOW).post(f"alliances/{made['id']}/join", {"venue_id": one.pk}).json()
    refused = caller(by, NOW).post(f"alliance-members/{asked['id']}/admit")
    caller(keeper, NOW).post(f"alliance-members/{asked['id']}/admit")
    body = {
        "title": "通票",
        "venues": [one.pk],
        "first_day": "2026-03-01",
        "last_day": "2026-06-30",
    }
    ticket = caller(keeper, NOW).post(f"alliances/{made['id']}/passes", body).json()
    held = caller(person, NOW).post(f"passes/{ticket['id']}/take").json()
    stamps = [
        caller(by, NOW).post(f"venues/{one.pk}/stamps", {"code": held["code"]}).status_code
        for _ in range(2)
    ]

    assert refused.status_code == 403
    assert stamps == [200, 409]
    shown = caller(None).get(f"alliances/{made['id']}").json()
    assert shown["members"][0]["venue"]["id"] == one.pk
    assert shown["passes"][0]["title"] == "通票"
    assert caller(person, NOW).get("me/passes").json()["items"][0]["code"] == held["code"]
