"""Every figure on a page says what it counts."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from kepu.orders import exporting
from tests import factories

pytestmark = pytest.mark.django_db


def page(person, name: str) -> str:
    browser = Client(headers={"accept-language": "zh-CN"})
    browser.force_login(person)
    return browser.get(reverse(name)).content.decode()


def test_the_desk_counts_orders_in_its_title_and_in_every_column(loop):
    loop.order("placed")

    shown = page(loop.worker, "desk")

    assert re.search(r"<h1[^>]*>\s*待派订单 1 单\s*</h1>", shown)
    assert re.findall(r'<span class="count">([^<]*)</span></header>', shown) == [
        "1 单", "0 单", "0 单", "0 单",
    ]  # fmt: skip


def test_the_list_of_orders_says_that_people_are_people(loop):
    order = loop.order("placed")

    shown = page(factories.officer("district_officer", "50.103."), "order-list")

    assert f"{order.people} 人" in shown


def test_every_figure_of_the_month_has_its_unit(loop):
    loop.order("placed")

    shown = page(factories.officer("district_officer", "50.103."), "month-reports")

    assert set(exporting.MONTH_UNITS) == set(exporting.MONTH_HEADERS)
    cells = re.findall(r'<td[^>]*class="number"[^>]*>\s*([^<]*?)\s*</td>', shown)
    assert cells
    assert [cell for cell in cells if not re.fullmatch(r"-|[\d,.]+ [单次人个条星]", cell)] == []
