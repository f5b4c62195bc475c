"""A reopened order is visited again: what was said of the first visit counts for the first alone."""

from __future__ import annotations

import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from kepu.kernel import clock
from kepu.kernel.errors import RuleBroken
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import actions, evidence, figures, listing, reports, roster, visits
from kepu.orders.figures import Month
from kepu.orders.hints import hints
from kepu.orders.models import CheckIn, Evidence, Order, Rating, RosterPlace, Step
from kepu.orders.schemas import REPORTS
from kepu.orders.sheets import NOBODY
from kepu.people import queries as people
from kepu.people.models import Absence, Service
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

AGAIN = timedelta(days=3)  # from the first visit to the second


def reopen(loop, order) -> Order:
    """Rated low, reopened, and claimed by the same team for a second visit."""
    after = order.wanted_from + timedelta(days=1)
    actions.rate(order.pk, stars=1, words="没有讲完", by=loop.resident, now=after)
    actions.reopen(order.pk, reason="请再去一次", by=loop.worker, now=after)
    return bring_back(loop, order, after)


def bring_back(loop, order, now) -> Order:
    actions.dispatch(order.pk, department=loop.department, by=loop.worker, now=now)
    actions.accept(order.pk, by=loop.officer, now=now)
    actions.open_to_teams(order.pk, by=loop.officer, now=now)
    actions.claim(order.pk, team=loop.team, by=loop.leader, now=now)
    actions.schedule(order.pk, starts_at=order.wanted_from + AGAIN, by=loop.leader, now=now)
    return Order.objects.get(pk=order.pk)


def deliver_again(loop, order, who=None) -> Order:
    begin = order.starts_at
    actions.check_in(order.pk, code=order.check_in_code, by=who or loop.leader, now=begin)
    actions.deliver(order.pk, attended=40, by=loop.leader, now=begin + timedelta(hours=1))
    return Order.objects.get(pk=order.pk)


@pytest.fixture
def second(loop) -> Order:
    """Delivered once with 18 people, and set for a second visit."""
    return reopen(loop, loop.order("delivered"))


def test_the_second_visit_begins_with_nothing_of_the_first(loop, second):
    assert (second.visit, second.attended, second.delivered_at) == (2, None, None)
    assert not visits.check_ins(second).exists()
    assert visits.rating(second) is None
    assert not roster.of(second).exists()


def test_the_second_visit_is_not_reported_on_the_arrival_of_the_first(loop, second):
    with pytest.raises(RuleBroken, match="nobody has checked in"):
        actions.deliver(
            second.pk, attended=40, by=loop.leader, now=second.starts_at + timedelta(hours=1)
        )


def test_nobody_came_the_second_time_can_be_said_though_somebody_came_the_first(loop, second):
    actions.report_no_show(second.pk, by=loop.resident, now=second.starts_at + timedelta(hours=1))

    assert Order.objects.get().state == "no_show"


def test_the_code_of_the_first_visit_opens_nothing_at_the_second(loop):
    first = loop.order("delivered")
    second = reopen(loop, first)

    with pytest.raises(RuleBroken, match="not the code"):
        actions.check_in(second.pk, code=first.check_in_code, by=loop.leader, now=second.starts_at)


def test_each_visit_is_rated_and_answered_once(loop, second):
    order = deliver_again(loop, second)

    actions.rate(order.pk, stars=5, by=loop.resident, now=order.ends_at)
    actions.answer(order.pk, words="谢谢", by=loop.leader, now=order.ends_at)

    told = Rating.objects.order_by("visit").values_list("visit", "stars", "answer")
    assert list(told) == [(1, 1, ""), (2, 5, "谢谢")]
    with pytest.raises(RuleBroken):
        actions.rate(order.pk, stars=1, by=loop.resident, now=order.ends_at)


def test_a_good_second_visit_is_not_reopened_for_the_low_rating_of_the_first(loop, second):
    order = deliver_again(loop, second)
    actions.rate(order.pk, stars=5, by=loop.resident, now=order.ends_at)

    with pytest.raises(RuleBroken, match="stars or fewer"):
        actions.reopen(order.pk, reason="再来", by=loop.worker, now=order.ends_at)


