"""What a guardian asks and does for a child over the API, and what the child's own key still reads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.people import actions as people
from kepu.people.models import Answer, Certificate, Enrolment, Membership, Volunteer
from kepu.people.queries.volunteers import volunteer_of
from tests.factories import NOW, division, officer, user
from tests.kepu.people.factories import HOME, join, served, team, volunteer
from tests.kepu.people.test_children import (
    SIXTEEN,
    TEN,
    called,
    certified,
    course,
    in_care_of,
    signed_in,
)
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db
PROFILE = {"skills": [], "availability": 5, "areas": ["50.103.001."]}
SIGN_UP = {"home": "50.103.001.", "consent": True}


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


def answering(child):
    return f"calls/{called().pk}/answer", {"answer": "yes"}


def joining(child):
    return f"teams/{team().pk}/join", None


def leaving(child):
    of = team()
    join(of, child)
    return f"teams/{of.pk}/leave", None


def enrolling(child):
    return f"courses/{course().pk}/enrol", None


def giving_back(child):
    of = course()
    Enrolment.objects.create(course=of, person=child, seat=1, at=NOW)
    return f"courses/{of.pk}/give-back", None


def certifying(child):
    served(child, 90)
    return "me/certificates", None


def changing(child):
    return "me/volunteer", PROFILE


OWN = {
    answering: "call.answer",
    joining: "membership.ask",
    leaving: "membership.leave",
    enrolling: "course.enrol",
    giving_back: "course.give_seat_back",
    certifying: "certificate.issue",
    changing: "volunteer.change",
}
doors = pytest.mark.parametrize("door", OWN, ids=lambda door: door.__name__)


@doors
def test_a_guardian_does_it_for_the_child_named_by_its_pseudonym(parent, child, door):
    path, body = door(child)

    answer = caller(parent).post(f"{path}?ward={child.pseudonym}", body)

    assert answer.status_code in (200, 201), answer.json()
    told = Entry.objects.get(verb=OWN[door])
    assert (told.actor, told.for_whom) == (parent.pseudonym, child.pseudonym)


@doors
def test_a_child_of_somebody_else_is_not_there(child, door):
    path, body = door(child)

    answer = caller(user("郑示例")).post(f"{path}?ward={child.pseudonym}", body)

    assert answer.status_code == 404
    assert not Entry.objects.filter(verb=OWN[door]).exists()


@doors
def test_the_childs_own_key_does_not_do_it(child, door):
    path, body = door(child)

    answer = caller(child).post(path, body, accept_language="en")

    assert answer.status_code == 403
    assert "under 14 your parent or guardian does this" in answer.json()["detail"]
    assert not Entry.objects.filter(verb=OWN[door]).exists()


def test_for_a_ward_of_sixteen_the_guardian_reads_and_answers_no_more(parent):
    ward = in_care_of(parent, "李大示例", SIXTEEN)
    of = called()

    asked = caller(parent).post(f"calls/{of.pk}/answer?ward={ward.pseudonym}", {"answer": "yes"})

    assert asked.status_code == 403
    assert not Answer.objects.exists()
    assert caller(parent).get(f"me/hours?ward={ward.pseudonym}").json()["minutes"] == 0


def test_the_list_of_children_says_until_when_the_guardian_speaks(parent, child):
    other = user("李二示例", born="2020-02-29")
    other.guardian = parent
    other.save(update_fields=["guardian"])

    first, second = caller(parent).get("me/wards").json()

    assert first == {
        "ward": child.pseudonym, "name": "李小示例", "volunteer": "active",
        "spoken_for_until": "2030-01-01", "guarded_until": "2034-01-01",
    }  # fmt: skip
    assert (second["volunteer"], second["spoken_for_until"]) == (None, "2034-03-01")
    assert caller(child).get("me/wards").json() == []


def test_a_guardian_registers_a_child_as_a_volunteer_and_consents(parent):
    child = user("李小示例", born=TEN)
    child.guardian = parent
    child.save(update_fields=["guardian"])

    made = caller(parent).post(f"volunteers?ward={child.pseudonym}", SIGN_UP)

    assert made.status_code == 201, made.json()
    assert Volunteer.objects.get(person=child).guardian_consent_by == parent
    assert caller(child).post("volunteers", SIGN_UP).status_code == 409


@pytest.mark.parametrize("path", ["me/hours", "me/absences", "me/teams", "me/seats", "hours"])
def test_what_is_the_childs_is_read_by_guardian_and_child_and_nobody_else(parent, child, path):
    lived(child)
    asked = f"{path}?ward={child.pseudonym}"

    of_guardian, own = caller(parent).get(asked), caller(child).get(path)

    assert of_guardian.json() == own.json()
    assert child_in(own.json())
    assert not child_in(caller(parent).get(path).json())
    assert caller(user("郑示例")).get(asked).status_code == 404


def lived(child):
    """A child that belongs to a team, has a seat and hours, and missed a visit."""
    of = team()
    join(of, child)
    Enrolment.objects.create(course=course(), person=child, seat=1, at=NOW)
    served(child, 90)
    missed(child, of)


def missed(child, of):
    return people.state_absence(
        person=child, team=of, source="orders.order", source_id=1, title="讲座",
        expected_at=NOW - timedelta(days=1), excused=False, reason="", now=NOW,
        by=officer("district_officer", "50.103.", name="钱示例"),
    )  # fmt: skip


def child_in(body):
    """Whether anything of a life is there."""
    if isinstance(body, dict):
        return bool(body.get("minutes") or body.get("items"))
    return bool(body)


def test_hours_a_child_received_are_confirmed_by_the_guardian(parent, child):
    of = certified(person=volunteer("王示例"), receiver=child)

    waiting = caller(parent).get("hours?of=confirm").json()["items"]
    assert [one["id"] for one in waiting] == [of.pk]
    assert caller(child).post(f"hours/{of.pk}/confirm").status_code == 403
    assert caller(parent).post(f"hours/{of.pk}/confirm").json()["state"] == "confirmed"


def test_only_the_guardian_objects_to_an_absence_of_a_child(parent, child):
    of = team()
    join(of, child)
    one = missed(child, of)
    door, said = f"absences/{one.pk}/object", {"reason": "她到了"}

    assert caller(user("郑示例")).post(door, said).status_code == 404
    refused = caller(child).post(door, said)
    assert refused.status_code == 403
    one.refresh_from_db()
    assert one.state == "stated"
    assert caller(parent).post(door, said).json()["state"] == "objected"


def test_the_childs_page_shows_the_absence_and_who_objects(child):
    of = team()
    join(of, child)
    one = missed(child, of)

    page = signed_in(child).get("/people/me/").text

    assert "讲座" in page
    assert f"/people/absences/{one.pk}/object/" not in page
    assert "under 14 your parent or guardian does this" in page


# --- the profile, and the way out ---------------------------------------------------------------


def test_the_record_leads_the_guardian_to_what_the_child_can_do(parent, child):
    record, door = f"/people/record/{child.pk}/", f"/people/me/profile/?ward={child.pk}"
    here = signed_in(parent)
    assert door in here.get(record).text
    assert "What 李小示例 can do and when" in here.get(door).text

    answer = here.post(
        door, {"townships": [division("50.103.001.").pk], "availability": ["0", "2"]}
    )

    assert answer.url == record
    assert [one.path for one in child.volunteer.areas.all()] == ["50.103.001."]
    assert signed_in(child).get("/people/me/profile/").status_code == 403
    assert signed_in(user("郑示例")).get(door).status_code == 404


def test_a_guardian_takes_the_child_out_of_volunteering_and_the_child_cannot(parent, child):
    of = team()
    join(of, child)
    assert signed_in(child).post("/people/me/leave/").status_code == 403

    answer = signed_in(parent).post("/people/me/leave/", {"ward": child.pk})

    assert answer.url == f"/people/record/{child.pk}/"
    assert volunteer_of(child).state == "left"
    assert Membership.objects.get(person=child).state == "left"
    told = Entry.objects.get(verb="volunteer.leave")
    assert (told.actor, told.for_whom) == (parent.pseudonym, child.pseudonym)


def test_stopping_stands_on_the_own_page_and_says_who_cannot(parent):
    grown, leader = volunteer("王示例"), volunteer("赵示例")
    team(leader=leader)

    assert "/people/me/leave/" in signed_in(grown).get("/people/me/").text
    page = signed_in(leader).get("/people/me/").text
    assert "Stop being a volunteer" in page
    assert "/people/me/leave/" not in page


def test_a_paper_is_the_childs_and_not_the_guardians(parent, child):
    served(child, 90)

    caller(parent).post(f"me/certificates?ward={child.pseudonym}")

    paper = Certificate.objects.get()
    assert (paper.person, paper.issued_by) == (child, parent)
