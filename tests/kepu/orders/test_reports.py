"""Places report on their month: figures, who may, when it is late, and corrections."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import NotAllowed, Outside, RuleBroken
from kepu.orders import actions, figures, reports
from kepu.orders.figures import Month
from kepu.orders.models import MonthReport, Order, Rating
from kepu.orders.schemas import Reports
from tests import factories

pytestmark = pytest.mark.django_db

MARCH = Month(date(2026, 3, 1))
TOWNSHIP, DISTRICT = "50.103.001.", "50.103."
APRIL = datetime(2026, 4, 2, 9, 0, tzinfo=BEIJING)  # a Thursday
RULES = Reports(levels=frozenset({"district", "township"}), due_workdays=5)


@pytest.fixture
def worker():
    factories.division()
    return factories.officer("community_worker", TOWNSHIP, "镇街示例")


def test_months_follow_each_other_over_the_new_year():
    december = Month(date(2025, 12, 1))

    assert december.next() == Month(date(2026, 1, 1))
    assert december.next().previous() == december
    assert Month.before(date(2026, 1, 31)) == december
    assert december.ends() == datetime(2026, 1, 1, tzinfo=BEIJING)


def test_what_happened_in_the_month_is_summed_at_every_level(loop):
    loop.order("rated")
    loop.order("no_show")
    loop.order("placed")

    found = figures.of_month(["50.", DISTRICT, TOWNSHIP, "50.103.002."], MARCH)

    expected = figures.Figures(placed=3, delivered=1, missed=1, reached=18, ratings=1, stars=5)
    assert found["50."] == found[DISTRICT] == found[TOWNSHIP] == expected
    assert found["50.103.002."] == figures.Figures()


def test_a_step_at_midnight_in_beijing_belongs_to_the_month_that_begins(loop):
    order = loop.order("placed")
    step = order.steps.get(verb="place")
    type(step).objects.filter(pk=step.pk).update(at=MARCH.ends())

    assert figures.of_month(["50."], MARCH)["50."].placed == 0
    assert figures.of_month(["50."], MARCH.next())["50."].placed == 1


def test_an_order_counts_where_it_was_made_though_its_township_was_moved_since(loop):
    order = loop.order("placed")
    other = factories.division("50.104.009.001.")
    Order.objects.filter(pk=order.pk).update(division_now=other, path=other.path)

    found = figures.of_month([DISTRICT, "50.104."], MARCH)

    assert (found[DISTRICT].placed, found["50.104."].placed) == (1, 0)


@pytest.mark.parametrize(("count", "mean"), [(4, None), (5, 4.0)])
def test_a_mean_of_fewer_than_five_ratings_is_not_told(count, mean):
    assert figures.Figures(ratings=count, stars=4 * count).mean_stars == mean


def test_ratings_are_summed_in_the_month_they_were_given(loop):
    order = loop.order("rated")
    Rating.objects.filter(order=order).update(at=MARCH.ends() + timedelta(days=1))

    assert figures.of_month(["50."], MARCH)["50."].ratings == 0


def test_a_township_reports_and_its_district_sees_who_has_not(loop, worker):
    factories.division("50.103.002.001.")
    loop.order("placed")

    made = actions.file_report(TOWNSHIP, month=MARCH, remark=" 两场改期 ", by=worker, now=APRIL)
    own, lines = reports.table(Division.objects.get(path=DISTRICT), MARCH, RULES)

    assert (made.revision, made.late, made.remark) == (1, False, "两场改期")
    assert made.figures["placed"] == own.figures.placed == 1
    assert {line.place.path: line.report for line in lines} == {TOWNSHIP: made, "50.103.002.": None}
    assert Entry.objects.get(verb="report.file").detail["revision"] == 1


def test_nobody_is_late_for_a_month_before_the_city_took_orders(loop):
    loop.order("placed")
    district = Division.objects.get(path=DISTRICT)

    assert reports.table(district, MARCH, RULES)[0].reports
    assert not reports.table(district, MARCH.previous(), RULES)[0].reports


def test_a_correction_is_a_further_revision_beside_the_first(loop, worker):
    first = actions.file_report(TOWNSHIP, month=MARCH, by=worker, now=APRIL)
    loop.order("placed")
    (line,) = reports.table(Division.objects.get(path=DISTRICT), MARCH, RULES)[1]
    assert line.changed

    second = actions.file_report(TOWNSHIP, month=MARCH, by=worker, now=APRIL)

    assert second.revision == 2
    first.refresh_from_db()
    assert (first.figures["placed"], second.figures["placed"]) == (0, 1)
    assert not reports.table(Division.objects.get(path=DISTRICT), MARCH, RULES)[1][0].changed


def test_one_revision_stands_once(worker):
    made = actions.file_report(TOWNSHIP, month=MARCH, by=worker, now=APRIL)
    made.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


def test_five_working_days_after_the_month_a_report_is_late(worker):
    # 4 to 6 April 2026 are the holiday of Qingming; 8 April is the fifth working day.
    assert reports.due(MARCH, RULES).date() == date(2026, 4, 8)

    late = actions.file_report(TOWNSHIP, month=MARCH, by=worker, now=APRIL + timedelta(days=9))

    assert late.late


@pytest.mark.parametrize(
    ("path", "month", "reason"),
    [
        (TOWNSHIP, Month(date(2026, 4, 1)), "the month has not ended yet"),
        ("50.103.001.001.", MARCH, "divisions of this level do not report"),
    ],
)
def test_what_cannot_be_reported_is_refused_in_words(worker, path, month, reason):
    with pytest.raises(RuleBroken, match=reason):
        actions.file_report(path, month=month, by=worker, now=APRIL)
    assert not MonthReport.objects.exists()


@pytest.mark.parametrize(
    ("role", "where", "may"),
    [
        ("community_worker", TOWNSHIP, True),
        ("district_officer", DISTRICT, True),
        ("district_officer", "50.104.", False),
        ("community_worker", "50.103.001.001.", False),
        ("city_officer", "50.", False),
        ("analyst", "50.", False),
    ],
)
def test_only_who_dispatches_there_or_above_reports(role, where, may):
    factories.division()
    factories.division("50.104.001.001.")
    person = factories.officer(role, where)

    if may:
        assert actions.file_report(TOWNSHIP, month=MARCH, by=person, now=APRIL).by == person
    else:
        with pytest.raises(NotAllowed):
            actions.file_report(TOWNSHIP, month=MARCH, by=person, now=APRIL)


def test_a_place_that_does_not_exist_is_not_found(worker):
    with pytest.raises(Outside):
        actions.file_report("50.999.", month=MARCH, by=worker, now=APRIL)


# --- pages --------------------------------------------------------------------------------------


@pytest.fixture
def browser(time_machine_at_april, worker) -> Client:
    client = Client()
    client.force_login(worker)
    return client


@pytest.fixture
def time_machine_at_april():
    import time_machine

    with time_machine.travel(APRIL, tick=False):
        yield


def test_the_page_shows_the_last_month_and_takes_the_report(browser, loop):
    loop.order("placed")
    page = browser.get(reverse("month-reports")).content.decode()
    assert "2026-03" in page
    assert "Awaited" in page

    sent = {"place": TOWNSHIP, "month": "2026-03", "remark": "场地不足"}
    answer = browser.post(reverse("file-report"), sent, follow=True)

    assert "The report has been handed in." in answer.content.decode()
    assert MonthReport.objects.get().remark == "场地不足"


def test_a_report_that_is_refused_keeps_what_was_typed(browser):
    sent = {"place": TOWNSHIP, "month": "2026-04", "remark": "写好的话"}

    answer = browser.post(reverse("file-report"), sent)

    assert answer.status_code == 422
    assert "写好的话" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["place=50.", "place=50.104.", "place=50.999.", "month=2026-13", "month=x"]
)
def test_what_lies_outside_or_cannot_be_read_is_not_found(browser, query):
    factories.division("50.104.001.001.")

    assert browser.get(f"{reverse('month-reports')}?{query}").status_code == 404


def test_the_table_can_be_taken_along(browser, loop):
    loop.order("placed")
    answer = browser.get(f"{reverse('report-export', args=['csv'])}?place={TOWNSHIP}&month=2026-03")

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Place,Month,Orders sent")
    assert [line.split(",")[2] for line in lines[1:]] == ["1", "1"]


@pytest.mark.parametrize("month", ["9999-12", "0001-01"])
def test_a_month_far_away_is_not_found(browser, month):
    assert browser.get(f"{reverse('month-reports')}?month={month}").status_code == 404