def test_the_month_counts_each_visit_once_with_the_people_it_had(loop, second):
    deliver_again(loop, second)

    found = figures.of_month(["50."], Month(date(2026, 3, 1)))["50."]

    assert (found.delivered, found.reached) == (2, 18 + 40)
    _own, [district] = reports.table(second.division_now.parent.parent.parent, *march())
    assert (district.figures.delivered, district.figures.reached) == (2, 58)


def march():
    return Month(date(2026, 3, 1)), rulebooks.in_force(REPORTS, NOW).rules


def test_what_the_first_visit_reported_stays_readable(loop, second):
    deliver_again(loop, second)

    steps = Step.objects.filter(verb="deliver").values_list("visit", "attended")
    [before] = visits.earlier(Order.objects.get(), with_ratings=True)

    assert list(steps) == [(1, 18), (2, 40)]
    assert (before.number, before.team, before.attended) == (1, loop.team, 18)
    assert before.rating.words == "没有讲完"


def test_both_visits_give_hours_and_each_gives_them_once(loop, second):
    factories.volunteer(loop.leader)
    order = deliver_again(loop, second)
    actions.certify_hours(order.pk, by=loop.officer, now=order.ends_at)
    actions.confirm_hours(order.pk, by=loop.resident, now=order.ends_at)

    given = Service.objects.order_by("pk").values_list("source", "source_id", "minutes", "state")

    assert list(given) == [
        ("orders.order", order.pk, 60, "confirmed"),
        ("orders.order.2", order.pk, 60, "confirmed"),
    ]
    assert people.minutes_of(loop.leader) == 120
    with pytest.raises(RuleBroken, match="no hours"):
        actions.certify_hours(order.pk, by=loop.officer, now=order.ends_at)


def test_who_came_the_first_time_stays_on_its_roster_and_may_miss_the_second(loop):
    order = loop.order("scheduled")
    one, other = (factories.member(loop.team) for _ in range(2))
    actions.set_roster(order.pk, people_ids=[one.pk, other.pk], by=loop.leader, now=NOW)
    during = order.starts_at + timedelta(minutes=20)
    presences = {one.pk: "came", other.pk: "absent"}
    actions.mark_roster(order.pk, presences=presences, by=loop.leader, now=during)
    loop.deliver(order)
    second = reopen(loop, order)

    actions.set_roster(
        order.pk, people_ids=[other.pk], by=loop.leader, now=second.starts_at - timedelta(hours=1)
    )
    missed = actions.mark_roster(
        order.pk, presences={other.pk: "absent"}, by=loop.leader, now=second.starts_at
    )

    assert missed == 1
    assert set(RosterPlace.objects.values_list("visit", "person", "presence")) == {
        (1, one.pk, "came"), (1, other.pk, "absent"), (2, other.pk, "absent"),
    }  # fmt: skip
    stated = Absence.objects.filter(person=other).order_by("pk")
    assert [one.source for one in stated] == ["orders.order", "orders.order.2"]


def test_a_visit_to_which_nobody_came_is_followed_by_another(loop):
    order = loop.order("no_show")
    late = order.wanted_from + timedelta(days=1)
    actions.reopen(order.pk, reason="请再安排", by=loop.worker, now=late)

    second = bring_back(loop, order, late)

    [before] = visits.earlier(second, with_ratings=True)
    assert (second.visit, before.came, before.attended) == (2, False, None)


def photograph(loop, order, now) -> Evidence:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(content, "JPEG")
    content.seek(0)
    shot = actions.Shot(uuid4(), "photo", now)
    return actions.attach(order.pk, shot, content, by=loop.leader, now=now)


def test_photographs_of_the_first_visit_are_not_shown_as_those_of_the_second(
    loop, settings, tmp_path, monkeypatch
):
    settings.DATA = tmp_path
    monkeypatch.setitem(evidence.MOST, "photo", 1)
    order = loop.order("scheduled")
    first = photograph(loop, order, order.starts_at)
    loop.deliver(order)
    order = reopen(loop, order)
    now = order.starts_at
    then = photograph(loop, order, now)  # the limit is one for each visit

    assert evidence.of(loop.leader, order, now) == [then]
    assert evidence.of_visit(loop.resident, order, 1, now) == [first]
    assert evidence.of_visit(loop.leader, order, 1, now) == []  # another team may have it by now


