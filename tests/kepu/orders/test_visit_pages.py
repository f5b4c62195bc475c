"""What the pages say on the spot and after it: who arrived, a wrong code, hours with their visit."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
import segno
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import RuleBroken
from kepu.orders import actions, visits
from kepu.orders.actions.syncing import Sent
from kepu.people.models import Service
from tests import factories

pytestmark = pytest.mark.django_db

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def order(loop):
    return loop.order("scheduled")


@pytest.fixture
def at_visit(order):
    """Sign somebody in, with the clock at the visit's beginning."""
    with time_machine.travel(order.starts_at, tick=False):

        def sign_in(person) -> Client:
            client = Client(headers=ENGLISH)
            client.force_login(person)
            return client

        yield sign_in


def test_who_has_checked_in_reads_so_on_the_order_and_nobody_else_does(loop, order, at_visit):
    page, member = reverse("order", args=[order.pk]), factories.member(loop.team)
    client = at_visit(loop.leader)
    before = client.get(page).text

    answer = client.post(reverse("visit", args=[order.pk]), {"code": order.check_in_code})

    assert answer.url == reverse("visit", args=[order.pk])
    assert "You have checked in" not in before
    assert "You have checked in" in client.get(page).text
    assert "You have checked in" not in at_visit(member).get(page).text


def test_who_has_checked_in_is_not_sent_to_check_in_again(loop, order, at_visit):
    page, client = reverse("order", args=[order.pk]), at_visit(loop.leader)
    assert "Go to the visit" in client.get(page).text

    client.post(reverse("visit", args=[order.pk]), {"code": order.check_in_code})

    after = client.get(page).text
    assert "Go to the visit" not in after
    assert reverse("visit", args=[order.pk]) in after


@pytest.mark.parametrize(
    ("past", "offered"),
    [
        (timedelta(days=-1), timedelta(0)),  # the earliest time wanted
        (timedelta(minutes=7, seconds=8), timedelta(minutes=15)),
        (timedelta(minutes=15), timedelta(minutes=30)),
        (timedelta(minutes=112), timedelta(minutes=115)),  # the last that is wanted
    ],
)
def test_the_time_offered_for_a_visit_can_be_chosen(loop, past, offered):
    begin = factories.NOW.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    order = loop.order("claimed", wanted_from=begin, wanted_until=begin + timedelta(minutes=175))
    client, page = Client(headers=ENGLISH), reverse("order-act", args=[order.pk, "schedule"])

    with time_machine.travel(begin + past, tick=False):
        client.force_login(loop.leader)
        start = f"{(begin + offered).astimezone(BEIJING):%Y-%m-%dT%H:%M}"
        shown = client.get(page).text
        answer = client.post(page, {"starts_at": start})

    assert f'value="{start}"' in shown
    assert answer.status_code == 302


def test_no_time_is_offered_when_none_is_left(loop):
    order = loop.order("claimed")
    over = order.wanted_until - timedelta(minutes=order.minutes)

    assert visits.first_start(order, over - timedelta(seconds=1)) == over
    assert visits.first_start(order, over) is None


def test_only_who_may_report_the_visit_is_given_the_form(loop, order, at_visit):
    page, member = reverse("visit", args=[order.pk]), factories.member(loop.team)
    report = reverse("order-act", args=[order.pk, "deliver"])

    of_member, of_leader = at_visit(member).get(page).text, at_visit(loop.leader).get(page).text

    assert report not in of_member
    assert "The leader of the team reports the visit." in of_member
    assert report in of_leader
    assert "The leader of the team reports the visit." not in of_leader


def test_the_report_is_greyed_with_its_reason_until_the_visit_begins(loop, order, at_visit):
    page = reverse("visit", args=[order.pk])
    begun = at_visit(loop.leader).get(page).text
    with time_machine.travel(order.starts_at - timedelta(minutes=1), tick=False):
        early = Client(headers=ENGLISH)
        early.force_login(loop.leader)
        before = early.get(page).text

    assert "the visit has not begun yet" in before
    button = next(line for line in before.splitlines() if "data-begins" in line)
    assert (
        f'data-begins="{order.starts_at.isoformat()}"' in button
    )  # a kept page opens it by itself
    assert "disabled" in button
    assert "the visit has not begun yet" not in begun
    assert "data-begins" not in begun


