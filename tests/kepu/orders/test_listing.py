"""Orders as a list: what is found, in which order, page by page, and what may be taken away."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from kepu.kernel import cursors
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput
from kepu.kernel.exports import actions as exports
from kepu.kernel.exports import views as export_views
from kepu.kernel.exports.models import Export
from kepu.orders import contacts, listing, rules
from kepu.orders.filters import ListForm
from kepu.orders.listing import Asked
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def at_noon(monkeypatch):
    from kepu.kernel import clock

    monkeypatch.setattr(clock, "now", lambda: NOW)


def reader(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def titles(person, **asked) -> set[str]:
    return {order.title for order in listing.listed(person, Asked(**asked), NOW)}


def test_each_filter_leaves_what_it_names(loop):
    other = factories.skill("fraud")
    loop.order("placed", title="在社区")
    loop.order("open", title="待队接", topic=other)
    loop.order("claimed", title="已接单", wanted_from=NOW + timedelta(days=30),
               wanted_until=NOW + timedelta(days=31))  # fmt: skip
    worker, day = loop.worker, NOW.date()

    assert titles(worker) == {"在社区", "待队接", "已接单"}
    assert titles(worker, states=("open", "placed")) == {"在社区", "待队接"}
    assert titles(worker, topic=other) == {"待队接"}
    assert titles(worker, team=loop.team.name) == {"已接单"}
    assert titles(worker, department=loop.department) == {"待队接", "已接单"}
    assert titles(worker, first=day + timedelta(days=20)) == {"已接单"}
    assert titles(worker, last=day + timedelta(days=20)) == {"在社区", "待队接"}
    assert titles(worker, place=loop.community.path) == {"在社区", "待队接", "已接单"}
    assert titles(worker, place="50.103.002.") == set()
    assert titles(worker, overdue=True) == set()
    assert {o.title for o in listing.listed(worker, Asked(overdue=True), NOW + timedelta(days=9))}


def test_a_leader_finds_the_ratings_that_wait_for_an_answer(loop, at_noon):
    waits = loop.order("rated", title="等答复")
    loop.order("placed", title="刚提交")

    assert titles(loop.leader, unanswered_by=(loop.team,)) == {"等答复"}
    page = reader(loop.leader).get("/orders/list/?unanswered=on").content.decode()
    assert waits.number in page
    assert "刚提交" not in page
    assert "unanswered" not in reader(loop.worker).get("/orders/list/").content.decode()


def test_the_readers_own_place_comes_first_among_the_places(loop):
    district = factories.officer("district_officer", "50.103.")
    own = factories.division("50.103.002.", name="本街道")
    factories.division("50.103.001.", name="别的街道")
    district.home = own
    district.save(update_fields=["home"])

    offered = ListForm(person=district, now=NOW).fields["place"].choices

    assert [path for path, _name in offered][:4] == ["", "50.103.", "50.103.002.", "50.103.001."]


@pytest.mark.parametrize("words", ["防诈骗", "诈", "K{:08d}", "k{}", "示例50.103 诈骗"])
def test_chinese_words_and_numbers_find_the_order(loop, words):
    loop.order("placed", title="健康讲座")
    wanted = loop.order("placed", title="老人防诈骗课")

    assert titles(loop.worker, words=words.format(wanted.pk)) == {"老人防诈骗课"}


def test_the_need_in_the_residents_own_words_is_not_searched(loop):
    loop.order("placed", title="讲座", need="请打 13800000001 找张示例")

    assert titles(loop.worker, words="13800000001") == set()


@pytest.mark.parametrize(
    ("who", "sees"),
    [("resident", True), ("worker", True), ("officer", True), ("leader", True), ("colleague", False),
     ("stranger", False)],
)  # fmt: skip
def test_a_reader_sees_the_orders_of_the_own_scope(loop, who, sees):
    loop.order("open")
    people = {
        "colleague": factories.officer("community_worker", factories.division("50.107.001.").path),
        "stranger": factories.user(),
    }
    person = people.get(who) or getattr(loop, who)

    assert bool(listing.listed(person, Asked(), NOW)) is sees


@pytest.mark.parametrize(
    "word", ["urgent", "-urgent", "due", "-due", "wanted", "-wanted", "number", "-priority"]
)
def test_pages_show_every_order_once_in_order_and_lead_back(loop, word):
    for number in range(7):
        made = loop.order("placed", title=f"第{number}单")
        Order.objects.filter(pk=made.pk).update(priority=1 + number % 3)
    Order.objects.filter(title__in=["第1单", "第4单"]).update(due_at=None)
    Order.objects.filter(title__in=["第2单", "第5单"]).update(state="expired", due_at=None)
    found, sort = listing.narrowing(loop.worker, Asked(), NOW), listing.sort_of(word)
    listed = listing.listed(loop.worker, Asked(), NOW)
    whole = [order.pk for order in listed.order_by(*sort.order())]

    walked, page, pages = [], cursors.page(found, sort, size=3), []
    while page.rows:
        pages.append(page)
        walked += [order.pk for order in page.rows]
        page = (
            cursors.page(found, sort, size=3, after=page.after) if page.after else cursors.Page([])
        )
    back = cursors.page(found, sort, size=3, before=pages[-1].before)

    assert walked == whole
    assert [order.pk for order in back.rows] == [order.pk for order in pages[-2].rows]
    assert pages[0].before == ""
    assert pages[-1].after == ""


@pytest.mark.parametrize("asked", [Asked(), Asked(words="院坝"), Asked(states=("open",))])
def test_what_is_awaited_is_found_by_its_own_index(loop, asked):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by what it has counted")
    found = listing.narrowing(loop.worker, asked, NOW)
    part, _rest = listing.sort_of("urgent").parts()

    plan = found(part).values_list("pk").order_by(*part.order).explain()

    assert "order_awaited_at (path>? AND path<?)" in plan


def test_a_cursor_that_nobody_wrote_is_refused_in_words(loop):
    with pytest.raises(BadInput, match="begin at the first"):
        cursors.read("x~y", listing.sort_of("due"))


def test_a_page_of_six_orders_costs_the_queries_of_one(loop, at_noon):
    client, costs = reader(loop.worker), []
    loop.order("open")
    client.get("/orders/list/")  # sessions and caches of the first visit

    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get("/orders/list/")
        costs.append(len(asked))
        for _more in range(5):
            loop.order("open")

    assert costs[0] == costs[1]
    assert answer.content.decode().count("健康讲座") == 6


def test_an_unreadable_filter_is_answered_in_words(loop, at_noon):
    answer = reader(loop.worker).get("/orders/list/?state=flying&first=tomorrow")

    assert answer.status_code == 422
    assert b"error-summary" in answer.content


def read_csv(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("who", "name"),
    [("worker", "居民示例"), ("officer", "居民示例"), ("leader", "居民示例"), ("supervisor", None)],
)
def test_names_and_telephones_leave_only_with_those_who_serve_the_order(loop, at_noon, who, name):
    loop.order("claimed")
    supervisor = factories.officer("city_officer", factories.division("50.").path)
    person = supervisor if who == "supervisor" else getattr(loop, who)

    rows = read_csv(reader(person).get("/orders/list/csv/?contacts=1"))

    assert [row["Title"] for row in rows] == ["健康讲座"]
    assert [row.get("Name") for row in rows] == [name]
    assert Entry.objects.get(verb="orders.export").detail == {
        "rows": 1,
        "personal": name is not None,
    }


def test_nobody_takes_names_away_without_having_asked_for_them(loop, at_noon):
    loop.order("claimed")
    client = reader(loop.worker)

    (row,) = read_csv(client.get("/orders/list/csv/"))

    assert "居民示例" not in row.values()
    assert {"Name", "Telephone", "Where exactly"}.isdisjoint(row)
    assert Entry.objects.get(verb="orders.export").detail["personal"] is False
    page = client.get("/orders/list/?state=claimed").content.decode()
    assert "/orders/list/xlsx/?state=claimed&amp;contacts=1" in page


def test_the_scope_of_contacts_says_what_the_rule_says(loop):
    orders = [loop.order(state) for state in ("placed", "open", "claimed")]
    people = [loop.resident, loop.worker, loop.officer, loop.leader, factories.user(),
              factories.officer("city_officer", factories.division("50.").path)]  # fmt: skip

    for person in people:
        scope = contacts.scope(person, NOW)
        for order in orders:
            assert scope.covers(order) is (rules.why_not_see_contact(person, order, NOW) is None)


def test_the_exported_table_is_the_filtered_list_in_its_order(loop, at_noon):
    for title in ("甲", "乙", "丙"):
        loop.order("placed", title=title)
    loop.order("open", title="丁")

    answer = reader(loop.worker).get("/orders/list/xlsx/?state=placed&sort=-number")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    first, *rest = sheet.iter_rows(values_only=True)

    assert sheet.title == "Orders"
    assert first[:2] == ("Order number", "Title")
    assert any(isinstance(cell, datetime) for cell in rest[0])
    assert [row[1] for row in rest] == ["丙", "乙", "甲"]


def test_a_long_table_is_asked_for_made_by_the_worker_and_taken_by_its_owner_alone(
    loop, at_noon, monkeypatch
):
    monkeypatch.setattr(export_views, "AT_ONCE", 1)
    for _ in range(3):
        loop.order("placed")
    client = reader(loop.worker)

    assert b"3" in client.get("/orders/list/csv/").content
    assert not Export.objects.exists()
    shown = client.post("/orders/list/csv/?state=placed")["Location"]
    assert exports.TABLES.take_up(Export.objects.get().pk, now=NOW)
    assert not exports.TABLES.take_up(Export.objects.get().pk, now=NOW)
    exports.TABLES.work_on(Export.objects.get().pk, taken=NOW)

    export = Export.objects.get()
    assert (export.state, export.done, export.total) == ("ready", 3, 3)
    assert len(read_csv(client.get(f"{shown}file/"))) == 3
    assert reader(loop.officer).get(shown).status_code == 404
    assert reader(loop.officer).get(f"{shown}file/").status_code == 404
