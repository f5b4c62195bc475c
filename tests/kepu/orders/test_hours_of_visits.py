"""Whoever was at a visit gets hours for it once, however late the device sends it and however it ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from kepu.kernel.errors import NotAllowed
from kepu.orders import actions, queries, visits
from kepu.orders.actions.syncing import Sent
from kepu.orders.hints import hints
from kepu.orders.models import Order
from kepu.people import actions as people
from kepu.people import queries as people_read
from kepu.people.actions import hours as people_hours
from kepu.people.models import Service
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def told_later(order: Order, person, **moments) -> set[str]:
    """What the person's device wrote down during the visit, sent after it; returns what came of it."""
    data = {"check_in": {"code": order.check_in_code}}
    sent = [
        Sent(
            uuid4(), kind, order.pk, order.starts_at + timedelta(minutes=after), data.get(kind, {})
        )
        for kind, after in moments.items()
    ]
    late = order.starts_at + timedelta(hours=3)
    return {actions.receive(one, by=person, now=late).outcome for one in sent}


def given(person) -> list[tuple[str, int, str]]:
    found = Service.objects.filter(person=person).order_by("pk")
    return list(found.values_list("source", "minutes", "state"))


@pytest.mark.parametrize(
    ("moments", "minutes"),
    [
        ({"check_in": 10}, 50),  # who stays leaves with the others
        ({"check_in": 10, "check_out": 40}, 30),
        ({"check_in": 10, "check_out": 100}, 50),  # never beyond the report
    ],
)
def test_who_is_heard_of_after_the_report_gets_hours_too(loop, moments, minutes):
    order, member = loop.order("delivered"), factories.member(loop.team)

    assert told_later(order, member, **moments) == {"done"}

    kept = [one for one in given(member) if one[2] != "dropped"]
    assert kept == [("orders.order", minutes, "proposed")]
    assert given(loop.leader) == [("orders.order", 60, "proposed")]


def test_a_rating_that_came_first_does_not_keep_a_late_device_out(loop):
    order, member = loop.order("rated"), factories.member(loop.team)

    assert told_later(order, member, check_in=0) == {"done"}
    assert given(member) == [("orders.order", 60, "proposed")]


def test_leaving_said_late_shortens_hours_that_nobody_has_certified(loop):
    order, member = loop.order("scheduled"), factories.member(loop.team)
    actions.check_in(order.pk, code=order.check_in_code, by=member, now=order.starts_at)
    loop.deliver(order)

    told_later(order, member, check_out=20)
    told_later(order, member, check_out=30)

    assert given(member)[-1] == ("orders.order", 20, "proposed")
    assert [one[2] for one in given(member)].count("proposed") == 1


def test_who_left_after_the_others_gets_the_hours_of_the_own_leaving(loop):
    order, member = loop.order("scheduled"), factories.member(loop.team)
    begin = order.starts_at
    actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=begin)
    actions.check_out(order.pk, by=loop.leader, now=begin + timedelta(minutes=30))
    end = begin + timedelta(minutes=60)
    actions.deliver(order.pk, attended=3, by=loop.leader, now=end)

    told_later(order, member, check_in=0)
    assert given(member) == [("orders.order", 30, "proposed")]
    told_later(order, member, check_out=55)

    assert given(member)[1:] == [("orders.order", 55, "proposed")]
    assert given(member)[0][2] == "dropped"


def test_leaving_said_too_late_to_claim_anew_leaves_the_hours_as_they_were(loop):
    order, member = loop.order("scheduled"), factories.member(loop.team)
    actions.check_in(order.pk, code=order.check_in_code, by=member, now=order.starts_at)
    loop.deliver(order)
    left = order.starts_at + timedelta(minutes=50)

    actions.check_out(order.pk, by=member, now=left + timedelta(days=31), at=left)

    assert given(member) == [("orders.order", 60, "proposed")]