@pytest.mark.parametrize(
    ("who", "reads"), [("resident", True), ("worker", True), ("leader", False)]
)
def test_the_page_tells_of_earlier_visits_and_rates_them_to_those_they_concern(
    loop, second, who, reads
):
    client = Client()
    client.force_login(getattr(loop, who))

    said = client.get(reverse("order", args=[second.pk]), headers={"Accept-Language": "en"})

    assert "Earlier visits" in said.text
    assert "18 people came" in said.text
    assert ("没有讲完" in said.text) is reads


@pytest.mark.parametrize(("who", "stars"), [("resident", 1), ("worker", 1), ("leader", None)])
def test_the_api_tells_of_earlier_visits_and_rates_them_to_those_they_concern(
    loop, second, who, stars
):
    body = caller(getattr(loop, who)).get(f"orders/{second.pk}").json()

    [before] = body["earlier_visits"]
    assert (body["visit"], body["rating"], before["number"], before["attended"]) == (2, None, 1, 18)
    assert before["team"]["name"] == loop.team.name
    assert (before["rating"] and before["rating"]["stars"]) == stars


def test_the_exported_list_has_the_stars_of_the_present_visit(loop, second):
    order = deliver_again(loop, second)
    unrated = visits.stars([order])
    actions.rate(order.pk, stars=4, by=loop.resident, now=order.ends_at)

    assert (unrated, visits.stars([order])) == ({}, {order.pk: 4})
    [row] = listing.rows(Order.objects.all(), NOBODY)
    assert 4 in row


@pytest.mark.parametrize("model", [CheckIn, Rating, RosterPlace])
def test_the_database_keeps_one_of_each_for_a_visit(loop, model):
    order = loop.order("scheduled")
    actions.set_roster(order.pk, people_ids=[loop.leader.pk], by=loop.leader, now=NOW)
    loop.deliver(order)
    loop.rate(order)
    row = model.objects.get()

    row.pk, row.visit = None, 2
    row.save()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_the_database_keeps_visits_counted_from_one(loop):
    order = loop.order("placed")

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(visit=0)


def let_go(loop, order) -> Order:
    """The team arrives too early, and lets go before the visit begins."""
    early = order.starts_at - timedelta(hours=1)
    actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=early)
    actions.release(order.pk, reason="讲师病了", by=loop.leader, now=early)
    return Order.objects.get(pk=order.pk)


def test_a_team_that_arrived_and_lets_go_leaves_its_arrival_to_nobody(loop):
    before = loop.order("scheduled")
    released = let_go(loop, before)
    assert not visits.check_ins(released).exists()
    assert released.check_in_code != before.check_in_code
    assert CheckIn.objects.filter(order=released, visit=1).exists()


def arrive(loop, order, who) -> None:
    actions.check_in(order.pk, code=order.check_in_code, by=who, now=order.starts_at)


@pytest.mark.parametrize("way", ["release", "hand_over"])
def test_who_had_arrived_when_the_team_let_go_gets_hours_that_both_sides_agree_to(loop, way):
    order, came = loop.order("scheduled"), factories.member(loop.team)
    arrive(loop, order, came)
    let = {"release": {"reason": "停电了"}, "hand_over": {"to": factories.team()}}
    later = order.starts_at + timedelta(minutes=40)

    getattr(actions, way)(order.pk, by=loop.leader, now=later, **let[way])

    [given] = Service.objects.filter(person=came)
    assert (given.source, given.minutes, given.state) == ("orders.order", 40, "proposed")
    after = Order.objects.get(pk=order.pk)
    assert "certify_hours" in {hint.verb for hint in hints(after, loop.officer, later)}
    actions.certify_hours(order.pk, by=loop.officer, now=later)
    assert "certify_hours" not in {hint.verb for hint in hints(after, loop.officer, later)}
    assert "confirm_hours" in {hint.verb for hint in hints(after, loop.resident, later)}
    actions.confirm_hours(order.pk, by=loop.resident, now=later)
    assert people.minutes_of(came) == 40


