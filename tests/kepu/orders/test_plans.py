"""The auto-plan: what it would do is right, and nothing is done before it is applied."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.kernel.rulebooks.queries import shipped
from kepu.orders import actions, bridge, queries
from kepu.orders.models import Offer, Order
from kepu.orders.schemas import CLAIMS
from kepu.people.models import Team
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_plan_names_an_able_team_a_time_and_a_reason_and_does_nothing_yet(loop):
    order = loop.order("open")

    plan = loop.plan()

    line = plan.lines.get(order=order)
    assert line.team == loop.team
    assert order.wanted_from <= line.starts_at < order.wanted_until
    assert plan.summary["served"] == 1
    assert not Offer.objects.exists()
    assert Order.objects.get(pk=order.pk).state == "open"


def test_who_cannot_or_does_not_serve_there_is_not_planned(loop):
    order = loop.order("open", topic=factories.skill("astronomy"))
    factories.team(path="50.101.001.", areas=("50.101.",), skills=("astronomy",))

    line = loop.plan().lines.get(order=order)

    assert line.team is None
    assert "no team that serves this place" in line.reason
    assert line.left_out == "no_skill"


def test_the_page_of_a_plan_says_what_to_do_about_an_order_that_it_leaves_out(loop):
    order = loop.order("open", topic=factories.skill("astronomy"))
    client = Client(headers={"accept-language": "en"})
    client.force_login(loop.officer)

    page = client.get(reverse("plan", args=[loop.plan().pk])).text

    assert f'aria-label="Offer to neighbouring districts {order.number}"' in page


def test_what_lies_in_a_community_without_a_point_of_its_own_is_planned_from_its_township(loop):
    order = loop.order("open")
    nowhere = {"lon": None, "lat": None}
    Division.objects.filter(level=Level.COMMUNITY).update(**nowhere)
    Order.objects.update(**nowhere)
    Team.objects.update(**nowhere)

    assert loop.plan().lines.get(order=order).team == loop.team

    assert Order.objects.get(pk=order.pk).lon is None
    known = divisions.positions([order.path, "99."])
    assert known == {order.path: divisions.position(order.division_now)}


def test_a_team_is_not_planned_beyond_what_it_may_hold(loop):
    loop.team.week_capacity = loop.team.day_capacity = 1
    loop.team.save()
    within_a_week = {"wanted_until": NOW + timedelta(days=2)}
    loop.order("open", **within_a_week)
    loop.order("open", **within_a_week)

    plan = loop.plan()

    assert plan.summary["served"] == 1
    assert plan.summary["unserved"] == {"no_capacity": 1}


def test_applying_asks_the_teams_and_leaves_alone_what_has_moved_on(loop):
    taken, free = loop.order("open"), loop.order("open")
    loop.team.week_capacity, loop.team.day_capacity = 6, 2
    loop.team.save()
    plan = loop.plan()
    loop.claim(taken)

    factories.worked_on(actions.apply_plan(plan.pk, by=loop.officer, now=NOW))

    assert list(Offer.objects.values_list("order", flat=True)) == [free.pk]
    assert plan.lines.get(order=taken).reason.startswith("left out: only an open order")
    assert plan.lines.get(order=free).reason.startswith("asked: can do it")
    with pytest.raises(RuleBroken, match="the state of the plan is “applied”"):
        actions.apply_plan(plan.pk, by=loop.officer, now=NOW)


def test_only_the_department_plans(loop):
    with pytest.raises(NotAllowed):
        actions.make_plan(loop.department, by=loop.worker, now=NOW)


def a_city(loop, districts, topics, orders):
    """Districts with a team each, topics spread over them, and open orders of the department."""
    keys = [f"topic{n:02d}" for n in range(topics)]
    for n in range(districts):
        path = f"50.{200 + n}."
        some = tuple(keys[(n + step) % topics] for step in range(8))
        factories.team(path=f"{path}001.", areas=(path,), skills=some)
    for n in range(orders):
        community = factories.division(f"50.{200 + n % districts}.001.001.")
        order = loop.order("placed", division=community, topic=factories.skill(keys[n % topics]))
        Order.objects.filter(pk=order.pk).update(
            state="open", department=loop.department, lon=community.lon, lat=community.lat
        )


def test_a_city_of_sixty_districts_and_thirty_five_topics_is_planned_at_once(loop):
    a_city(loop, districts=60, topics=35, orders=70)

    plan = loop.plan()

    lines = list(plan.lines.select_related("order", "team"))
    assert plan.summary["served"] == sum(line.team is not None for line in lines) > 0
    for line in lines:
        if line.team:
            assert line.order.path.startswith(line.team.areas.get().path)
            assert line.order.topic in line.team.skills.all()
    assert plan.summary["unserved"].keys() <= {"no_skill"}


def test_a_plan_asks_the_same_questions_for_two_teams_and_for_twenty(loop):
    def queries_of_a_plan():
        with CaptureQueriesContext(connection) as asked:
            bridge.propose(loop.department, NOW)
        return len(asked)

    a_city(loop, districts=2, topics=3, orders=3)
    bridge.propose(loop.department, NOW)
    few = queries_of_a_plan()
    for _ in range(18):
        factories.team(path="50.200.001.", areas=("50.200.", "50.201."))

    assert queries_of_a_plan() == few


def test_what_many_teams_may_still_take_on_is_what_each_may(loop):
    for _ in range(5):
        loop.order("no_show")
    fresh = factories.team(joined_at=NOW - timedelta(days=10), week_capacity=9)
    idle = factories.team(week_capacity=4)
    taken = loop.order("open")
    actions.claim(taken.pk, team=fresh, by=fresh.applied_by, now=NOW)
    rules = shipped(CLAIMS)

    room = queries.room_of([loop.team, fresh, idle], rules, NOW)

    assert room == {loop.team.pk: 2, fresh.pk: 2, idle.pk: 4}
    for team in (loop.team, fresh, idle):
        cap, _why = queries.claim_cap(team, rules, NOW)
        assert room[team.pk] == min(team.week_capacity, cap) - queries.held(team)


def room_for(loop, day, week):
    loop.team.day_capacity, loop.team.week_capacity = day, week
    loop.team.save()


# Ten o'clock in Beijing of the day after NOW, in the middle of a morning when teams go out.
TEN = (NOW + timedelta(days=1)).astimezone(BEIJING).replace(hour=10, minute=0)


def scheduled_at(loop, start, **wish):
    order = loop.order("claimed", **wish)
    actions.schedule(order.pk, starts_at=start, by=loop.leader, now=NOW)
    return order


def test_a_visit_that_is_set_takes_its_day_and_nothing_else(loop):
    room_for(loop, day=1, week=5)
    wish = {"wanted_from": TEN.replace(hour=9), "wanted_until": TEN + timedelta(days=4)}
    scheduled_at(loop, TEN, **wish)
    order = loop.order("open", **wish)

    start = loop.plan().lines.get(order=order).starts_at

    assert start.astimezone(BEIJING).date() != TEN.date()


def test_no_visit_is_proposed_beside_one_that_is_set_or_was_asked_for(loop):
    room_for(loop, day=5, week=9)
    wish = {"wanted_from": TEN.replace(hour=9), "wanted_until": TEN.replace(hour=12)}
    scheduled_at(loop, TEN.replace(hour=9), **wish)
    asked, order = loop.order("open", **wish), loop.order("open", **wish)
    actions.offer(asked.pk, team=loop.team, reason="近", by=loop.officer, now=NOW, starts_at=TEN)

    plan = loop.plan()

    assert plan.lines.get(order=order).starts_at == TEN.replace(hour=11)
    assert plan.lines.get(order=order).reason.endswith("visit 3 of that week, 9 a week at most")
    assert plan.lines.get(order=asked).team is None


def test_a_visit_that_fits_beside_no_other_stays_with_nobody(loop):
    room_for(loop, day=5, week=9)
    wish = {"wanted_from": TEN.replace(hour=9), "wanted_until": TEN.replace(hour=11, minute=30)}
    scheduled_at(loop, TEN.replace(minute=15), **wish, minutes=30)
    order = loop.order("open", **wish, minutes=90)

    plan = loop.plan()

    assert plan.lines.get(order=order).team is None
    assert plan.summary["unserved"] == {"no_time": 1}
    assert plan.summary["gap"] == 1.0


def test_a_backlog_over_weeks_is_not_offered_beyond_what_a_team_may_hold(loop):
    room_for(loop, day=2, week=5)
    Team.objects.update(joined_at=NOW - timedelta(days=10))  # a new team: three at once
    loop.order("claimed")
    weeks = {"wanted_until": NOW + timedelta(days=13)}
    for _ in range(6):
        loop.order("open", **weeks)

    plan = loop.plan()

    assert plan.summary["served"] == 2
    assert plan.summary["unserved"] == {"no_capacity": 4}
    assert plan.summary["gap"] == 0


def test_an_order_that_is_claimed_without_a_time_keeps_a_place_in_its_week(loop):
    room_for(loop, day=1, week=1)
    wish = {"wanted_until": NOW + timedelta(days=2)}
    loop.order("claimed", **wish)
    order = loop.order("open", **wish)

    plan = loop.plan()

    assert plan.lines.get(order=order).team is None
    assert plan.summary["unserved"] == {"no_capacity": 1}


def test_what_was_cancelled_or_missed_takes_no_place(loop):
    room_for(loop, day=1, week=1)
    wish = {"wanted_from": TEN.replace(hour=9), "wanted_until": TEN.replace(hour=12)}
    gone = scheduled_at(loop, TEN, **wish)
    actions.cancel(gone.pk, reason="取消", by=loop.worker, now=NOW)
    order = loop.order("open", **wish)

    assert loop.plan().lines.get(order=order).team == loop.team


def test_of_two_teams_alike_the_one_that_waits_longest_for_its_turn_is_planned(loop):
    loop.order("rated")  # the loop's team has had its turn
    idle = factories.team("轮到我")
    order = loop.order("open")

    assert loop.plan().lines.get(order=order).team == idle
