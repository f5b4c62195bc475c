"""The ledger of hours as a list: who may read it, how it is narrowed, and its file."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.people.actions import hours
from tests.factories import NOW, division, officer, organisation, user
from tests.kepu.people.factories import HOME, served, team, volunteer

pytestmark = pytest.mark.django_db
DOOR = "hours-ledger"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for path in ("50.103.", "50.104."):
        division(path)


def page(person) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(person)
    return made


def found(client: Client, **asked: str) -> list[str]:
    text = client.get(reverse(DOOR), asked).text
    return sorted((one for one in ("甲讲座", "乙讲座", "丙讲座") if one in text), key=text.index)


@pytest.fixture
def lines():
    return [
        served(volunteer("王示例"), 60, title="甲讲座", days_ago=9),
        served(volunteer("赵示例"), 90, title="乙讲座", days_ago=2, team=team(name="示例天文队")),
    ]


def test_an_officer_narrows_and_sorts_the_ledger_of_the_place(lines):
    here = page(officer("district_officer", "50.103."))
    number = lines[0].person.volunteer.number

    assert found(here) == ["乙讲座", "甲讲座"]
    assert found(here, sort="volunteer") == ["甲讲座", "乙讲座"]
    assert found(here, q=number) == ["甲讲座"]
    assert found(here, q="天文队") == ["乙讲座"]
    assert found(here, since="2026-03-01") == ["乙讲座"]
    assert found(here, until="2026-03-01") == ["甲讲座"]
    assert found(here, corrections="on") == []


def test_the_ledger_stands_by_the_day_of_the_service_and_says_when_a_line_was_entered():
    served(volunteer("赵示例"), 90, title="乙讲座", days_ago=2)
    served(volunteer("王示例"), 60, title="甲讲座", days_ago=9)  # entered later
    here = page(officer("district_officer", "50.103."))

    assert found(here) == ["乙讲座", "甲讲座"]
    assert found(here, sort="new") == ["甲讲座", "乙讲座"]
    assert 'data-label="Entered"' in here.get(reverse(DOOR)).text


def test_a_correction_is_a_line_with_its_reason(lines):
    by = officer("district_officer", "50.103.")
    hours.correct(lines[0].pk, minutes=-30, reason="提前离开", by=by, now=NOW)

    text = page(by).get(reverse(DOOR), {"corrections": "on"}).text

    assert "提前离开" in text
    assert "-30" in text


def test_names_are_masked_and_the_record_is_linked_for_who_may_see_it(lines):
    department = organisation("示例卫健委")
    for line in lines:
        line.service.organisation = department
        line.service.save(update_fields=["organisation"])
    record = reverse("person-record", args=[lines[0].person_id])

    district = page(officer("district_officer", "50.103.")).get(reverse(DOOR)).text
    office = page(officer("department_officer", department)).get(reverse(DOOR)).text

    assert "王示例" not in district + office
    assert "王**" in district
    assert record in district
    assert "甲讲座" in office
    assert record not in office
    assert (
        lines[0].person.volunteer.number in office
    )  # whom it certified, by number and not by name
    assert re.findall(r'<option value="(50[^"]*)"', office) != []  # it may narrow by district, too


@pytest.mark.parametrize(
    ("role", "where"), [("community_worker", HOME), ("analyst", "50."), (None, "")]
)
def test_who_certifies_no_hours_reads_no_ledger(lines, role, where):
    reader = page(officer(role, where) if role else user())

    assert reader.get(reverse(DOOR)).status_code == 403
    assert reader.get(reverse("register-export", args=[DOOR, "csv"])).status_code == 403


def test_an_officer_elsewhere_finds_none_of_it(lines):
    there = page(officer("district_officer", "50.104."))

    assert found(there) == []
    taken = there.get(reverse("register-export", args=[DOOR, "csv"]))
    assert "甲讲座" not in b"".join(taken).decode("utf-8-sig")


def test_the_file_says_what_the_list_says(lines):
    here = page(officer("district_officer", "50.103."))

    taken = here.get(reverse("register-export", args=[DOOR, "csv"]), {"q": "天文队"})

    text = b"".join(taken).decode("utf-8-sig")
    assert "乙讲座" in text
    assert "甲讲座" not in text
    assert "赵**" in text


def test_who_is_known_otherwise_is_not_found_out_by_it(lines):
    asked = lines[0].person
    here = page(officer("district_officer", "50.103."))

    assert found(here, q=asked.pseudonym) == []
    assert found(here, q=asked.login) == []
