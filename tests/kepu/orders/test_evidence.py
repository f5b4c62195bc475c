"""Photographs and lists of a visit: kept once, without where they were taken, and shown to few."""

from __future__ import annotations

import base64
import io
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.kernel.files import queries as files
from kepu.kernel.files import rules as file_rules
from kepu.kernel.files.models import StoredFile
from kepu.orders import actions, evidence
from kepu.orders.actions.syncing import Sent
from kepu.orders.models import DeviceEvent, Evidence, Order
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

DURING = NOW + timedelta(days=1, minutes=30)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA = tmp_path


def picture(size=(64, 48)) -> io.BytesIO:
    """A photograph that says where it was taken."""
    told = Image.Exif()
    told[0x8825] = {1: "N", 2: (29.0, 33.0, 0.0)}  # GPS
    told[0x010F] = "示例手机"
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, "JPEG", exif=told)
    content.seek(0)
    return content


def shot(kind: str = "photo", **traits) -> actions.Shot:
    return actions.Shot(**{"uuid": uuid4(), "kind": kind, "taken_at": DURING, **traits})


def attach(loop, order, kind="photo", **traits) -> Evidence:
    return actions.attach(
        order.pk, shot(kind), picture(), **{"by": loop.leader, "now": DURING, **traits}
    )


def test_a_photograph_is_kept_without_where_it_was_taken(loop):
    order = loop.order("scheduled")

    made = attach(loop, order)

    with files.open_file(made.file) as content:
        assert not Image.open(content).getexif()
    assert (made.order, made.uploaded_by, made.taken_at) == (order, loop.leader, DURING)
    assert Entry.objects.filter(verb="order.attach", detail__evidence=made.pk).exists()


def test_what_is_sent_twice_is_kept_once(loop):
    order, one = loop.order("scheduled"), shot()

    first = actions.attach(order.pk, one, picture(), by=loop.leader, now=DURING)
    again = actions.attach(order.pk, one, picture(), by=loop.leader, now=DURING)

    assert first == again
    assert StoredFile.objects.count() == 1


def test_the_id_of_another_persons_photograph_is_refused(loop):
    order, one, other = loop.order("scheduled"), shot(), factories.member(loop.team)
    actions.attach(order.pk, one, picture(), by=loop.leader, now=DURING)

    with pytest.raises(BadInput, match="somebody else"):
        actions.attach(order.pk, one, picture(), by=other, now=DURING)


@pytest.mark.parametrize(
    ("state", "when", "reason"),
    [
        ("claimed", DURING, "set or has taken place"),
        ("scheduled", NOW, "too early"),
        ("delivered", NOW + timedelta(days=9), "were taken until"),
    ],
)
def test_a_visit_takes_photographs_around_its_time_only(loop, state, when, reason):
    order = loop.order(state)

    with pytest.raises(RuleBroken, match=reason):
        attach(loop, order, now=when)

    assert not StoredFile.objects.exists()


def test_a_visit_keeps_so_many_photographs_as_somebody_looks_at(loop, monkeypatch):
    monkeypatch.setitem(evidence.MOST, "photo", 1)
    order = loop.order("scheduled")
    attach(loop, order)

    with pytest.raises(RuleBroken, match="at most 1"):
        attach(loop, order)

    attach(loop, order, "sheet")


def test_only_the_team_that_has_the_order_adds_photographs(loop):
    order = loop.order("scheduled")

    for person in (loop.resident, loop.officer, factories.team().applied_by):
        with pytest.raises(NotAllowed):
            attach(loop, order, by=person)


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"%PDF-1.7\n%%EOF\n", b""])
def test_what_is_no_picture_is_no_photograph(loop, content):
    order = loop.order("scheduled")

    with pytest.raises(BadInput):
        actions.attach(order.pk, shot(), io.BytesIO(content), by=loop.leader, now=DURING)

    assert not Evidence.objects.exists()


# --- who sees them --------------------------------------------------------------------------------

SEES = {
    "photo": {"resident", "guardian", "member", "leader", "officer", "worker", "district", "city"},
    "sheet": {"leader", "officer", "worker", "district", "city"},
}


@pytest.mark.parametrize("kind", SEES)
def test_few_people_see_what_was_handed_in(loop, kind):
    order, elsewhere = loop.order("scheduled"), factories.loop("50.104.001.001.")
    made = attach(loop, order, kind)
    rival = factories.team()
    people = {
        "resident": loop.resident,
        "guardian": factories.user(),
        "member": factories.member(loop.team),
        "leader": loop.leader,
        "officer": loop.officer,
        "worker": loop.worker,
        "district": factories.officer("district_officer", "50.103."),
        "city": factories.officer("city_officer", "50."),
        "rival": rival.applied_by,
        "rival's member": factories.member(rival),
        "worker elsewhere": elsewhere.worker,
        "officer elsewhere": elsewhere.officer,
        "district elsewhere": factories.officer("district_officer", "50.104."),
        "stranger": factories.user(),
    }
    loop.resident.guardian = people["guardian"]
    loop.resident.save(update_fields=["guardian"])
    order = Order.objects.get(pk=order.pk)

    by_rule = {
        who for who, person in people.items()
        if file_rules.why_not_read(person, made.file, DURING) is None
    }  # fmt: skip
    listed = {who for who, person in people.items() if evidence.of(person, order, DURING)}

    assert by_rule == listed == SEES[kind]
    assert file_rules.why_not_read(None, made.file, DURING)


