"""Calls and applications for programs, from the call to the decision, and who is refused what."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from kepu.appraisal.models import Application, Objection
from kepu.appraisal.states import ApplicationState
from tests.factories import NOW, user
from tests.kepu.appraisal import factories as world
from tests.kepu.appraisal.samples import ANSWERS
from tests.kepu.venues.factories import manager, unit, venue
from tests.kepu.web.callers import Caller, caller

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def at_noon(settings, tmp_path):
    settings.DATA = tmp_path
    settings.API_PER_MINUTE = settings.API_PER_MINUTE_UNKNOWN = 10_000
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def call():
    return world.call()


def begun(call, by: Caller) -> dict[str, Any]:
    house = unit().venues.first() or venue(by=manager())
    body = {"class_key": "hall", "venue_id": house.pk}
    answer = by.post(f"appraisal/calls/{call.pk}/applications", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def told(one: dict[str, Any], by: Caller, what: str, **said: Any) -> Any:
    return by.post(
        f"appraisal/applications/{one['id']}/{what}", {"version": one["version"], **said}
    )


def done(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    return answer.json()


def reason(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return answer.json()["detail"]


def handed_in(call) -> dict[str, Any]:
    by = caller(manager())
    one = begun(call, by)
    one = done(told(one, by, "answers", answers=ANSWERS | {"budget": "展板 30000元"}))
    return done(told(one, by, "submit"))


def test_everybody_reads_the_calls_that_take_applications_and_their_form(call):
    world.call("draft")

    listed = Caller().get("appraisal/calls").json()["items"]
    one = Caller().get(f"appraisal/calls/{call.pk}").json()

    assert [row["id"] for row in listed] == [call.pk]
    assert one["subject"] == "venue"
    asked = {row["key"]: row for row in one["form"]}
    assert asked["open_days"]["type"] == "number"
    assert asked["open_days"]["registered"] is True
    assert {row["key"] for row in one["classes"]} >= {"hall"}
    assert one["evidence"][0]["kinds"] == ["pdf", "docx"]


def test_calls_come_in_pages(call):
    rest = {world.call().pk, world.call().pk}

    first = Caller().get("appraisal/calls?limit=1").json()
    found = {first["items"][0]["id"]}
    while first["next"]:
        first = Caller().client.get(first["next"]).json()
        found |= {row["id"] for row in first["items"]}

    assert found == rest | {call.pk}


def test_an_application_goes_all_the_way_by_the_api_alone(call):
    one = handed_in(call)
    assert one["state"] == "submitted"
    for who, words in (
        (world.district(), {"verb": "recommend", "reason": "同意推荐"}),
        (world.secretary(), {"verb": "pass_check"}),
    ):
        one = done(told(one, caller(who), "steps", **words))
    world.end_review(Application.objects.get(pk=one["id"]))
    office = caller(world.secretary())
    one = office.get(f"appraisal/applications/{one['id']}").json()
    one = done(told(one, office, "steps", verb="propose", level="plain"))

    codes = done(office.post(f"appraisal/calls/{call.pk}/notice"))["codes"]
    noticed = Caller().get(f"appraisal/calls/{call.pk}/notice").json()["items"]

    assert codes == [one["code"]]
    assert [(row["applicant"], row["level"], row["objected"]) for row in noticed] == [
        (one["applicant"], "plain", False)
    ]
    neighbour = caller(user("邻居示例"))
    raised = done(told_objection(one, neighbour), 201)
    assert Caller().get(f"appraisal/calls/{call.pk}/notice").json()["items"][0]["objected"] is True
    heard = office.get(f"appraisal/applications/{one['id']}/objections").json()
    assert [(row["id"], row["text"]) for row in heard] == [(raised["id"], "数字不实")]
    answered = world.decider()
    reply = {"verb": "reject", "reply": "已核实"}
    done(caller(answered).post(f"appraisal/objections/{raised['id']}/answer", reply))

    later = Application.objects.get(pk=one["id"]).due_at + timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        officer = caller(answered)
        seen = officer.get(f"appraisal/applications/{one['id']}").json()
        named = done(told(seen, officer, "steps", verb="name", reference=world.PAPER))
    assert (named["state"], named["level"]) == ("named", "plain")
    verbs = [step["verb"] for step in named["history"]]
    assert verbs[0] == "name"
    assert {"submit", "recommend", "pass_check", "propose", "notice", "object", "resume"} <= set(
        verbs
    )


def told_objection(one: dict[str, Any], by: Caller) -> Any:
    return by.post(f"appraisal/applications/{one['id']}/objections", {"text": "数字不实"})


def test_what_is_missing_is_said_in_one_sentence_and_beforehand(call):
    by = caller(manager())
    one = begun(call, by)

    assert one["gaps"]
    assert one["gaps"][0] in reason(told(one, by, "submit"), 409)


def test_an_answer_that_is_none_is_refused_with_its_question(call):
    by = caller(manager())
    one = begun(call, by)

    assert "没有" in reason(told(one, by, "answers", answers={"nothing": 1}), 422)
    for value in ("many", 10**16, True, [1]):
        reason(told(one, by, "answers", answers={"open_days": value}), 422)
    assert Application.objects.get(pk=one["id"]).version == one["version"]


def test_an_old_version_is_refused_and_a_key_is_done_once(call):
    by = caller(manager())
    one = begun(call, by)
    body = {"version": one["version"], "answers": {"open_days": 300}}
    address = f"appraisal/applications/{one['id']}/answers"

    first = by.post(address, body, Idempotency_Key="k-1")
    again = by.post(address, body, Idempotency_Key="k-1")
    stale = by.post(address, body)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again["Idempotent-Replayed"] == "true"
    assert first["ETag"] == again["ETag"] == f'"{one["version"] + 1}"'
    assert "刷新" in reason(stale, 409) or "修改" in reason(stale, 409)


def test_a_file_is_shown_and_taken_back(call):
    by = caller(manager())
    one = begun(call, by)
    content = base64.b64encode(b"%PDF-1.7 cut").decode()
    address = f"appraisal/applications/{one['id']}/files"

    reason(by.post(address, {"key": "rules", "name": "a.pdf", "content": content}), 422)
    reason(by.post(address, {"key": "rules", "name": "a.pdf", "content": "***"}), 422)
    from tests.kepu.appraisal.test_review_files import pdf

    good = base64.b64encode(pdf()).decode()
    made = done(by.post(address, {"key": "rules", "name": "制度.pdf", "content": good}), 201)
    assert made["kind"] == "pdf"
    shown = by.get(f"appraisal/applications/{one['id']}").json()["files"]
    assert [row["id"] for row in shown] == [made["id"]]
    left = done(by.post(f"{address}/{made['id']}/take-back"))
    assert left["files"] == []
    reason(by.post(f"{address}/{made['id']}/take-back"), 404)


def test_own_applications_are_listed_to_their_writers_alone_and_withdrawn_by_them(call):
    one = handed_in(call)
    by = caller(manager())

    assert [row["id"] for row in by.get("me/applications").json()["items"]] == [one["id"]]
    assert caller(user("路人示例")).get("me/applications").json()["items"] == []
    reason(told(one, caller(world.secretary()), "withdraw"), 403)
    assert done(told(one, by, "withdraw"))["state"] == ApplicationState.WITHDRAWN


def test_the_desk_lists_what_waits_for_each_office(call):
    one = handed_in(call)

    for who in (world.district(), world.secretary(), world.decider()):
        rows = caller(who).get("appraisal/applications?state=submitted").json()["items"]
        assert [row["id"] for row in rows] == [one["id"]]
    assert caller(world.secretary()).get("appraisal/applications?state=named").json()["items"] == []
    reason(caller(user("路人示例")).get("appraisal/applications"), 403)


@pytest.mark.parametrize(
    ("who", "verb", "status"),
    [
        ("stranger", "recommend", 404),
        ("writer", "recommend", 403),
        ("district", "pass_check", 403),
        ("secretary", "recommend", 403),
        ("secretary", "name", 403),
        ("secretary", "pass_check", 409),
    ],
)
def test_a_step_is_refused_as_on_the_page(call, who, verb, status):
    one = handed_in(call)
    person = {
        "stranger": lambda: user("路人示例"), "writer": manager, "district": world.district,
        "secretary": world.secretary,
    }[who]()  # fmt: skip

    reason(told(one, caller(person), "steps", verb=verb, reason="示例"), status)
    assert Application.objects.get(pk=one["id"]).state == "submitted"


def test_who_stands_for_the_applicant_reads_no_objection(call):
    one = world.application("noticed", of=call)
    done(told_objection({"id": one.pk}, caller(user("邻居示例"))), 201)

    reason(caller(manager()).get(f"appraisal/applications/{one.pk}/objections"), 403)
    assert (
        "数字不实" not in caller(manager()).get(f"appraisal/applications/{one.pk}").content.decode()
    )
    assert Objection.objects.count() == 1


def test_nobody_objects_to_what_is_not_in_notice_or_learns_that_it_is_there(call):
    one = handed_in(call)

    reason(told_objection(one, caller(user("邻居示例"))), 404)
