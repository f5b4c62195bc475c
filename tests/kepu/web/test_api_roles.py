"""Roles and leave over the wire: the rules of the pages, and nothing told out of reach."""

from __future__ import annotations

import pytest

from kepu.kernel import clock
from kepu.kernel.roles.models import Grant, Leave
from tests.factories import NOW, division, grant, officer, organisation, user
from tests.kepu.web.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HERE, NEXT_DOOR = "50.103.", "50.104."
DAYS = {"first": "2026-03-05", "last": "2026-03-09"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for path in (HERE, NEXT_DOOR, "50.103.001."):
        division(path)


@pytest.fixture
def security():
    return caller(officer("security_administrator", HERE))


@pytest.fixture
def neighbour():
    return caller(officer("security_administrator", NEXT_DOOR))


def worker(path="50.103.001."):
    return grant(user("网格员示例"), "community_worker", path)


def test_a_role_is_granted_until_a_day_read_and_ended(security):
    person = user("新人示例")
    body = {"person": person.pseudonym, "role": "community_worker", "path": "50.103.001.",
            "last": "2026-03-31"}  # fmt: skip

    made = security.post("roles", body, Idempotency_Key="once")
    again = security.post("roles", body, Idempotency_Key="once")

    assert (made.status_code, again.json()) == (201, made.json())
    assert made.json()["valid_to"].startswith("2026-03-31T16:00")
    number = made.json()["id"]
    assert security.get(f"roles/{number}").json()["acts"] is True
    assert caller(person).get("me/roles").json()["items"] == [made.json()]
    assert security.post(f"roles/{number}/end").status_code == 200
    assert security.post(f"roles/{number}/end").status_code == 404
    assert Grant.objects.get(pk=number).valid_to == NOW


def test_a_role_in_an_organisation_stands_in_the_list_of_its_place(security):
    unit = organisation("示例局", HERE)
    body = {"person": user().pseudonym, "role": "department_officer", "organisation_id": unit.pk}

    assert security.post("roles", body).status_code == 201

    found = security.get("roles", {"path": HERE, "role": "department_officer"}).json()["items"]
    assert [one["organisation"]["name"] for one in found] == ["示例局"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"path": NEXT_DOOR}, 403),
        ({"path": None}, 422),
        ({"organisation_id": 4711}, 422),
        ({"zone_id": 4711}, 422),
        ({"person": "nobody"}, 422),
        ({"role": "king"}, 409),
        ({"last": "2026-03-01"}, 409),
        ({"salary": 1}, 422),
    ],
)
def test_a_grant_that_does_not_fit_is_refused(security, change, status):
    body = {"person": user().pseudonym, "role": "community_worker", "path": HERE}

    assert security.post("roles", body | change).status_code == status


def test_a_neighbour_learns_nothing_of_what_is_held_here(neighbour):
    held = worker()
    body = {"person": held.person.pseudonym, "role": held.role, "path": held.path}

    assert neighbour.post("roles", body).status_code == 403  # and not "already holds the role"
    assert neighbour.get("roles", {"path": HERE}).status_code == 404
    assert neighbour.get("leave", {"path": HERE}).status_code == 404
    assert neighbour.get(f"roles/{held.pk}").status_code == 404
    for verb, sent in (("end", None), ("hand-over", {"to": user().pseudonym}), ("leave", DAYS)):
        assert neighbour.post(f"roles/{held.pk}/{verb}", sent).status_code == 404
    assert caller(held.person).get(f"roles/{held.pk}").status_code == 200


def test_a_deputy_acts_while_the_holder_is_away_and_no_longer_when_back(security):
    first = worker()
    body = {
        "person": user("副手示例").pseudonym,
        "role": first.role,
        "path": first.path,
        "post": "B",
    }
    deputy = security.post("roles", body).json()
    assert deputy["acts"] is False

    away = security.post(f"roles/{first.pk}/leave", DAYS)

    assert away.status_code == 201
    assert security.get(f"roles/{deputy['id']}").json()["acts"] is True
    assert security.get("leave", {"path": HERE}).json()["items"] == [away.json()]
    assert security.post(f"roles/{first.pk}/leave", DAYS).status_code == 409
    back = caller(first.person).post(f"leave/{away.json()['id']}/end", Idempotency_Key="back")
    assert (back.status_code, back.json()) == (200, [])
    assert security.get(f"roles/{deputy['id']}").json()["acts"] is False
    assert not Leave.objects.exists()


def test_own_leave_is_entered_and_is_nobody_elses_to_end(neighbour):
    own = caller(worker().person)

    made = own.post("me/leave", DAYS)

    assert own.get("me/leave").json()["items"] == [made.json()]
    assert neighbour.post(f"leave/{made.json()['id']}/end").status_code == 404
    assert own.post(f"leave/{made.json()['id']}/end").status_code == 200


def test_everything_is_handed_over_in_one_step(security):
    held, taker = worker(), user("接任示例")
    second = grant(held.person, "district_officer", HERE)

    made = security.post(f"roles/{held.pk}/hand-over", {"to": taker.pseudonym})

    assert {one["role"] for one in made.json()} == {held.role, second.role}
    assert not Grant.objects.filter(person=held.person, valid_to__isnull=True).exists()


def test_a_list_of_roles_is_paged_and_names_each_holder_once(
    security, django_assert_max_num_queries
):
    for _one in range(5):
        worker()

    with django_assert_max_num_queries(20):
        first = security.get("roles", {"path": HERE, "limit": 4}).json()
    rest = security.get(first["next"].removeprefix("/api/")).json()

    ids = [one["id"] for one in first["items"] + rest["items"]]
    assert len(ids) == len(set(ids)) == 6  # five and the administrator
    assert rest["next"] is None
