"""The pages of fees: who finds them, what stands masked on them, and the file for the finance office."""

from __future__ import annotations

import io
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from kepu.appraisal.actions import fees
from kepu.appraisal.models import FeeLine, FeeList
from kepu.kernel.audit.models import Entry
from kepu.people.actions import experts_records
from tests.factories import NOW, officer, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import meeting_world as meetings
from tests.kepu.appraisal import review_world as world
from tests.kepu.venues.factories import HERE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NUMBER, ACCOUNT = "11010519491231002X", "0062220202000123"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def judges():
    found = [world.expert("=1+1"), world.expert("专家二")]
    experts_records.keep_fee_account(
        found[0].pk, holder="=1+1", id_number=NUMBER, bank="示例银行", account=ACCOUNT,
        by=found[0].person, now=NOW,
    )  # fmt: skip
    return found


@pytest.fixture
def call(judges):
    of = world.call()
    row = world.checked(of, "甲馆示例")
    for who in judges:
        world.done(row, who)
    return of


def reader(person) -> Client:
    browser = Client(headers={"accept-language": "zh-CN"})
    if person is not None:
        browser.force_login(person)
    return browser


def test_a_list_goes_all_the_way_by_forms_alone(call, judges):
    secretary, payer = reader(factories.secretary()), reader(factories.decider())
    page = secretary.post(reverse("appraisal-fees-build", args=[call.pk]), {"month": "2026-03"}).url
    one = FeeList.objects.get()
    at = {name: reverse(f"appraisal-fee-{name}", args=[one.pk]) for name in
          ("add", "sign", "take-back", "pay", "drop", "file")}  # fmt: skip

    line = {"expert": judges[1].pk, "kind": "correction", "yuan": "3800.50", "about": "上月少发"}
    added, twice = (secretary.post(at["add"], line | {"version": one.version}) for _press in (1, 2))
    line = FeeLine.objects.get(by_hand=True)
    told = secretary.get(page).content.decode()
    secretary.post(reverse("appraisal-fee-remove", args=[line.pk]))
    unsigned = payer.post(at["sign"], {"version": "1", "reference": "1号"})
    version = FeeList.objects.get().version
    payer.post(at["sign"], {"version": version, "reference": "示例财〔2026〕1号"})
    payer.post(at["take-back"], {"reason": "有误"})
    payer.post(at["sign"], {"version": version + 2, "reference": "示例财〔2026〕1号"})
    payer.post(at["pay"], {"on": "2026-03-05"})

    assert (added.status_code, twice.status_code) == (302, 409)
    assert line.fen == 380050
    assert all(word in told for word in ("专家二", "4,000.50", "上月少发", "尚未填写"))
    assert unsigned.status_code == 409
    assert (FeeList.objects.get().state, secretary.post(at["drop"]).status_code) == ("paid", 409)
    assert "200元" in reader(judges[0].person).get(reverse("my-fees")).content.decode().replace(
        " ", ""
    )


def test_half_days_that_no_list_has_stand_on_the_page_of_the_call():
    who = meetings.judges(3)
    of = meetings.call()
    meetings.held(of, meetings.reviewed(of), who, ["for"] * 3)

    page = reader(factories.secretary()).get(reverse("appraisal-fees", args=[of.pk]))

    told = " ".join(page.content.decode().split("尚未列入的半天")[1].split("</dd>")[0].split())
    assert told.endswith("3")


def test_accounts_stand_masked_for_who_pays_and_not_at_all_for_others(call):
    one = fees.build(call.pk, date(2026, 3, 1), by=factories.secretary(), now=NOW)
    page = reverse("appraisal-fee-list", args=[one.pk])

    kept = reader(factories.secretary()).get(page).content.decode()
    paid = reader(factories.decider()).get(page).content.decode()

    assert "0123" not in kept
    assert "************0123" in paid
    assert NUMBER not in kept + paid
    assert ACCOUNT not in kept + paid


def test_the_file_for_the_finance_office_adds_up_and_runs_no_formula(call):
    payer = factories.decider()
    one = fees.build(call.pk, date(2026, 3, 1), by=factories.secretary(), now=NOW)
    fees.sign(one.pk, seen=one.version, reference="1号", by=payer, now=NOW)

    answer = reader(payer).post(reverse("appraisal-fee-file", args=[one.pk]))

    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0][1:5] == ["=1+1", NUMBER, "示例银行", ACCOUNT]
    assert {sheet.cell(2, n).data_type for n in (2, 3, 5)} == {"s"}
    assert [row[6:9] for row in rows] == [[200, 0, 200], [200, 0, 200], [400, 0, 400]]
    assert rows[1][2:5] == [None] * 3
    assert answer["Cache-Control"] == "private, no-store"
    assert Entry.objects.filter(verb="expert.read_fee_account", actor=payer.pseudonym).count() == 2


def test_others_find_no_fees_and_nobody_another_expert_s(call, judges):
    one = fees.build(call.pk, date(2026, 3, 1), by=factories.secretary(), now=NOW)
    fees.sign(one.pk, seen=one.version, reference="1号", by=factories.decider(), now=NOW)
    addresses = [
        reverse("appraisal-fees", args=[call.pk]),
        reverse("appraisal-fee-list", args=[one.pk]),
        reverse("appraisal-fee-add", args=[one.pk]),
        reverse("appraisal-fee-sign", args=[one.pk]),
        reverse("appraisal-fee-pay", args=[one.pk]),
        reverse("appraisal-fee-take-back", args=[one.pk]),
    ]

    for who in (officer("district_officer", HERE), judges[0].person, user("路人示例")):
        assert {reader(who).get(address).status_code for address in addresses} == {404}
    assert {reader(None).get(address).status_code for address in addresses} == {302}
    file = reverse("appraisal-fee-file", args=[one.pk])
    assert reader(factories.secretary()).post(file).status_code == 403
    mine = reader(judges[1].person).get(reverse("my-fees")).content.decode()
    assert "=1+1" not in mine
    assert "200" in mine
