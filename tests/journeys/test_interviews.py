"""Interviews where there is no network: nothing is lost, nothing read by others, nothing comes twice."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from kepu.kernel import clock
from kepu.literacy.actions import interviewing
from kepu.literacy.bridge import interviewing as bridge
from kepu.literacy.models import Attempt, FieldEvent, Interview
from tests.journeys.conftest import CHROMIUM, FLAGS, PHONE, sign_in
from tests.journeys.test_offline import KEPT, say_online, wait_for
from tests.kepu.literacy import doors

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PIN = "246813"

STORED = """() => new Promise(resolve => {
    const asked = indexedDB.open('kepu-visits');
    asked.onsuccess = () => {
        const rows = name => new Promise(done => {
            const all = asked.result.transaction(name).objectStore(name).getAll();
            all.onsuccess = () => done(all.result);
        });
        Promise.all(['papers', 'notes', 'vaults'].map(rows)).then(([papers, notes, vaults]) => {
            asked.result.close();
            resolve({papers: JSON.stringify(papers), notes: JSON.stringify(notes),
                     left: notes.length, vaults: vaults.length});
        });
    };
})"""


@pytest.fixture
def by():
    return doors.interviewer()


@pytest.fixture
def case(by):
    return doors.case(doors.fieldwork(clock.now()), by)


@pytest.fixture
def telephone(chromium, live_server, tmp_path):
    """A telephone that keeps what lies on it when its browser is closed; each call opens it anew.

    Without a network it never reaches the server: that is decided before the first page is asked for.
    """
    opened = []

    def made(person=None, *, offline=False):
        launch = chromium.func.__self__.launch_persistent_context
        context = launch(
            str(tmp_path / "telephone"), executable_path=CHROMIUM, args=FLAGS, **PHONE,
            locale="zh-CN", base_url=live_server.url, reduced_motion="reduce", offline=offline,
        )  # fmt: skip
        context.set_default_timeout(30_000)
        if person:
            sign_in(context, person, live_server.url)
        opened.append(context)
        return context

    yield made
    for context in opened:
        close(context)


def close(context) -> None:
    """The browser whole: a context with a service worker may never answer that it is closed."""
    from playwright.sync_api import Error

    try:
        session = context.new_cdp_session(context.pages[0] if context.pages else context.new_page())
        session.send("Browser.close")
    except Error:
        pass  # it is closed


def entered(context, *, pin=PIN):
    """The page, with a PIN chosen, addresses laid down, and kept for when there is no network."""
    page = context.new_page()
    page.goto("/interviews/")
    page.fill("#pin-new", pin)
    page.fill("#pin-again", pin)
    page.click("[data-pin=set] .button-main")
    page.wait_for_selector(".doorstep-line")
    wanted = ["/interviews/", "/static/kepu/kepu.js", "/static/kepu/kepu.css"]
    wait_for(page, lambda: page.evaluate(KEPT, wanted))
    page.wait_for_selector("[data-works]:not([hidden])")
    return page


def unlocked(page, pin=PIN):
    page.fill("#pin", pin)
    page.click("[data-pin=ask] .button-main")
    return page


def choose(page, words: str) -> None:
    page.get_by_role("button", name=words).first.click()


def begin(page) -> None:
    """Up to the first item: three adults, the person chosen is there and tells about herself."""
    page.locator(".doorstep-line").first.click()
    choose(page, "有人在家")
    page.locator(".doorstep-counts button", has_text="3").click()
    choose(page, "本人在")
    for answer in ("女", "30-39", "城镇", "高中", "农林牧渔业"):
        page.locator(".doorstep-option", has_text=answer).click()
    page.wait_for_selector("text=第 1 题")


def answer(page, number: int, letter: str) -> None:
    page.wait_for_selector(f"h2:has-text('第 {number} 题')")
    page.locator(".doorstep-option").nth("ABC?".index(letter)).click()


def back_in_reach(context, page) -> None:
    context.set_offline(False)
    say_online(page)


def sent(page) -> bool:
    return page.text_content("[data-queue]") == "" and page.evaluate(STORED)["left"] == 0


def test_an_interview_is_held_without_a_network_over_two_days_and_sent_once(device, by, case):
    phone = device(by)
    page = entered(phone)
    phone.set_offline(True)
    page.reload()
    begin(page)
    answer(page, 1, "A")
    page.wait_for_selector("h2:has-text('第 2 题')")
    page.close()

    page = phone.new_page()
    page.goto("/interviews/")
    page.locator(".doorstep-line", has_text="已开始").first.click()
    answer(page, 2, "?")
    answer(page, 3, "B")
    page.wait_for_selector("h2:has-text('再看一遍')")
    held = page.evaluate(STORED)
    for secret in ("示例路", "下面哪一个", "30-39", "answers"):
        assert secret not in held["papers"] + held["notes"]
    choose(page, "完成访问")
    wait_for(page, lambda: "1" in page.text_content("[data-queue]"))
    assert not FieldEvent.objects.exists()

    back_in_reach(phone, page)
    wait_for(page, lambda: sent(page))
    page.reload()
    page.wait_for_selector(".doorstep-line:has-text('访问完成')")
    say_online(page)
    page.wait_for_timeout(500)

    one = Interview.objects.get()
    attempt = Attempt.objects.get()
    assert list(one.answers.values()) == ["A", "", "B"]
    assert one.background == {
        "sex": "female", "age": "30-39", "residence": "urban", "education": "senior",
        "occupation": "farmer",
    }  # fmt: skip
    assert set(one.seconds) == set(one.answers)
    assert (attempt.adults, attempt.chosen, attempt.outcome) == (3, bridge.chosen(case, 3), "1.1")
    assert FieldEvent.objects.count() == 1


def test_the_browser_is_closed_and_opened_again_without_a_network(telephone, by, case):
    phone = telephone(by)
    page = entered(phone)
    begin(page)
    answer(page, 1, "A")
    page.wait_for_selector("h2:has-text('第 2 题')")
    close(phone)

    phone = telephone(offline=True)
    page = phone.new_page()
    page.goto("/interviews/")
    page.wait_for_selector(".doorstep-line, [data-pin=ask]:not([hidden])")
    if page.is_visible("[data-pin=ask]"):
        unlocked(page)
    page.locator(".doorstep-line", has_text="已开始").first.click()
    answer(page, 2, "B")
    answer(page, 3, "C")
    choose(page, "完成访问")
    wait_for(page, lambda: "1" in page.text_content("[data-queue]"))
    close(phone)

    phone = telephone(by)
    page = phone.new_page()
    page.goto("/interviews/")
    wait_for(page, lambda: Interview.objects.exists())
    wait_for(page, lambda: sent(page))

    assert list(Interview.objects.get().answers.values()) == ["A", "B", "C"]
    assert FieldEvent.objects.count() == 1


def test_nothing_is_laid_down_before_a_pin_is_and_another_pin_opens_nothing(device, by, case):
    phone = device(by)
    page = phone.new_page()
    page.goto("/interviews/")
    page.wait_for_selector("[data-pin=set]:not([hidden])")
    page.wait_for_timeout(500)
    assert page.evaluate(STORED)["papers"] == "[]"
    page.fill("#pin-new", "1234")
    page.click("[data-pin=set] .button-main")
    page.wait_for_selector("[data-pin=set] [data-pin-error]:not([hidden])")
    page.fill("#pin-new", PIN)
    page.fill("#pin-again", PIN[::-1])
    page.click("[data-pin=set] .button-main")
    page.wait_for_selector(
        "[data-pin=set] [data-pin-error]:has-text('differ'), [data-pin-error]:has-text('不一致')"
    )
    page.close()
    page = entered(phone)
    page.evaluate(AGE)

    phone.set_offline(True)
    page.reload()
    page.wait_for_selector("[data-pin=ask]:not([hidden])")
    assert "示例路" not in page.inner_text("#content")
    unlocked(page, "000000")
    page.wait_for_selector("[data-pin=ask] [data-pin-error]:not([hidden])")
    unlocked(page)

    page.wait_for_selector(".doorstep-line:has-text('示例路')")


# Thirteen hours go by.
AGE = """() => new Promise(resolve => {
    const asked = indexedDB.open('kepu-visits');
    asked.onsuccess = () => {
        const store = asked.result.transaction('vaults', 'readwrite').objectStore('vaults');
        const all = store.getAll();
        all.onsuccess = () => {
            const put = store.put({...all.result[0], openedAt: Date.now() - 13 * 3600000});
            put.onsuccess = () => { asked.result.close(); resolve(); };
        };
    };
})"""


def test_the_pin_is_asked_for_in_the_middle_and_the_answer_is_kept_after_it(device, by, case):
    phone = device(by)
    page = entered(phone)
    phone.set_offline(True)
    begin(page)
    page.evaluate(AGE)
    answer(page, 1, "B")
    page.wait_for_selector("[data-pin=ask]:not([hidden])")
    unlocked(page)
    page.locator(".doorstep-line", has_text="已开始").first.click()

    page.wait_for_selector("h2:has-text('第 2 题')")


def test_a_lost_pin_is_given_up_only_by_typing(device, by, case):
    phone = device(by)
    page = entered(phone)
    page.evaluate(AGE)
    page.reload()
    page.wait_for_selector("[data-pin=ask]:not([hidden])")
    page.click("[data-discard] summary")
    assert page.is_disabled("[data-discard] button")
    page.fill("#discard", "放弃")
    page.click("[data-discard] button")

    page.wait_for_selector("[data-pin=set]:not([hidden])")

    assert page.evaluate(STORED)["vaults"] == 0
    assert page.evaluate(STORED)["papers"] == "[]"


def test_a_session_that_ended_keeps_everything_until_one_is_signed_in_again(
    device, by, case, live_server
):
    phone = device(by)
    page = entered(phone)
    phone.set_offline(True)
    page.locator(".doorstep-line").first.click()
    choose(page, "家中无人")
    choose(page, "记下")
    wait_for(page, lambda: "1" in page.text_content("[data-queue]"))
    phone.clear_cookies()
    back_in_reach(phone, page)
    page.wait_for_selector("[data-signed-out]:not([hidden])")
    assert not FieldEvent.objects.exists()

    sign_in(phone, by, live_server.url)
    page.goto("/interviews/")
    wait_for(page, lambda: Attempt.objects.exists())
    wait_for(page, lambda: sent(page))

    assert Attempt.objects.get().outcome == "2.24"


def test_two_devices_correct_one_interview_and_the_second_waits_for_a_person(device, by, case):
    now = clock.now()
    told = doors.told(
        case,
        begun_at=(now - timedelta(minutes=9)).isoformat(),
        ended_at=(now - timedelta(minutes=5)).isoformat(),
    )
    first = doors.sent(case, "interview", told, device_time=now)
    interviewing.receive(first, by=by, now=now)
    phone = device(by)
    page = entered(phone)
    phone.set_offline(True)
    page.locator(".doorstep-line").first.click()
    choose(page, "更正答案")
    page.get_by_role("button", name="修改").last.click()
    answer(page, 3, "C")
    choose(page, "提交更正")
    wait_for(page, lambda: "1" in page.text_content("[data-queue]"))
    other = doors.sent(case, "correction", told | {"base": 1}, device_time=now)
    assert interviewing.receive(other, by=by, now=clock.now()).taking == "done"

    back_in_reach(phone, page)
    page.wait_for_selector("[data-refused]:not([hidden]) li")
    page.reload()
    page.wait_for_selector("[data-refused]:not([hidden]) li:has-text('第 2 版')")
    page.click("[data-refused] li button")
    page.wait_for_selector("[data-refused]", state="hidden")
    desk = device(doors.supervisor()).new_page()
    desk.goto("/interviews/stuck/")
    assert "第 2 版" in desk.inner_text("#content")
    desk.get_by_role("button", name="收录").click()
    desk.wait_for_load_state()

    event = FieldEvent.objects.get(taking="settled")
    assert event.interview.version == 3
    assert list(event.interview.answers.values())[-1] == "C"


def test_a_full_device_says_so_and_loses_nothing(device, by, case):
    phone = device(by)
    page = entered(phone)
    phone.set_offline(True)
    begin(page)
    page.evaluate(
        "() => { const rows = IDBObjectStore.prototype; rows.realPut = rows.put;"
        "rows.put = () => { throw new DOMException('', 'QuotaExceededError') } }"
    )
    page.locator(".doorstep-option").first.click()
    page.wait_for_selector("[data-told]:has-text('空间不足')")
    page.evaluate("() => { IDBObjectStore.prototype.put = IDBObjectStore.prototype.realPut }")
    page.locator(".doorstep-option").first.click()

    page.wait_for_selector("h2:has-text('第 2 题')")


def test_a_keyboard_is_enough(device, by, case):
    page = entered(device(by))
    page.locator(".doorstep-line").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="有人在家").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".doorstep-counts")
    page.keyboard.press("1")
    page.get_by_role("button", name="本人在").focus()
    page.keyboard.press("Enter")
    for step in range(5):
        page.wait_for_selector(f"text=第 {step + 1} 题，共")
        page.keyboard.press("2")
    for step, figure in enumerate("103"):
        page.wait_for_selector(f"text=第 {step + 6} 题，共")
        page.keyboard.press(figure)
    page.get_by_role("button", name="完成访问").focus()
    page.keyboard.press("Enter")

    wait_for(page, lambda: Interview.objects.exists())
    assert list(Interview.objects.get().answers.values()) == ["A", "", "C"]


def test_axe_finds_nothing_on_any_screen(device, by, case):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = entered(device(by))

    def look():
        found = axe.Axe().run(page).response
        said = [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]]
        assert json.dumps(said, ensure_ascii=False) == "[]"

    look()
    page.locator(".doorstep-line").first.click()
    look()
    choose(page, "返回")
    begin(page)
    look()
    for number, letter in ((1, "A"), (2, "B"), (3, "C")):
        answer(page, number, letter)
    page.wait_for_selector("h2:has-text('再看一遍')")
    look()
