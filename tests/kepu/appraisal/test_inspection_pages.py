"""Pages of inspections: what each person sees, the report on paper, and what a device is answered."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kepu.appraisal.models import Call, Inspection, InspectionEvent, InspectionPhoto
from kepu.appraisal.queries import inspections as queries
from kepu.kernel import clock
from tests.factories import NOW, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import inspection_world as world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data(tmp_path, settings):
    settings.DATA = tmp_path / "data"


@pytest.fixture
def now():
    return clock.now()


def signed_in(person) -> Client:
    made = Client(headers={"accept-language": "zh-CN"})
    made.force_login(person)
    return made


def read(answer) -> str:
    return answer.content.decode().split("<main")[-1]


def test_the_secretary_assigns_inspectors_on_a_page(now):
    about, who = world.checked(), world.people()
    browser = signed_in(factories.secretary())
    address = reverse("application-inspection", args=[about.pk])

    assert "考察示例1" in read(browser.get(address))
    today = clock.day(now).isoformat()
    said = {"first": today, "last": today, "people": [one.pk for one in who]}
    answer = browser.post(address, said)

    made = Inspection.objects.get()
    assert answer["Location"] == reverse("inspection", args=[made.pk])
    assert "已安排" in read(browser.get(answer["Location"]))
    assert browser.post(address, said).status_code == 409


def test_who_is_bound_is_not_offered():
    about = world.checked()
    bound = world.people(1)[0]
    world.reviews.worked(bound.expert, about.organisation, 2024, None)

    page = read(
        signed_in(factories.secretary()).get(reverse("application-inspection", args=[about.pk]))
    )

    assert bound.name not in page


def test_the_report_shows_both_inspectors_what_is_missed_and_goes_on_paper():
    made = world.ordered()
    first, second = [one.person for one in made.inspectors.select_related("person")]
    world.noted(made, first, exits=False)
    world.noted(made, second)
    for one in (first, second):
        world.sign(made, one, venue_words="西门在修", venue_post="值班主任")
    browser = signed_in(factories.secretary())

    page = read(browser.get(reverse("inspection", args=[made.pk])))
    paper = browser.get(reverse("inspection-report", args=[made.pk]))
    photo = InspectionPhoto.objects.first()
    shown = browser.get(reverse("inspection-photo", args=[photo.pk, "small"]))

    for words in (first.name, second.name, "疏散通道畅通", "1200 平方米", "西门在修", "记录不一致"):
        assert words in page
    assert paper.content.startswith(b"%PDF")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")


def test_who_is_visited_and_strangers_see_nothing_of_it():
    made = world.handed_in(world.ordered())
    photo = InspectionPhoto.objects.first()
    addresses = [
        reverse("inspection", args=[made.pk]),
        reverse("inspection-report", args=[made.pk]),
        reverse("inspection-photo", args=[photo.pk, "small"]),
        reverse("inspection-close", args=[made.pk, "send-back"]),
        reverse("file", args=[photo.file_id]),
    ]
    applicant = made.application.made_by
    inspector = made.inspectors.first().person

    for person in (applicant, user("路人示例"), world.reviews.expert("旁人示例").person):
        assert {signed_in(person).get(one).status_code for one in addresses} == {404}
    assert signed_in(inspector).get(addresses[0]).status_code == 404
    assert signed_in(inspector).get(addresses[-1]).status_code == 200


def test_the_applicant_reads_the_days_of_an_announced_visit_and_no_names():
    made = world.ordered()
    applicant = made.application.made_by

    page = read(signed_in(applicant).get(reverse("application", args=[made.application_id])))

    assert made.first_day.isoformat() in page
    assert "考察示例1" not in page


def test_a_report_goes_back_with_words_and_is_countersigned():
    made = world.handed_in(world.ordered())
    browser = signed_in(factories.secretary())
    back = reverse("inspection-close", args=[made.pk, "send-back"])

    assert browser.post(back, {"version": made.version, "words": ""}).status_code == 422
    assert browser.post(back, {"version": made.version, "words": "补拍一张"}).status_code == 302
    made = world.handed_in(made)
    countersign = reverse("inspection-countersign", args=[made.pk])
    assert browser.post(countersign, {"version": made.version}).status_code == 302
    assert world.again(made).state == "signed"


def test_a_share_is_drawn_on_the_page_of_the_call():
    of = world.call(inspection=world.INSPECTION | {"percent": 50})
    world.checked(of)
    browser = signed_in(factories.secretary())
    address = reverse("appraisal-inspections", args=[of.pk])

    assert "按百分之50抽签" in read(browser.get(address))
    Call.objects.filter(pk=of.pk).update(closes_at=clock.now() - timedelta(hours=1))
    browser.post(reverse("appraisal-inspections-draw", args=[of.pk]))
    of.refresh_from_db()

    assert of.applications.get().code in read(browser.get(address))
    assert of.inspection_draw.chosen == [of.applications.get().code]


# --- what the device reaches ------------------------------------------------------------------------


def sent(made, **said):
    event = {
        "uuid": str(uuid4()), "kind": "arrive", "inspection_id": made.pk,
        "device_time": clock.now().isoformat(), "schema": 1, "data": {},
    }  # fmt: skip
    return event | said


def post(browser, *events, **also):
    body = json.dumps({"events": events} | also)
    return browser.post(reverse("inspections-sync"), body, "application/json")


def test_the_page_holds_nothing_of_anybody_and_is_for_inspectors():
    made = world.ordered(now=clock.now())
    inspector = made.inspectors.first().person

    page = signed_in(inspector).get(reverse("inspections"))

    assert page.status_code == 200
    assert "秘密馆示例" not in page.content.decode()
    assert inspector.name not in read(page)
    for name in ("inspections", "inspections-pack"):
        assert signed_in(user("路人示例")).get(reverse(name)).status_code == 404


def test_events_are_answered_one_by_one(now):
    made = world.ordered(now=now)
    inspector = made.inspectors.first().person
    foreign = sent(made, inspection_id=made.pk + 99)

    answer = post(signed_in(inspector), sent(made), foreign, person=inspector.pseudonym)

    outcomes = [one["outcome"] for one in answer.json()["events"]]
    assert outcomes == ["done", "held"]
    assert InspectionEvent.objects.count() == 1


def test_a_queue_of_somebody_else_is_not_taken(now):
    made = world.ordered(now=now)
    first, second = [one.person for one in made.inspectors.select_related("person")]

    assert post(signed_in(first), sent(made), person=second.pseudonym).status_code == 409
    assert post(signed_in(first), {"uuid": "x"}).status_code == 422
    for no_id in (2**63, 2**70, 0):
        assert post(signed_in(first), sent(made, inspection_id=no_id)).status_code == 422
    assert not InspectionEvent.objects.exists()


def test_a_photograph_arrives_by_its_own_way(now):
    made = world.ordered(now=now)
    inspector = made.inspectors.first().person
    browser = signed_in(inspector)
    said = {
        "uuid": str(uuid4()), "inspection_id": made.pk, "item": "exits", "schema": 1,
        "device_time": now.isoformat(), "person": inspector.pseudonym,
    }  # fmt: skip

    def upload(**also):
        file = SimpleUploadedFile("photo.jpg", world.picture().read(), "image/jpeg")
        return browser.post(reverse("inspections-photos"), said | {"file": file} | also)

    assert [upload().json()["outcome"] for _n in range(2)] == ["done", "done"]
    assert InspectionPhoto.objects.count() == 1
    assert upload(person="x").status_code == 409
    assert upload(device_time="yesterday").status_code == 422
    for no_id in (2**63, 2**70, -1, 0, "９" * 30):
        assert upload(uuid=str(uuid4()), inspection_id=no_id).status_code == 422
    assert upload(uuid=str(uuid4()), inspection_id=made.pk + 9).json()["outcome"] == "held"


def test_an_inspector_in_office_reads_the_others_notes_only_when_signed():
    """By no office either: two who look apart would otherwise find the same."""
    secretary = factories.secretary()
    made = world.ordered(world.checked())
    assert queries.oversees(secretary, made, NOW)

    seat = made.inspectors.create(person=secretary)
    assert not queries.oversees(secretary, made, NOW)
    seat.signed_at = NOW
    seat.save()
    assert queries.oversees(secretary, made, NOW)
