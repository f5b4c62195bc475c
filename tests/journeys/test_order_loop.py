"""One order through all hands in a town of its own, where each hand's page is opened by its address.

The walk by clicks alone is in tests/kepu/web/test_demo_city.py. With KEPU_SCREENSHOTS=docs/images the
picture of the tutorial's last step is made anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect

from kepu.kernel import clock
from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions.models import Division
from kepu.orders import actions
from kepu.orders.models import Order
from kepu.people import queries as people
from kepu.people.models import Skill
from tests import factories
from tests.journeys import drawn
from tests.journeys.conftest import photograph as take
from tests.journeys.conftest import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MORNING = datetime(2026, 3, 5, 9, 0, tzinfo=BEIJING)
DESK = {"viewport": {"width": 1280, "height": 800}}


class Hand:
    """One person at a browser."""

    def __init__(self, browser, person, url: str, **screen) -> None:
        self.context = browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=url,
            reduced_motion="reduce",
            **screen,
        )
        self.context.set_default_timeout(10_000)
        sign_in(self.context, person, url)
        self.page: Page = self.context.new_page()

    def opens(self, path: str) -> None:
        # A page that is just loading itself anew answers in the place of ours.
        answer = self.page.goto(path) or self.page.reload()
        assert answer is not None
        assert answer.status == 200

    def presses(self, words: str) -> None:
        """Press the button or follow the link that says so."""
        button = self.page.get_by_role("button", name=words).or_(
            self.page.get_by_role("link", name=words)
        )
        button.first.click()
        self.page.wait_for_load_state()

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def shows(self, words: str) -> None:
        """Scroll to what the page says, with some of what stands around it."""
        found = self.page.get_by_text(words).first
        found.evaluate("one => one.scrollIntoView({block: 'center'})")
        expect(found).to_be_visible()

    def picture(self, name: str) -> None:
        take(self.page, name)


def moment(value: datetime) -> str:
    return value.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def loop() -> factories.Loop:
    """The town, with names as the tutorial's pictures should show them."""
    made = factories.loop()
    made.resident.home = made.community
    made.resident.save(update_fields=["home"])
    Division.objects.filter(pk=made.community.pk).update(name="示例社区")
    Division.objects.filter(path="50.103.").update(name="示例区")
    made.team.name = "示例科普队"
    made.team.save(update_fields=["name"])
    Skill.objects.filter(pk=factories.skill().pk).update(title_zh="健康与慢病防治")
    actions.answer_for(made.department, [factories.skill()], by=None, now=MORNING)
    return made


@pytest.fixture
def photograph(tmp_path, settings) -> Path:
    """A drawing in place of a photograph: a board, and people before it."""
    settings.DATA = tmp_path / "data"
    return drawn.photograph(tmp_path)


