"""Kepu in public places: hosts and sectors of venues, service points, and incentives for private means."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed, Outside, RuleBroken
from kepu.venues import actions, incentives, points, queries
from kepu.venues.models import Incentive, ServicePoint, Venue, YearReport
from tests.factories import NOW, division, user
from tests.kepu.venues.factories import (
    HERE,
    THERE,
    incentive,
    judge,
    manager,
    service_point,
    unit,
    venue,
)
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HERE, "示例区")
    division(THERE, "别处区")


def browser(person=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if person is not None:
        made.force_login(person)
    return made


# --- hosts and sectors of venues ------------------------------------------------------------------


def test_bases_are_found_by_sector_and_say_what_study_travel_finds():
    base = venue(
        kind="base", category="training", level="district", sector="weather", name="示例气象基地",
        study="半日研学，四至六年级",
    )  # fmt: skip
    venue(name="别的馆")

    page = browser().get(reverse("venues"), {"sector": "weather"}).content.decode()

    assert list(queries.public(sector="weather")) == [base]
    assert "示例气象基地" in page
    assert "别的馆" not in page
    assert "半日研学" in browser().get(reverse("venue", args=[base.pk])).content.decode()


def test_a_registered_venue_says_anew_in_which_public_place_it_is():
    by = manager()
    one = venue(by=by, kind="library", name="示例图书馆")

    actions.change_opening(one.pk, seen=one.version, by=by, now=NOW, host="library", study="")

    one.refresh_from_db()
    assert one.host == "library"
    assert list(queries.public(host="library")) == [one]
    assert list(queries.public(host="cinema")) == []


def test_activities_of_a_year_are_summed_by_the_type_of_public_place():
    for name, host, held in (
        ("甲馆", "library", 12),
        ("乙馆", "library", None),
        ("丙园", "park", 3),
    ):
        one = venue(name=name, host=host)
        if held is not None:
            YearReport.objects.create(
                venue=one, year=2025, visits=1, days_counted=1, open_days=1, full_time=1,
                part_time=0, activities=held, income=Decimal(0), rules_version=0, late=False,
                first_at=NOW, at=NOW, by=judge(),
            )  # fmt: skip

    rows = {row["host"]: row for row in points.activities(2025)}

    assert (rows["library"]["venues"], rows["library"]["told"]) == (2, 1)
    assert (rows["library"]["activities"], rows["park"]["activities"]) == (12, 3)
    assert points.activities(2025, THERE) == []


# --- service points -------------------------------------------------------------------------------


def test_a_service_point_is_opened_looked_at_and_closed():
    point, by = service_point(), manager()

    actions.look_at_point(point.pk, day=TODAY, remark="屏幕完好", by=by, now=NOW)
    shown = browser().get(reverse("service-points"), {"host": "library"}).content.decode()
    actions.close_point(point.pk, by=by, now=NOW)

    assert "屏幕完好" in shown
    verbs = Entry.objects.filter(verb__startswith="service_point").order_by("pk")
    assert [one.verb for one in verbs] == [
        "service_point.open", "service_point.look", "service_point.close",
    ]  # fmt: skip
    with pytest.raises(Outside):
        points.one(point.pk)
    with pytest.raises(RuleBroken, match="is closed"):
        actions.look_at_point(point.pk, day=TODAY, by=by, now=NOW)
    assert service_point().pk != point.pk  # the name is free again


def test_only_the_tending_unit_and_officers_of_the_place_keep_it():
    point = service_point()

    for person in (user(), judge(THERE)):
        with pytest.raises(NotAllowed):
            service_point(name="另一处", by=person)
        with pytest.raises(NotAllowed):
            actions.close_point(point.pk, by=person, now=NOW)
    assert service_point(name="第三处", by=judge()).organisation == unit()


@pytest.mark.parametrize(
    ("days", "reason"), [(1, "not begun"), (-1, "looked later already")], ids=["ahead", "before"]
)
def test_a_look_is_on_a_day_that_has_come_and_not_before_the_last(days, reason):
    point = service_point()

    with pytest.raises(RuleBroken, match=reason):
        actions.look_at_point(point.pk, day=TODAY + days * DAY, by=manager(), now=NOW)


def test_a_service_point_stands_once_in_its_place_and_people_can_go_there():
    service_point()

    with pytest.raises(RuleBroken, match="of this name already"):
        service_point()
    with pytest.raises(RuleBroken, match="a district, a township or a community"):
        service_point(place=division("50."), name="全市", by=manager())
    with pytest.raises(IntegrityError), transaction.atomic():
        ServicePoint.objects.update(offers="")


# --- incentives -----------------------------------------------------------------------------------


def test_an_incentive_holds_from_its_first_day_to_its_last():
    one = incentive(last_day=TODAY)
    coming = incentive(title="示例：明日办法", first_day=TODAY + DAY)

    assert list(incentives.listed(on=TODAY)) == [one]
    assert list(incentives.listed(on=TODAY + DAY)) == [coming]
    assert list(incentives.listed(THERE)) == []
    page = browser().get(reverse("incentives")).content.decode()
    assert "示例科〔2026〕3号" in page
    assert "Holding today" in page


def test_an_incentive_is_entered_by_its_place_once_and_ends_after_it_begins():
    one = incentive()

    with pytest.raises(NotAllowed):
        actions.change_incentive(one.pk, by=judge(THERE), now=NOW, **facts(one))
    with pytest.raises(RuleBroken, match="of this title already"):
        incentive()
    with pytest.raises(RuleBroken, match="before the first"):
        incentive(title="别的", last_day=TODAY - 60 * DAY)
    actions.change_incentive(one.pk, by=judge(), now=NOW, **facts(one) | {"last_day": TODAY})
    assert Incentive.objects.get().last_day == TODAY
    assert Entry.objects.latest("pk").verb == "incentive.change"


def facts(one: Incentive) -> dict[str, object]:
    names = ("title", "issuer", "document", "helps", "first_day", "last_day")
    return {name: getattr(one, name) for name in names}


# --- pages and API --------------------------------------------------------------------------------


def test_points_and_incentives_are_entered_on_their_pages():
    by, officer = manager(), judge()
    browser(by).post(reverse("service-point-new"), {
        "name": "示例车站科普屏", "host": "station", "unit": unit().pk, "place": "示例区",
        "offers": "一块屏幕",
    })  # fmt: skip
    point = ServicePoint.objects.get()
    browser(by).post(reverse("service-point-look", args=[point.pk]), {"day": "2026-03-05"})
    changed = {"name": "示例车站科普屏", "host": "station", "offers": "两块屏幕"}
    browser(by).post(reverse("service-point-change", args=[point.pk]), changed)
    browser(officer).post(reverse("incentive-new"), {
        "title": "示例办法", "place": "示例区", "issuer": "示例局", "document": "示例文件",
        "helps": "捐赠单位", "first_day": "2026-01-01",
    })  # fmt: skip

    assert ServicePoint.objects.get().offers == "两块屏幕"
    assert Incentive.objects.get().issuer == "示例局"
    assert browser(user()).get(reverse("service-point-new")).status_code == 403
    assert browser(by).get(reverse("incentive-new")).status_code == 403
    browser(by).post(reverse("service-point-close", args=[point.pk]))
    assert "示例车站科普屏" not in browser().get(reverse("service-points")).content.decode()


def test_the_same_over_the_api():
    officer = caller(judge(), NOW)
    body = {
        "organisation_id": unit().pk, "name": "公园科普牌", "host": "park", "place": HERE,
        "offers": "十二块展牌",
    }  # fmt: skip
    made = officer.post("service-points", body)
    looked = officer.post(f"service-points/{made.json()['id']}/looks", {"day": "2026-03-05"})
    rule = {
        "title": "示例办法", "place": HERE, "issuer": "示例局", "document": "示例文件", "helps": "捐赠单位",
        "first_day": "2026-01-01",
    }  # fmt: skip
    entered = officer.post("incentives", rule)
    refused = caller(user(), NOW).post("incentives", rule | {"title": "别的"})

    assert [one.status_code for one in (made, looked, entered, refused)] == [201, 200, 201, 403]
    assert caller(None).get("service-points", {"host": "park"}).json()["items"][0]["offers"]
    assert caller(None).get("incentives").json()["items"][0]["issuer"] == "示例局"
    assert Venue.objects.count() == 0
