"""Fieldwork by the API: a supervisor reads rates and doors of the own district, and hands doors out."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from kepu.kernel.audit.models import Entry
from kepu.literacy.models import BackCheck
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy import field_factories as field

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HERE, THERE = field.DISTRICTS
ROOT = "/api/fieldworks"
PARTS = ("rates", f"communities?district={HERE}", "checks", "back-checks")


@pytest.fixture
def of():
    """Open fieldwork of two districts; in the first, one interviewer held three interviews."""
    made = field.fieldwork("open")
    doors = field.give(made, field.COMMUNITIES[0], field.interviewer())
    for case in doors[:3]:
        field.interview(case)
    field.attempt(doors[3], "2.11")
    return made


def caller(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def read(person, path: str):
    return caller(person).get(f"{ROOT}{path}")


def send(person, path: str, body: dict):
    return caller(person).post(f"{ROOT}{path}", json.dumps(body), content_type="application/json")


def test_rates_are_those_of_the_page_and_end_at_the_supervisor_s_district(of):
    for path in (HERE, THERE):
        field.supervisor(path)

    mine = read(field.supervisor(HERE), f"/{of.pk}/rates").json()
    whole = read(of.made_by, f"/{of.pk}/rates").json()

    assert [row["district"]["path"] for row in mine["districts"]] == [HERE]
    assert {row["district"]["path"] for row in whole["districts"]} == {HERE, THERE}
    assert mine["whole"]["outcomes"] == {"1.1": 3, "2.11": 1}
    assert (mine["whole"]["doors"], mine["whole"]["interviews"], mine["planned"]) == (12, 3, 8)
    assert mine["whole"]["cooperation"][0] == pytest.approx(3 / 4)
    assert len(mine["whole"]["response"]) == 6
    assert [row["interviews"] for row in mine["interviewers"]] == [3]


def test_doors_are_told_without_address_or_answer(of):
    supervisor = field.supervisor(HERE)
    listed = read(supervisor, f"/{of.pk}/communities?district={HERE}").json()

    doors = read(supervisor, f"/{of.pk}/communities/{listed[0]['id']}/doors?limit=100").json()

    assert (listed[0]["doors"], listed[0]["free"], listed[1]["free"]) == (6, 0, 6)
    assert [one["number"] for one in doors["items"]] == list(range(1, 7))
    assert doors["items"][0].keys() == {
        "id", "community", "number", "booklet", "outcome", "attempts", "last_attempt_at",
        "interviewer",
    }  # fmt: skip


def test_a_supervisor_hands_doors_out_and_takes_them_back(of):
    supervisor, other = field.supervisor(HERE), field.interviewer(name="访问另一")
    place = of.sample.communities.get(division__path=field.COMMUNITIES[1])
    doors = list(of.cases.filter(community=place).values_list("pk", flat=True)[:2])

    gave = send(supervisor, f"/{of.pk}/assignments", {
        "communities": [place.pk], "doors": doors, "interviewer": other.pk,
    })  # fmt: skip
    mine = set(of.cases.filter(interviewer=other).values_list("pk", flat=True))
    took = send(
        supervisor, f"/{of.pk}/assignments", {"communities": [place.pk], "interviewer": None}
    )

    assert (gave.status_code, gave.json(), mine) == (200, {"moved": 2}, set(doors))
    assert took.json()["moved"] >= 2
    assert not of.cases.filter(interviewer=other).exists()
    assert Entry.objects.filter(verb="fieldwork.hand_out", actor=supervisor.pseudonym).count() == 1


def test_what_was_held_stays_with_who_held_it(of):
    one = of.sample.communities.get(division__path=field.COMMUNITIES[0])

    moved = send(
        of.made_by, f"/{of.pk}/assignments", {"communities": [one.pk], "interviewer": None}
    )

    assert moved.json() == {"moved": 3}
    assert of.cases.filter(community=one, interviewer__isnull=False).count() == 3


def test_doors_of_another_district_or_for_somebody_who_is_no_interviewer_are_not_found(of):
    supervisor = field.supervisor(HERE)
    here, there = (
        of.sample.communities.get(division__path=path).pk for path in field.COMMUNITIES[1:3]
    )
    stranger, far = factories.user(), field.interviewer(THERE, "访问远处")

    for communities, person in (([there], None), ([here, there], None), ([here], stranger.pk),
                                ([here], far.pk)):  # fmt: skip
        answer = send(
            supervisor, f"/{of.pk}/assignments", {"communities": communities, "interviewer": person}
        )
        assert answer.status_code == 404, answer.content
    assert not of.cases.filter(community__in=[here, there], interviewer__isnull=False).exists()


@pytest.mark.parametrize("part", PARTS)
def test_of_fieldwork_elsewhere_nothing_is_found(of, part):
    somebody = factories.user()

    assert read(somebody, f"/{of.pk}/{part}").status_code == 404
    assert read(somebody, "").json()["items"] == []
    assert read(field.interviewer(), f"/{of.pk}/{part}").status_code == 404


@pytest.mark.parametrize("odd", ["0", "-1", "9" * 19, "9" * 30, "1.5", "x", "%00", "null"])
@pytest.mark.parametrize("part", PARTS)
def test_odd_ids_are_refused_or_not_found(of, odd, part):
    answer = read(of.made_by, f"/{odd}/{part}")

    assert answer.status_code in (404, 422)
    assert read(of.made_by, f"/{of.pk}/communities/{odd}/doors").status_code in (404, 422)


@pytest.mark.parametrize(
    "body",
    [
        {"communities": [], "interviewer": None},
        {"communities": [0], "interviewer": None},
        {"communities": [2**63], "interviewer": None},
        {"communities": ["x"], "interviewer": None},
        {"communities": [1], "interviewer": "somebody"},
        {"communities": [1], "interviewer": None, "doors": [-1]},
        {"communities": [1]},
        {"communities": [1], "interviewer": None, "of": 1},
    ],
)
def test_a_body_of_another_shape_is_refused(of, body):
    assert send(of.made_by, f"/{of.pk}/assignments", body).status_code in (400, 422)


def test_signs_name_doors_and_say_why(of):
    told = read(of.made_by, f"/{of.pk}/checks").json()
    asked = read(of.made_by, f"/{of.pk}/checks?district={HERE}").json()

    assert (told["district"], told["interviews"]) == ("", 3)
    assert asked["district"] == HERE
    assert [one["path"] for one in told["districts"]] == [HERE]
    mine = set(of.cases.values_list("pk", flat=True))
    assert all(set(one["doors"]) <= mine and one["words"] for one in told["signs"])


def test_back_checks_are_drawn_and_listed(of):
    drawn = send(of.made_by, f"/{of.pk}/back-checks", {})
    listed = read(of.made_by, f"/{of.pk}/back-checks").json()["items"]

    assert drawn.json() == {"drawn": 1}
    assert [one["id"] for one in listed] == list(BackCheck.objects.values_list("pk", flat=True))
    assert (listed[0]["found"], listed[0]["at"]) == ("", None)
    assert "remark" not in listed[0]


def test_after_the_end_nothing_changes_hands(of):
    field.actions.close_fieldwork(of.pk, by=of.made_by, now=NOW)
    one = of.sample.communities.first()

    answer = send(
        of.made_by, f"/{of.pk}/assignments", {"communities": [one.pk], "interviewer": None}
    )

    assert answer.status_code == 409
