"""Nobody decides about a child in his care: the guardian speaks for the child, so another officer does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel.errors import NotAllowed
from kepu.people import actions as people
from kepu.people.actions import certificates, hours, records, volunteers
from kepu.people.models import Honour
from kepu.people.queries import hours as hours_queries
from kepu.people.queries import stars
from kepu.people.rules import hours as hours_rules
from tests.factories import NOW, grant, officer, user
from tests.kepu.people.factories import HOME, join, served, service, team, volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def guardian():
    """An officer of the place in every way, and somebody's parent."""
    found = user("李示例")
    grant(found, "district_officer", "50.103.")
    grant(found, "community_worker", HOME)
    return found


@pytest.fixture
def ward(guardian):
    child = volunteer("李小示例")
    child.guardian = guardian
    child.save(update_fields=["guardian"])
    return child


def approve(by, ward):
    ward.volunteer.state = "applied"
    ward.volunteer.save(update_fields=["state"])
    volunteers.approve_volunteer(ward.volunteer.pk, by=by, now=NOW)


def suspend(by, ward):
    volunteers.suspend_volunteer(ward.volunteer.pk, reason="示例", by=by, now=NOW)


def certify(by, ward):
    hours.certify(service(ward).pk, by=by, now=NOW)


def confirm(by, ward):
    other = user("钱示例")
    done = service(ward, state="certified", certified_by=other, certified_at=NOW)
    hours.confirm(done.pk, by=by, now=NOW)


def correct(by, ward):
    hours.correct(served(ward, 90).pk, minutes=-30, reason="记错", by=by, now=NOW)


def recognise(by, ward):
    served(ward, 6_000)
    records.recognise_star(ward, star=1, by=by, now=NOW)


def revoke(by, ward):
    served(ward, 90)
    paper = certificates.issue_certificate(ward, by=ward, now=NOW)
    certificates.revoke_certificate(paper.pk, reason="示例", by=by, now=NOW)


def excuse(by, ward):
    group = team()
    join(group, ward)
    people.state_absence(
        person=ward, team=group, source="orders.order", source_id=1, title="讲座",
        expected_at=NOW - timedelta(days=1), excused=True, reason="", by=by, now=NOW,
    )  # fmt: skip


DOORS = (approve, suspend, certify, confirm, correct, recognise, revoke, excuse)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_guardian_in_office_decides_nothing_about_the_ward(guardian, ward, door):
    with pytest.raises(NotAllowed, match="a child in his care"):
        door(guardian, ward)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_another_officer_of_the_place_does(ward, door):
    other = officer("district_officer", "50.103.")
    grant(other, "community_worker", HOME)

    door(other, ward)


def test_what_waits_for_a_guardian_in_office_leaves_out_the_ward(guardian, ward):
    served(ward, 6_000)
    service(ward)

    assert not hours_queries.to_certify(guardian, NOW).exists()
    assert not stars.to_recognise(guardian, NOW).exists()
    assert not hours_rules.may_correct_somewhere(guardian, ward, NOW)
    assert not Honour.objects.exists()
    other = officer("district_officer", "50.103.")
    assert hours_queries.to_certify(other, NOW).exists()
    assert stars.to_recognise(other, NOW).exists()
    assert hours_rules.may_correct_somewhere(other, ward, NOW)
