"""The interviewer's page holds nothing, its pack is for who has addresses, and a supervisor settles."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.literacy.actions import interviewing as actions
from kepu.literacy.models import FieldEvent, Interview
from tests.factories import NOW, user
from tests.kepu.literacy import doors

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def by():
    return doors.interviewer()


@pytest.fixture
def case(by):
    return doors.case(doors.fieldwork(), by)


def browser(person) -> Client:
    made = Client(headers={"Accept-Language": "en"})
    made.force_login(person)
    return made


def post(person, /, *events, **said):
    body = json.dumps({"person": person.pseudonym, "events": list(events)} | said)
    return browser(person).post(reverse("interviews-sync"), body, content_type="application/json")


def event(case, kind, data, /, **traits):
    sent = doors.sent(case, kind, data)
    said = {
        "uuid": str(sent.uuid), "kind": kind, "case_id": case.pk, "data": data, "schema": 1,
        "device_time": (NOW - timedelta(minutes=1)).isoformat(),
    }  # fmt: skip
    return said | traits


def test_the_page_itself_tells_no_address_and_no_question(case, by):
    page = browser(by).get(reverse("interviews"))

    assert page.status_code == 200
    assert "示例路" not in page.text
    assert "下面哪一个" not in page.text


def test_the_pack_is_for_who_goes_to_doors(case, by):
    assert browser(by).get(reverse("interviews-pack")).json()["cases"][0]["id"] == case.pk
    assert browser(user()).get(reverse("interviews-pack")).status_code == 404
    assert browser(user()).get(reverse("interviews")).status_code == 404


def test_each_event_is_answered_on_its_own(case, by):
    good, bad = event(case, "attempt", {"outcome": "2.24"}), event(case, "attempt", {})
    unknown = event(case, "attempt", {"outcome": "2.24"}, case_id=case.pk + 1)

    answer = post(by, good, bad, unknown).json()["events"]

    assert [one["outcome"] for one in answer] == ["done", "refused", "held"]
    assert FieldEvent.objects.count() == 2


def test_somebody_else_does_not_send_what_another_wrote(case, by):
    other = doors.interviewer()

    answer = post(other, event(case, "attempt", {"outcome": "2.24"}), person=by.pseudonym)

    assert answer.status_code == 409
    assert not FieldEvent.objects.exists()


@pytest.mark.parametrize(
    "broken", [{"device_time": "soon"}, {"schema": 0}, {"uuid": "1"}, {"data": []}]
)
def test_what_cannot_be_read_is_said_so(case, by, broken):
    answer = post(by, event(case, "attempt", {"outcome": "2.24"}, **broken))

    assert answer.status_code == 422


@pytest.fixture
def stuck(case):
    sent = doors.sent(case, "interview", doors.told(case))
    return actions.receive(sent, by=doors.interviewer(), now=NOW)


def test_a_supervisor_reads_what_it_says_and_takes_it_in(stuck):
    chief = browser(doors.supervisor())
    page = chief.get(reverse("interviews-stuck")).text
    assert "3 answers in 25 minutes" in page
    assert "given to somebody else" in page

    chief.post(reverse("interviews-settle", args=[stuck.pk, "take"]))

    assert Interview.objects.count() == 1
    assert "Nothing needs a person" in chief.get(reverse("interviews-stuck")).text


def test_setting_aside_needs_a_reason_and_says_so(stuck):
    chief = browser(doors.supervisor())
    address = reverse("interviews-settle", args=[stuck.pk, "aside"])

    refused = chief.post(address, {"reason": " "}, follow=True)
    assert "say why" in refused.text
    chief.post(address, {"reason": "Wrong door"})

    stuck.refresh_from_db()
    assert stuck.taking == "settled"
    assert "Wrong door" in stuck.reason


def test_outside_ones_places_nothing_is_there(stuck):
    other = browser(doors.supervisor("50.104."))

    assert "Nothing needs a person" in other.get(reverse("interviews-stuck")).text
    answer = other.post(reverse("interviews-settle", args=[stuck.pk, "take"]))
    assert answer.status_code == 404


@pytest.mark.parametrize("verb", ["take", "sing"])
def test_what_cannot_be_settled_so_stays(case, by, verb):
    sent = doors.sent(case, "interview", doors.told(case, answers={"X": "A"}))
    kept = actions.receive(sent, by=by, now=NOW)

    browser(doors.supervisor()).post(reverse("interviews-settle", args=[kept.pk, verb]))

    kept.refresh_from_db()
    assert kept.taking == "refused"
