"""Somebody who walks through a city by what its pages say: the first address, and then clicks alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from kepu.kernel.clock import BEIJING
from tests.journeys.conftest import PHONE, photograph

DESK = {"viewport": {"width": 1280, "height": 800}}
PATIENCE = 20_000  # milliseconds
TELEPHONE = {"viewport": PHONE["viewport"]}


class Walker:
    """One person in a browser of their own, signed in by the form as the terminal tells a newcomer."""

    def __init__(self, browser: Any, address: str, screen: dict[str, Any], login: str) -> None:
        self.login = login
        self.context = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", base_url=address,
            reduced_motion="reduce", **screen,
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()

    def signs_in(self, password: str) -> None:
        """From the city's first address on."""
        self.page.goto("/")
        self.presses("登录")
        self.presses("用密码登录")
        self.fills("登录名", self.login)
        self.fills("密码", password)
        self.presses("登录", within="main form")

    def presses(self, words: str, within: str = "body") -> None:
        """Press the first button, or follow the first link, that says so and is to be seen."""
        place = self.page.locator(within)
        found = place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words))
        found.locator("visible=true").first.click()
        self.page.wait_for_load_state()

    def fills(self, label: str, text: str) -> None:
        self.page.get_by_label(label).locator("visible=true").first.fill(text)

    def chooses(self, label: str, option: str) -> None:
        self.page.get_by_label(label).select_option(label=option)

    def goes_home(self) -> None:
        """By the mark that stands on every page."""
        self.page.get_by_role("banner").get_by_role("link", name="科普").first.click()
        self.page.wait_for_load_state()

    def attaches(self, field: str, file: Path, shown: str) -> None:
        """Choose a file, and wait until the page shows it."""
        self.page.set_input_files(field, str(file))
        expect(self.page.locator(shown).first).to_be_visible(timeout=PATIENCE)

    def reads_code(self) -> str:
        """The six letters and figures below the picture that can be scanned."""
        said = self.page.locator("main figure").first.inner_text()
        return re.findall(r"\b[A-Z0-9]{6}\b", said)[0]

    def until(self, words: str, again: Callable[[], object]) -> None:
        """Look again for what time does, until the page says it."""
        for _second in range(60):
            if self.page.get_by_text(words).locator("visible=true").count():
                return
            self.page.wait_for_timeout(1000)
            again()
        raise AssertionError(f"{words} was never said")

    def sees(self, words: str | re.Pattern[str]) -> Locator:
        found = self.page.get_by_text(words).locator("visible=true").first
        expect(found).to_be_visible(timeout=PATIENCE)
        return found

    def picture(self, name: str, at: str = "") -> None:
        """For the tutorial; from the top of the page, or with what `at` selects in the middle."""
        if at:
            self.page.locator(at).first.evaluate("one => one.scrollIntoView({block: 'center'})")
        else:
            self.page.evaluate("scrollTo(0, 0)")
        photograph(self.page, name)


def typed(moment: datetime) -> str:
    """As a field for day and hour wants it."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")
