"""A panel of one class or track: only its applications are before it, and only who fits it sits there."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from kepu.appraisal.actions import meetings
from kepu.appraisal.models import Meeting
from kepu.appraisal.papers import drawn
from kepu.kernel import clock
from kepu.kernel.errors import RuleBroken
from tests.factories import NOW
from tests.kepu.appraisal import meeting_world as room
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.factories import call as a_call
from tests.kepu.appraisal.factories import secretary

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CLASSES = [
    {"key": "hall", "title": "场馆类", "fields": ["physics"]},
    {"key": "media", "title": "传媒类"},
]
WORDS = {"title": "场馆组评审会", "place": "示例楼", "starts_at": room.SOON, "kind": "vote"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def city():
    """A call of two classes with one application of each, and experts of two fields."""
    of = a_call(**world.SAID | {"panel": room.PANEL, "classes": CLASSES})
    hall, media = room.reviewed(of, "甲馆示例"), room.reviewed(of, "乙馆示例")
    type(media).objects.filter(pk=media.pk).update(klass="media")
    fits = [world.expert(f"物理示例{n}") for n in range(3)]
    other = world.expert("别科示例", fields=("chemistry",))
    return of, hall, media, fits, other


def plan(of, applications, who, klass):
    return meetings.plan(
        of.pk, klass=klass, applications=[one.pk for one in applications],
        experts=[one.pk for one in who], by=secretary(), now=NOW, **WORDS,
    )  # fmt: skip


def test_a_panel_of_a_class_takes_its_applications_and_who_fits_it(city):
    of, hall, media, fits, other = city

    with pytest.raises(RuleBroken, match="does not wait for a panel"):
        plan(of, [hall, media], fits, "hall")
    with pytest.raises(RuleBroken, match="cannot sit"):
        plan(of, [hall], [*fits, other], "hall")
    with pytest.raises(RuleBroken, match="no such class"):
        plan(of, [hall], fits, "nothing")
    made = plan(of, [hall], fits, "hall")

    assert made.klass == "hall"
    with pytest.raises(RuleBroken, match="cannot sit"):
        meetings.invite(made.pk, experts=[other.pk], by=secretary(), now=NOW)


def test_a_class_that_names_no_fields_is_judged_by_any_expert_and_so_are_all_classes_together(city):
    of, hall, media, fits, other = city

    assert plan(of, [media], [other], "media").klass == "media"
    assert plan(of, [hall], [*fits, other], "").klass == ""


def test_the_page_offers_a_panel_for_each_class_of_which_something_waits(city):
    of, hall, media, fits, _other = city
    page, address = Client(headers={"accept-language": "en"}), reverse("meeting-new", args=[of.pk])
    page.force_login(secretary())

    whole = page.get(address).content.decode()
    part = page.get(address, {"class": "hall"}).content.decode()
    typed = WORDS | {
        "starts_at": "2026-03-09T09:00", "experts": [one.pk for one in fits],
        "applications": [hall.pk],
    }  # fmt: skip
    done = page.post(f"{address}?class=hall", typed)

    assert "Panel of 场馆类 · 1" in whole
    assert "Panel of 传媒类 · 1" in whole
    assert "别科示例" in whole
    assert "别科示例" not in part
    assert media.code not in part
    assert done.status_code == 302
    assert Meeting.objects.get().klass == "hall"
    assert "Panel of 场馆类" in page.get(done["Location"]).content.decode()
    assert "Panel of 场馆类" not in page.get(address).content.decode(), "nothing of it waits"
    assert page.get(address, {"class": "nothing"}).status_code == 404


def test_record_and_minutes_say_which_panel_it_was(city):
    of, hall, _media, fits, _other = city
    meeting = room.opened(plan(of, [hall], fits, "hall"))
    for one in fits:
        room.comes(meeting, one)
    item = room.voting(meeting)
    for one in fits:
        room.votes(item, one)
    room.counted(item)
    closed = room.closed(meeting)

    content, _media_type = drawn(Meeting.objects.get(pk=closed.pk), "minutes", "docx")

    assert closed.record["class"] == "hall"
    with ZipFile(io.BytesIO(content)) as packed:
        assert "场馆类" in packed.read("word/document.xml").decode()
