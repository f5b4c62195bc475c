"""A real browser against the real server. Left out, and said so, where Chromium is not installed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tools import testing

CHROMIUM = testing.chromium() or ""
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "src/kepu/ui/static/kepu/kepu.js"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Callable[[], Any]]:
    """Starts a browser."""
    if not CHROMIUM or not BUILT.exists():
        pytest.skip("Chromium or the built front end is missing")
    playwright = pytest.importorskip("playwright.sync_api")
    # Playwright's loop runs in this thread, which Django would take for an async caller.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with playwright.sync_playwright() as driver:
        yield partial(driver.chromium.launch, executable_path=CHROMIUM, args=FLAGS)
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def browser(chromium) -> Iterator[Any]:
    """One browser for the tests of a file."""
    opened = chromium()
    yield opened
    opened.close()


@pytest.fixture
def phone():
    return {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def device(chromium, live_server):
    """A telephone that somebody may be signed in on.

    The browser is the test's own and is closed whole: a context with a service worker may never
    answer that it is closed, but a browser that does not is ended after half a minute.
    """
    browser = chromium()

    def made(person=None, **traits):
        context = browser.new_context(
            **PHONE, locale="zh-CN", base_url=live_server.url, reduced_motion="reduce", **traits
        )
        context.set_default_timeout(20_000)
        if person:
            sign_in(context, person, live_server.url)
        return context

    yield made
    browser.close()


def photograph(page: Any, name: str, **how: Any) -> None:
    """Take a picture into the folder that KEPU_SCREENSHOTS names, from the repository's own on."""
    if folder := os.environ.get("KEPU_SCREENSHOTS"):
        path = ROOT / folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(path), **how)


def sign_in(context, person, url: str) -> None:
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
