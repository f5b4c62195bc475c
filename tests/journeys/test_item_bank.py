"""An item from its writer to its use, and the self-test, as people do them: in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from kepu.literacy.models import Item, SelfTest
from tests.factories import field
from tests.journeys.conftest import sign_in
from tests.kepu.literacy import factories

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TAGS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def pages(device, browser, live_server):
    """Experts and residents on telephones, officers at desks."""

    def opened(person=None, *, phone=True):
        context = (
            device()
            if phone
            else browser.new_context(
                locale="zh-CN", base_url=live_server.url, reduced_motion="reduce"
            )
        )
        if person is not None:
            sign_in(context, person, live_server.url)
        return context.new_page()

    return opened


def look(page):
    """Nothing that keeps somebody from reading or pressing it."""
    found = axe.Axe().run(page, options=TAGS).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in found] == []


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_an_item_is_written_judged_on_two_telephones_and_approved(pages):
    writer, keeper = factories.writer(), factories.keeper()
    judges = [factories.expert() for _judge in "ab"]
    field()

    desk = pages(writer, phone=False)
    desk.goto("/items/new/")
    desk.get_by_label("学科").select_option("physics")
    desk.get_by_label("中文题干").fill("下列哪一项能说明声音需要介质（示例）？")
    desk.get_by_label("中文选项").fill("真空罩里的铃声听不见\n铃的颜色变了\n铃变重了")
    desk.get_by_label("正确选项").select_option("0")
    desk.get_by_label("来源").fill("自编示例")
    look(desk)
    press(desk, "存为草稿")
    press(desk, "提交评审")

    office = pages(keeper, phone=False)
    item = Item.objects.get()
    office.goto(f"/items/{item.pk}/")
    expect(office.get_by_text("还需 2 位专家认定这一文本可以使用")).to_be_visible()
    office.get_by_role("link", name="请专家评审").click()
    for judge in judges:
        office.get_by_text(judge.person.name).click()
    press(office, "发出邀请")

    for judge in judges:
        phone = pages(judge.person)
        phone.goto("/reviews/")
        phone.get_by_role("link", name=f"题目 {item.code}").click()
        expect(phone.get_by_text("真空罩里的铃声听不见")).to_be_visible()
        look(phone)
        phone.get_by_text("可以使用", exact=True).click()
        press(phone, "提交评审意见")
        expect(phone.get_by_text("谢谢，评审意见已保存。")).to_be_visible()

    office.reload()
    press(office, "批准入库")
    expect(office.locator(".stands").get_by_text("已批准")).to_be_visible()
    look(office)


def test_a_resident_tests_oneself_on_a_telephone_without_a_name(pages):
    factories.stock("self_test", dict.fromkeys(factories.SHELF, 10))
    page = pages()
    page.goto("/")
    page.get_by_role("link", name="测测您的科学素质").click()
    look(page)
    press(page, "开始答题")

    look(page)
    press(page, "下一题")  # nothing chosen yet
    expect(page.get_by_role("alert")).to_be_visible()
    result = page.get_by_text("有多大把握？")
    for position in range(1, 16):
        # a press does not wait for the page it leads to
        expect(page.get_by_text(f"第 {position} 题，最多 15 题").or_(result)).to_be_visible()
        if result.is_visible():
            break
        choice = page.get_by_role("radio").nth(position % 4)
        assert choice.locator("xpath=ancestor::label").bounding_box()["height"] >= 44
        choice.check()
        press(page, "下一题")

    expect(result).to_be_visible()
    look(page)
    found = SelfTest.objects.get().result
    low, high = (f"{found[end]:.0f}" for end in ("low", "high"))
    expect(page.get_by_text(f"您很可能得 {low} 到 {high} 分")).to_be_visible()