def test_the_picture_is_not_there_for_who_may_not_see_it(loop, at_visit):
    order = loop.order("scheduled")
    made = attach(loop, order)
    small = reverse("evidence-picture", args=[order.pk, made.pk, "small"])

    shown = at_visit(loop.resident).get(small)

    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert shown["Cache-Control"] == "private, no-cache"
    rival = factories.team().applied_by  # sees that another team has the order, and no more
    for person in (rival, factories.user()):
        assert at_visit(person).get(small).status_code == 404
        assert at_visit(person).get(reverse("file", args=[made.file_id])).status_code == 404
    assert Client().get(small).status_code == 302


@pytest.mark.parametrize(
    ("who", "status"), [("resident", 302), ("leader", 302), ("worker", 302), ("officer", 403)]
)
def test_a_photograph_is_taken_away_by_those_it_concerns(loop, at_visit, who, status):
    order = loop.order("scheduled")
    made = attach(loop, order)

    answer = at_visit(getattr(loop, who)).post(reverse("evidence-remove", args=[order.pk, made.pk]))

    assert answer.status_code == status
    assert (StoredFile.objects.get().state == "removed") == (status == 302)


@pytest.mark.parametrize(
    ("who", "status"), [("resident", 302), ("worker", 302), ("leader", 409), ("member", 409)]
)
def test_after_the_report_the_team_takes_nothing_away_any_more(loop, at_visit, who, status):
    order, member = loop.order("scheduled"), factories.member(loop.team)
    made = attach(loop, order, by=member)
    loop.deliver(order)
    person = member if who == "member" else getattr(loop, who)

    answer = at_visit(person).post(reverse("evidence-remove", args=[order.pk, made.pk]))

    assert answer.status_code == status
    assert (StoredFile.objects.get().state == "removed") == (status == 302)
    shown = at_visit(person).get(reverse("order", args=[order.pk])).text
    assert ("/remove/" in shown) is False


def test_what_was_removed_again_counts_to_the_day(loop, monkeypatch):
    monkeypatch.setattr(evidence, "A_DAY", 2)
    order = loop.order("scheduled")
    for _number in range(2):
        made = attach(loop, order)
        actions.take_away(made.pk, by=loop.leader, now=DURING)

    with pytest.raises(RuleBroken, match="within a day"):
        attach(loop, order)
    attach(loop, order, by=factories.member(loop.team))


def test_a_photograph_that_was_taken_away_does_not_come_back_when_it_is_sent_again(loop):
    order, one = loop.order("scheduled"), shot()
    made = actions.attach(order.pk, one, picture(), by=loop.leader, now=DURING)
    actions.take_away(made.pk, by=loop.resident, now=DURING)

    actions.attach(order.pk, one, picture(), by=loop.leader, now=DURING)

    assert not evidence.kept(order).exists()


# --- what devices and forms send ------------------------------------------------------------------


def sent(order, **traits) -> Sent:
    asked = {
        "uuid": uuid4(),
        "kind": "photo",
        "order_id": order.pk,
        "device_time": DURING,
        "data": {},
    }
    return Sent(**(asked | traits))


def test_a_kept_photograph_is_answered_the_same_however_often_it_is_sent(loop):
    order = loop.order("scheduled")
    one = sent(order)

    answers = [actions.receive_shot(one, picture(), by=loop.leader, now=DURING) for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0].outcome == "done"
    assert Evidence.objects.get().uuid == one.uuid


def test_a_refused_photograph_is_kept_for_its_owner_and_finds_a_person(loop):
    order = loop.order("claimed")

    event = actions.receive_shot(sent(order), picture(), by=loop.leader, now=DURING)

    kept = StoredFile.objects.get(pk=event.data["file"])
    assert event.outcome == "refused"
    assert "set or has taken place" in event.reason
    assert file_rules.why_not_read(loop.leader, kept, DURING) is None
    assert file_rules.why_not_read(loop.resident, kept, DURING)


def test_a_photograph_under_the_id_of_another_persons_is_not_kept(loop):
    order, one = loop.order("scheduled"), sent(loop.order("scheduled"))
    other = factories.member(loop.team)
    actions.attach(order.pk, shot(uuid=one.uuid), picture(), by=loop.leader, now=DURING)

    with pytest.raises(BadInput, match="somebody else"):
        actions.receive_shot(one, picture((32, 32)), by=other, now=DURING)

    assert StoredFile.objects.count() == 1
    assert not DeviceEvent.objects.exists()


