"""The registers over the wire: the same rules, in the same words."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from kepu.kernel import clock
from kepu.people.models import Answer, Enrolment, Expert, Post, PostKind, Station
from tests.factories import NOW, division, officer, organisation, user
from tests.kepu.people.factories import team, volunteer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division("50.103.001.001.")


@pytest.fixture
def by():
    return officer("district_officer", "50.103.")


@pytest.fixture
def city():
    return officer("city_officer", "50.")


def ask(by, path, /, **body):
    client = Client(headers={"accept-language": "en"})
    if by is not None:
        client.force_login(by)
    return client.post(f"/api{path}", json.dumps(body), content_type="application/json")


def read(person, path):
    client = Client(headers={"accept-language": "en"})
    if person is not None:
        client.force_login(person)
    return client.get(f"/api{path}")


def test_stations_are_opened_changed_read_and_closed(by):
    new = {"name": "示例站", "kind": "community", "tier": "station", "place": "50.103.001.001."}
    made = ask(by, "/stations", **new)
    assert made.status_code == 201
    number = made.json()["id"]

    changed = ask(by, f"/stations/{number}/change", name="新名示例站", lon=106.5, lat=29.5)
    assert changed.json()["lon"] == 106.5
    assert ask(by, f"/stations/{number}/change", name="半个位置", lon=106.5).status_code == 422
    assert [one["name"] for one in read(None, "/stations").json()["items"]] == ["新名示例站"]
    assert ask(by, f"/stations/{number}/close").status_code == 200
    assert ask(by, f"/stations/{number}/close").status_code == 404
    assert not Station.objects.filter(active=True).exists()


def test_a_post_is_filled_and_ended(by):
    PostKind.objects.get_or_create(key="school-head")
    person = user("校长示例")
    new = {
        "person": person.pseudonym, "kind": "school-head", "place": "50.103.001.",
        "first": "2026-03-05", "last": "2028-03-04",
    }  # fmt: skip
    made = ask(by, "/posts", **new)
    assert made.status_code == 201
    assert ask(by, "/posts", **{**new, "person": "nobody"}).status_code == 422
    assert [one["person"] for one in read(by, "/posts").json()["items"]] == [person.pseudonym]

    assert ask(by, f"/posts/{made.json()['id']}/end", on="2026-03-06").status_code == 200
    assert Post.objects.get().ended_on is not None


def test_an_expert_is_invited_accepts_and_begins(city):
    person, unit = user("专家示例"), organisation("示例大学")
    made = ask(city, "/experts", person=person.pseudonym, home="50.").json()

    assert ask(person, "/me/expert/word", word="accept").status_code == 409
    said = ask(person, "/me/expert/word", word="accept", consent=True)
    assert said.json()["state"] == "accepted"
    assert ask(city, f"/experts/{made['id']}/activate").json()["state"] == "active"
    assert ask(person, "/me/expert/week", availability=3, most_duties=1).status_code == 200
    bond = {"reason": "顾问", "organisation_id": unit.pk}
    assert ask(person, "/me/expert/bonds", **bond).status_code == 201
    worked = {"organisation_id": unit.pk, "first": "2020-01-01"}
    assert ask(person, "/me/expert/employments", **worked).status_code == 201
    assert ask(person, "/me/expert/word", word="pause").json()["state"] == "paused"
    assert len(read(city, "/experts").json()["items"]) == 1
    assert Expert.objects.get().conflicts.count() == 1


def test_a_record_is_read_whole_by_its_expert_masked_by_the_district_and_by_nobody_elsewhere(
    by, city
):
    person = user("专家示例")
    made = ask(city, "/experts", person=person.pseudonym, home="50.103.").json()
    said = {"kind": "kin", "named": "周示例人", "reason": "亲戚"}
    ask(person, "/me/expert/word", word="accept", consent=True)
    assert ask(person, "/me/expert/bonds", **said).status_code == 201
    page = f"/experts/{made['id']}/record"

    own = read(person, "/me/expert/record").json()["bonds"]
    near = read(by, page).json()["bonds"]

    assert [(one["party"], one["reason"]) for one in own] == [("周示例人", "亲戚")]
    assert [(one["party"], one["reason"]) for one in near] == [("周**", "")]
    assert read(city, page).json()["bonds"][0]["party"] == "周示例人"
    assert read(officer("district_officer", "50.104."), page).status_code == 404
    assert read(person, page).status_code == 404
    assert read(user(), "/me/expert/record").status_code == 404


def test_a_campaign_a_model_and_a_call_go_their_way(by, city):
    days = {"first": "2026-03-05", "last": "2026-04-05"}
    campaign = {"name": "示例行动", "counting": "wisdom-action", "place": "50.103.", "goal": 5}
    assert ask(by, "/campaigns", **campaign, **days).status_code == 201
    assert read(None, "/campaigns").json()["items"][0]["services"] == 0

    named = {"place": "50.103.", "year": 2026, "deeds": "示例", "team_id": team().pk}
    model = ask(by, "/nominations", **named).json()["id"]
    assert ask(by, f"/nominations/{model}/step", step="pass").status_code == 403
    assert ask(city, f"/nominations/{model}/step", step="pass").json()["state"] == "reviewed"
    assert (
        ask(city, f"/nominations/{model}/step", step="reject", reason="材料不足").status_code == 200
    )

    soon = (NOW + timedelta(days=2)).isoformat()
    called = ask(by, "/calls", title="示例招募", place="50.103.", target=1, deadline=soon).json()
    person = volunteer()
    person.volunteer.areas.create(path="50.103.")
    for answer, code in (("no", 200), ("yes", 200), ("yes", 409), ("withdraw", 200)):
        assert ask(person, f"/calls/{called['id']}/answer", answer=answer).status_code == code
    assert Answer.objects.get().withdrawn_at is not None
    assert ask(by, f"/calls/{called['id']}/close").json()["state"] == "closed"


def test_a_seat_is_taken_and_its_result_entered(by, monkeypatch):
    begin, end = NOW + timedelta(days=1), NOW + timedelta(days=1, hours=1)
    new = {
        "title": "示例班", "place": "50.103.", "starts_at": begin.isoformat(), "minutes": 60,
        "ends_at": end.isoformat(), "seats": 1, "room": "示例室",
    }  # fmt: skip
    made = ask(by, "/courses", **new).json()
    assert ask(by, "/courses", **new).status_code == 409
    person = volunteer()
    seat = ask(person, f"/courses/{made['id']}/enrol").json()
    assert ask(volunteer("后来示例"), f"/courses/{made['id']}/enrol").status_code == 409
    monkeypatch.setattr(clock, "now", lambda: end + timedelta(hours=1))

    assert ask(person, f"/seats/{seat['id']}/result", result="passed").status_code == 404
    assert ask(by, f"/seats/{seat['id']}/result", result="passed").status_code == 200
    assert ask(by, f"/courses/{made['id']}/finish").json()["state"] == "held"
    assert Enrolment.objects.get().training.minutes == 60
