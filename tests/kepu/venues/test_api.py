"""Venues over the API: the register for everybody, a counter at the door, decisions by officers."""

from __future__ import annotations

import pytest

from kepu.kernel import clock
from kepu.venues import actions
from kepu.venues.models import DayCount, Venue
from tests.factories import NOW, division, user
from tests.kepu.venues.factories import DECISION, HERE, THERE, WHOLE, judge, manager, unit, venue
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HERE, "示例区")
    division(THERE, "别处区")


SUSPEND = {"verb": "suspend", **DECISION}


def body(**changed: object) -> dict[str, object]:
    said = WHOLE | {"opens_at": "09:00", "closes_at": "17:00", "safety_checked_on": "2026-01-15"}
    return said | {"name": "示例馆", "place": HERE, "organisation_id": unit().pk} | changed


def test_a_venue_is_registered_confirmed_and_suspended_over_the_api():
    keeper, office, anybody = caller(manager()), caller(judge()), caller(None)

    made = keeper.post("venues", body())
    here = f"venues/{made.json()['id']}"
    waits = keeper.post(f"{here}/submit").json()
    hidden = anybody.get(here)
    confirmed = office.post(f"{here}/confirm", {"version": waits["version"]}).json()
    suspended = office.post(f"{here}/decide", {**SUSPEND, "version": confirmed["version"]}).json()

    assert made.status_code == 201
    assert hidden.status_code == 404
    assert (confirmed["state"], confirmed["why_not_usable"]) == ("active", None)
    assert confirmed["number"].startswith("V")
    assert DECISION["reason"] in suspended["why_not_usable"]
    assert anybody.get(here).json()["state"] == "suspended"
    assert [one["name"] for one in anybody.get("venues", {"q": "示例"}).json()["items"]] == [
        "示例馆"
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "base"},
        {"category": "hall", "level": "district"},
        {"kind": "base", "category": "hall"},
        {"lon": None},
        {"closes_at": "08:00"},
        {"closes_at": None},
        {"weekdays": 128},
        {"stars": 5},
        {"place": "99."},
    ],
)
def test_what_does_not_fit_together_is_refused(changed):
    answer = caller(manager()).post("venues", body(**changed))

    assert answer.status_code == 422
    assert not Venue.objects.exists()


def test_what_is_missing_is_said_when_it_is_handed_in():
    keeper = caller(manager())
    made = keeper.post("venues", body(halls=None)).json()

    refused = keeper.post(f"venues/{made['id']}/submit")
    changed = {k: v for k, v in body(version=made["version"]).items() if k != "organisation_id"}
    keeper.post(f"venues/{made['id']}/change", changed)

    assert refused.status_code == 409
    assert "展厅数" in refused.json()["detail"] or "number of halls" in refused.json()["detail"]
    assert keeper.post(f"venues/{made['id']}/submit").status_code == 200


def test_a_counter_that_sends_twice_counts_once():
    by = manager()
    one = venue("active", by=by)
    door, sent = caller(by), {"day": "2026-03-05", "visits": 87}

    first = door.post(f"venues/{one.pk}/visits", sent, Idempotency_Key="door-1")
    again = door.post(f"venues/{one.pk}/visits", sent, Idempotency_Key="door-1")
    unkeyed = door.post(f"venues/{one.pk}/visits", sent)
    other = door.post(f"venues/{one.pk}/visits", sent | {"visits": 88}, Idempotency_Key="door-1")

    assert [first.status_code, again.status_code, unkeyed.status_code] == [200, 200, 200]
    assert other.status_code == 422
    assert DayCount.objects.get().visits == 87
    assert caller(None).get(f"venues/{one.pk}/visits").json()["items"] == [sent]


@pytest.mark.parametrize(
    ("door", "sent", "statuses"),
    [
        # manager, officer here, officer elsewhere, somebody, nobody
        ("submit", None, (409, 403, 403, 403, 401)),
        ("confirm", {"version": 1}, (403, 409, 403, 403, 401)),
        ("decide", {**SUSPEND, "version": 3}, (403, 200, 403, 403, 401)),
        ("visits", {"day": "2026-03-05", "visits": 1}, (200, 403, 403, 403, 401)),
    ],
)
def test_who_gets_through_which_door(door, sent, statuses):
    by = manager()
    one = venue("active", by=by)
    people = (by, judge(), judge(THERE), user(), None)

    got = [caller(who).post(f"venues/{one.pk}/{door}", sent).status_code for who in people]

    assert tuple(got) == statuses


def test_a_decision_names_the_version_that_was_seen():
    one = venue("active")
    office, door = caller(judge()), f"venues/{one.pk}/decide"

    assert office.post(door, SUSPEND).status_code == 422
    assert office.post(door, SUSPEND | {"version": one.version - 1}).status_code == 409
    assert Venue.objects.get().state == "active"
    assert office.post(door, SUSPEND | {"version": one.version}).status_code == 200


def test_of_a_venue_that_a_report_names_no_admission_is_claimed_and_its_year_is_told():
    actions.list_from_report(
        name="示例基地", place=division(HERE), source="示例日报，2015-05", reported_in=2015,
        level="municipal", by=None, now=NOW,
    )  # fmt: skip
    venue("active")

    found = caller(None).get("venues").json()["items"]

    assert [(one["name"], one["admission"], one["reported_in"]) for one in found] == [
        ("示例基地", None, 2015),
        ("示例科技馆", "free", None),
    ]


def test_another_unit_is_not_registered_for():
    assert caller(user()).post("venues", body()).status_code == 403
    assert caller(manager()).post("venues", body(organisation_id=4711)).status_code == 403
