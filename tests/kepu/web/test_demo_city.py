"""`kepu run --demo` from an empty folder: the city is served, and everybody it names walks in by the form.

Made once for the file, by the real command in another process, on SQLite. One order walks through all
hands in it, by clicks alone.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from benchmarks.places import free_port
from django.db import connection

from kepu.kernel import clock
from kepu.kernel.roles.verbs import ROLES
from kepu.web import demo
from tests.journeys import drawn
from tests.journeys.conftest import ROOT, browser, chromium, photograph
from tests.journeys.walking import DESK, TELEPHONE, Walker, typed
from tests.kepu.web.conftest import Kepu

__all__ = ["browser", "chromium"]  # fixtures

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="the city stands on a SQLite of its own"
    ),
]

# Everybody of the table "Who walks through the house" in the architecture, and the offices of the
# rooms that stand: who signs in, and what the terminal and the pages call them.
KINDS = {
    "resident": "居民",
    "community": "社区工作者",
    "department": "部门工作人员",
    "district": "区县工作人员",
    "city": "市级工作人员",
    "volunteer": "志愿者",
    "leader": "服务队队长",
    "expert": "专家",
    "venue": "场馆管理员",
    "analyst": "分析员",
    "partner": "协作地区工作人员",
    "system": "系统管理员",
    "security": "安全管理员",
    "auditor": "审计管理员",
    "signer": "市级工作人员",
    "secretary": "申报秘书",
    "reviewer": "评审专家",
    "items": "题库管理员",
    "writer": "命题人员",
    "survey": "测评管理员",
    "second": "测评管理员",
    "statistician": "单位统计员",
    "supervisor": "调查督导员",
    "interviewer": "访问员",
}


@dataclass
class Served:
    """A city that answers, and what the terminal said when it did."""

    address: str
    data: Path
    said: str

    def puts_the_clock(self, ahead: timedelta) -> None:
        """Nobody waits for a visit to begin: the city's clock is put ahead of the true one."""
        (self.data.with_name("clock")).write_text(str(ahead.total_seconds()))

    def accounts(self) -> dict[str, str]:
        """Login names and what each is called in Chinese, as printed."""
        _before, _words, printed = self.said.partition("Demo accounts")
        return dict(re.findall(r"^  (\w+) +(\S+) .+: .+$", printed, re.MULTILINE))

    def password(self) -> str:
        (found,) = re.findall(r"all with the password  (\S+)", self.said)
        return found


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data, port = tmp_path_factory.mktemp("demo-city") / "data", free_port()
    log, hand = data.with_name("log"), data.with_name("clock")
    hand.write_text("0")
    surroundings = Kepu(data).surroundings()
    surroundings["PYTHONPATH"] += f"{os.pathsep}{ROOT / 'tests/journeys/clock'}"
    surroundings["KEPU_TEST_CLOCK"] = str(hand)
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "kepu.web.shell", "run", "--demo", "--port", str(port)],
            env=surroundings, stdout=out, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        yield Served(f"http://127.0.0.1:{port}", data, _until_announced(process, log))
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, log.read_text()


def _until_announced(process: subprocess.Popen[bytes], log: Path) -> str:
    """What is printed until the last account is; a set-up that ends or hangs fails with its words."""
    for _tenth in range(2400):
        said = log.read_text()
        if re.search(rf"^  {demo.LAST_LOGIN} .*\n", said, re.MULTILINE):
            return said
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"no city was announced:\n{log.read_text()}")


