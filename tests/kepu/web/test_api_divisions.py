"""Changes of divisions and zones over the wire."""

from __future__ import annotations

import pytest

from kepu.kernel import clock
from kepu.kernel.crosswalk.models import Change
from kepu.kernel.divisions.models import Division, Zone
from tests.factories import NOW, division, officer, user
from tests.kepu.web.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DOCUMENT = """
key: test
title: 示例调整
effective: 2026-03-01
source: 示例
moved:
  - {path: 50.201.001., name: 一示例镇, to: 50.202.}
"""


@pytest.fixture(autouse=True)
def places(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division("50.201.", name="甲示例区")
    division("50.202.", name="乙示例区")
    division("50.201.001.", name="一示例镇")


@pytest.fixture
def city():
    return caller(officer("city_officer", "50."))


@pytest.fixture
def stranger():
    return caller(user())


def test_a_change_is_tried_without_a_trace_then_applied_and_read(city, stranger):
    tried = city.post("division-changes/check", {"text": DOCUMENT})

    assert (tried.status_code, tried.json()["moved"]) == (200, 1)
    assert not Change.objects.exists()
    assert Division.objects.get(path="50.201.001.").valid_to is None

    made = city.post("division-changes", {"text": DOCUMENT})
    assert made.status_code == 201
    number = made.json()["id"]
    assert [one["key"] for one in stranger.get("division-changes").json()["items"]] == ["test"]
    assert stranger.get(f"division-changes/{number}").json()["text"] == DOCUMENT
    crossings = stranger.get(f"division-changes/{number}/crossings").json()["items"]
    assert crossings == [{"before": "50.201.001.", "after": "50.202.201001.", "same_ground": True}]
    assert city.post("division-changes", {"text": DOCUMENT}).status_code == 409


def test_a_change_may_be_tried_before_its_day_but_not_applied(city):
    later = DOCUMENT.replace("2026-03-01", "2026-04-01")

    assert city.post("division-changes/check", {"text": later}).status_code == 200
    assert city.post("division-changes", {"text": later}).status_code == 409


@pytest.mark.parametrize("address", ["division-changes", "division-changes/check"])
@pytest.mark.parametrize(
    ("role", "where", "text", "status"),
    [
        ("city_officer", "50.", "[]", 422),
        ("city_officer", "50.", DOCUMENT.replace("2026-03-01", "0001-01-01"), 422),
        ("city_officer", "50.", DOCUMENT.replace("2026-03-01", "9999-12-31"), 422),
        ("city_officer", "50.201.", DOCUMENT, 403),
        ("district_officer", "50.", DOCUMENT, 403),
        ("city_officer", "50.", DOCUMENT.replace("一示例镇", "二示例镇"), 409),
    ],
)
def test_a_change_is_refused_for_who_may_not_and_for_what_does_not_fit(
    address, role, where, text, status
):
    assert caller(officer(role, where)).post(address, {"text": text}).status_code == status
    assert not Change.objects.exists()


def test_a_zone_is_drawn_read_and_drawn_anew_and_keeps_what_it_held(city, stranger):
    body = {"paths": ["50.201."], "valid_from": "2026-03-01", "parent_keeps_writing": False}
    made = city.post("zones", {"name": "示例开发区", **body})
    assert (made.status_code, made.json()["parent_keeps_writing"]) == (201, False)
    number = made.json()["id"]

    amended = city.post(f"zones/{number}/amend", {"paths": ["50.202."], "valid_from": "2026-03-06"})

    assert amended.json()["parts"] == [
        {"path": "50.201.", "valid_from": "2026-03-01", "valid_to": "2026-03-05"},
        {"path": "50.202.", "valid_from": "2026-03-06", "valid_to": None},
    ]
    assert stranger.get(f"zones/{number}").json() == amended.json()
    assert stranger.get("zones").json()["items"] == [amended.json()]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"paths": []}, 422),
        ({"paths": ["50.999."]}, 409),
        ({"paths": ["51."]}, 403),
        ({"paths": ["50.201.", "50.201.001."]}, 409),
        ({"valid_from": "someday"}, 422),
    ],
)
def test_bounds_that_do_not_fit_are_refused(city, change, status):
    body = {"name": "示例开发区", "paths": ["50.201."], "valid_from": "2026-03-06"}

    assert city.post("zones", body | change).status_code == status
    assert not Zone.objects.exists()


def test_what_is_not_there_is_not_found(city):
    assert city.get("zones/4711").status_code == 404
    assert city.get("division-changes/4711").status_code == 404
    assert city.get("division-changes/4711/crossings").status_code == 404
