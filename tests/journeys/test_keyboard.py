"""The whole loop by keyboard alone: no hand of it needs a pointer, and one always sees where one is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from kepu.orders import actions
from kepu.orders.models import Order
from kepu.people import queries as people
from tests import factories
from tests.journeys.conftest import sign_in
from tests.journeys.test_order_loop import DESK, MORNING, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}}
MOST = 90  # presses of Tab before a page counts as a maze

HERE = """() => {
    const at = document.activeElement;
    if (at === document.body) return '';  // the browser's own bar
    const said = [at.getAttribute('aria-label'), ...[...(at.labels || [])].map(l => l.innerText),
                  at.matches('a, button, summary, [data-focus]') ? at.innerText : '', at.title];
    return said.filter(Boolean).join(' ').replace(/\\s+/g, ' ');
}"""

# Where the focus is must be drawn (WCAG 2.4.7), and must not lie behind a bar (2.4.11).
SEEN = """() => {
    const at = document.activeElement;
    const shown = at.matches('.stars input')
        ? (at.matches('.no-star') ? at.parentElement : at.nextElementSibling) : at;
    const style = getComputedStyle(shown.matches('a') && shown.closest('svg')
        ? shown.querySelector('.area') : shown);
    const drawn = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
        || parseFloat(style.strokeWidth) >= 3;
    const box = shown.getBoundingClientRect();
    const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]];
    const open = shown.closest('svg') || points.some(([x, y]) => {
        const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        return top && (shown.contains(top) || top.contains(shown));
    });
    return [drawn ? '' : 'not drawn', open ? '' : 'behind something'].filter(Boolean).join(', ');
}"""


class Keys:
    """One person with a keyboard and nothing else."""

    def __init__(self, browser, person, url: str, **screen) -> None:
        self.context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", base_url=url, reduced_motion="reduce",
            **screen,
        )  # fmt: skip
        self.context.set_default_timeout(10_000)
        if person:
            sign_in(self.context, person, url)
        self.page: Page = self.context.new_page()

    def opens(self, path: str) -> None:
        """Type an address, and skip what stands on every page."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200
        self.skips()

    def skips(self) -> None:
        self.page.keyboard.press("Tab")
        assert "跳到正文" in self.here
        self.check()
        self.page.keyboard.press("Enter")
        assert self.page.evaluate("document.activeElement.id") == "content"

    @property
    def here(self) -> str:
        return self.page.evaluate(HERE)

    def check(self) -> None:
        """Once the page has come to rest."""
        for _look in range(20):
            wrong = self.page.evaluate(SEEN)
            if not wrong:
                return
            self.page.wait_for_timeout(100)
        assert not wrong, f"the focus on “{self.here}” at {self.page.url} is {wrong}"

    def reaches(self, words: str, key: str = "Tab") -> None:
        """Press Tab until what says `words` has the focus; look at every stop on the way."""
        seen = []
        for _press in range(MOST):
            self.page.keyboard.press(key)
            seen.append(self.here)
            if seen[-1]:
                self.check()
            if words in seen[-1]:
                return
        raise AssertionError(f"“{words}” was not among the stops of {self.page.url}: {seen}")

    def presses(self, words: str, key: str = "Enter") -> None:
        """Go to a button or link, and press it; the next page is skipped into."""
        self.reaches(words)
        before = self.page.evaluate("performance.timeOrigin")
        self.page.keyboard.press(key)
        self.page.wait_for_function("before => performance.timeOrigin !== before", arg=before)
        self.page.wait_for_load_state()
        if not self.page.locator("[data-focus]").count():
            self.skips()

    def types(self, label: str, text: str) -> None:
        self.reaches(label)
        self.page.keyboard.type(text)

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()