def test_the_picture_of_the_code_leads_any_camera_to_the_page_of_the_visit(loop, order, at_visit):
    page = reverse("visit", args=[order.pk])
    told = f"http://testserver{page}?code={order.check_in_code}"
    expected = io.BytesIO()
    segno.make(told, error="m").save(expected, kind="svg", scale=8, border=2)

    shown = at_visit(loop.resident).get(reverse("visit-code", args=[order.pk]))
    opened = at_visit(loop.leader).get(told)

    assert shown.content == expected.getvalue()
    assert told[-6:] == order.check_in_code  # what the page's own scanner takes of it
    assert f'value="{order.check_in_code}"' in opened.text
    assert "data-scan-refused hidden" in opened.text
    assert f'value="{order.check_in_code}"' not in at_visit(loop.leader).get(page).text


def test_a_wrong_code_is_refused_beside_its_field_on_the_page_of_the_visit(loop, order, at_visit):
    answer = at_visit(loop.leader).post(reverse("visit", args=[order.pk]), {"code": "WRONG2"})

    assert answer.status_code == 409
    assert 'id="code-error" role="alert">this is not the code of this order' in answer.text
    assert 'value="WRONG2"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_who_tries_too_many_codes_reads_how_long_to_wait(loop, order, at_visit):
    client, page = at_visit(loop.leader), reverse("visit", args=[order.pk])
    for _number in range(10):
        client.post(page, {"code": "WRONG2"})

    answer = client.post(page, {"code": order.check_in_code})

    assert answer.status_code == 429
    assert "try again in 60 seconds" in answer.text
    elsewhere = client.post(
        reverse("order-act", args=[order.pk, "check_in"]), {"code": order.check_in_code}
    )
    assert "try again in 60 seconds" in elsewhere.text


def test_a_visit_is_not_reported_before_it_begins(loop, order):
    early = order.starts_at - timedelta(minutes=1)
    actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=early)

    with pytest.raises(RuleBroken, match="has not begun"):
        actions.deliver(order.pk, attended=18, by=loop.leader, now=early)


@pytest.mark.parametrize(("minutes", "marked"), [(20, True), (60, False)])
def test_who_agrees_to_hours_reads_whose_how_long_and_what_was_reported(
    loop, order, at_visit, minutes, marked
):
    begin = order.starts_at
    actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=begin)
    after = begin + timedelta(minutes=minutes)
    actions.deliver(order.pk, attended=18, by=loop.leader, now=after)
    page = reverse("order", args=[order.pk])

    for person in (loop.officer, loop.resident):
        told = at_visit(person).get(page).text
        assert "队长示例" in told
        assert f"{minutes} minutes" in told
        assert "Visit 1 · 18 people came, as reported" in told
        assert ("reported before the time it was set to end" in told) is marked
    assert "18 people came, as reported" in at_visit(loop.leader).get(page).text
    assert "people came, as reported" not in at_visit(factories.member(loop.team)).get(page).text
    assert Service.objects.get().minutes == minutes


def test_a_leader_certifies_and_a_resident_confirms_on_the_own_page_knowing_the_visit(
    loop, order, at_visit
):
    member = factories.member(loop.team)
    actions.check_in(order.pk, code=order.check_in_code, by=member, now=order.starts_at)
    actions.deliver(order.pk, attended=18, by=loop.leader, now=order.ends_at)
    known = f"{order.number} · Visit 1 · 18 people came, as reported"

    before = at_visit(loop.leader).get(reverse("people-me")).text
    actions.certify_hours(order.pk, by=loop.officer, now=order.ends_at)
    after = at_visit(loop.resident).get(reverse("people-me")).text

    for told in (before, after):
        assert known in told
        assert member.name in told
        assert "60 minutes" in told


