"""What an officer does on a volunteer's record: recognise stars, revoke certificates."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.people.actions import certificates
from kepu.people.models import Honour
from tests.factories import NOW, division, officer, user
from tests.kepu.people.factories import HOME, served, volunteer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WHO = [
    ("officer", 302, 200),
    ("volunteer", 403, 403),
    ("guardian", 403, 403),
    ("colleague", 404, 404),
    ("stranger", 404, 404),
    ("nobody", 302, 401),
]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HOME)


@pytest.fixture
def cast():
    parent, person = user("吴示例"), volunteer("王示例")
    person.guardian = parent
    person.save()
    served(person, 100 * 60)
    return {
        "volunteer": person,
        "guardian": parent,
        "officer": officer("district_officer", "50.103."),
        "city": officer("city_officer", "50."),
        "colleague": officer("district_officer", "50.104."),
        "stranger": user("郑示例"),
        "nobody": None,
    }


@pytest.fixture
def paper(cast):
    return certificates.issue_certificate(cast["volunteer"], by=cast["volunteer"], now=NOW)


def signed_in(person):
    client = Client(headers={"accept-language": "en"})
    if person is not None:
        client.force_login(person)
    return client


def ask(person, path, /, **body):
    return signed_in(person).post(f"/api{path}", json.dumps(body), content_type="application/json")


def record_of(cast, who):
    page = reverse("person-record", args=[cast["volunteer"].pk])
    return signed_in(cast[who]).get(page).text


def star_door(cast, star):
    return reverse("star-recognise", args=[cast["volunteer"].pk, star])


@pytest.mark.parametrize(("who", "status", "_wire"), WHO)
def test_only_an_officer_of_the_place_recognises_a_star(cast, who, status, _wire):
    assert signed_in(cast[who]).post(star_door(cast, 1)).status_code == status
    assert Honour.objects.filter(star=1).exists() == (who == "officer")


@pytest.mark.parametrize(("who", "_page", "status"), WHO)
def test_a_star_is_recognised_over_the_wire_by_the_same_people(cast, who, _page, status):
    answer = ask(cast[who], f"/volunteers/{cast['volunteer'].pseudonym}/stars", star=1)

    assert answer.status_code == (201 if who == "officer" else status)
    assert Honour.objects.filter(star=1).exists() == (who == "officer")


def test_the_record_offers_the_stars_of_the_reader_and_says_what_stands_against_them(cast):
    page = record_of(cast, "officer")

    assert star_door(cast, 1) in page
    assert star_door(cast, 2) not in page
    assert "do not reach star 2" in page
    assert "Recognise star" not in record_of(cast, "volunteer")

    signed_in(cast["officer"]).post(star_door(cast, 1))
    assert star_door(cast, 1) not in record_of(cast, "officer")


def test_a_wider_level_recognises_its_stars_without_reading_the_record(cast):
    served(cast["volunteer"], 500 * 60, days_ago=60)
    door = f"/volunteers/{cast['volunteer'].pseudonym}/stars"

    assert star_door(cast, 3) not in record_of(cast, "officer")
    assert ask(cast["officer"], door, star=3).status_code == 403
    assert ask(cast["city"], door, star=3).json()["star"] == 3
    assert ask(cast["city"], door, star=3).status_code == 409
    assert Honour.objects.filter(star=3).count() == 1


def test_stars_to_recognise_are_listed_for_the_level_that_does_it(cast):
    served(cast["volunteer"], 500 * 60, days_ago=60)
    page, city = reverse("stars"), signed_in(cast["city"])
    for star in (1, 2):
        assert star_door(cast, star) in signed_in(cast["officer"]).get(page).text
        signed_in(cast["officer"]).post(star_door(cast, star), {"from": "list"})

    assert star_door(cast, 3) not in signed_in(cast["officer"]).get(page).text
    assert star_door(cast, 3) not in signed_in(cast["colleague"]).get(page).text
    listed = city.get(page).text
    assert star_door(cast, 3) in listed
    assert "王示例" not in listed
    assert city.post(star_door(cast, 3)).url == page
    assert Honour.objects.filter(star=3, given_by=cast["city"]).exists()
    assert "No star waits" in city.get(page).text
    assert signed_in(cast["stranger"]).get(page).status_code == 403


@pytest.mark.parametrize(("who", "status", "_wire"), WHO)
def test_only_an_officer_of_the_place_revokes_a_certificate(cast, paper, who, status, _wire):
    door = reverse("certificate-revoke", args=[paper.code])

    answer = signed_in(cast[who]).post(door, {"reason": "姓名有误"})

    paper.refresh_from_db()
    assert answer.status_code == status
    assert paper.valid == (who != "officer")


@pytest.mark.parametrize(("who", "_page", "status"), WHO)
def test_a_certificate_is_revoked_over_the_wire_by_the_same_people(cast, paper, who, _page, status):
    answer = ask(cast[who], f"/certificates/{paper.code}/revoke", reason="姓名有误")

    paper.refresh_from_db()
    assert answer.status_code == status
    assert paper.valid == (who != "officer")


def test_the_record_shows_certificates_and_the_way_to_revoke_to_who_may(cast, paper):
    door = reverse("certificate-revoke", args=[paper.code])
    assert door in record_of(cast, "officer")
    assert door not in record_of(cast, "volunteer")
    assert signed_in(cast["officer"]).get(door).status_code == 200

    signed_in(cast["officer"]).post(door, {"reason": "姓名有误"})

    assert door not in record_of(cast, "officer")
    assert "姓名有误" in record_of(cast, "volunteer")


def test_without_a_reason_and_a_second_time_nothing_is_revoked(cast, paper):
    door, client = reverse("certificate-revoke", args=[paper.code]), signed_in(cast["officer"])

    assert client.post(door, {"reason": " "}).status_code == 422
    assert client.post(door, {"reason": "姓名有误"}).status_code == 302
    assert client.post(door, {"reason": "又一次"}).status_code == 409
