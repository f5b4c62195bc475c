"""Lists that wait for one's word go on over pages, each by itself; nothing is cut off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.people.actions import campaigns
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