def test_hours_that_a_leader_refused_do_not_come_back_from_a_device(loop):
    order, member = loop.order("scheduled"), factories.member(loop.team)
    actions.check_in(order.pk, code=order.check_in_code, by=member, now=order.starts_at)
    loop.deliver(order)
    people.drop(Service.objects.get(person=member).pk, by=loop.leader, now=order.ends_at)

    assert told_later(order, member, check_out=50) == {"done"}

    assert given(member) == [("orders.order", 60, "dropped")]


def test_hours_that_were_put_right_after_an_objection_stay_so(loop):
    order, member = loop.order("scheduled"), factories.member(loop.team)
    actions.check_in(order.pk, code=order.check_in_code, by=member, now=order.starts_at)
    loop.deliver(order)
    service = Service.objects.get(person=member)
    people_hours.dispute(service.pk, reason="来晚了", by=loop.resident, now=order.ends_at)
    people_hours.amend(service.pk, minutes=20, by=loop.leader, now=order.ends_at)

    told_later(order, member, check_out=50)

    assert given(member) == [("orders.order", 20, "proposed")]


def test_hours_that_are_certified_stay_as_they_were_agreed(loop):
    order, member = loop.order("scheduled"), factories.member(loop.team)
    actions.check_in(order.pk, code=order.check_in_code, by=member, now=order.starts_at)
    loop.deliver(order)
    actions.certify_hours(order.pk, by=loop.officer, now=order.ends_at)

    assert told_later(order, member, check_out=20) == {"done"}
    assert given(member) == [("orders.order", 60, "certified")]


def test_who_arrived_after_the_report_gets_no_hours_of_it(loop):
    order, member = loop.order("delivered"), factories.member(loop.team)

    told_later(order, member, check_in=90, check_out=110)

    assert given(member) == []


def ended(loop, way: str, order: Order, now) -> Order:
    """The order comes to nothing while a team is at the door."""
    if way == "withdraw":
        return actions.withdraw(order.pk, reason="不用了", by=loop.resident, now=now)
    return actions.cancel(order.pk, reason="停电了", by=loop.worker, now=now)


@pytest.mark.parametrize("way", ["withdraw", "cancel"])
def test_an_order_that_ends_after_volunteers_arrived_gives_them_hours_both_sides_agree_to(
    loop, way
):
    order, member = loop.order("scheduled"), factories.member(loop.team)
    actions.check_in(order.pk, code=order.check_in_code, by=member, now=order.starts_at)
    later = order.starts_at + timedelta(minutes=40)

    after = ended(loop, way, order, later)

    assert given(member) == [("orders.order", 40, "proposed")]
    assert "certify_hours" in {hint.verb for hint in hints(after, loop.officer, later)}
    actions.certify_hours(order.pk, by=loop.officer, now=later)
    assert "confirm_hours" in {hint.verb for hint in hints(after, loop.resident, later)}
    actions.confirm_hours(order.pk, by=loop.resident, now=later)
    assert given(member) == [("orders.order", 40, "confirmed")]
    assert "no visit was reported" in next(
        iter(visits.tell_of_hours([*visits.hours(after)]).values())
    )


def test_an_order_that_ends_before_anybody_arrived_gives_no_hours(loop):
    order = loop.order("scheduled")

    after = ended(loop, "withdraw", order, NOW)

    assert not visits.hours(after).exists()
    assert "certify_hours" not in {hint.verb for hint in hints(after, loop.officer, NOW)}


