"""Under fourteen the guardian says yes or no: to calls, teams and courses, and about hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import NotAllowed
from kepu.people.actions import campaigns, certificates, hours, records, teams, training
from kepu.people.models import Answer, Certificate, Enrolment, Membership
from kepu.people.queries.volunteers import volunteer_of
from tests.factories import NOW, division, officer, user
from tests.kepu.people.factories import HOME, join, served, service, team, volunteer

pytestmark = pytest.mark.django_db
TEN, SIXTEEN = "2016-01-01", "2009-06-01"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HOME)


@pytest.fixture
def parent():
    return user("李示例")


@pytest.fixture
def child(parent):
    return in_care_of(parent, "李小示例", TEN)


def in_care_of(parent, name, born):
    found = volunteer(name, born=born)
    found.guardian = parent
    found.save(update_fields=["guardian"])
    found.volunteer.areas.create(path=HOME)
    return found


def called():
    by = officer("district_officer", "50.103.")
    return campaigns.call_for_volunteers(
        title="防汛", place=division(HOME), target=5, deadline=NOW + DAY, by=by, now=NOW
    )


def course():
    return training.announce_course(
        title="急救", place=division(HOME), starts_at=NOW + DAY, ends_at=NOW + DAY + DAY / 12,
        minutes=120, seats=3, room="示例教室", by=officer("district_officer", "50.103."), now=NOW,
    )  # fmt: skip


def certified(**sides):
    return service(state="certified", certified_by=user("钱示例"), certified_at=NOW, **sides)


def answering(child):
    of = called().pk
    return lambda **who: campaigns.answer_call(of, now=NOW, **who)


def declining(child):
    of = called().pk
    return lambda **who: campaigns.decline_call(of, now=NOW, **who)


def withdrawing(child):
    of = called()
    Answer.objects.create(call=of, person=child, at=NOW, coming=True)
    return lambda **who: campaigns.withdraw_answer(of.pk, now=NOW, **who)


def joining(child):
    of = team().pk
    return lambda **who: teams.ask_to_join(of, now=NOW, **who)


def leaving(child):
    of = team()
    join(of, child)
    return lambda **who: teams.leave_team(of.pk, now=NOW, **who)


def enrolling(child):
    of = course().pk
    return lambda **who: training.enrol(of, now=NOW, **who)


def giving_back(child):
    of = course()
    Enrolment.objects.create(course=of, person=child, seat=1, at=NOW)
    return lambda **who: training.give_seat_back(of.pk, now=NOW, **who)


OWN = {
    answering: "call.answer",
    declining: "call.decline",
    withdrawing: "call.withdraw",
    joining: "membership.ask",
    leaving: "membership.leave",
    enrolling: "course.enrol",
    giving_back: "course.give_seat_back",
}
named = pytest.mark.parametrize("deed", OWN, ids=lambda deed: deed.__name__)


@named
def test_a_guardian_does_it_for_a_child_and_the_audit_says_for_whom(parent, child, deed):
    deed(child)(by=parent, for_whom=child)

    told = Entry.objects.get(verb=OWN[deed])
    assert (told.actor, told.for_whom) == (parent.pseudonym, child.pseudonym)


@named
def test_nobody_else_does_it_for_a_child(child, deed):
    do = deed(child)

    with pytest.raises(NotAllowed, match="only the person, or the guardian"):
        do(by=user("郑示例"), for_whom=child)
    assert not Entry.objects.filter(verb=OWN[deed]).exists()


@named
def test_a_child_does_not_do_it_by_the_own_account(child, deed):
    do = deed(child)

    with pytest.raises(NotAllowed, match="under 14 your parent or guardian does this"):
        do(by=child)
    assert not Entry.objects.filter(verb=OWN[deed]).exists()


@named
def test_from_fourteen_on_the_ward_does_it_and_the_guardian_no_more(parent, deed):
    ward = in_care_of(parent, "李大示例", SIXTEEN)
    do = deed(ward)

    with pytest.raises(NotAllowed, match="from 14 on"):
        do(by=parent, for_whom=ward)
    do(by=ward)

    told = Entry.objects.get(verb=OWN[deed])
    assert (told.actor, told.for_whom) == (ward.pseudonym, "")


def confirming(child):
    of = certified(person=volunteer("王示例"), receiver=child).pk
    return lambda by: hours.confirm(of, by=by, now=NOW)


def objecting_as_receiver(child):
    of = certified(person=volunteer("王示例"), receiver=child).pk
    return lambda by: hours.dispute(of, reason="示例", by=by, now=NOW)


def objecting_as_volunteer(child):
    of = service(child).pk
    return lambda by: hours.dispute(of, reason="示例", by=by, now=NOW)


def evaluating(child):
    of = served(volunteer("王示例"), 60, receiver=child).service_id
    return lambda by: records.evaluate(of, score=5, by=by, now=NOW)


def certifying(child):
    served(child, 90)
    return lambda by: certificates.issue_certificate(child, by=by, now=NOW)


SPEAKING = {
    confirming: "service.confirm",
    objecting_as_receiver: "service.dispute",
    objecting_as_volunteer: "service.dispute",
    evaluating: "service.evaluate",
    certifying: "certificate.issue",
}
speaking = pytest.mark.parametrize("deed", SPEAKING, ids=lambda deed: deed.__name__)


@speaking
def test_a_guardian_speaks_for_a_child_about_hours_and_the_audit_says_so(parent, child, deed):
    deed(child)(parent)

    told = Entry.objects.get(verb=SPEAKING[deed])
    assert (told.actor, told.for_whom) == (parent.pseudonym, child.pseudonym)


@speaking
def test_neither_a_stranger_nor_the_child_itself_does(child, deed):
    do = deed(child)

    for somebody in (user("郑示例"), child):
        with pytest.raises(NotAllowed):
            do(somebody)
    assert not Entry.objects.filter(verb=SPEAKING[deed]).exists()


# --- the pages ----------------------------------------------------------------------------------


def signed_in(person):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def test_the_page_of_calls_answers_for_the_child(parent, child):
    of = called()
    page = signed_in(parent).get(reverse("calls")).text
    assert f"{child.name} will come" in page

    signed_in(parent).post(reverse("call-act", args=[of.pk, "answer"]), {"ward": child.pk})

    assert [one.person for one in Answer.objects.filter(coming=True)] == [child]
    assert "cannot come after all" in signed_in(parent).get(reverse("calls")).text


def test_the_page_of_a_team_asks_for_the_child_and_takes_it_out_again(parent, child):
    of = team()
    page = reverse("team", args=[of.pk])
    assert f"Ask to join for {child.name}" in signed_in(parent).get(page).text

    signed_in(parent).post(reverse("team-act", args=[of.pk, "join"]), {"ward": child.pk})
    assert Membership.objects.get(person=child).state == "asked"
    assert f"Take {child.name} out" in signed_in(parent).get(page).text

    signed_in(parent).post(reverse("team-act", args=[of.pk, "leave"]), {"ward": child.pk})
    assert Membership.objects.get(person=child).state == "left"


def test_the_page_of_a_course_takes_a_seat_for_the_child(parent, child):
    of = course()
    page = reverse("course", args=[of.pk])
    assert f"Take a seat for {child.name}" in signed_in(parent).get(page).text

    signed_in(parent).post(reverse("course-act", args=[of.pk, "enrol"]), {"ward": child.pk})

    assert Enrolment.objects.get(person=child).seat == 1
    assert f"Give back the seat of {child.name}" in signed_in(parent).get(page).text


def test_the_record_hands_the_guardian_the_childs_certificate(parent, child):
    served(child, 90)
    record = reverse("person-record", args=[child.pk])
    assert f"Get the certificate of {child.name}" in signed_in(parent).get(record).text

    answer = signed_in(parent).post(reverse("certificate-issue"), {"ward": child.pk})

    paper = Certificate.objects.get(person=child)
    assert (answer.url, paper.issued_by) == (f"{record}#papers", parent)
    assert signed_in(parent).get(reverse("certificate-pdf", args=[paper.code])).status_code == 200


def test_the_record_takes_the_guardians_objection_and_leads_back_to_itself(parent, child):
    of = service(child)
    record = reverse("person-record", args=[child.pk])
    door = reverse("hours-act", args=[of.pk, "dispute"])
    assert door in signed_in(parent).get(record).text

    answer = signed_in(parent).post(door, {"reason": "少记了半小时", "from": "record"})

    of.refresh_from_db()
    assert (answer.url, of.state) == (record, "disputed")
    assert door not in signed_in(parent).get(record).text


DOORS = (
    ("call-act", "answer", called),
    ("team-act", "join", team),
    ("course-act", "enrol", course),
    ("certificate-issue", None, None),
)


@pytest.mark.parametrize(("name", "verb", "of"), DOORS, ids=[name for name, *_rest in DOORS])
def test_a_child_of_somebody_else_is_not_there(child, name, verb, of):
    door = reverse(name, args=[of().pk, verb] if of else [])

    assert signed_in(user("郑示例")).post(door, {"ward": child.pk}).status_code == 404


def test_a_child_reads_who_does_it_instead(child):
    of, group, lesson = called(), team(), course()
    of_others = certified(person=volunteer("王示例"), receiver=child)
    here = signed_in(child)

    for page in (
        reverse("calls"),
        reverse("team", args=[group.pk]),
        reverse("course", args=[lesson.pk]),
        reverse("people-me"),
    ):
        text = here.get(page).text
        assert "under 14 your parent or guardian does this" in text
    assert reverse("hours-act", args=[of_others.pk, "confirm"]) not in text
    assert here.post(reverse("call-act", args=[of.pk, "answer"])).status_code == 403
    assert volunteer_of(child) is not None
