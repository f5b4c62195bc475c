"""Changes and zones in pages: everything that would move is shown first, and nothing is done by looking."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kepu.kernel import clock
from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING
from kepu.kernel.crosswalk import reading
from kepu.kernel.crosswalk.models import Change
from kepu.kernel.crosswalk.portrait import rehearse
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division, Zone
from kepu.kernel.roles.models import Grant
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LATER = datetime(2025, 12, 1, 10, 0, tzinfo=BEIJING)
TEXT = reading.shipped()[0]


@pytest.fixture(autouse=True)
def december(frame, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)
    with translation.override("en"):
        yield


@pytest.fixture
def city():
    return officer("city_officer", "50.")


def officer(role, path):
    person = factories.user()
    Grant.objects.create(
        person=person, role=role, path=path, valid_from=datetime(2025, 1, 1, tzinfo=BEIJING)
    )
    return person


def reader(person):
    client = Client(headers={"accept-language": "en"})
    if person:
        client.force_login(person)
    return client


def test_a_rehearsal_tells_of_47_townships_and_keeps_nothing(city):
    local = officer("district_officer", "50.105.001.")
    before = (Division.objects.count(), Grant.objects.count(), Entry.objects.count())

    found = rehearse(TEXT, by=city, now=LATER)

    assert sum(found.leaving.values()) == sum(found.arriving.values()) == 47
    assert found.arriving == {"50.liangjiang.": 42, "50.109.": 5}
    assert found.before.people.figure == found.after.people.figure
    assert [(role.person, role.to) for role in found.roles if role.to] == [
        (local.name, "重庆市两江新区华新街街道")
    ]
    assert (Division.objects.count(), Grant.objects.count(), Entry.objects.count()) == before
    assert not Change.objects.exists()


def test_a_change_is_shown_before_its_day_and_not_applied_yet(city, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2025, 10, 1, tzinfo=BEIJING))

    said = reader(city).post(reverse("division-change-new"), {"text": TEXT, "do": "show"})

    assert "Not yet" in said.content.decode()
    assert 'value="apply"' not in said.content.decode()
    page = reader(city).post(reverse("division-change-new"), {"text": TEXT, "do": "apply"})
    assert page.status_code == 422
    assert not Change.objects.exists()


def test_a_city_officer_looks_applies_and_reads_the_history(city):
    client = reader(city)
    shown = client.post(reverse("division-change-new"), {"text": TEXT, "do": "show"})
    assert 'value="apply"' in shown.content.decode()
    assert "两江新区" in shown.content.decode()
    facts = re.findall(r"<dt>[^<]+</dt><dd>([\d,]+)( \w+)?</dd>", shown.content.decode())
    assert facts
    assert all(unit for _figure, unit in facts)
    assert not Change.objects.exists()

    done = client.post(reverse("division-change-new"), {"text": TEXT, "do": "apply"})

    change = Change.objects.get()
    assert done["Location"] == reverse("division-change", args=[change.pk])
    history = client.get(done["Location"], {"q": "华新街"}).content.decode()
    assert "重庆市两江新区华新街街道" in history
    assert change.title in client.get(reverse("division-changes")).content.decode()
    again = client.post(reverse("division-change-new"), {"text": TEXT, "do": "show"})
    assert again.status_code == 422
    assert "already applied" in again.content.decode()


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "write the document"), ("moved: [", "cannot be read"), ("key: x", "title")],
)
def test_a_document_that_cannot_be_read_is_refused_in_words(city, text, words):
    said = reader(city).post(reverse("division-change-new"), {"text": text, "do": "show"})

    assert said.status_code == 422
    assert words in said.content.decode()


def test_an_earlier_document_can_be_begun_with(city):
    reader(city).post(reverse("division-change-new"), {"text": TEXT, "do": "apply"})

    said = reader(city).get(reverse("division-change-new") + "?like=2025-11-06").content.decode()

    assert "50.105.001." in re.sub("&quot;", '"', said)


PAGES = {
    "division-changes": (200, 200, 200, 302),
    "division-change-new": (200, 403, 403, 302),
    "zones": (200, 200, 200, 302),
    "zone-new": (200, 403, 403, 302),
}


@pytest.mark.parametrize("page", PAGES)
def test_only_officers_who_may_change_divisions_hand_them_in(city, page):
    people = (city, officer("district_officer", "50.103."), factories.user(), None)

    assert tuple(reader(one).get(reverse(page)).status_code for one in people) == PAGES[page]


def test_names_of_who_holds_what_are_shown_to_the_city_alone(city):
    held = officer("district_officer", "50.105.001.")
    held.keep(factories.Personal(name="任职人示例"))
    held.save()
    reader(city).post(reverse("division-change-new"), {"text": TEXT, "do": "apply"})
    page = reverse("division-change", args=[Change.objects.get().pk])

    assert "任职人示例" in reader(city).get(page).content.decode()
    assert "任职人示例" not in reader(factories.user()).get(page).content.decode()


# --- zones ------------------------------------------------------------------------------------------


def drawn(city, **changed):
    values = {
        "name": "示例功能区", "paths": "渝中区七星岗街道\n渝中区解放碑街道",
        "valid_from": "2025-12-01", "parent_keeps_writing": "on", **changed,
    }  # fmt: skip
    return reader(city).post(reverse("zone-new"), values)


def test_a_zone_is_drawn_by_the_names_of_its_places_and_drawn_anew_from_a_day(city):
    assert drawn(city).status_code == 302
    zone = Zone.objects.get(name="示例功能区")
    assert len(divisions.zone_paths(zone, date(2025, 12, 1))) == 2

    again = reader(city).post(
        reverse("zone-edit", args=[zone.pk]),
        {"paths": "渝中区七星岗街道", "valid_from": "2026-01-01"},
    )

    zone.refresh_from_db()
    assert again.status_code == 302
    assert not zone.parent_keeps_writing
    assert len(divisions.zone_paths(zone, date(2025, 12, 31))) == 2
    assert len(divisions.zone_paths(zone, date(2026, 1, 1))) == 1
    assert "2025-12-31" in reader(city).get(reverse("zone", args=[zone.pk])).content.decode()


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"paths": "没有这条街道"}, 422, "no place called"),
        ({"paths": ""}, 422, "required"),
        ({"paths": "渝中区\n渝中区七星岗街道"}, 409, "already lies in"),
    ],
)
def test_a_zone_that_cannot_be_is_refused_in_words(city, changed, status, words):
    said = drawn(city, **changed)

    assert said.status_code == status
    assert words in said.content.decode()
    assert not Zone.objects.filter(name="示例功能区").exists()
