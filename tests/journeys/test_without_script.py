"""Without script: a resident orders and sees the order, and what would need a script hides itself."""

from __future__ import annotations

import pytest
import time_machine

from kepu.orders.models import Order
from tests import factories
from tests.journeys.test_order_loop import DESK, MORNING, Hand

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_resident_orders_with_large_letters(browser, live_server, phone):
    with time_machine.travel(MORNING, tick=True):
        loop = factories.loop()
        loop.resident.home = loop.community
        loop.resident.save(update_fields=["home"])
        hand = Hand(browser, loop.resident, live_server.url, java_script_enabled=False, **phone)

        hand.opens("/")
        hand.presses("大字")
        assert hand.page.get_attribute("html", "data-type") == "large"
        hand.presses("点一项科普服务")
        hand.presses("直接说需求")
        hand.presses("提交订单")
        assert hand.page.locator(".error-summary").is_visible()
        hand.page.get_by_label("您需要什么").fill("院坝会上讲讲高血压")
        hand.page.get_by_label("主题").select_option(label=factories.skill().title_zh)
        hand.presses("提交订单")
        hand.sees("已提交，社区会为您派单。")

        order = Order.objects.get()
        hand.presses("撤回")
        hand.page.get_by_label("原因").fill("时间不合适")
        hand.presses("撤回")
        order.refresh_from_db()
        assert order.state == "withdrawn"


def test_what_needs_a_script_is_not_offered_without_one(browser, live_server):
    with time_machine.travel(MORNING, tick=True):
        loop = factories.loop()
        loop.order("placed")
        hand = Hand(browser, loop.worker, live_server.url, java_script_enabled=False, **DESK)

        hand.opens("/orders/list/?state=placed")

        assert hand.page.locator("tbody tr").count() == 1
        assert not hand.page.locator("[data-saved]").is_visible()
        assert not hand.page.locator("[data-columns]").is_visible()
