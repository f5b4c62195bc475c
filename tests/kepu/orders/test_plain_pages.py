"""What pages of orders say and offer, where a reader could be led astray."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kepu.orders import actions
from kepu.orders.states import OrderState
from kepu.orders.views import acting
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW, tick=False):
        yield


def _browser(person):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def test_a_like_order_of_somebody_else_is_told_of_and_leads_nowhere(loop):
    theirs = loop.order("placed", title="给万奶奶讲用药安全")
    neighbour = factories.user("邻居示例")
    wish = {
        "title": theirs.title, "topic": theirs.topic_id, "community": loop.community.pk,
        "wanted_from": "2026-03-06T10:00", "wanted_until": "2026-03-06T18:00", "people": 5,
        "audience": "everybody",
    }  # fmt: skip
    here = f"{reverse('new-order')}?place={loop.community.path}"

    page = _browser(neighbour).post(here, wish).content.decode()

    assert "Somebody nearby has ordered this already" in page
    assert reverse("order", args=[theirs.pk]) not in page
    cards = page.partition('<div class="grid">')[2].partition("<form")[0]
    assert theirs.topic.title_en in cards
    assert "万奶奶" not in cards
    assert theirs.number not in page


def _again(order, **changes):
    """The form of a wish like that of `order`."""
    return {
        "title": order.title, "topic": order.topic_id, "community": order.division_now_id,
        "wanted_from": "2026-03-06T10:00", "wanted_until": "2026-03-06T18:00", "people": 5,
        "audience": "everybody", **changes,
    }  # fmt: skip


def _sent(person, wish, path, asks=""):
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(person)
    return client.post(f"{reverse('new-order')}?place={path}{asks}", wish)


def test_who_sends_an_order_again_is_led_to_the_one_sent_already(loop):
    mine = loop.order("placed")
    path = loop.community.path

    page = _sent(loop.resident, _again(mine), path).content.decode()

    assert re.search(
        rf"您在.+?已提交过这一单：\s*<a href=\"{reverse('order', args=[mine.pk])}\">{mine.number}",
        page,
    )
    assert "附近已有人点过" not in page
    assert re.search(r"button-quiet[^>]*>似乎重复：仍要另点一单", page)
    assert _sent(loop.resident, {**_again(mine), "sure": "1"}, path).status_code == 302


def test_an_order_of_ones_own_that_has_ended_does_not_stand_in_the_way(loop):
    mine = loop.order("placed")
    actions.withdraw(mine.pk, reason="不需要了", by=loop.resident, now=NOW)

    assert _sent(loop.resident, _again(mine), loop.community.path).status_code == 302


@pytest.mark.parametrize(("theirs", "told"), [(True, "这位居民的这一单在"), (False, "附近已有人")])
def test_a_worker_reads_whether_the_caller_has_ordered_it_already(loop, theirs, told):
    order = loop.order("placed")
    phone = loop.resident.personal.phone if theirs else "13911112222"
    wish = _again(order, caller_name="来电示例", caller_phone=phone, of_age="on")

    page = _sent(loop.worker, wish, loop.community.path, "&for=caller").content.decode()

    assert told in page
    assert (reverse("order", args=[order.pk]) in page) is theirs


def test_a_guardian_is_led_to_the_order_of_the_ward(loop):
    order = loop.order("placed")
    guardian = factories.user("监护示例")
    loop.resident.guardian = guardian
    loop.resident.save(update_fields=["guardian"])

    page = _sent(guardian, _again(order), loop.community.path).content.decode()

    assert reverse("order", args=[order.pk]) in page


def test_all_that_is_wrong_with_a_wish_is_said_at_once_and_at_its_field(loop):
    wish = {
        "title": "防震演练", "topic": factories.skill().pk, "community": loop.community.pk,
        "wanted_from": "2026-03-06T18:00", "wanted_until": "2026-03-06T10:00", "people": 0,
        "audience": "everybody",
    }  # fmt: skip
    here = f"{reverse('new-order')}?place={loop.community.path}"

    page = _browser(factories.user()).post(here, wish).content.decode()

    marked = re.findall(r'<input[^>]*name="(\w+)"[^>]*aria-invalid="true"', page)
    assert sorted(marked) == ["people", "wanted_until"]
    told = re.search(r'id="id_wanted_until-error"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert told
    assert "the latest time must come after the earliest" in told[1]


def test_what_stands_against_an_order_is_said_before_a_like_one_is_pointed_out(loop):
    theirs = loop.order("placed")
    wish = {
        "title": theirs.title, "topic": theirs.topic_id, "community": loop.community.pk,
        "wanted_from": "2027-03-07T10:00", "wanted_until": "2027-03-07T18:00", "people": 5,
        "audience": "everybody",
    }  # fmt: skip
    here = f"{reverse('new-order')}?place={loop.community.path}"

    page = _browser(factories.user()).post(here, wish).content.decode()

    assert "choose a time within a year from now" in page
    assert "Somebody nearby" not in page


def test_the_department_that_answers_for_the_topic_nearby_is_offered_first(loop):
    order = loop.order("placed")
    far = factories.organisation("甲市级部门", "50.")
    near = factories.organisation("乙区级部门", "50.103.")
    for unit in (far, near):
        actions.answer_for(unit, [order.topic], by=None, now=NOW)

    form = acting.VERBS["dispatch"].form(order=order)

    offered = list(form.fields["department"].queryset)
    assert offered == [near, far, loop.department]
    assert form.initial["department"] == near.pk


def test_the_one_thing_to_do_stands_above_what_ends_the_order(loop):
    order = loop.order("scheduled")
    begun = order.starts_at + timedelta(minutes=5)

    with time_machine.travel(begun, tick=False):
        page = _browser(loop.leader).get(reverse("order", args=[order.pk])).content.decode()

    assert page.index("Go to the visit") < page.index("Let go")


def test_withdraw_and_cancel_say_what_they_do(loop):
    order = loop.order("placed", by=loop.worker)

    page = _browser(loop.worker).get(reverse("order", args=[order.pk])).content.decode()

    assert re.search(r"Withdraw the order</a>\s*<p[^>]*>For the resident", page)
    assert re.search(r"Cancel the order</a>\s*<p[^>]*>For the office", page)


def _said(person, order, at=NOW):
    with time_machine.travel(at, tick=False):
        client = Client(headers={"accept-language": "zh-CN"})
        client.force_login(person)
        return client.get(reverse("order", args=[order.pk])).content.decode()


@pytest.mark.parametrize(
    ("state", "words"),
    [("open", "待队接单"), ("reopened", "待重新派单"), ("no_show", "志愿者没有来")],
)
def test_a_state_is_told_as_a_state_and_not_as_a_command(state, words):
    with translation.override("zh-hans"):
        assert str(OrderState(state).label) == words


def test_the_resident_meets_the_ways_out_last_and_is_spoken_to_himself(loop):
    order = loop.order("scheduled", by=loop.worker)

    own, office = _said(loop.resident, order), _said(loop.worker, order)

    assert own.index("志愿者没有来") < own.index("撤回订单")
    assert "您不再需要时用" in own
    assert "居民自己用" not in own
    assert "居民自己用" in office
    assert "只由社区或承办方使用" in office


def test_a_time_once_set_is_changed_by_a_quiet_button(loop):
    claimed, scheduled = loop.order("claimed"), loop.order("scheduled")

    assert re.search(r'class="button button-main[^>]*>约定时间', _said(loop.leader, claimed))
    assert re.search(r'class="button button-quiet[^>]*>改约时间', _said(loop.leader, scheduled))
    assert "约定时间" not in re.findall(
        r"<a class=.button[^>]*>([^<]*)", _said(loop.leader, scheduled)
    )


def test_it_is_said_that_a_rated_order_closes_by_itself(loop):
    rated = loop.order("rated")
    later = rated.stage_since + timedelta(hours=1)

    assert "自动办结。" in _said(loop.resident, rated, later)
    assert "自动办结" not in _said(loop.leader, loop.order("scheduled"))


def test_what_still_waits_is_said_with_when_it_can_be_done(loop):
    delivered = loop.order("delivered")
    later = delivered.stage_since + timedelta(hours=1)

    for reader in (loop.resident, loop.officer):
        page = _said(reader, delivered, later)
        assert "自动办结，评价请在此之前完成。<br>办结后仍可认定和确认志愿时长。" in page
        assert "谁都不用再操作" not in page


def test_hours_wait_for_the_department_then_for_the_resident_and_are_counted(loop):
    order = loop.order("rated")
    later = order.stage_since + timedelta(hours=1)
    assert "等部门先认定时长，之后由您确认" in _said(loop.resident, order, later)

    actions.certify_hours(order.pk, by=loop.officer, now=later)
    certified = _said(loop.resident, order, later)
    actions.confirm_hours(order.pk, by=loop.resident, now=later)
    counted = _said(loop.resident, order, later)

    assert "等部门先认定" not in certified
    assert "自动办结，谁都不用再操作" not in certified
    assert "服务对象已确认，已记入" in counted
    assert "自动办结，谁都不用再操作" in counted


def test_a_step_of_which_nothing_is_left_shows_no_dead_button(loop):
    order = loop.order("rated")
    later = order.stage_since + timedelta(hours=1)
    button = r"<(?:button|a)[^>]*>(?:<svg.*?</svg>)?{}</"
    waiting = _said(loop.resident, order, later)
    assert re.search(button.format("确认志愿时长"), waiting), "greyed, for it is still to come"

    actions.certify_hours(order.pk, by=loop.officer, now=later)
    actions.confirm_hours(order.pk, by=loop.resident, now=later)
    actions.answer(order.pk, words="谢谢", by=loop.leader, now=later)

    for reader, words in (
        (loop.resident, "确认志愿时长"),
        (loop.officer, "认定志愿时长"),
        (loop.leader, "答复评价"),
    ):
        assert not re.search(button.format(words), _said(reader, order, later)), words


def test_what_can_be_done_alone_is_the_main_thing(loop):
    delivered = loop.order("delivered")
    later = delivered.stage_since + timedelta(hours=1)

    assert re.search(r"button-main[^>]*>认定志愿时长", _said(loop.officer, delivered, later))


def test_a_department_is_chosen_in_one_way(loop):
    order = loop.order("placed")
    assert ">派给部门</a>" in _said(loop.worker, order)  # nobody answers for the topic yet

    actions.answer_for(loop.department, [order.topic], by=None, now=NOW)
    page = _said(loop.worker, order)

    assert page.count("派给该部门</button>") == 1
    assert ">派给部门</a>" not in page
    assert "派给其他部门，或附一句话" in page


def test_what_is_wrong_is_said_in_plain_chinese_with_its_own_marks(loop):
    wish = {
        "title": "防震演练", "topic": factories.skill().pk, "community": loop.community.pk,
        "wanted_from": "2026-03-06T10:00", "wanted_until": "2026-03-06T18:00", "people": 0,
        "audience": "everybody",
    }  # fmt: skip
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(factories.user())

    page = client.post(f"{reverse('new-order')}?place={loop.community.path}", wish).content.decode()

    assert ">多少人参加？至少要有 1 人。</a>" in page
    assert "确保该值" not in page


def _pressed(person, order, verb, data=None):
    """What the page says after the press, and which page that is."""
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(person)
    address = reverse("order-act", args=[order.pk, verb])
    answer = client.post(address, data or {}, follow=True)
    return answer.redirect_chain, answer.content.decode()


@pytest.mark.parametrize(
    ("state", "verb", "told"),
    [
        ("dispatched", "dispatch", "派给"),
        ("accepted", "accept", "接单"),
        ("accepted", "decline", "接单"),
        ("open", "open", "放开给服务队"),
    ],
)
def test_who_comes_too_late_reads_on_the_order_who_was_first(loop, state, verb, told):
    order = loop.order(state)
    desk = "community_worker", loop.community.path, "另一位示例"
    late = {loop.worker: factories.officer(*desk), loop.officer: loop.officer}
    first = loop.worker if verb == "dispatch" else loop.officer
    sent = {"department": loop.department.pk, "reason": "没有人手"}

    way, page = _pressed(late[first], order, verb, sent)

    assert [address for address, _status in way] == [reverse("order", args=[order.pk])]
    who = "您本人" if late[first] == first else first.name
    assert re.search(rf"已由{who}（.+?）操作：.*{told}", page)
    assert "还没有提交" not in page


def test_what_can_be_corrected_is_asked_again(loop):
    way, page = _pressed(loop.worker, loop.order("placed"), "dispatch", {"department": ""})

    assert way == []
    assert "还没有提交" in page


def test_an_order_that_ended_promises_nothing_and_can_be_ordered_again(loop):
    mine = loop.order("placed")
    actions.withdraw(mine.pk, reason="不需要了", by=loop.resident, now=NOW)

    def page(person):
        client = Client(headers={"accept-language": "zh-CN"})
        client.force_login(person)
        return client.get(reverse("order", args=[mine.pk])).text

    assert "订单有进展时会显示在这里" not in page(loop.resident)
    assert "订单已结束" in page(loop.resident)
    assert f'href="{reverse("new-order")}"' in page(loop.resident)
    assert "重新点单" in page(loop.resident)
    assert f'href="{reverse("new-order")}"' not in page(loop.worker)


def test_a_second_rating_is_told_that_it_was_not_taken(loop):
    order = loop.order("rated")
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(loop.resident)

    told = client.post(
        reverse("order-act", args=[order.pk, "rate"]), {"stars": 1}, follow=True
    ).text

    assert "已由您本人（" in told
    assert "这次提交的内容没有记录，以先前的为准" in told
    assert order.ratings.count() == 1


def test_what_was_written_and_sent_in_one_press_is_told_once(loop):
    order = loop.order("placed")
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(loop.resident)

    told = client.get(reverse("order", args=[order.pk])).text

    assert "记录了需求" not in told[told.index("办理经过") :]
    assert "订单已提交" in told
