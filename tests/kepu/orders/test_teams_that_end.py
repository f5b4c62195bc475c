"""What becomes of the orders of a team that is suspended, and of one that is dissolved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel.errors import NotAllowed
from kepu.kernel.facts import worker
from kepu.kernel.notices import queries as notices
from kepu.orders import actions
from kepu.orders.models import Order
from kepu.people.actions import teams as people
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def district():
    return factories.officer("district_officer", "50.103.")


def test_a_suspended_team_keeps_its_promises_or_lets_them_go_and_takes_nothing_new(loop, district):
    going, left, new = loop.order("scheduled"), loop.order("claimed"), loop.order("open")
    people.suspend_team(loop.team.pk, reason="示例原因", by=district, now=NOW)

    with pytest.raises(NotAllowed, match="suspended"):
        actions.claim(new.pk, team=loop.team, by=loop.leader, now=NOW)
    actions.release(left.pk, reason="做不了", by=loop.leader, now=NOW)
    begin = going.starts_at
    actions.check_in(going.pk, code=going.check_in_code, by=loop.leader, now=begin)
    actions.deliver(going.pk, attended=9, by=loop.leader, now=begin + timedelta(hours=1))

    assert Order.objects.get(pk=left.pk).state == "open"
    assert Order.objects.get(pk=going.pk).state == "delivered"


def test_the_orders_of_a_dissolved_team_are_open_again_and_the_next_in_line_is_asked(
    loop, district
):
    claimed, scheduled = loop.order("claimed"), loop.order("scheduled")
    leader = factories.user("另一队长")
    delivered, other = loop.order("delivered"), factories.team(leader=leader)
    actions.wait(claimed.pk, team=other, by=leader, now=NOW)

    people.dissolve_team(loop.team.pk, reason="示例原因", by=district, now=NOW)
    worker.work_off(NOW)

    for order in (claimed, scheduled):
        order.refresh_from_db()
        assert (order.state, order.team, order.starts_at) == ("open", None, None)
        assert order.steps.last().by is None
    assert Order.objects.get(pk=delivered.pk).team == loop.team
    assert [one.team for one in claimed.offers.all()] == [other]
    assert "order_released" in [one.template for one in notices.of_person(loop.resident)]


def test_who_was_to_go_for_a_team_that_ends_hears_of_it_whichever_fact_comes_first(
    loop,
):
    member, order = factories.member(loop.team), loop.order("scheduled")
    actions.set_roster(order.pk, people_ids=[member.pk], by=loop.leader, now=NOW)

    actions.let_go(order.pk, team=loop.team, now=NOW)
    worker.work_off(NOW)

    assert not order.roster.exists()
    told = [one.template for one in notices.of_person(member)]
    assert told.count("roster_off") == 1
