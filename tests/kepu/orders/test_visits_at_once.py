"""A team is at no more visits at once than it takes on in a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel.errors import RuleBroken
from kepu.orders import actions
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

TEN = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def one_party(loop):
    takes_on(loop, 1)


def set_at(loop, after, **wish):
    """An order of the loop's team whose visit, of an hour by default, begins so long after TEN."""
    order = loop.order("claimed", **wish)
    begin = TEN + timedelta(minutes=after)
    actions.schedule(order.pk, starts_at=begin, by=loop.leader, now=NOW)
    return order


def takes_on(loop, a_day):
    loop.team.day_capacity, loop.team.week_capacity = a_day, 9
    loop.team.save()


@pytest.mark.parametrize("minutes", [-59, 0, 30, 59])
def test_a_team_that_takes_on_one_visit_a_day_is_not_at_two_at_once(loop, minutes):
    wish = {"wanted_from": TEN - timedelta(hours=2)}
    set_at(loop, 0, title="用药安全", **wish)

    with pytest.raises(RuleBroken, match="at “用药安全” then, and takes on 1 order a day"):
        set_at(loop, minutes, **wish)


@pytest.mark.parametrize("minutes", [-60, 60])
def test_one_visit_right_after_the_other_is_left_to_the_team(loop, minutes):
    wish = {"wanted_from": TEN - timedelta(hours=2)}
    set_at(loop, 0, **wish)

    assert set_at(loop, minutes, **wish).pk


def test_a_team_of_several_parties_makes_as_many_visits_at_once_as_it_takes_on_a_day(loop):
    takes_on(loop, 2)
    set_at(loop, 0)
    set_at(loop, 90)
    across = {"minutes": 150}  # beside both, but never beside two at once
    set_at(loop, 0, **across)

    with pytest.raises(RuleBroken, match="takes on 2 orders a day"):
        set_at(loop, 120)


def test_its_own_time_before_and_other_teams_visits_stand_in_nobodys_way(loop):
    order = set_at(loop, 0)
    other = factories.team("别队")
    theirs = loop.order("open")
    leader = other.memberships.get().person
    actions.claim(theirs.pk, team=other, by=leader, now=NOW)

    actions.schedule(theirs.pk, starts_at=TEN, by=leader, now=NOW)
    actions.schedule(order.pk, starts_at=TEN + timedelta(minutes=30), by=loop.leader, now=NOW)

    assert Order.objects.get(pk=order.pk).starts_at == TEN + timedelta(minutes=30)


def test_a_visit_that_is_over_or_was_given_up_frees_its_time(loop):
    gone = set_at(loop, 0)
    actions.release(gone.pk, reason="有事", by=loop.leader, now=NOW)

    assert set_at(loop, 0).pk