def again_by_another_department(loop, order) -> tuple[Order, object]:
    """Rated low, sent to another department, and visited again; returns its officer too."""
    now = order.wanted_from + timedelta(hours=3)
    other = factories.organisation("示例科技局")
    officer = factories.officer("department_officer", other)
    actions.rate(order.pk, stars=1, by=loop.resident, now=now)
    actions.reopen(order.pk, reason="再来一次", by=loop.worker, now=now)
    actions.dispatch(order.pk, department=other, by=loop.worker, now=now)
    actions.accept(order.pk, by=officer, now=now)
    actions.open_to_teams(order.pk, by=officer, now=now)
    actions.claim(order.pk, team=loop.team, by=loop.leader, now=now)
    begin = order.wanted_from + timedelta(days=2)
    found = actions.schedule(order.pk, starts_at=begin, by=loop.leader, now=now)
    actions.check_in(order.pk, code=found.check_in_code, by=loop.leader, now=begin)
    found = actions.deliver(order.pk, attended=3, by=loop.leader, now=begin + timedelta(minutes=30))
    return found, officer


def test_each_department_certifies_the_hours_of_its_own_visit(loop):
    order, officer = again_by_another_department(loop, loop.order("delivered"))
    now = order.delivered_at

    assert actions.certify_hours(order.pk, by=officer, now=now) == 1
    assert given(loop.leader) == [
        ("orders.order", 60, "proposed"), ("orders.order.2", 30, "certified"),
    ]  # fmt: skip
    verbs = {hint.verb: hint.why_not for hint in hints(order, officer, now)}
    assert "in its own list of hours" in verbs["certify_hours"]
    with pytest.raises(NotAllowed, match="department of that visit"):
        actions.certify_hours(order.pk, by=officer, now=now)
    former = loop.officer  # of the department before, who does not see the order any more
    assert queries.find(former, order.pk, now) is None
    assert "certify_hours" not in {hint.verb for hint in hints(order, former, now)}
    (waiting,) = people_read.to_certify(former, now)
    people.certify(waiting.pk, by=former, now=now)
    assert {state for _source, _minutes, state in given(loop.leader)} == {"certified"}


def test_an_officer_who_served_certifies_the_hours_of_the_others(loop):
    order = loop.order("scheduled")
    factories.member(loop.team, loop.officer)
    actions.check_in(order.pk, code=order.check_in_code, by=loop.officer, now=order.starts_at)
    loop.deliver(order)

    assert actions.certify_hours(order.pk, by=loop.officer, now=order.ends_at) == 1

    assert given(loop.leader)[0][2] == "certified"
    assert given(loop.officer)[0][2] == "proposed"
    with pytest.raises(NotAllowed, match="nobody certifies"):
        actions.certify_hours(order.pk, by=loop.officer, now=order.ends_at)
    colleague = factories.officer("department_officer", loop.department)
    assert actions.certify_hours(order.pk, by=colleague, now=order.ends_at) == 1


def test_a_worker_who_served_confirms_the_hours_of_the_others(loop):
    order = loop.order("scheduled")
    factories.member(loop.team, loop.worker)
    actions.check_in(order.pk, code=order.check_in_code, by=loop.worker, now=order.starts_at)
    loop.deliver(order)
    actions.certify_hours(order.pk, by=loop.officer, now=order.ends_at)

    assert actions.confirm_hours(order.pk, by=loop.worker, now=order.ends_at) == 1

    assert given(loop.worker)[0][2] == "certified"
    with pytest.raises(NotAllowed, match="nobody confirms"):
        actions.confirm_hours(order.pk, by=loop.worker, now=order.ends_at)
    assert actions.confirm_hours(order.pk, by=loop.resident, now=order.ends_at) == 1


def test_the_receiver_is_read_with_the_hours(loop, django_assert_num_queries):
    order = loop.order("delivered")
    (service,) = visits.hours(order)

    with django_assert_num_queries(0):
        assert service.receiver == loop.resident


def test_a_guardian_confirms_the_hours_of_a_visit_to_a_child(loop):
    order = loop.order("delivered")
    loop.resident.guardian = guardian = factories.user()
    loop.resident.save(update_fields=["guardian"])
    actions.certify_hours(order.pk, by=loop.officer, now=order.ends_at)

    assert [one.person for one in people_read.to_confirm(guardian, order.ends_at)] == [loop.leader]
    assert actions.confirm_hours(order.pk, by=guardian, now=order.ends_at) == 1