def test_hours_of_a_visit_that_was_let_go_end_with_the_time_set_for_it(loop):
    order, came = loop.order("scheduled"), factories.member(loop.team)
    arrive(loop, order, came)

    actions.release(order.pk, reason="忘了", by=loop.leader, now=order.ends_at + timedelta(hours=9))

    assert Service.objects.get(person=came).minutes == 60


def test_who_agrees_to_hours_reads_that_no_visit_was_reported(loop):
    order, came = loop.order("scheduled"), factories.member(loop.team)
    arrive(loop, order, came)
    later = order.starts_at + timedelta(minutes=40)
    actions.release(order.pk, reason="停电了", by=loop.leader, now=later)

    told = visits.tell_of_hours(list(Service.objects.all()))

    assert list(told.values()) == [
        f"{order.number} · Visit 1 · the team arrived, and no visit was reported"
    ]
    client = Client()
    client.force_login(loop.officer)
    page = client.get(reverse("order", args=[order.pk]), headers={"Accept-Language": "en"})
    assert "the team arrived, and no visit was reported" in page.text


def test_an_order_let_go_before_anybody_arrived_is_still_at_its_first_visit(loop):
    before = loop.order("scheduled")
    actions.release(before.pk, reason="讲师病了", by=loop.leader, now=NOW)
    after = Order.objects.get(pk=before.pk)
    assert (after.visit, after.check_in_code) == (1, before.check_in_code)


def test_an_order_handed_over_after_an_arrival_begins_another_visit(loop):
    order = loop.order("scheduled")
    early = order.starts_at - timedelta(hours=1)
    actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=early)
    other = factories.team()
    actions.hand_over(order.pk, to=other, by=loop.leader, now=early)
    assert not visits.check_ins(Order.objects.get(pk=order.pk)).exists()


@pytest.fixture
def missed(loop) -> Order:
    """Nobody came, and the only day it was wanted is over."""
    begin = NOW + timedelta(days=1)
    order = loop.order("scheduled", wanted_from=begin, wanted_until=begin + timedelta(hours=2))
    actions.report_no_show(order.pk, by=loop.resident, now=begin + timedelta(hours=3))
    return Order.objects.get(pk=order.pk)


def test_an_order_whose_time_is_over_is_reopened_for_another_time_and_can_be_served(loop, missed):
    """Seen in a trial: teams were told that the time had passed, and nobody could change it."""
    later = missed.wanted_until + timedelta(hours=4)
    with pytest.raises(RuleBroken, match="the time you want has passed"):
        actions.reopen(missed.pk, reason="请再安排", by=loop.worker, now=later)

    begin = later + timedelta(days=2)
    wanted = {"wanted_from": begin, "wanted_until": begin + timedelta(days=5)}
    actions.reopen(missed.pk, reason="请再安排", by=loop.worker, now=later, **wanted)
    order = Order.objects.get(pk=missed.pk)
    assert {name: getattr(order, name) for name in wanted} == wanted
    assert bring_back(loop, order, later).state == "scheduled"


def test_the_page_that_reopens_offers_a_time_ahead_and_the_api_takes_one(loop, missed, monkeypatch):
    later = missed.wanted_until + timedelta(hours=4)
    monkeypatch.setattr(clock, "now", lambda: later)
    page = Client()
    page.force_login(loop.worker)
    form = page.get(reverse("order-act", args=[missed.pk, "reopen"])).content.decode()
    assert f"{later.astimezone(clock.BEIJING) + timedelta(days=1):%Y-%m-%d}T09:00" in form

    answer = caller(loop.worker).post(f"orders/{missed.pk}/reopen", {"reason": "请再安排"})
    assert answer.status_code == 409
    begin = later + timedelta(days=2)
    wanted = {"wanted_from": begin.isoformat(), "wanted_until": (begin + timedelta(1)).isoformat()}
    answer = caller(loop.worker).post(f"orders/{missed.pk}/reopen", {"reason": "请再", **wanted})
    assert (answer.status_code, Order.objects.get(pk=missed.pk).wanted_from) == (200, begin)
