"""What was confirmed stays true: changes are proposed, years are told, reports are tied, pictures shown."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from kepu.kernel import clock
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.kernel.facts import worker
from kepu.kernel.notices import queries as notices
from kepu.venues import actions, queries, years
from kepu.venues.models import Proposal, Venue, VenueFile, YearReport
from tests.factories import BEFORE, NOW, division, user
from tests.kepu.venues.factories import HERE, THERE, judge, manager, venue
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db
YEAR = {
    "open_days": 290,
    "full_time": 21,
    "part_time": 3,
    "activities": 55,
    "income": Decimal("1200.50"),
}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch, settings, tmp_path):
    settings.DATA = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HERE, "示例区")
    division(THERE, "别处区")


def browser(person=None) -> Client:
    made = Client(headers={"accept-language": "en"})
    if person is not None:
        made.force_login(person)
    return made


def heard(person) -> list[str]:
    return list(notices.of_person(person).order_by("pk").values_list("template", flat=True))


def proposed(one: Venue, by, **facts: object) -> Proposal:
    seen = Venue.objects.get(pk=one.pk).version
    return actions.propose(one.pk, why="新展厅开放", seen=seen, by=by, now=NOW, **facts)


def decided(change: Proposal, by, *, accept: bool = True, reason: str = "") -> Proposal:
    seen = Venue.objects.get(pk=change.venue_id).version
    return actions.decide_change(change.pk, accept=accept, seen=seen, reason=reason, by=by, now=NOW)


# --- changes --------------------------------------------------------------------------------------


def test_the_register_shows_a_change_only_once_an_officer_has_accepted_it():
    by = manager()
    one = venue("active", by=by)
    change = proposed(one, by, halls=7, safety_checked_on=date(2026, 3, 1), address="示例路1号")

    assert Venue.objects.get(pk=one.pk).halls == 6
    assert change.facts == {
        "halls": 7,
        "safety_checked_on": "2026-03-01",
    }  # the address did not differ
    accepted = decided(change, judge())

    after = Venue.objects.get(pk=one.pk)
    assert (after.halls, after.safety_checked_on) == (7, date(2026, 3, 1))
    assert accepted.before == {"halls": 6, "safety_checked_on": "2026-01-15"}
    assert after.version == one.version + 1
    assert heard(by)[-1] == "venues.change_accepted"


def test_a_returned_change_says_why_and_leaves_the_register():
    by, officer = manager(), judge()
    one = venue("active", by=by)
    change = proposed(one, by, halls=7)

    with pytest.raises(BadInput, match="reason"):
        decided(change, officer, accept=False)
    decided(change, officer, accept=False, reason="没有看到新展厅")

    assert Venue.objects.get(pk=one.pk).halls == 6
    assert heard(by)[-1] == "venues.change_returned"


def test_a_change_does_not_hide_why_a_venue_was_warned():
    by = manager()
    one = venue("warned", by=by)
    decided(proposed(one, by, halls=7), judge())

    assert queries.last_decision(Venue.objects.get(pk=one.pk)).verb == "warn"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"halls": 6}, "nothing differs"),
        ({"hall_area": 9000}, "larger than the floor area"),
        ({"full_time": None}, "is missing"),
    ],
)
def test_a_change_that_says_nothing_or_too_little_is_not_taken(facts, reason):
    by = manager()
    one = venue("active", by=by)

    with pytest.raises(RuleBroken, match=reason):
        proposed(one, by, **facts)


def test_one_change_waits_at_a_time_and_can_be_taken_back():
    by = manager()
    one = venue("active", by=by)
    change = proposed(one, by, halls=7)

    with pytest.raises(RuleBroken, match="waits for the officers already"):
        proposed(one, by, halls=8)
    actions.take_back(change.pk, by=by, now=NOW)

    assert proposed(one, by, halls=8).facts == {"halls": 8}


def test_nobody_decides_about_a_change_of_ones_own_or_of_another_place():
    by, two = manager(), judge()
    one = venue("active", by=by)
    change = proposed(one, by, halls=7)

    for person in (by, judge(THERE), user()):
        with pytest.raises(NotAllowed):
            decided(change, person)
    decided(change, two)
    with pytest.raises(RuleBroken, match="decided already"):
        decided(change, two)


def test_a_change_of_a_venue_that_changed_meanwhile_is_looked_at_again():
    by = manager()
    one = venue("active", by=by)
    change = proposed(one, by, halls=7)
    seen = Venue.objects.get(pk=one.pk).version
    actions.change_opening(one.pk, seen=seen, by=by, now=NOW, phone="023-1")

    with pytest.raises(RuleBroken):
        actions.decide_change(change.pk, accept=True, seen=seen, by=judge(), now=NOW)


def test_the_officer_reads_old_and_new_side_by_side_and_accepts():
    by, officer = manager(), judge()
    one = venue("active", by=by)
    asked = browser(by)
    page = asked.get(reverse("venue-propose", args=[one.pk])).content.decode()
    typed = {key: "" if getattr(one, key) is None else getattr(one, key) for key in actions.FROZEN}
    typed |= {"halls": 9, "why": "扩建完成", "version": one.version}
    asked.post(reverse("venue-propose", args=[one.pk]), typed)
    change = Proposal.objects.get()

    desk = browser(officer).get(reverse("venue-desk")).content.decode()
    shown = browser(officer).get(reverse("venue-change", args=[change.pk])).content.decode()
    stranger = browser(user()).get(reverse("venue-change", args=[change.pk]))
    body = {"version": Venue.objects.get(pk=one.pk).version, "do": "accept"}
    browser(officer).post(reverse("venue-change", args=[change.pk]), body)

    assert 'name="halls"' in page
    assert 'name="category"' not in page  # no base
    assert change.facts == {"halls": 9}
    assert "扩建完成" in desk
    assert "<dd>6</dd>" in shown
    assert "<dd>9</dd>" in shown
    assert stranger.status_code == 404
    assert Venue.objects.get(pk=one.pk).halls == 9


def test_a_change_goes_over_the_api():
    by, officer = manager(), judge()
    one = venue("active", by=by)
    said = {"version": one.version, "why": "安全检查", "safety_checked_on": "2026-03-02"}

    made = caller(by, NOW).post(f"venues/{one.pk}/changes", said).json()
    waits = caller(officer, NOW).get("venue-changes").json()["items"]
    body = {"version": one.version, "accept": True}
    refused = caller(by, NOW).post(f"venue-changes/{made['id']}/decide", body)
    done = caller(officer, NOW).post(f"venue-changes/{made['id']}/decide", body)

    assert [row["id"] for row in waits] == [made["id"]]
    assert refused.status_code == 403
    assert done.json()["state"] == "accepted"
    assert caller(user(), NOW).get("venue-changes").json()["items"] == []


# --- years ----------------------------------------------------------------------------------------


def old_venue(by) -> Venue:
    one = venue("active", by=by)
    Venue.objects.filter(pk=one.pk).update(confirmed_at=BEFORE - timedelta(days=60))
    return Venue.objects.get(pk=one.pk)


def told(one: Venue, by, now=NOW, **changed: object) -> YearReport:
    return actions.tell_year(one.pk, year=2025, by=by, now=now, **YEAR | changed)


def test_a_year_holds_the_visits_of_the_daily_counts_of_that_year_alone():
    by = manager()
    one = old_venue(by)
    for day, visits in ((date(2025, 12, 30), 40), (date(2025, 12, 31), 2), (date(2026, 1, 1), 900)):
        one.counts.create(day=day, visits=visits, counted_by=by, at=NOW)

    row = told(one, by)

    assert (row.visits, row.days_counted, row.late) == (42, 2, False)


def test_a_year_is_owed_until_it_is_told_and_late_after_the_day_of_the_rulebook():
    by, officer = manager(), judge()
    one, young = old_venue(by), venue("active", by=by, name="今年登记的馆")
    late = NOW.replace(month=4)

    assert [row.pk for row in years.owing_in_reach(officer, 2025, NOW)] == [one.pk]
    assert years.owed_by(young, NOW) is None
    assert not years.owed_by(one, NOW).over
    assert years.owed_by(one, late).over
    row = told(one, by, now=late)

    assert row.late
    assert not years.owing_in_reach(officer, 2025, late).exists()
    assert list(years.told_in_reach(officer, 2025, late)) == [row]
    assert not years.told_in_reach(judge(THERE), 2025, late).exists()


def test_told_again_the_later_figures_stand_and_it_stays_as_punctual_as_it_was():
    by = manager()
    one = old_venue(by)
    told(one, by)

    again = told(one, by, now=NOW.replace(month=4), activities=60)

    assert (again.activities, again.late, YearReport.objects.count()) == (60, False, 1)


def test_managers_are_told_once_that_a_year_is_due_and_once_that_it_is_late_and_nothing_is_suspended():
    by = manager()
    one, late = old_venue(by), NOW.replace(month=4)

    assert [actions.remind(at) for at in (NOW.replace(month=1, day=20), NOW, NOW)] == [0, 1, 0]
    assert [actions.remind(late) for _ in range(2)] == [1, 0]

    assert heard(by)[-2:] == ["venues.year_due", "venues.year_late"]
    assert Venue.objects.get(pk=one.pk).state == "active"


def test_the_clock_of_the_worker_reminds_of_years():
    by = manager()
    old_venue(by)

    worker.plan_duties(NOW)
    worker.work_off(NOW)

    assert "venues.year_due" in heard(by)


@pytest.mark.parametrize(
    ("year", "reason"), [(2026, "not over yet"), (2024, "was not on the register")]
)
def test_a_year_that_is_not_over_or_was_before_the_register_is_not_told(year, reason):
    by = manager()
    one = old_venue(by)

    with pytest.raises(RuleBroken, match=reason):
        actions.tell_year(one.pk, year=year, by=by, now=NOW, **YEAR)


def test_the_public_reads_the_year_and_not_the_income():
    by = manager()
    one = old_venue(by)
    page = browser(by).get(reverse("venue-year", args=[one.pk])).content.decode()
    unsure = browser(by).post(reverse("venue-year", args=[one.pk]), YEAR)
    browser(by).post(reverse("venue-year", args=[one.pk]), YEAR | {"still_true": "on"})

    public = browser().get(reverse("venue", args=[one.pk])).content.decode()
    officer = browser(judge()).get(reverse("venue", args=[one.pk])).content.decode()
    api = caller(None).get(f"venues/{one.pk}/years").json()
    board = browser(judge()).get(reverse("venue-years")).content.decode()

    assert "Due by" in page
    assert unsure.status_code == 422
    assert "1200.50" not in public
    assert "1200.50" in officer
    assert "1200.50" in board
    assert api[0]["activities"] == 55
    assert "income" not in api[0]
    assert browser(user()).get(reverse("venue-years")).status_code == 403


# --- reports --------------------------------------------------------------------------------------


def listed(name: str = "示例科技馆", path: str = "50.") -> Venue:
    return actions.list_from_report(
        name=name, place=division(path), source="示例日报", reported_in=2022, by=None, now=NOW,
        level="municipal",
    )  # fmt: skip


def test_a_base_known_from_a_report_is_shown_once_when_the_district_confirms_it_as_the_same():
    report, one = listed(), venue("submitted")
    before = set(queries.public().values_list("pk", flat=True))

    actions.confirm(one.pk, seen=one.version, by=judge(), now=NOW, listed_id=report.pk)

    assert before == {report.pk}
    assert set(queries.public().values_list("pk", flat=True)) == {one.pk}
    assert [row.source for row in queries.reports_of(one)] == ["示例日报"]
    assert "示例日报" in browser().get(reverse("venue", args=[one.pk])).content.decode()
    old = browser().get(reverse("venue", args=[report.pk])).content.decode()
    assert reverse("venue", args=[one.pk]) in old


def test_it_can_be_tied_later_and_only_by_an_officer_of_the_place():
    report, one = listed(), venue("active")

    assert list(queries.to_tie(one)) == [report]
    for person in (manager(), judge(THERE)):
        with pytest.raises(NotAllowed):
            actions.tie(one.pk, listed_id=report.pk, by=person, now=NOW)
    browser(judge()).post(reverse("venue-tie", args=[one.pk, report.pk]))

    assert Venue.objects.get(pk=report.pk).same_as_id == one.pk
    assert not queries.to_tie(one).exists()


@pytest.mark.parametrize("report", [{"name": "别的馆"}, {"path": THERE}])
def test_a_report_of_another_name_or_place_is_not_tied(report):
    other, one = listed(**report), venue("active")

    with pytest.raises(RuleBroken, match="another"):
        actions.tie(one.pk, listed_id=other.pk, by=judge(), now=NOW)


def test_reports_are_counted_without_names_and_each_kind_of_parts_adds_up():
    file = resources.files("kepu.venues") / "data" / "reported_counts.csv"
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    for row in rows:
        said = {**row, "count": int(row["count"])}
        actions.tell_reported_count(path="50.", by=None, now=NOW, **said)

    page = browser().get(reverse("venues"), {"district": HERE}).content.decode()
    api = caller(None).get("venue-counts", {"place": HERE}).json()

    for group in ("total", "category", "area"):
        assert sum(one["count"] for one in api if one["group"] == group) == 215
    assert "215" in page
    assert rows[0]["source"] in page


# --- pictures and documents -------------------------------------------------------------------------


def photo(size: tuple[int, int] = (64, 48)) -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, "JPEG")
    return SimpleUploadedFile("DSC0001.jpg", content.getvalue())


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("check.csv", "项目,结果\n消防,合格\n".encode())


def added(one: Venue, by, kind: str, file: SimpleUploadedFile) -> VenueFile:
    return actions.add_file(
        one.pk, kind=kind, words="孩子们在龙卷风展品前", name="x", content=file, by=by, now=NOW
    )


def test_everybody_sees_a_photograph_with_its_words_and_nobody_else_a_document():
    by = manager()
    one = venue("active", by=by)
    shot, check = added(one, by, "photo", photo()), added(one, by, "document", paper())
    doors = [
        reverse("venue-picture", args=[one.pk, shot.pk, "small"]),
        reverse("file", args=[check.file_id]),
    ]

    statuses = {
        name: [browser(person).get(door).status_code for door in doors]
        for name, person in {
            "nobody": None,
            "stranger": user(),
            "elsewhere": judge(THERE),
            "officer": judge(),
            "manager": by,
        }.items()
    }
    public = browser().get(reverse("venue", args=[one.pk])).content.decode()

    assert statuses["officer"] == statuses["manager"] == [200, 200]
    assert [statuses[who][0] for who in ("nobody", "stranger", "elsewhere")] == [200] * 3
    assert all(statuses[who][1] in (302, 403, 404) for who in ("nobody", "stranger", "elsewhere"))
    assert 'alt="孩子们在龙卷风展品前"' in public
    assert reverse("file", args=[check.file_id]) not in public


def test_a_photograph_of_a_draft_is_shown_to_nobody_but_its_managers():
    by = manager()
    one = venue("draft", by=by)
    shot = added(one, by, "photo", photo())
    door = reverse("venue-picture", args=[one.pk, shot.pk, "small"])

    assert [browser(who).get(door).status_code for who in (None, judge(), by)] == [404, 404, 200]


def test_too_many_pictures_and_what_is_none_are_refused_in_words(monkeypatch):
    by = manager()
    one = venue("active", by=by)

    with pytest.raises(BadInput):
        added(one, by, "photo", paper())
    for number in range(12):
        added(one, by, "photo", photo((64, 48 + number)))
    with pytest.raises(RuleBroken, match="at most 12"):
        added(one, by, "photo", photo((99, 99)))


def test_a_manager_adds_and_removes_on_one_page_and_an_officer_may_remove():
    by, officer = manager(), judge()
    one = venue("active", by=by)
    album = reverse("venue-album", args=[one.pk])

    refused = browser(by).post(album, {"kind": "photo", "words": "", "file": photo()})
    browser(by).post(album, {"kind": "photo", "words": "大厅", "file": photo()})
    browser(by).post(album, {"kind": "photo", "words": "展厅", "file": photo((80, 60))})
    first, second = VenueFile.objects.all()
    browser(by).post(reverse("venue-file-remove", args=[one.pk, first.pk]))
    stranger = browser(user()).post(reverse("venue-file-remove", args=[one.pk, second.pk]))
    pictures = caller(None).get(f"venues/{one.pk}/pictures").json()
    browser(officer).post(reverse("venue-file-remove", args=[one.pk, second.pk]))

    assert refused.status_code == 422
    assert stranger.status_code == 403
    assert [row["words"] for row in pictures] == ["展厅"]
    assert not VenueFile.objects.exists()
    assert browser(user()).get(album).status_code == 403