def test_an_order_walks_through_all_hands(browser, live_server, phone, loop, photograph):
    with time_machine.travel(MORNING, tick=True) as traveller:
        resident = Hand(browser, loop.resident, live_server.url, **phone)
        resident.opens("/")
        resident.presses("点一项科普服务")
        resident.presses("直接说需求")
        resident.page.get_by_label("您需要什么").fill("院坝会上讲讲高血压")
        resident.page.get_by_label("主题").select_option(label=factories.skill().title_zh)
        resident.page.get_by_label("具体地点").fill("示例社区活动室")
        resident.page.get_by_label("最早时间").fill(moment(MORNING + timedelta(hours=1)))
        resident.page.get_by_label("最晚时间").fill(moment(MORNING + timedelta(days=2)))
        resident.presses("提交订单")
        resident.sees("已提交，社区会为您派单。")

        worker = Hand(browser, loop.worker, live_server.url, **DESK)
        worker.opens("/")
        worker.presses("派单台")
        worker.sees("待派订单 1")
        worker.presses("院坝会上讲讲高血压")
        worker.presses("派给该部门")
        worker.sees("已派单")

        officer = Hand(browser, loop.officer, live_server.url, **DESK)
        officer.opens("/department/")
        officer.presses("院坝会上讲讲高血压")
        officer.presses("接单")
        officer.sees("已接单，请放开给服务队。")
        officer.presses("放开给服务队")
        officer.sees("已放开")

        leader = Hand(browser, loop.leader, live_server.url, **phone)
        leader.opens("/team/")
        leader.presses("院坝会上讲讲高血压")
        leader.presses("接单")
        leader.sees("接单成功")
        leader.presses("约定时间")
        leader.page.get_by_label("服务几点开始").fill(moment(MORNING + timedelta(hours=2)))
        leader.presses("约定时间")
        leader.sees("时间已约定")

        order = Order.objects.get()
        resident.opens(f"/orders/{order.pk}/")
        resident.sees(order.check_in_code)
        resident.page.get_by_text(order.check_in_code).scroll_into_view_if_needed()

        traveller.move_to(MORNING + timedelta(hours=2, minutes=5))
        leader.opens(f"/orders/{order.pk}/")
        leader.presses("去签到")
        leader.page.get_by_label("签到码").fill(order.check_in_code.lower())
        leader.presses("我已到达")
        wait_until(order.check_ins.exists)
        leader.page.wait_for_load_state("networkidle")
        leader.page.set_input_files("#photo-files", str(photograph))
        wait_until(order.evidence.exists)
        leader.opens(f"/orders/{order.pk}/visit/")
        leader.page.locator("#photos").scroll_into_view_if_needed()
        expect(leader.page.locator("#photos img").first).to_be_visible()
        traveller.move_to(MORNING + timedelta(hours=3))
        leader.opens(f"/orders/{order.pk}/visit/")
        leader.page.get_by_label("来了多少人").fill("32")
        leader.presses("报告完成")

        wait_until(Order.objects.filter(pk=order.pk, state="delivered").exists)
        leader.page.wait_for_load_state("networkidle")
        resident.opens(f"/orders/{order.pk}/")
        resident.presses("评价服务")
        resident.page.locator("label.star").nth(4).click()
        resident.page.get_by_label("说几句").fill("讲得明白")
        resident.presses("评价服务")
        resident.sees("感谢您的评价")

        officer = Hand(browser, loop.officer, live_server.url, **DESK)
        officer.opens(f"/orders/{order.pk}/")
        officer.presses("认定志愿时长")
        officer.sees("已认定")
        resident.opens(f"/orders/{order.pk}/")
        resident.presses("确认志愿时长")
        resident.sees("已确认")
        officer.opens(f"/orders/{order.pk}/")

        order.refresh_from_db()
        assert order.state == "rated"
        assert order.attended == 32
        assert people.minutes_of(loop.leader) in (54, 55)  # from 11:05 to 12:00

        leader.opens(f"/orders/{order.pk}/")
        leader.presses("答复评价")
        leader.page.get_by_label("您的答复").fill("谢谢，下个月再来讲饮食")
        leader.presses("答复评价")
        leader.sees("已答复")

        traveller.move_to(MORNING + timedelta(days=4))
        actions.run_clocks(clock.now())
        resident = Hand(browser, loop.resident, live_server.url, **phone)  # signed in again
        resident.opens(f"/orders/{order.pk}/")
        resident.sees("下个月再来讲饮食")
        resident.shows("下个月再来讲饮食")
        order.refresh_from_db()
        assert order.state == "closed"


def test_an_order_rated_low_is_reopened_and_tells_of_the_visit_before(
    browser, live_server, phone, loop
):
    with time_machine.travel(factories.NOW + timedelta(days=1, hours=3), tick=True):
        order = loop.order("delivered", title="院坝会上讲讲高血压")

        resident = Hand(browser, loop.resident, live_server.url, **phone)
        resident.opens(f"/orders/{order.pk}/")
        resident.presses("评价服务")
        resident.page.locator("label.star").nth(0).click()
        resident.page.get_by_label("说几句").fill("只讲了十分钟")
        resident.presses("评价服务")
        resident.sees("感谢您的评价")

        worker = Hand(browser, loop.worker, live_server.url, **DESK)
        worker.opens(f"/orders/{order.pk}/")
        worker.presses("重新派单")
        worker.page.get_by_label("原因").fill("请另派一支队伍，把课讲完")
        worker.presses("重新派单")
        worker.sees("已重新派单")
        worker.shows("此前的上门")
        worker.picture("13-reopened")

        order.refresh_from_db()
        assert (order.state, order.visit) == ("reopened", 2)


def wait_until(true: Callable[[], bool]) -> None:
    """The page may send in the background; wait for the record."""
    for _ in range(100):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("the record never came")
