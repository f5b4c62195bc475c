"""Field inspections for programs: ordered, read item by item, closed; and who learns nothing of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from kepu.appraisal.models import Inspection
from kepu.kernel import clock
from tests.factories import NOW, grant, officer, user
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import inspection_world as world
from tests.kepu.web.callers import Caller, caller

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def at_noon(settings, tmp_path):
    settings.DATA = tmp_path
    settings.API_PER_MINUTE = settings.API_PER_MINUTE_UNKNOWN = 10_000
    with time_machine.travel(NOW, tick=False):
        yield


def done(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


def body(who: list[Any]) -> dict[str, Any]:
    first = clock.day(NOW)
    return {
        "people": [one.pk for one in who], "first_day": first.isoformat(),
        "last_day": (first + timedelta(days=5)).isoformat(),
    }  # fmt: skip


def test_inspectors_are_sent_and_the_report_is_read_item_by_item_and_countersigned():
    about, who, office = world.checked(), world.people(), caller(factories.secretary())

    made = done(office.post(f"appraisal/applications/{about.pk}/inspections", body(who)), 201)
    world.handed_in(Inspection.objects.get(pk=made["id"]), area=900)
    answer = office.get(f"appraisal/inspections/{made['id']}")
    told = done(answer)

    assert answer["ETag"] == f'"{told["version"]}"'
    exits, area = told["items"][:2]
    assert (exits["must"], exits["missed"], exits["photos"]) == (True, False, 2)
    assert [one["value"] for one in area["found"]] == [900, 900]
    step = {"version": told["version"], "verb": "countersign"}
    signed = done(office.post(f"appraisal/inspections/{made['id']}/steps", step))
    assert signed["state"] == "signed"
    assert office.post(f"appraisal/inspections/{made['id']}/steps", step).status_code == 409


def test_the_desk_lists_what_its_officer_may_read_and_never_their_own():
    made, by = world.ordered(), factories.secretary()
    waits = {"state": "assigned"}

    assert [one["id"] for one in done(caller(by).get("appraisal/inspections"))["items"]] == [
        made.pk
    ]
    assert len(done(caller(by).get("appraisal/inspections", waits))["items"]) == 1
    assert done(caller(by).get("appraisal/inspections", {"state": "signed"}))["items"] == []
    applicant = made.application.made_by
    grant(applicant, "appraisal_secretary", factories.CITY)
    inspector = made.inspectors.first().person
    grant(inspector, "appraisal_secretary", factories.CITY)
    away = officer("appraisal_secretary", "50.103.")
    for other in (applicant, inspector, away, user("过客示例")):
        assert done(caller(other).get("appraisal/inspections"))["items"] == []
        assert caller(other).get(f"appraisal/inspections/{made.pk}").status_code == 404
    assert Caller().get("appraisal/inspections").status_code == 401


def test_a_visit_goes_back_or_is_called_off_with_a_reason_as_it_was_looked_at():
    made, office = world.ordered(), caller(factories.secretary())
    at = f"appraisal/inspections/{made.pk}/steps"

    off = {"version": made.version, "verb": "cancel"}
    assert office.post(at, off).status_code == 409
    assert office.post(at, off | {"version": 9, "reason": "馆舍检修"}).status_code == 409
    assert done(office.post(at, off | {"reason": "馆舍检修"}))["state"] == "cancelled"


def test_only_the_secretary_sends_inspectors():
    about, who = world.checked(), world.people()
    at = f"appraisal/applications/{about.pk}/inspections"

    assert caller(about.made_by).post(at, body(who)).status_code == 403
    assert caller(user("过客示例")).post(at, body(who)).status_code == 404
    assert caller(factories.secretary()).post(at, body(who[:1])).status_code == 409
    assert caller(factories.secretary()).post(at, body(who) | {"people": []}).status_code == 422