def test_the_whole_loop_needs_no_pointer(browser, live_server):
    with time_machine.travel(MORNING, tick=True) as traveller:
        loop = factories.loop()
        loop.resident.home = loop.community
        loop.resident.save(update_fields=["home"])
        actions.answer_for(loop.department, [factories.skill()], by=None, now=MORNING)
        url = live_server.url

        resident = Keys(browser, loop.resident, url, **PHONE)
        resident.opens("/")
        resident.presses("点一项科普服务")
        resident.presses("直接说需求")
        resident.presses("提交订单")  # with nothing filled in
        assert "需要" in resident.here  # the list of what to put right has the focus
        resident.reaches("您需要什么")
        resident.page.keyboard.press("Enter")
        assert resident.page.evaluate("document.activeElement.name") == "title"
        resident.check()
        resident.page.keyboard.type("院坝会上讲讲高血压")
        resident.reaches("主题")
        resident.page.keyboard.press("ArrowDown")
        resident.types("具体地点", "示例社区活动室")
        resident.presses("提交订单")
        resident.sees("已提交，社区会为您派单。")
        order = Order.objects.get()

        worker = Keys(browser, loop.worker, url, **DESK)
        worker.opens("/")
        worker.reaches("派单台", key="Shift+Tab")  # the way to the desk lies before the content
        worker.page.keyboard.press("Enter")
        worker.page.wait_for_url("**/desk/")
        worker.skips()
        worker.presses("院坝会上讲讲高血压")
        worker.presses("派给该部门", key="Space")
        worker.sees("已派单")

        officer = Keys(browser, loop.officer, url, **DESK)
        officer.opens("/department/")
        officer.presses("院坝会上讲讲高血压")
        officer.presses("接单")
        officer.sees("已接单，请放开给服务队。")
        officer.presses("放开给服务队")
        officer.sees("已放开")

        leader = Keys(browser, loop.leader, url, **PHONE)
        leader.opens("/team/")
        leader.presses("院坝会上讲讲高血压")
        leader.presses("接单")
        leader.sees("接单成功")
        leader.presses("约定时间")
        leader.presses("约定时间")
        leader.sees("时间已约定")

        order.refresh_from_db()
        traveller.move_to(order.starts_at + timedelta(minutes=5))
        people_here = ((leader, loop.leader), (officer, loop.officer), (resident, loop.resident))
        for hand, person in people_here:
            sign_in(hand.context, person, url)  # a day later, every session has ended
        leader.opens(f"/orders/{order.pk}/")
        leader.presses("去签到")
        leader.types("签到码", order.check_in_code.lower())
        leader.page.keyboard.press("Enter")
        wait_until(order.check_ins.exists)
        leader.page.wait_for_load_state(
            "networkidle"
        )  # the page reads itself anew once it was sent
        traveller.move_to(order.starts_at + timedelta(hours=1))
        leader.opens(f"/orders/{order.pk}/visit/")
        leader.types("来了多少人", "32")
        leader.page.keyboard.press("Enter")
        wait_until(Order.objects.filter(pk=order.pk, state="delivered").exists)

        officer.opens(f"/orders/{order.pk}/")
        officer.presses("认定志愿时长")
        officer.sees("已认定")
        resident.opens(f"/orders/{order.pk}/")
        resident.presses("确认志愿时长")
        resident.sees("已确认")
        resident.presses("评价服务")
        resident.reaches("尚未评价")
        for _star in range(5):
            resident.page.keyboard.press("ArrowRight")
            resident.check()
        resident.types("说几句", "讲得明白")
        resident.presses("评价服务")
        resident.sees("感谢您的评价")

        order.refresh_from_db()
        assert (order.state, order.ratings.get().stars, order.attended) == ("rated", 5, 32)
        assert people.minutes_of(loop.leader) > 0


def test_one_signs_in_and_sets_large_letters_by_keyboard(browser, live_server, settings):
    settings.SHOW_SIGN_IN_CODES = True
    person = factories.user("居民示例", phone="+8613800001234")
    hand = Keys(browser, None, live_server.url, **PHONE)
    hand.opens("/")

    hand.reaches("大字")
    hand.page.keyboard.press("Enter")
    hand.page.wait_for_selector("html[data-type=large]")
    hand.page.goto("/sign-in/")
    hand.skips()
    hand.types("手机号", "13800001234")
    hand.presses("发送验证码")
    (code,) = set(re.findall(r"\b\d{6}\b", hand.page.inner_text("#content")))
    hand.types("验证码", code)
    hand.presses("继续")

    assert hand.page.get_attribute("html", "data-type") == "large"
    person.refresh_from_db()
    assert person.large_type


def test_a_menu_closes_by_escape_and_gives_the_focus_back(browser, live_server):
    hand = Keys(browser, None, live_server.url, **DESK)
    hand.page.goto("/")

    hand.reaches("显示与语言")
    hand.page.keyboard.press("Enter")
    hand.reaches("大字")
    hand.page.keyboard.press("Escape")

    assert "显示与语言" in hand.here
    assert not hand.page.locator("details.tool").evaluate("menu => menu.open")
