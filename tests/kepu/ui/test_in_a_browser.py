"""The gallery in a real browser: no finding of axe, nothing wider than the screen, choices that hold."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import CHROMIUM, FLAGS

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1440, "height": 900}}
BUILT = Path(__file__).resolve().parents[3] / "src/kepu/ui/static/kepu/kepu.css"

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed"),
    pytest.mark.skipif(not BUILT.exists(), reason="the front end is not built here"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    # Playwright's loop runs in this thread, which Django would take for an async caller.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with playwright.sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(browser, live_server):
    opened = []

    def open_gallery(screen, javascript=True, **choices):
        context = browser.new_context(
            **screen, java_script_enabled=javascript, locale="zh-CN", reduced_motion="reduce"
        )
        opened.append(context)
        context.add_cookies(
            [{"name": k, "value": v, "url": live_server.url} for k, v in choices.items()]
        )
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(live_server.url + "/ui/")
        return page

    yield open_gallery
    for context in opened:
        context.close()


LOOKS = [
    pytest.param(screen, choices, id=f"{name} {' '.join(choices.values())}".strip())
    for name, screen in (("desk", DESK), ("phone", PHONE))
    for choices in ({}, {"theme": "dark"}, {"type": "large"})
]


@pytest.mark.parametrize(("screen", "choices"), LOOKS)
def test_axe_finds_nothing(visit, screen, choices):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit(screen, **choices)

    result = axe.Axe().run(page).response

    assert len(result["passes"]) > 20
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in result["violations"]] == []


@pytest.mark.parametrize(("screen", "choices"), LOOKS)
def test_nothing_is_wider_than_the_screen_and_nothing_is_refused(visit, screen, choices):
    page = visit(screen, **choices)

    assert page.evaluate("document.documentElement.scrollWidth") == screen["viewport"]["width"]
    assert page.complaints == []


@pytest.mark.parametrize("choices", [{}, {"type": "large"}], ids=["normal", "large"])
def test_what_is_touched_is_large_enough(visit, choices):
    page = visit(PHONE, **choices)
    least = 56 if choices else 44

    small = page.evaluate(
        """least => [...document.querySelectorAll('.button, .menu-item, .input, .choice, .nav-link')]
            .map(e => [e, e.getBoundingClientRect()])
            .filter(([e, box]) => box.height > 0 && box.height < least - 0.5)
            .map(([e]) => e.outerHTML.slice(0, 80))""",
        least,
    )

    assert small == []


@pytest.mark.parametrize("choices", [{}, {"type": "large"}], ids=["normal", "large"])
def test_no_letter_is_below_14_pixels(visit, choices):
    page = visit(DESK, **choices)

    sizes = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
            .filter(e => !e.closest('svg.map'))
            .map(e => parseFloat(getComputedStyle(e).fontSize))"""
    )

    assert min(sizes) >= (19.6 if choices else 14)


def test_the_theme_changes_in_place_and_stays(visit):
    page = visit(DESK)
    page.click(".tool > summary")
    with page.expect_response("**/preferences") as answer:
        page.click("button[name=theme][value=dark]")

    assert answer.value.ok
    assert page.get_attribute("html", "data-theme") == "dark"
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"


def test_without_script_choices_are_sent_as_a_form(visit):
    page = visit(PHONE, javascript=False)
    page.click(".tool > summary")
    page.click("button[name=type][value=large]")

    page.wait_for_load_state()
    assert page.get_attribute("html", "data-type") == "large"
    assert page.url.endswith("/ui/")


def test_a_column_switched_off_stays_off(visit):
    page = visit(DESK)
    cost = page.locator("td[data-column=cost]").first
    spare = page.locator("td[data-column=number]").first

    assert cost.is_visible()
    assert not spare.is_visible()
    page.click("[data-columns] summary")
    page.uncheck("[data-columns] input[value=cost]")
    page.reload()
    assert not page.locator("td[data-column=cost]").first.is_visible()


def test_filters_are_saved_by_name(visit):
    page = visit(DESK)
    page.goto(page.url + "?state=draft")
    page.click("[data-saved] button")
    page.fill("[data-saved] input", "我的待派")
    page.press("[data-saved] input", "Enter")

    page.reload()
    assert page.get_attribute("[data-saved] a", "href") == "?state=draft"
    assert page.inner_text("[data-saved] a") == "我的待派"


def test_the_dialog_asks_in_place_and_lets_one_keep(visit):
    page = visit(DESK)
    page.click("[data-opens=withdraw]")

    assert page.is_visible("dialog#withdraw")
    assert page.evaluate("document.activeElement.hasAttribute('data-closes')")
    page.keyboard.press("Escape")
    assert not page.is_visible("dialog#withdraw")


def test_stars_obey_the_arrow_keys(visit):
    page = visit(DESK)
    page.focus("input[name=stars][value='4']")
    page.keyboard.press("ArrowRight")

    assert page.is_checked("input[name=stars][value='5']")


def test_a_clock_left_open_keeps_time(visit):
    page = visit(DESK)
    page.clock.install()
    page.reload()
    due_in_five_hours = page.locator("#buttons .clock").nth(1)
    assert due_in_five_hours.get_attribute("data-tone") == "amber"

    page.clock.fast_forward("04:30:00")

    assert due_in_five_hours.get_attribute("data-tone") == "red"
    assert due_in_five_hours.inner_text().startswith("紧急，还剩 2")


def test_a_view_can_raise_a_toast_whose_words_stay_text(visit):
    page = visit(DESK)
    page.evaluate(
        """document.body.dispatchEvent(new CustomEvent('kepu:toast', {bubbles: true,
            detail: {words: '<b>已派出</b>', undo: '/undo/1'}}))"""
    )
    toast = page.locator("[data-toasts] .toast")

    assert "<b>已派出</b>" in toast.inner_text()
    assert toast.locator("form").get_attribute("action") == "/undo/1"


def test_what_is_copied_is_said_and_where_it_cannot_be_it_is_marked(visit):
    page = visit(DESK)
    button = page.get_by_role("button", name="复制密钥")
    said = page.locator(".copy-said").first
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    button.focus()
    page.keyboard.press("Enter")

    expect(said).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "kepu_示例密钥"
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    button.click()
    expect(said).to_contain_text("已选中")
    assert page.evaluate("getSelection().toString()") == "kepu_示例密钥"


def test_without_script_nothing_offers_to_copy(visit):
    page = visit(DESK, javascript=False)

    assert page.locator("[data-copy]").first.is_hidden()
    assert page.get_by_text("kepu_示例密钥").is_visible()


def test_on_a_phone_the_way_is_a_sentence_and_a_bar(visit):
    way = ".way-words"

    assert visit(PHONE).locator(way).first.is_visible()
    assert visit(DESK).locator(way).first.is_hidden()


def test_a_card_stays_in_its_narrow_column_whatever_its_clock_says(visit):
    page = visit(DESK)
    outside = page.evaluate(
        """() => {
            const board = document.querySelector('.board');
            board.style.gridAutoColumns = '13rem';
            for (const words of board.querySelectorAll('[data-clock-words]'))
                words.textContent = '尽快，还剩 11 小时 53 分钟零 20 秒';
            return [...board.querySelectorAll('.board-column')].map(column => {
                const edge = column.getBoundingClientRect().right;
                return [...column.querySelectorAll('.card, .clock')].filter(
                    one => one.getBoundingClientRect().right > edge).length;
            });
        }"""
    )

    assert outside
    assert not any(outside)
