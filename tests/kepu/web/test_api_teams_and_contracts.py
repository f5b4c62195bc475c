"""Teams, volunteers, contracts and reports over the wire: the same rules, in the same words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel import clock
from kepu.orders.models import Contract, MonthReport, Service
from kepu.people.models import Membership, Team, Volunteer
from tests import factories
from tests.factories import NOW
from tests.kepu.people.factories import served
from tests.kepu.web.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = {"reason": "示例理由"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def loop():
    return factories.loop()


def officer(where: str = "50.103."):
    return caller(factories.officer("district_officer", where))


def test_a_team_that_waits_is_approved_suspended_and_restored(loop):
    factories.division("50.104.")
    Team.objects.update(state="applied")
    here, elsewhere, pk = officer(), officer("50.104."), loop.team.pk

    assert [one["id"] for one in here.get("waiting/teams").json()["items"]] == [pk]
    assert elsewhere.get("waiting/teams").json()["items"] == []
    assert caller(loop.resident).get("waiting/teams").status_code == 403
    assert elsewhere.post(f"teams/{pk}/approve", {}).status_code == 404
    assert caller(loop.leader).post(f"teams/{pk}/approve", {}).status_code == 403
    assert here.post(f"teams/{pk}/refuse", {}).status_code == 409  # without a reason
    for verb, state in (("approve", "approved"), ("suspend", "suspended"), ("restore", "approved")):
        body = {} if verb == "approve" else WHY
        assert here.post(f"teams/{pk}/{verb}", body).json()["state"] == state
    assert here.post(f"teams/{pk}/promote", WHY).status_code == 422


def test_a_registration_that_waits_is_decided(loop):
    Volunteer.objects.filter(person=loop.leader).update(state="applied")
    here, person = officer(), loop.leader.pseudonym

    assert [one["person"] for one in here.get("waiting/volunteers").json()["items"]] == [person]
    assert caller(loop.resident).post(f"volunteers/{person}/approve", {}).status_code == 404
    assert caller(loop.leader).post(f"volunteers/{person}/approve", {}).status_code == 403
    assert here.post(f"volunteers/{person}/approve", {}).json()["state"] == "active"
    answer = here.post(f"volunteers/{person}/suspend", WHY)
    assert (answer.json()["state"], answer.json()["state_reason"]) == ("suspended", "示例理由")


def test_a_leader_changes_the_team_removes_a_member_and_hands_it_over(loop):
    leader, pk = caller(loop.leader), loop.team.pk
    heir, other = factories.member(loop.team, factories.user("甲示例")), factories.member(loop.team)
    new = {"about": "新", "skills": ["health"], "areas": ["50.103.001."], "day_capacity": 2,
           "week_capacity": 4}  # fmt: skip
    slots = dict(Membership.objects.values_list("person", "pk"))

    assert caller(heir).post(f"teams/{pk}", new).status_code == 403
    assert leader.post(f"teams/{pk}", new).json()["week_capacity"] == 4
    assert leader.post(f"teams/{pk}", new | {"skills": ["nothing"]}).status_code == 422
    assert {one["id"] for one in leader.get(f"teams/{pk}/members").json()["items"]} >= {
        slots[heir.pk], slots[other.pk]
    }  # fmt: skip
    assert caller(heir).get(f"teams/{pk}/members").status_code == 403
    assert leader.post(f"memberships/{slots[other.pk]}/remove").json()["state"] == "removed"
    assert caller(heir).post(f"memberships/{slots[heir.pk]}/remove").status_code == 404
    assert leader.post(f"teams/{pk}/hand-over", {"membership_id": 4711}).status_code == 404
    assert (
        leader.post(f"teams/{pk}/hand-over", {"membership_id": slots[heir.pk]}).status_code == 200
    )
    assert caller(heir).get(f"teams/{pk}/members").status_code == 200


def test_a_volunteer_changes_the_profile_and_certifies_the_hours(loop):
    own = {"skills": ["health"], "availability": 3, "areas": ["50.103."]}
    leader = caller(loop.leader)

    assert leader.post("me/volunteer", own).json()["state"] == "active"
    assert Volunteer.objects.get(person=loop.leader).availability == 3
    assert caller(loop.officer).post("me/volunteer", own).status_code == 404
    assert leader.post("me/certificates").status_code == 409  # no hours yet
    served(loop.leader, 60)
    made = leader.post("me/certificates")
    assert (made.status_code, made.json()["valid"]) == (201, True)


def test_a_contract_is_signed_and_a_dish_stands_on_it(loop):
    deal = {
        "number": "API-1", "buyer_id": loop.department.pk, "yuan": "900.00", "services": 3,
        "seller_id": factories.organisation("示例公司").pk, "first_day": "2026-03-01",
        "last_day": "2026-12-31",
    }  # fmt: skip
    own = caller(loop.officer)
    assert caller(loop.leader).post("contracts", deal).status_code == 403
    assert own.post("contracts", deal | {"seller_id": 4711}).status_code == 422
    made = own.post("contracts", deal)
    assert made.status_code == 201
    assert own.post("contracts", deal).status_code == 409
    assert [one["used"] for one in own.get("contracts").json()["items"]] == [0]
    assert caller(loop.leader).get("contracts").json()["items"] == []

    dish = {"title": "用药", "topic": "health", "areas": ["50.103."], "first_day": "2026-03-05",
            "contract_id": made.json()["id"]}  # fmt: skip
    assert caller(loop.leader).post("services", dish | {"team_id": loop.team.pk}).status_code == 409
    written = own.post("services", dish | {"department_id": loop.department.pk})
    service = Service.objects.get(pk=written.json()["id"])
    assert service.contract == Contract.objects.get()
    left_out = {name: dish[name] for name in ("title", "topic", "areas", "first_day")}
    own.post(f"services/{service.pk}", left_out | {"version": 1})
    service.refresh_from_db()
    assert (service.version, service.contract_id) == (2, made.json()["id"])
    own.post(f"services/{service.pk}", left_out | {"version": 2, "contract_id": None})
    service.refresh_from_db()
    assert service.contract_id is None


def test_the_report_of_a_month_is_handed_in_by_who_dispatches_there(loop, monkeypatch):
    worker = factories.officer("community_worker", "50.103.001.")
    month = {"place": "50.103.001.", "month": "2026-02", "remark": "示例"}

    answer = caller(worker).post("reports", month)

    assert (answer.status_code, answer.json()["revision"]) == (201, 1)
    assert caller(worker).post("reports", month).json()["revision"] == 2
    assert MonthReport.objects.count() == 2
    assert caller(worker).post("reports", month | {"month": "2026-13"}).status_code == 422
    assert caller(worker).post("reports", month | {"month": "2026-03"}).status_code == 409
    assert caller(loop.leader).post("reports", month).status_code == 404
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=60))
    assert caller(worker).post("reports", month).json()["late"] is True


def test_a_team_names_its_unit_over_the_api_and_an_officer_another(loop):
    person, unit = factories.member(loop.team), factories.organisation("示例气象局")
    new = {"name": "气象队", "home": "50.103.001.", "organisation_id": unit.pk}
    here = officer()

    asked = caller(person).post("teams", new)

    door = f"teams/{asked.json()['id']}/unit"
    assert asked.json()["unit"] == {"id": unit.pk, "name": "示例气象局"}
    assert caller(person).post("teams", new | {"organisation_id": 4711}).status_code == 422
    assert caller(person).post(door, {"organisation_id": None}).status_code == 403
    assert here.post(door, {"organisation_id": None}).json()["unit"] is None
    assert here.post(door, {}).status_code == 422
