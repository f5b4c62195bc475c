"""A guardian hears what a child is told, and every door that is the child's opens for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.facts import worker
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices import queries as notice_queries
from kepu.kernel.notices.models import Notice
from kepu.people import actions as people
from kepu.people import telling
from kepu.people.actions import certificates
from kepu.people.models import Absence, Certificate, Volunteer
from tests.factories import NOW, division, officer, user
from tests.kepu.people.factories import HOME, join, served, service, team, volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HOME)


@pytest.fixture
def parent():
    return user("李示例")


@pytest.fixture
def child(parent):
    found = volunteer("李小示例")
    found.guardian = parent
    found.save(update_fields=["guardian"])
    return found


@pytest.fixture
def missed(child):
    group = team()
    join(group, child)
    return people.state_absence(
        person=child, team=group, source="orders.order", source_id=1, title="讲座",
        expected_at=NOW - timedelta(days=1), excused=False, reason="", now=NOW,
        by=officer("district_officer", "50.103.", name="钱示例"),
    )  # fmt: skip


def signed_in(person):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def letters(person):
    return notice_queries.letters(person, list(notice_queries.of_person(person)))


def test_a_guardian_is_told_what_the_child_is_told_and_of_whom_it_speaks(parent, child):
    telling.decided_of_volunteer(
        child.volunteer, verb="suspend", by=officer("district_officer", "50.103."), now=NOW
    )

    (own,), (told,) = letters(child), letters(parent)
    assert told.title == f"李小示例：{own.title}"
    assert told.text == own.text
    assert (own.link, told.link) == ("/people/me/", f"/people/record/{child.pk}/")


def test_who_is_of_age_is_told_alone(parent):
    grown = volunteer("王示例")

    telling.decided_of_volunteer(
        grown.volunteer, verb="restore", by=officer("district_officer", "50.103."), now=NOW
    )

    assert len(letters(grown)) == 1
    assert letters(parent) == []


def test_what_a_guardian_read_of_a_child_goes_with_the_child(parent, child):
    notices.notify(child, telling.VOLUNTEER_RESTORED.key, {"reason": "示例"}, now=NOW)
    notices.notify(parent, telling.VOLUNTEER_RESTORED.key, {"reason": "本人"}, now=NOW)

    accounts.erase(child, by=child, now=NOW)
    worker.work_off(now=NOW)

    assert [one.ward_id for one in Notice.objects.all()] == [None]


def test_the_notice_leads_to_a_page_that_opens_and_the_guardian_objects_there(
    parent, child, missed
):
    page = reverse("person-record", args=[child.pk])
    client = signed_in(parent)
    door = reverse("absence-act", args=[missed.pk, "object"])
    assert door in client.get(page).text

    answer = client.post(door, {"reason": "孩子到了", "from": "record"})

    assert answer.url == page
    assert Absence.objects.get(pk=missed.pk).state == "objected"
    assert door not in client.get(page).text


def test_who_is_not_the_guardian_is_offered_no_objection_in_the_childs_name(child, missed):
    page = reverse("person-record", args=[child.pk])
    door = reverse("absence-act", args=[missed.pk, "object"])

    seen = signed_in(officer("district_officer", "50.103.")).get(page)

    assert seen.status_code == 200
    assert door not in seen.text


def test_ones_own_page_leads_to_the_records_of_the_children(parent, child):
    record = reverse("person-record", args=[child.pk])

    assert record in signed_in(parent).get(reverse("people-me")).text
    assert signed_in(parent).get(record).status_code == 200
    assert signed_in(user("郑示例")).get(record).status_code == 404


def test_every_certificate_of_a_record_is_reached_page_by_page(parent, child):
    served(child, 90)
    first = certificates.issue_certificate(child, by=child, now=NOW)
    for n in range(20):
        Certificate.objects.create(
            code=f"PAPER{n:04}", person=child, issued_by=child, issuer="示例", minutes=90, services=1,
            first_on=first.first_on, last_on=first.last_on, rules_version=first.rules_version,
            last_entry_id=first.last_entry_id, issued_at=NOW + timedelta(minutes=n + 1),
            revoked_at=NOW, revoked_by=parent, revoked_reason="示例",
        )  # fmt: skip
    page = reverse("person-record", args=[child.pk])

    client = signed_in(parent)

    assert first.code not in client.get(page).text
    assert "papers=2" in client.get(page).text
    assert first.code in client.get(f"{page}?papers=2").text


def test_a_guardian_signs_a_child_up_and_the_consent_is_kept(parent):
    child = user("李小示例", born="2016-01-01")
    child.guardian = parent
    child.save(update_fields=["guardian"])
    client = signed_in(parent)
    door = f"{reverse('volunteer-sign-up')}?ward={child.pk}"
    assert door in client.get(reverse("people-me")).text
    assert "李小示例" in client.get(door).text

    answer = client.post(door, {"home": division(HOME).name, "consent": "on"})

    assert answer.status_code == 302
    signed_up = Volunteer.objects.get(person=child)
    assert signed_up.guardian_consent_by == parent
    assert not Volunteer.objects.filter(person=parent).exists()


def test_nobody_signs_up_a_child_of_somebody_else(child):
    door = f"{reverse('volunteer-sign-up')}?ward={child.pk}"

    assert signed_in(user("郑示例")).get(door).status_code == 404


@pytest.mark.parametrize(("verb", "state"), [("confirm", "confirmed"), ("dispute", "disputed")])
def test_a_guardian_answers_for_a_child_who_was_served(parent, verb, state):
    child = user("李小示例")
    child.guardian = parent
    child.save(update_fields=["guardian"])
    done = service(
        volunteer("王示例"), receiver=child, state="certified", certified_by=user("钱示例"),
        certified_at=NOW,
    )  # fmt: skip
    door = reverse("hours-act", args=[done.pk, verb])
    assert door in signed_in(parent).get(reverse("people-me")).text

    answer = signed_in(parent).post(door, {"reason": "时间不对"})

    done.refresh_from_db()
    assert (answer.status_code, done.state) == (302, state)


def test_a_guardian_objects_to_hours_of_a_child_and_a_stranger_finds_no_such_door(parent, child):
    done = service(child)
    door = reverse("hours-act", args=[done.pk, "dispute"])

    assert signed_in(user("郑示例")).post(door, {"reason": "示例"}).status_code == 404
    signed_in(parent).post(door, {"reason": "少记了半小时"})

    done.refresh_from_db()
    assert done.state == "disputed"


def test_a_guardian_has_the_certificate_of_a_child_issued(parent, child):
    served(child, 90)

    paper = certificates.issue_certificate(child, by=parent, now=NOW)

    assert (
        signed_in(user("郑示例")).get(reverse("certificate-pdf", args=[paper.code])).status_code
        == 404
    )
