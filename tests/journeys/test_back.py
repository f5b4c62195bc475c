"""Back after a refused form: no error of the browser, and what was typed is still there."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def loop() -> factories.Loop:
    made = factories.loop()
    made.resident.home = made.community
    made.resident.save(update_fields=["home"])
    return made


def test_what_was_typed_in_a_refused_order_is_there_on_coming_back(device, loop):
    page = device(loop.resident).new_page()
    page.goto(reverse("new-order"))
    page.get_by_label("主题").select_option(label=factories.skill().title_zh)
    page.get_by_label("具体地点").fill("示例社区活动室")
    page.get_by_role("button", name="提交订单").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_label("您需要什么").fill("院坝会上讲讲高血压")  # put right, but not sent yet
    page.get_by_role("link", name="我的订单").first.click()
    expect(page.locator("h1")).to_have_text("我的订单")

    page.go_back()

    expect(page.get_by_label("您需要什么")).to_have_value("院坝会上讲讲高血压")
    expect(page.get_by_label("具体地点")).to_have_value("示例社区活动室")
    assert page.get_by_label("主题").input_value() == str(factories.skill().pk)
    page.reload()  # asks for the page, and sends nothing anew
    expect(page.get_by_label("具体地点")).to_have_value("示例社区活动室")


def test_a_form_whose_address_cannot_be_read_leads_back_to_where_it_stood(device, loop):
    page = device(factories.officer("district_officer", "50.103.")).new_page()
    page.goto(reverse("month-reports"))
    where, words = page.url, "写得太长" * 1000
    form = page.locator(f"form[action='{reverse('file-report')}']")
    form.locator("[name=remark]").evaluate("(one, words) => { one.value = words }", words)
    with page.expect_response(f"**{reverse('file-report')}") as answer:
        form.get_by_role("button").click()

    assert answer.value.status == 422
    expect(page.locator(".error-summary")).to_be_visible()
    assert page.url == where
    page.reload()
    expect(form.locator("[name=remark]")).to_have_value(words)


def test_a_password_is_never_kept(device, loop):
    page = device().new_page()
    page.goto(reverse("sign-in") + "?way=staff")
    page.get_by_label("登录名").fill("nobody")
    page.locator("input[type=password]").fill("not the password")
    page.locator("input[type=password]").press("Enter")
    expect(page.locator(".error-summary")).to_be_visible()

    assert "not the password" not in page.evaluate("JSON.stringify(history.state)")
    assert "nobody" in page.evaluate("JSON.stringify(history.state)")
