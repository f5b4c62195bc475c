"""`kepu run --demo` from an empty folder: the city is served, and everybody it names walks in by the form.

Made once for the file, by the real command in another process, on SQLite.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from benchmarks.places import free_port
from django.db import connection

from kepu.kernel.roles.verbs import ROLES
from kepu.web import demo
from tests.journeys.conftest import browser, chromium, photograph
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
    log = data.with_name("log")
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "kepu.web.shell", "run", "--demo", "--port", str(port)],
            env=Kepu(data).surroundings(), stdout=out, stderr=subprocess.STDOUT,
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
