"""What inspectors' devices send: nothing lost, nothing twice, nobody else's, and hostile files refused."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from kepu.appraisal import actions, inspection_listeners, queries
from kepu.appraisal.inspection_pack import pack
from kepu.appraisal.models import Finding, InspectionEvent, InspectionPhoto
from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, Outside
from kepu.kernel.facts.catalogue import PersonErased
from kepu.kernel.files import blobs
from kepu.kernel.notices.queries import of_person
from tests.factories import NOW, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import inspection_world as world

pytestmark = pytest.mark.django_db


@pytest.fixture
def who():
    return world.people()


@pytest.fixture
def made(who):
    return world.ordered(who=who)


@pytest.fixture(autouse=True)
def _data(tmp_path, settings):
    settings.DATA = tmp_path / "data"


def test_the_first_note_begins_the_visit_and_the_last_signature_hands_it_in(made, who):
    first, second = who

    world.noted(made, first)
    assert world.again(made).state == "visited"
    world.sign(made, first)
    assert world.again(made).state == "visited"
    world.noted(made, second)
    world.sign(made, second)

    assert world.again(made).state == "handed_in"
    assert "appraisal.inspection_handed_in" in {one.template for one in of_person(made.made_by)}
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"appraisal.arrive_inspection", "appraisal.note_inspection",
            "appraisal.photograph_inspection", "appraisal.sign_inspection",
            "appraisal.hand_in_inspection"} <= verbs  # fmt: skip


def test_what_is_sent_again_is_answered_as_the_first_time(made, who):
    sent = world.event(
        made, "note", item="area", value=900, turn=world.turn(), base=0, device=world.DEVICE
    )

    answers = [actions.inspecting.receive(sent, by=who[0], now=NOW) for _n in range(3)]

    assert len({one.pk for one in answers}) == 1
    assert InspectionEvent.objects.count() == Finding.objects.count() == 1


def test_a_photograph_that_is_sent_again_is_one(made, who):
    sent = world.event(made, "photo", item="exits")

    for _n in range(2):
        kept = actions.inspecting.receive_photo(sent, world.picture(), by=who[0], now=NOW)

    assert kept.receipt == "done"
    assert InspectionPhoto.objects.count() == 1


def test_a_later_note_of_the_same_device_stands_and_an_older_one_changes_nothing(made, who):
    later = NOW + timedelta(minutes=5)
    world.note(made, who[0], "area", 900, later)
    old = world.event(
        made, "note", item="area", value=100, turn=world.turn(), base=0, device=world.DEVICE
    )

    answer = actions.inspecting.receive(old, by=who[0], now=later)

    assert (answer.receipt, answer.reason) == ("done", "")
    assert Finding.objects.get().value == 900


@pytest.mark.parametrize(
    ("minutes", "stands", "words"),
    [(5, 800, "this later note stands"), (-5, 900, "that note stands")],
)
def test_two_devices_of_one_inspector_are_told_that_they_differ(made, who, minutes, stands, words):
    at = NOW + timedelta(minutes=10)
    world.note(made, who[0], "area", 900, at)

    other = at + timedelta(minutes=minutes)
    answer = world.note(made, who[0], "area", 800, other, device=world.OTHER_DEVICE)

    assert answer.receipt == "conflict"
    assert words in answer.reason
    assert Finding.objects.get().value == stands


def test_two_devices_that_differ_in_the_remark_alone_are_told_so_too(made, who):
    world.note(made, who[0], "area", 900, note="含走廊")

    later = NOW + timedelta(minutes=1)
    answer = world.note(made, who[0], "area", 900, later, device=world.OTHER_DEVICE, note="")

    assert answer.receipt == "conflict"


def test_a_device_that_had_seen_the_other_note_is_told_of_no_difference(made, who):
    world.note(made, who[0], "area", 900)
    later = NOW + timedelta(minutes=1)

    answer = world.note(
        made, who[0], "area", 800, later, device=world.OTHER_DEVICE, base=world.turn()
    )

    assert answer.receipt == "done"


def test_each_inspector_notes_alone_and_differences_are_shown_item_by_item(made, who):
    world.noted(made, who[0])
    assert pack(who[1], NOW)["inspections"][0]["findings"] == {}
    world.noted(made, who[1], area=700)
    for one in who:
        world.sign(made, one)

    rows = {row.check.key: row for row in queries.inspections.rows(world.again(made))}

    assert [key for key, row in rows.items() if row.differs] == ["area"]
    (told,) = pack(who[0], NOW)["inspections"][0]["differs"]
    assert told["title"] == "实测面积"
    assert [value for _who, value in told["said"]] == ["1200 平方米", "700 平方米"]


@pytest.mark.parametrize(
    ("item", "value"),
    [("exits", "yes"), ("area", -1), ("area", 99_999), ("area", True), ("area", "12"), ("area", 10**400),
     ("signs", "没有"), ("seen", ["a"]), ("unknown", True)],
)  # fmt: skip
def test_a_value_that_is_no_answer_is_kept_and_not_taken_in(made, who, item, value):
    answer = world.note(made, who[0], item, value)

    assert answer.receipt == "refused"
    assert answer.reason
    assert not Finding.objects.exists()
    assert queries.inspections.refused(made).get() == answer
    assert world.again(made).state == "assigned"


def test_nobody_signs_before_all_is_noted_and_photographed(made, who):
    for item, value in world.ANSWERS.items():
        world.note(made, who[0], item, value)

    without = world.sign(made, who[0])
    world.photograph(made, who[0])
    wordless = world.sign(made, who[0], opinion=" ")

    assert (without.receipt, wordless.receipt) == ("refused", "refused")
    assert "疏散通道畅通" in without.reason
    assert world.sign(made, who[0]).receipt == "done"


def test_a_signed_report_is_not_changed(made, who):
    world.noted(made, who[0])
    world.sign(made, who[0], venue_words="西门在修", venue_post="值班主任")

    assert world.note(made, who[0], "area", 1).receipt == "refused"
    assert world.photograph(made, who[0]).receipt == "refused"
    assert made.inspectors.get(person=who[0]).venue_words == "西门在修"


def test_the_clock_of_a_device_is_held_against_ours(made, who):
    early, late = NOW - timedelta(days=1), NOW + timedelta(hours=1)

    before = actions.inspecting.receive(world.event(made, "arrive", early), by=who[0], now=NOW)
    ahead = actions.inspecting.receive(world.event(made, "arrive", late), by=who[0], now=NOW)
    far = world.note(made, who[0], "area", 5, turn=world.turn(late))

    assert [one.receipt for one in (before, ahead, far)] == ["refused"] * 3
    assert "visit begins" in before.reason
    assert "ahead of time" in ahead.reason


@pytest.mark.parametrize("latitude", [91, "29.5", None, float(29)])
def test_a_place_is_kept_to_a_hundred_metres_or_not_at_all(made, who, latitude):
    world.send(made, who[0], "arrive", latitude=latitude, longitude=106.55555)

    row = made.inspectors.get(person=who[0])
    assert row.longitude == (106.556 if latitude == 29 else None)


def test_an_inspection_of_others_is_not_there(made, who):
    stranger = user("路人示例")

    for by in (stranger, factories.secretary()):
        with pytest.raises(Outside):
            world.note(made, by, "area", 1)
        with pytest.raises(Outside):
            world.photograph(made, by)
    missing = replace(world.event(made, "arrive"), inspection_id=made.pk + 1000)
    with pytest.raises(Outside):
        actions.inspecting.receive(missing, by=who[0], now=NOW)
    assert not InspectionEvent.objects.exists()


def test_the_id_of_anothers_event_is_refused(made, who):
    sent = world.event(made, "arrive")
    actions.inspecting.receive(sent, by=who[0], now=NOW)

    with pytest.raises(BadInput):
        actions.inspecting.receive(sent, by=who[1], now=NOW)


@pytest.mark.parametrize(
    "content", [b"<svg onload=alert(1)>", b"MZ\x90\x00", b"\xff\xd8\xff\xe0broken"]
)
def test_a_hostile_photograph_is_refused_in_words_and_not_kept(made, who, content):
    answer = world.photograph(made, who[0], content=io.BytesIO(content))

    assert answer.receipt == "refused"
    assert answer.reason
    assert not InspectionPhoto.objects.exists()


def test_a_photograph_tells_when_it_was_taken_and_not_where(made, who):
    with_place = io.BytesIO()
    picture = Image.new("RGB", (40, 30))
    exif = picture.getexif()
    exif[0x8825] = {1: "N", 2: (29.0, 33.0, 0.0)}
    exif[0x010F] = "Camera"
    picture.save(with_place, "JPEG", exif=exif)
    with_place.seek(0)

    world.photograph(made, who[0], at=NOW, content=with_place)

    row = InspectionPhoto.objects.select_related("file").get()
    assert row.taken_at == NOW
    with Image.open(blobs.place(row.file.sha256)) as kept:
        assert dict(kept.getexif()) == {}


def test_an_item_has_no_more_photographs_than_anybody_looks_at(made, who):
    for _n in range(10):
        assert world.photograph(made, who[0]).receipt == "done"

    assert world.photograph(made, who[0]).receipt == "refused"


def test_a_page_of_another_age_is_told_so(made, who):
    for sent in (world.event(made, "dance"), replace(world.event(made, "arrive"), schema=9)):
        answer = actions.inspecting.receive(sent, by=who[0], now=NOW)
        assert answer.receipt == "refused"
        assert "reload" in answer.reason


def test_what_a_device_takes_along_is_its_owners_alone(made, who):
    told = pack(who[0], NOW)["inspections"][0]

    assert told["name"] == queries.inspections.name(made)
    assert [one["key"] for one in told["checks"]] == ["exits", "area", "signs", "seen"]
    assert pack(user("路人示例"), NOW)["inspections"] == []


def test_of_an_erased_inspector_the_place_goes_and_what_was_found_stays(made, who):
    world.send(made, who[0], "arrive", latitude=29.5, longitude=106.5)
    world.note(made, who[0], "area", 900)

    inspection_listeners.forget_inspections(PersonErased(at=NOW, person_id=who[0].pk), None)

    row = made.inspectors.get(person=who[0])
    assert (row.latitude, row.longitude) == (None, None)
    assert {str(one.data) for one in made.events.all()} == {"{}"}
    assert Finding.objects.get().value == 900