def _hours_of(order, loop, arrived, reported, ended=None):
    actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=arrived)
    actions.deliver(order.pk, attended=1, by=loop.leader, now=reported, ended_at=ended)
    return Service.objects.get()


def test_hours_count_to_the_end_that_the_report_tells_and_never_beyond_the_report(loop, order):
    begin, end = order.starts_at, order.ends_at

    told = _hours_of(order, loop, begin, reported=end + timedelta(hours=5), ended=end)

    assert told.ended_at == end
    assert told.minutes == 60


def test_who_reports_before_the_end_gets_no_hours_beyond_the_report(loop, order):
    soon = order.starts_at + timedelta(minutes=20)

    told = _hours_of(order, loop, order.starts_at, reported=soon, ended=order.ends_at)

    assert told.ended_at == soon


def test_a_visit_does_not_end_before_anybody_arrived(loop, order):
    arrived = order.starts_at + timedelta(minutes=10)
    actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=arrived)

    with pytest.raises(RuleBroken, match="nobody had arrived by then"):
        actions.deliver(
            order.pk, attended=1, by=loop.leader, now=order.ends_at, ended_at=order.starts_at
        )


def test_the_minutes_are_those_that_the_two_times_show(loop, order, at_visit):
    """Seen in a trial: 1 minute, 23:04 to 23:06."""
    arrived = order.starts_at + timedelta(seconds=50)
    reported = order.starts_at + timedelta(minutes=2, seconds=5)

    told = _hours_of(order, loop, arrived, reported)

    assert told.minutes == 2


def test_the_report_on_the_page_asks_when_the_visit_ended_and_a_member_can_leave(
    loop, order, at_visit
):
    client, page = at_visit(loop.leader), reverse("visit", args=[order.pk])
    client.post(page, {"code": order.check_in_code})

    shown = client.get(page).text
    at_once = client.post(page, {"leave": "1"})
    with time_machine.travel(order.starts_at + timedelta(minutes=5), tick=False):
        client.post(page, {"leave": "1"})

    ends = order.ends_at.astimezone(BEIJING)
    assert f'name="ended_at" type="datetime-local" value="{ends:%Y-%m-%dT%H:%M}"' in shown
    assert "I leave now" in shown
    assert "leaving comes after arriving" in at_once.text
    assert "You left" in client.get(page).text


def test_a_device_tells_the_end_too_and_what_is_no_time_is_left_out(loop, order):
    end = order.ends_at.astimezone(BEIJING)
    actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=order.starts_at)
    sent = Sent(
        uuid=uuid4(), kind="deliver", order_id=order.pk, schema=1,
        device_time=end + timedelta(hours=2),
        data={"attended": 3, "ended_at": f"{end:%Y-%m-%dT%H:%M}"},
    )  # fmt: skip

    answer = actions.receive(sent, by=loop.leader, now=end + timedelta(hours=3))

    assert answer.reason == ""
    assert Service.objects.get().minutes == 60


def test_the_leader_reads_what_was_reported_and_when_the_visit_really_ended(loop):
    order = loop.order("scheduled", minutes=60)
    begin = order.starts_at
    actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=begin)
    end = begin + timedelta(minutes=9)
    actions.deliver(order.pk, attended=23, by=loop.leader, now=end)
    actions.certify_hours(order.pk, by=loop.officer, now=end + timedelta(minutes=1))
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(loop.leader)

    with time_machine.travel(end + timedelta(minutes=5), tick=False):
        page = client.get(reverse("order", args=[order.pk])).text

    assert "今天 10:00–10:09" in page
    assert "原定时间" in page
    assert "今天 10:00–11:00" in page
    assert "23 人" in page
    assert "9 分钟" in page  # the hours of the volunteer
    happened = page[page.index("办理经过") :]
    assert (
        happened.index("认定了志愿时长") < happened.index("完成服务") < happened.index("已到场签到")
    )
