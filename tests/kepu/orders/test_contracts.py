"""Contracts for purchased services as a list: narrowed, sorted, paged and taken away by who bought."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.errors import RuleBroken
from kepu.orders import actions, contracts
from kepu.orders.models import Order
from kepu.orders.registers import CONTRACTS
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def signed(loop):
    """Two contracts of the department, one of which has run out, and one of another department."""
    elsewhere = factories.organisation("别的部门")
    hands = [loop.officer, loop.officer, factories.officer("department_officer", elsewhere)]
    deals = [("甲-1", loop.department, 900, 30), ("乙-2", loop.department, 100, -1),
             ("丙-3", elsewhere, 500, 30)]  # fmt: skip
    return [
        actions.sign_contract(
            number=number, buyer=buyer, seller=factories.organisation(f"{number}学会"), yuan=yuan,
            services=10, first_day=date(2026, 1, 1), last_day=NOW.date() + timedelta(days=days),
            by=by, now=NOW,
        )
        for by, (number, buyer, yuan, days) in zip(hands, deals, strict=True)
    ]  # fmt: skip


def reader(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def taken(person, query: str = ""):
    address = reverse("register-export", args=["contracts", "csv"])
    answer = reader(person).get(f"{address}?{query}")
    if answer.status_code != 200:
        return answer.status_code
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["乙-2", "甲-1"]),
        ("sort=amount", ["甲-1", "乙-2"]),
        ("sort=end", ["乙-2", "甲-1"]),
        ("state=running", ["甲-1"]),
        ("state=ended", ["乙-2"]),
        ("q=甲-1学会", ["甲-1"]),
        ("q=丙", []),
    ],
)
def test_the_page_and_the_file_hold_what_is_asked_for_in_the_same_order(
    loop, signed, query, numbers
):
    page = reader(loop.officer).get(f"{reverse('contracts')}?{query}").text
    heads, *rows = taken(loop.officer, query)

    cards = sorted((page.index(f">{number}<"), number) for number in numbers)
    assert [number for _at, number in cards] == numbers
    assert [row[0] for row in rows] == numbers
    assert heads == [str(column.label) for column in CONTRACTS.columns]
    assert ">丙-3<" not in page


def test_a_contract_says_how_many_of_its_services_are_ordered(loop, signed):
    dish = actions.Dish(
        title="用药安全", topic=factories.skill(), division=loop.community,
        areas=(loop.community.path,), first_day=NOW.date(), department=loop.department,
        contract=signed[0],
    )  # fmt: skip
    service = actions.write_service(dish, by=loop.officer, now=NOW)
    actions.move_service(service.pk, "publish", by=loop.officer, now=NOW)
    service.refresh_from_db()
    for state in ("placed", "draft"):
        loop.order(state, service=service)

    [row] = taken(loop.officer, "state=running")[1:]

    assert row[5:7] == ["10", "1"]
    assert "1 of 10" in reader(loop.officer).get(reverse("contracts")).text


def test_a_dish_is_written_before_its_contract_begins_and_ordered_from_its_first_day(loop):
    begins = NOW.date() + timedelta(days=1)
    deal = actions.sign_contract(
        number="丁-4", buyer=loop.department, seller=factories.organisation(), yuan=Decimal(9),
        services=3, first_day=begins, last_day=begins, by=loop.officer, now=NOW,
    )  # fmt: skip
    dish = actions.Dish(
        title="用药安全", topic=factories.skill(), division=loop.community,
        areas=(loop.community.path,), first_day=NOW.date(), department=loop.department,
        contract=deal,
    )  # fmt: skip
    service = actions.write_service(dish, by=loop.officer, now=NOW)
    service = actions.move_service(service.pk, "publish", by=loop.officer, now=NOW)

    with pytest.raises(RuleBroken, match=f"begins on {begins}"):
        loop.order("placed", service=service)

    assert not Order.objects.exists()
    assert contracts.why_not_order(deal, loop.department.pk, NOW + timedelta(days=1)) is None


@pytest.mark.parametrize("who", ["leader", "resident", "worker"])
def test_who_signs_no_contracts_takes_none_away(loop, signed, who):
    assert taken(getattr(loop, who)) == 403
