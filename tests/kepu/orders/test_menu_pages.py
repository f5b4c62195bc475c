"""Those who offer write their menu, one dish at a time or from a spreadsheet, and contracts beside it."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from kepu.kernel import clock, tables
from kepu.orders.models import Contract, Service
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = NOW.date()


@pytest.fixture(autouse=True)
def spring(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with translation.override("en"):
        yield


def reader(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["language"] = "en"
    client.force_login(person)
    return client


def dish(loop, **also) -> dict[str, object]:
    return {
        "title": "合理用药", "topic": factories.skill().pk, "audience": "older", "minutes": 60,
        "month_capacity": 5, "areas": [factories.division("50.103.").pk],
        "first_day": DAY.isoformat(), **also,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("who", "status"), [("leader", 200), ("officer", 200), ("resident", 403), ("worker", 403)]
)
@pytest.mark.parametrize("page", ["", "new/", "import/", "import/template.xlsx"])
def test_only_those_who_offer_reach_the_menus_pages(loop, who, status, page):
    assert reader(getattr(loop, who)).get(f"/menu/manage/{page}").status_code == status


def test_a_leader_writes_publishes_pauses_and_takes_down_a_service(loop):
    client = reader(loop.leader)

    client.post("/menu/manage/new/", dish(loop, do="publish"))
    made = Service.objects.get()
    assert (made.state, made.team, made.month_capacity) == ("published", loop.team, 5)
    for verb, state in (("pause", "paused"), ("publish", "published"), ("take_down", "withdrawn")):
        assert client.post(f"/menu/manage/{made.pk}/{verb}/").status_code == 302
        made.refresh_from_db()
        assert made.state == state
    assert client.post(f"/menu/manage/{made.pk}/publish/").status_code == 409


def test_pausing_and_resuming_can_be_undone_and_what_has_no_way_back_offers_none(loop):
    client = reader(loop.leader)
    client.post("/menu/manage/new/", dish(loop))
    made = Service.objects.get()

    def undo_of(verb: str) -> str | None:
        page = client.post(f"/menu/manage/{made.pk}/{verb}/", follow=True).text
        found = re.search(r'<form method="post" action="([^"]+)">.*?button-undo', page)
        return found and found[1]

    assert undo_of("publish") is None  # a dish that was public is no draft again
    assert undo_of("pause") == f"/menu/manage/{made.pk}/publish/"
    assert undo_of("publish") == f"/menu/manage/{made.pk}/pause/"
    assert undo_of("take_down") is None


def test_a_list_stays_sorted_and_taking_down_is_said_before_it_is_done(loop):
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(loop.leader)
    client.post("/menu/manage/new/", dish(loop, do="publish"))
    made = Service.objects.get()

    page = client.get("/menu/manage/", {"sort": "title"}).text
    assert f'action="/menu/manage/{made.pk}/take_down/?sort=title"' in page
    assert "下架后不能重新上架" in page

    answer = client.post(f"/menu/manage/{made.pk}/take_down/?sort=title")
    assert answer["Location"] == "/menu/manage/?sort=title"
    assert "已下架" in client.get("/menu/manage/").text


def test_nobody_moves_the_service_of_others(loop):
    reader(loop.leader).post("/menu/manage/new/", dish(loop))
    made = Service.objects.get()

    assert reader(loop.officer).post(f"/menu/manage/{made.pk}/publish/").status_code == 404
    assert reader(loop.officer).get("/menu/manage/new/?for=t999").status_code == 404
    made.refresh_from_db()
    assert made.state == "draft"


def test_a_dish_that_cannot_be_is_refused_and_what_was_typed_is_kept(loop):
    wrong = dish(loop, last_day=(DAY - timedelta(days=1)).isoformat())

    answer = reader(loop.leader).post("/menu/manage/new/", wrong)

    assert answer.status_code == 422
    assert "合理用药" in answer.content.decode()
    assert not Service.objects.exists()


def sheet(*rows: list[object]) -> SimpleUploadedFile:
    headers = ["Title", "Topic", "What happens", "For whom", "Minutes", "What the place must have",
               "How often a month", "Where it is offered", "First day", "Last day"]  # fmt: skip
    out = io.BytesIO()
    tables.write_xlsx(out, headers, rows)
    return SimpleUploadedFile("menu.xlsx", out.getvalue())


def row(title: str, **also: object) -> list[object]:
    cells = {"topic": "health", "what": "", "whom": "", "minutes": 60, "needs": "", "often": 4,
             "areas": "50.103.", "first": "2026-03-10", "last": "", **also}  # fmt: skip
    return [title, *cells.values()]


def test_a_dry_run_names_every_wrong_row_and_writes_nothing(loop):
    table = sheet(
        row("好"), row("坏", topic="占星"), row("坏二", minutes=5, areas="月球"), row("好")
    )

    answer = reader(loop.leader).post("/menu/manage/import/", {"table": table, "do": "import"})
    page = answer.content.decode()

    assert answer.status_code == 422
    for words in ("占星", "月球", "from 10 to 600", "above in this table"):
        assert words in page
    assert not Service.objects.exists()


def test_a_clean_table_is_tried_without_a_trace_and_imported_as_drafts(loop):
    client = reader(loop.leader)

    tried = client.post("/menu/manage/import/", {"table": sheet(row("甲"), row("乙")), "do": "try"})
    assert tried.status_code == 200
    assert not Service.objects.exists()
    client.post("/menu/manage/import/", {"table": sheet(row("甲"), row("乙")), "do": "import"})

    assert list(Service.objects.order_by("title").values_list("title", "state")) == [
        ("乙", "draft"), ("甲", "draft"),
    ]  # fmt: skip
    for _look in range(2):  # what an import made stands there until the next table is sent
        page = client.get("/menu/manage/import/").text
        assert "2 services were written as drafts" in page
        for made in Service.objects.all():
            assert f'<a href="/menu/manage/{made.pk}/edit/">{made.title}</a>' in page
    client.post("/menu/manage/import/", {"table": sheet(row("坏", topic="占星")), "do": "try"})
    assert "written as drafts" not in client.get("/menu/manage/import/").content.decode()


def test_the_empty_table_has_the_columns_that_the_import_reads(loop):
    answer = reader(loop.leader).get("/menu/manage/import/template.xlsx")
    headers = [cell.value for cell in load_workbook(io.BytesIO(answer.content)).worksheets[0][1]]

    book = io.BytesIO()
    tables.write_xlsx(book, headers, [row("甲")])
    book.seek(0)
    sent = SimpleUploadedFile("m.xlsx", book.read())
    assert reader(loop.leader).post("/menu/manage/import/", {"table": sent}).status_code == 200


@pytest.mark.parametrize(("who", "status"), [("officer", 200), ("leader", 403), ("resident", 403)])
def test_only_officers_of_a_department_see_contracts(loop, who, status):
    assert reader(getattr(loop, who)).get("/menu/manage/contracts/").status_code == status


def test_an_officer_signs_a_contract_once_and_for_the_own_department_only(loop):
    seller = factories.organisation("示例学会", kind="association")
    other = factories.organisation("别的部门")
    deal = {"number": "示例-1", "buyer": loop.department.pk, "seller": seller.pk, "yuan": "16000",
            "services": 10, "first_day": "2026-03-10", "last_day": "2026-12-31"}  # fmt: skip
    client = reader(loop.officer)

    assert client.post("/menu/manage/contracts/", {**deal, "buyer": other.pk}).status_code == 422
    assert client.post("/menu/manage/contracts/", deal).status_code == 302
    assert client.post("/menu/manage/contracts/", deal).status_code == 422

    signed = Contract.objects.get()
    assert (signed.buyer, signed.services) == (loop.department, 10)
    answer = client.post("/menu/manage/new/", dish(loop, contract=signed.pk))
    assert answer.status_code == 302
    assert Service.objects.get().contract == signed