def test_what_is_no_picture_is_answered_and_not_kept(loop):
    order = loop.order("scheduled")

    event = actions.receive_shot(sent(order), io.BytesIO(b"MZ"), by=loop.leader, now=DURING)

    assert event.outcome == "refused"
    assert not StoredFile.objects.exists()


def test_nobody_fills_the_disk_with_refused_photographs(loop, monkeypatch):
    monkeypatch.setattr("kepu.orders.actions.syncing.SHOTS_A_DAY", 1)
    order = loop.order("claimed")
    actions.receive_shot(sent(order), picture(), by=loop.leader, now=DURING)

    with pytest.raises(Exception, match="too many"):
        actions.receive_shot(sent(order), picture(), by=loop.leader, now=DURING)

    assert DeviceEvent.objects.count() == 1


@pytest.fixture
def at_visit():
    import time_machine

    def client(person) -> Client:
        one = Client()
        one.force_login(person)
        return one

    with time_machine.travel(DURING, tick=False):
        yield client


def upload(name="a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture().read(), "image/jpeg")


def test_a_page_without_script_sends_several_photographs_at_once(loop, at_visit):
    order = loop.order("scheduled")
    page = at_visit(loop.leader)

    answer = page.post(
        reverse("evidence-add", args=[order.pk]), {"files": [upload(), upload("b.jpg")]}
    )

    assert answer["Location"] == reverse("visit", args=[order.pk])
    assert Evidence.objects.count() == 2
    assert b"evidence" in page.get(reverse("visit", args=[order.pk])).content


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({}, 200),
        ({"person": "somebody"}, 409),
        ({"uuid": "x"}, 422),
        ({"kind": "film"}, 422),
        ({"device_time": "2026-03-06"}, 422),
        ({"order_id": "none"}, 422),
        ({"file": None}, 422),
    ],
)
def test_a_device_is_answered_in_words_it_can_read(loop, at_visit, wrong, status):
    order = loop.order("scheduled")
    told = {
        "uuid": str(uuid4()), "kind": "photo", "order_id": order.pk, "schema": 1, "name": "a.jpg",
        "device_time": DURING.isoformat(), "person": loop.leader.pseudonym, "file": upload(),
    } | wrong  # fmt: skip

    answer = at_visit(loop.leader).post(
        reverse("evidence-sync"), {key: value for key, value in told.items() if value is not None}
    )

    assert answer.status_code == status
    assert Evidence.objects.exists() == (status == 200)


def test_a_photograph_comes_in_and_is_listed_over_the_api(loop, at_visit):
    order, api = loop.order("scheduled"), caller(loop.leader)
    body = {
        "uuid": str(uuid4()), "kind": "photo", "taken_at": DURING.isoformat(),
        "content": base64.b64encode(picture().read()).decode(),
    }  # fmt: skip

    made = api.post(f"orders/{order.pk}/evidence", body)
    again = api.post(f"orders/{order.pk}/evidence", body)

    assert made.status_code == again.status_code == 200, made.content
    assert made.json()["id"] == again.json()["id"]
    listed = api.get(f"orders/{order.pk}/evidence").json()
    assert [one["id"] for one in listed] == [made.json()["id"]]
    assert listed[0]["kind"] == "photo"
    assert json.loads(caller(factories.user()).get(f"orders/{order.pk}/evidence").content)[
        "code"
    ] == ("not_found")
    assert (
        api.post(
            f"orders/{order.pk}/evidence", body | {"uuid": str(uuid4()), "content": "§"}
        ).status_code
        == 422
    )
    gone = api.post(f"orders/{order.pk}/evidence/{made.json()['id']}/remove", {})
    assert gone.status_code == 200
    assert api.get(f"orders/{order.pk}/evidence").json() == []


def test_a_picture_is_drawn_once_and_a_browser_that_has_it_is_not_sent_it_again(
    loop, at_visit, monkeypatch
):
    order = loop.order("scheduled")
    made = attach(loop, order)
    address = reverse("evidence-picture", args=[order.pk, made.pk, "small"])
    first = at_visit(loop.leader).get(address)

    def again(*_what):
        raise AssertionError("drawn twice")

    monkeypatch.setattr("kepu.kernel.files.pictures.small", again)
    assert at_visit(loop.resident).get(address).content == first.content
    has_it = at_visit(loop.leader).get(address, headers={"if-none-match": first["ETag"]})
    assert (has_it.status_code, has_it.content) == (304, b"")


def test_a_picture_that_was_removed_is_not_shown_to_who_has_it_either(loop, at_visit):
    order = loop.order("scheduled")
    made = attach(loop, order)
    address = reverse("evidence-picture", args=[order.pk, made.pk, "small"])
    mark = at_visit(loop.leader).get(address)["ETag"]
    actions.take_away(made.pk, by=loop.leader, now=DURING)

    answer = at_visit(loop.leader).get(address, headers={"if-none-match": mark})

    assert answer.status_code == 404
