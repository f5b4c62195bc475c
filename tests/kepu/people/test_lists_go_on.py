"""Lists that wait for one's word go on over pages, each by itself; nothing is cut off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.people import actions as people
from kepu.people.actions import campaigns, certificates, training
from kepu.people.queries.absences import of_person as absences_of
from kepu.people.queries.certificates import of_person as certificates_of
from kepu.people.queries.training import of_person as training_of
from kepu.people.states import ServiceState, TeamState, VolunteerState
from kepu.people.views import desk, nominations, volunteers
from tests.factories import NOW, division, officer, user
from tests.kepu.people import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


def reader(person=None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if person:
        client.force_login(person)
    return client


def test_teams_and_volunteers_that_wait_go_on_each_by_itself(monkeypatch):
    division("50.103.001.")
    for n in range(3):
        applied = NOW - timedelta(days=9 - n)
        factories.team(name=f"甲队{n}", state=TeamState.APPLIED, applied_at=applied)
        factories.register(
            user(f"乙人{n}"), state=VolunteerState.APPLIED, applied_at=applied, active_at=None
        )
    monkeypatch.setattr(desk, "SHOWN", 2)
    client = reader(officer("district_officer", "50.103."))

    first = client.get(reverse("people-desk")).text
    second = client.get(reverse("people-desk") + "?teams=2").text

    assert [f"甲队{n}" in first for n in range(3)] == [True, True, False]
    assert [f"甲队{n}" in second for n in range(3)] == [False, False, True]
    assert [f"乙人{n}" in second for n in range(3)] == [True, True, False]  # stays where it was
    assert 'href="?teams=2#teams"' in first
    assert 'href="?teams=2&amp;people=2#people"' in second


def test_hours_to_confirm_go_on(monkeypatch):
    resident, member = user("居民示例"), factories.volunteer("王示例")
    for n in range(3):
        factories.service(
            member, title=f"第{n}次", receiver=resident, state=ServiceState.CERTIFIED,
            began_at=NOW - timedelta(days=9 - n), certified_by=user(), certified_at=NOW,
        )  # fmt: skip
    monkeypatch.setattr(volunteers, "SHOWN", 2)
    client = reader(resident)

    first = client.get(reverse("people-me")).text
    second = client.get(reverse("people-me") + "?confirming=2").text

    assert [f"第{n}次" in first for n in range(3)] == [True, True, False]
    assert [f"第{n}次" in second for n in range(3)] == [False, False, True]


def papers(person):
    for n in range(3):
        factories.served(person, 90 + n)
        certificates.issue_certificate(person, by=person, now=NOW + timedelta(days=n))
    return [one.code for one in certificates_of(person)]


def absences(person):
    group = factories.team()
    for n in range(3):
        people.state_absence(
            person=person, team=group, source="orders.order", source_id=n, title=f"第{n}次",
            expected_at=NOW - timedelta(days=n + 1), excused=False, by=group.applied_by, now=NOW,
        )  # fmt: skip
    return [one.title for one in absences_of(person)]


def courses(person):
    for n in range(3):
        start = NOW + timedelta(days=n + 2)
        course = training.announce_course(
            title=f"第{n}课", place=division("50.103."), starts_at=start, minutes=60, seats=2,
            ends_at=start + timedelta(hours=1), room="示例活动室",
            by=officer("district_officer", "50.103."), now=NOW,
        )  # fmt: skip
        training.enrol(course.pk, by=person, now=NOW)
    return [one.course.title for one in training_of(person)]


@pytest.mark.parametrize("found", [papers, absences, courses], ids=lambda one: one.__name__)
def test_what_is_kept_of_a_volunteer_goes_on(monkeypatch, found):
    person = factories.volunteer("王示例")
    said, key = found(person), found.__name__
    monkeypatch.setattr(volunteers, "SHOWN", 2)
    client = reader(person)

    first = client.get(reverse("people-me")).text
    second = client.get(f"{reverse('people-me')}?{key}=2").text

    assert [one in first for one in said] == [True, True, False]
    assert [one in second for one in said] == [False, False, True]
    assert f'href="?{key}=2#{key}"' in first


def test_candidates_on_notice_go_on(monkeypatch):
    by, judge = (officer("district_officer", "50.103.") for _one in range(2))
    for n in range(3):
        nomination = campaigns.nominate(
            place=division("50.103."), year=2026, person=factories.volunteer(f"丙人{n}"),
            deeds="示例事迹", by=by, now=NOW,
        )  # fmt: skip
        campaigns.pass_nomination(nomination.pk, by=judge, now=NOW)
        campaigns.publish_nomination(nomination.pk, by=judge, now=NOW)
    monkeypatch.setattr(nominations, "MOST", 2)

    first = reader().get(reverse("notice-board")).text
    second = reader().get(reverse("notice-board") + "?notice=2").text

    assert [f"丙人{n}" in first for n in range(3)] == [True, True, False]
    assert [f"丙人{n}" in second for n in range(3)] == [False, False, True]
