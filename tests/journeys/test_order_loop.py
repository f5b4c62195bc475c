"""One order through all hands in a real browser, using only what the pages say.

With KEPU_SCREENSHOTS=1 the pictures of the tutorial are made anew in docs/images.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect

from kepu.kernel.clock import BEIJING
from kepu.orders import actions
from kepu.orders.models import Order
from kepu.people import queries as people
from tests import factories
from tests.journeys.conftest import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images"
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
        answer = self.page.goto(path)
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

    def picture(self, name: str) -> None:
        if os.environ.get("KEPU_SCREENSHOTS"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(PICTURES / f"{name}.png"))


def moment(value: datetime) -> str:
    return value.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")


def test_an_order_walks_through_all_hands(browser, live_server, phone):
    with time_machine.travel(MORNING, tick=True) as traveller:
        loop = factories.loop()
        loop.resident.home = loop.community
        loop.resident.save(update_fields=["home"])
        actions.answer_for(loop.department, [factories.skill()], by=None, now=MORNING)

        resident = Hand(browser, loop.resident, live_server.url, **phone)
        resident.opens("/")
        resident.picture("1-resident-home")
        resident.presses("点一项科普服务")
        resident.presses("直接说需求")
        resident.page.get_by_label("您需要什么").fill("院坝会上讲讲高血压")
        resident.page.get_by_label("主题").select_option(label=factories.skill().title_zh)
        resident.page.get_by_label("具体地点").fill("示例社区活动室")
        resident.page.get_by_label("最早时间").fill(moment(MORNING + timedelta(hours=1)))
        resident.page.get_by_label("最晚时间").fill(moment(MORNING + timedelta(days=2)))
        resident.picture("2-resident-order")
        resident.presses("提交订单")
        resident.sees("已提交，社区会为您派单。")

        worker = Hand(browser, loop.worker, live_server.url, **DESK)
        worker.opens("/")
        worker.presses("派单台")
        worker.sees("待派订单 1")
        worker.picture("3-community-desk")
        worker.presses("院坝会上讲讲高血压")
        worker.presses("派给部门")
        worker.picture("4-dispatch")
        worker.presses("派给部门")
        worker.sees("已派单")

        officer = Hand(browser, loop.officer, live_server.url, **DESK)
        officer.opens("/department/")
        officer.picture("5-department")
        officer.presses("院坝会上讲讲高血压")
        officer.presses("接单")
        officer.sees("已接单，请放开给服务队。")
        officer.presses("放开给服务队")
        officer.sees("已放开")

        leader = Hand(browser, loop.leader, live_server.url, **phone)
        leader.opens("/team/")
        leader.picture("6-team")
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
        resident.picture("7-resident-code")

        traveller.move_to(MORNING + timedelta(hours=2, minutes=5))
        leader.opens(f"/orders/{order.pk}/")
        leader.presses("去签到")
        leader.picture("8-visit")
        leader.page.get_by_label("签到码").fill(order.check_in_code.lower())
        leader.presses("我已到达")
        wait_until(order.check_ins.exists)
        leader.page.wait_for_load_state("networkidle")
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
        resident.picture("9-rate")
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
        officer.picture("10-order")

        order.refresh_from_db()
        assert order.state == "rated"
        assert order.attended == 32
        assert people.minutes_of(loop.leader) in (54, 55)  # from 11:05 to 12:00


def wait_until(true: Callable[[], bool]) -> None:
    """The page may send in the background; wait for the record."""
    for _ in range(100):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("the record never came")