class Page(HTMLParser):
    """Addresses in its navigation, and the hidden and visible inputs of the form with a password."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.doors = text, list[str]()
        self.action, self.form = "", dict[str, str]()
        self._nav, self._inputs, self._action = 0, dict[str, str](), ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._nav += tag == "nav"
        if tag == "a" and self._nav:
            self.doors.append(given["href"])
        if tag == "form":
            self._action, self._inputs = given.get("action", ""), {}
        if tag == "input" and "name" in given:
            self._inputs[given["name"]] = given.get("value", "")
            if given.get("type") == "password":
                self.action, self.form = self._action, self._inputs

    def handle_endtag(self, tag: str) -> None:
        self._nav -= tag == "nav"


class Browser:
    """Keeps cookies and follows redirects; what is not answered with 200 is an HTTPError."""

    def __init__(self, city: Served) -> None:
        self.city = city
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.opener.addheaders = [("Accept-Language", "zh-CN")]

    def get(self, address: str, form: dict[str, str] | None = None) -> Page:
        sent = urlencode(form).encode() if form else None
        with self.opener.open(urljoin(self.city.address, address), sent, timeout=60) as answer:
            assert answer.status == 200, address
            return Page(answer.read().decode())

    def status(self, address: str) -> int:
        try:
            self.get(address)
        except HTTPError as error:
            return error.code
        return 200

    def sign_in(self, login: str) -> Page:
        """The first page, reached by the form of a person who reads it."""
        page = self.get("/sign-in/?way=staff&next=/")
        told = page.form | {"username": login, "password": self.city.password()}
        return self.get(page.action, told)


def test_a_guest_is_answered_at_once_by_a_city_that_is_complete(city):
    page = Browser(city).get("/")

    assert not (city.data / "being-set-up.json").exists()
    assert [Browser(city).status(door) for door in page.doors] == [200] * len(page.doors) != []


def test_the_terminal_names_everybody_of_the_architecture_and_a_person_for_every_role(city):
    assert city.accounts() == KINDS
    assert {role for _login, _name, role, _does in demo.PEOPLE if role} == set(ROLES)


@pytest.mark.parametrize("login", KINDS)
def test_everybody_signs_in_and_every_door_of_their_navigation_opens(city, login):
    browser = Browser(city)

    first = browser.sign_in(login)

    name = next(one[1] for one in demo.PEOPLE if one[0] == login)
    assert name in first.text, "not signed in"
    if next(one[2] for one in demo.PEOPLE if one[0] == login):
        assert KINDS[login] in first.text
    shut = {door: status for door in first.doors if (status := browser.status(door)) != 200}
    assert len(first.doors) >= 3
    assert shut == {}


TITLE = "社区想学低盐少油的做法"  # of a topic that nobody else in the demo city asks for


@pytest.mark.journey
def test_one_order_walks_through_all_hands_by_clicks_alone(city, browser, tmp_path):
    """Whoever reads the terminal and the pages needs nothing else.

    With KEPU_SCREENSHOTS=docs/images the pictures of the tutorial are made anew.
    """
    begins = clock.now() + timedelta(hours=2)
    resident, worker, officer, leader = (
        Walker(browser, city.address, screen, login)
        for login, screen in (
            ("resident", TELEPHONE), ("community", DESK), ("department", DESK), ("leader", TELEPHONE)
        )
    )  # fmt: skip

    resident.signs_in(city.password())
    resident.picture("1-resident-home")
    resident.presses("点一项科普服务")
    resident.presses("直接说需求")
    resident.fills("您需要什么", TITLE)
    resident.chooses("主题", "营养与食品安全")
    resident.fills("具体地点", "社区活动室（示例）")
    resident.fills("最早时间", typed(begins - timedelta(hours=1)))
    resident.fills("最晚时间", typed(begins + timedelta(days=1)))
    resident.picture("2-resident-order")
    resident.presses("提交订单")
    resident.sees("已提交，社区会为您派单。")

    worker.signs_in(city.password())
    worker.presses("派单台")
    worker.picture("3-community-desk")
    worker.presses(TITLE)
    worker.picture("4-dispatch")
    worker.presses("派给该部门")
    worker.sees("已派单")

    officer.signs_in(city.password())
    officer.presses("部门")
    officer.picture("5-department")
    officer.presses(TITLE)
    officer.presses("接单")
    officer.sees("已接单，请放开给服务队。")
    officer.presses("放开给服务队")
    officer.sees("已放开")

    leader.signs_in(city.password())
    leader.presses("服务队")
    leader.picture("6-team")
    leader.presses(TITLE)
    leader.presses("接单")
    leader.sees("接单成功")
    leader.presses("约定时间")
    leader.fills("服务几点开始", typed(begins))
    leader.presses("约定时间")
    leader.sees("时间已约定")

    resident.goes_home()
    resident.presses("我的订单")
    resident.presses(TITLE)
    resident.picture("7-resident-code", at="main figure")
    code = resident.reads_code()

    city.puts_the_clock(timedelta(hours=2, minutes=5))
    leader.presses("去签到")
    leader.picture("8-visit")
    leader.fills("签到码", code.lower())
    leader.presses("我已到达")
    leader.sees("签到成功")
    leader.attaches("#photo-files", drawn.photograph(tmp_path), shown="#photos img")
    leader.sees("照片 · 已发送")
    leader.picture("8-photographs", at="#photos img")
    city.puts_the_clock(timedelta(hours=3, minutes=5))
    leader.fills("来了多少人", "32")
    leader.presses("报告完成")
    leader.sees("已完成服务")

    officer.signs_in(city.password())  # idle for hours, and signed out
    officer.presses("部门")
    officer.presses(TITLE)
    officer.presses("认定志愿时长")
    officer.sees("已认定")
    resident.goes_home()
    resident.presses("我的订单")
    resident.presses(TITLE)
    resident.presses("确认志愿时长")
    resident.sees("已确认")
    resident.presses("评价服务")
    resident.page.locator("label.star").nth(4).click()
    resident.fills("说几句", "讲得明白")
    resident.picture("9-rate")
    resident.presses("评价服务")
    resident.sees("感谢您的评价")
    officer.goes_home()
    officer.presses("部门")
    officer.presses(TITLE)
    officer.picture("10-order")

    leader.goes_home()
    leader.presses("服务队")
    leader.presses(TITLE)
    leader.fills("您的答复", "谢谢，下个月再来讲饮食")
    leader.picture("11-answer")
    leader.presses("答复评价")
    leader.sees("已答复")

    city.puts_the_clock(timedelta(days=4))
    resident.signs_in(city.password())
    resident.presses("我的订单")
    resident.until("已办结", lambda: (resident.goes_home(), resident.presses("我的订单")))
    resident.presses(TITLE)
    resident.sees("下个月再来讲饮食")
    resident.picture("12-closed", at="text=下个月再来讲饮食")


@pytest.mark.journey
def test_a_district_officer_first_sees_the_map_and_the_figures(city, browser):
    """The picture of the README, made anew with KEPU_SCREENSHOTS=docs/images."""
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", base_url=city.address,
        reduced_motion="reduce", viewport={"width": 1280, "height": 800},
    )  # fmt: skip
    page = context.new_page()
    page.goto("/sign-in/?way=staff")
    page.get_by_label("登录名").fill("district")
    page.get_by_label("密码").fill(city.password())
    page.get_by_role("button", name="登录").last.click()
    page.wait_for_url(f"{city.address}/")

    page.get_by_role("heading", name="渝中区的订单").wait_for()
    districts = page.locator("main svg path")
    assert districts.first.is_visible()
    assert districts.count() >= 38
    photograph(page, "0-overview")
