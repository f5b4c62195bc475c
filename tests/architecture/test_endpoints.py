"""Every address of the project, tried by four people against one order.

The table is ENDPOINTS.txt beside this file: name of the address, method, and the status that the
owner of the order, a colleague of another district, a stranger and nobody get. An address without a
row fails with the row to add; look at it first, for it says what happens now and not what should.
"""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kepu.web.api import api
from kepu.web.api_document import operations
from tests.architecture.world import (
    NEAR,
    SECRETS,
    WHO,
    World,
    at_noon,
    one_frame_each,
    signed_in,
    standing_world,
    world,
)
from tests.kepu.literacy import factories as bank

__all__ = ["at_noon", "one_frame_each", "standing_world", "world"]  # fixtures

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.usefixtures("one_frame_each"),
]

TABLE = Path(__file__).with_name("ENDPOINTS.txt")
# A secret as letters, and as JSON escapes them.
FORMS = {secret: (secret, json.dumps(secret)[1:-1]) for secret in SECRETS}

REASON = {"reason": "原因示例"}
AWAY = {"first": "2027-03-06", "last": "2027-03-07"}
CHANGE = """
{key: test, title: 示例调整, effective: 2026-03-01, source: 示例,
 moved: [{path: 50.103.001., name: 示例镇, to: 50.104.}]}
"""
ITEM: dict[str, Any] = {
    "dimension": "method", "discipline": "physics", "key": 0, "source": "示例",
    "wordings": [{"language": "zh-hans", "stem": "问", "options": ["甲", "乙"]}],
}  # fmt: skip
WORDS = {
    "title": "讲座", "topic": "health", "community": "50.103.001.001.",
    "wanted_from": "2026-03-07T09:00:00+08:00", "wanted_until": "2026-03-09T09:00:00+08:00",
}  # fmt: skip
AIM = {"share": "16", "base_year": 2020, "base_share": "10.2", "source": "示例"}
TASK = {"what": "讲座", "due": "2025-06-30", "place": "50.103."}
VISIT = {"people": [1], "first_day": "2026-03-05", "last_day": "2026-03-09"}
VENUE = {"name": "示例馆", "kind": "museum", "place": "50.103."}
GIFT = {"giver": "示例公司", "form": "donation", "amount": "1", "received_on": "2026-03-05"}
# What an endpoint of the API is sent, so that it is the person who is refused and not the body.
BODIES: dict[str, Any] = {
    **dict.fromkeys(("withdraw", "cancel", "decline", "release", "reopen"), REASON),
    "redraft": WORDS,
    "order": WORDS | {"sure": True},
    "prioritise": {"priority": 3, **REASON},
    "merge": {"into_id": 1},
    "rehome": {"venue_id": 1},
    "schedule": {"starts_at": "2026-03-06T12:00:00+08:00"},
    "check_in": {"code": "AAAAAA"},
    "deliver": {"attended": 3},
    "rate": {"stars": 4},
    "answer": {"words": "谢谢"},
    "answer_for": {"topics": []},
    "step_item": REASON,
    "answer_review": {"verdict": "approve"},
    "record_calibration": {
        "model": "2pl", "difficulty": 0, "difficulty_se": 0.1, "people": 100, "on": "2026-03-05",
        "wave": "示例",
    },
    "record_dif": {
        "grouping": "sex", "method": "mantel_haenszel", "size": 0, "p_value": 1, "level": "A",
        "people": 100, "on": "2026-03-05", "wave": "示例",
    },
    "ask_for_booklets": {"title": "示例", "booklets": 1, "items": 5, "most_common": 0},
    "ask_review": {"expert_id": 1},
    "open_return_round": {"year": 2025, "days": 20},
    "state_target": AIM | {"place": "50.103.", "year": 2026},
    "correct_target": AIM | REASON,
    "add_task": TASK,
    "change_task": TASK,
    "fill_return": {"figures": {"volunteers": 1}},
    "step_return": REASON,
    "step_return_round": REASON,
    "write_item": ITEM,
    "change_item": ITEM | {"version": 1},
    "answer_self_test": {"position": 1},
    "sync": {"events": []},
    "hand_in_records": {"records": []},
    "assign_doors": {"communities": [1], "interviewer": None},
    "set_record_aside": REASON,
    "act_on_absence": REASON,
    **dict.fromkeys(("decide_team", "decide_volunteer"), REASON),
    "change_tier": {"tier": "brigade"},
    "change_unit": {"organisation_id": None},
    "change_team": {
        "about": "新", "skills": [], "areas": ["50.103."], "day_capacity": 1, "week_capacity": 3,
    },
    "change_profile": {"skills": [], "availability": 0, "areas": ["50.103."]},
    "file_report": {"place": "50.103.001.", "month": "2026-02"},
    "ask_for_hours": {
        "title": "讲座", "place": "50.103.001.001.", "began_at": "2026-03-04T09:00:00+08:00",
        "ended_at": "2026-03-04T10:00:00+08:00",
    },
    "dispute_hours": REASON,
    "amend_hours": {"minutes": 30},
    "evaluate_hours": {"score": 4},
    "recognise_star": {"star": 1},
    "revoke_certificate": REASON,
    "correct_ledger": {"minutes": -5, **REASON},
    "mark_roster": {"marks": [{"person_id": 1, "presence": "came"}]},
    "set_roster": {"people": []},
    "attach": {
        "uuid": "6f1c0f52-7d6c-4e0a-9c29-0d4f1c0a5555", "taken_at": "2026-03-05T09:00:00+08:00",
        "content": "AAAA",
    },
    "sign_up": {"home": "50.103.001.", "consent": True},
    "apply_for_team": {"name": "新示例队", "home": "50.103.001."},
    "register_organisation": {
        "name": "示例馆", "kind": "venue", "place": "50.103.", "credit_code": "91500000MA5U000010",
    },
    "change_organisation": {
        "name": "示例馆", "kind": "venue", "credit_code": "91500000MA5U000010",
    },
    "open_station": {
        "name": "新示例站", "kind": "community", "tier": "station", "place": "50.103.001.001.",
    },
    "change_station": {"name": "新示例站"},
    "register_venue": VENUE | {"organisation_id": 4711},
    "change_venue": VENUE | {"version": 1},
    "confirm_venue": {"version": 1},
    "decide_venue": {"version": 1, "verb": "suspend", "reference": "1号", **REASON},
    "propose_change": {"version": 1, "why": "示例", "halls": 9},
    "decide_venue_change": {"version": 1, "accept": True},
    "answer_application": {"version": 1, "answers": {}},
    "add_application_file": {"key": "rules", "name": "示例.pdf", "content": "AAAA"},
    "submit_application": {"version": 1},
    "withdraw_application": {"version": 1},
    "step_application": {"version": 1, "verb": "name", "reference": "1号"},
    "object_to_application": {"text": "示例"},
    "nominate_in_call": {"name": "示例", "reason": "示例"},
    "agree_to_nomination": {},
    **dict.fromkeys(("inspect_application", "inspect_title"), VISIT),
    "step_inspection": {"version": 1, "verb": "cancel", **REASON},
    "answer_application_objection": {"verb": "reject", "reply": "示例"},
    "tell_venue_year": {
        "year": 2025, "open_days": 1, "full_time": 1, "part_time": 1, "activities": 1, "income": "1",
    },
    "tie_venue": {"listed_id": 1},
    "found_alliance": {"name": "示例", "place": "50.103."},
    "join_alliance": {"venue_id": 1},
    "share_pass": {
        "title": "示例", "venues": [1], "first_day": "2026-03-05", "last_day": "2026-03-06",
    },
    "stamp_pass": {"code": "AAAAAAAAAA"},
    "open_service_point": {
        "organisation_id": 4711, "name": "示例", "host": "park", "place": "50.103.", "offers": "示例",
    },
    "look_at_service_point": {"day": "2026-03-05"},
    "enter_incentive": {
        "title": "示例", "place": "50.103.", "issuer": "示例", "document": "示例", "helps": "示例",
        "first_day": "2026-03-05",
    },
    "enter_subsidy": {
        "year": 2025, "step": "granted", "amount": "1", "reference": "1号", "day": "2026-03-05",
    },
    "correct_subsidy": {"amount": "1", "why": "示例"},
    "state_facility_plan": {
        "title": "示例规划", "place": "50.103.", "first_year": 2026, "last_year": 2030,
    },
    "add_facility_project": {
        "name": "示例", "works": "new", "goal": "museum", "place": "50.103.", "organisation_id": 4711,
        "needed": "1",
    },
    "step_facility_project": REASON,
    "add_facility_milestone": {"title": "示例", "due": "2026-03-09"},
    "reach_facility_milestone": {"day": "2026-03-05"},
    "report_facility_progress": {"words": "示例", "share": 1},
    **dict.fromkeys(("enter_project_means", "enter_venue_means"), GIFT),
    "correct_means": {"amount": "1", "why": "示例"},
    "comment_on_standard": {"text": "示例"},
    "count_visits": {"day": "2026-03-05", "visits": 1},
    "end_post": {"on": "2026-03-06"},
    "say_as_expert": {"word": "accept", "consent": True},
    "change_expert_week": {"availability": 1, "most_duties": 1},
    "declare_bond": {"reason": "顾问"},
    "open_campaign": {
        "name": "示例行动", "counting": "wisdom-action", "place": "50.103.",
        "first": "2026-03-06", "last": "2026-03-09",
    },
    "nominate": {"place": "50.103.", "year": 2026, "deeds": "示例"},
    "step_nomination": {"step": "pass"},
    "object_to_nomination": REASON,
    "answer_objection": {"upheld": False, "answer": "查无此事"},
    "call_for_volunteers": {
        "title": "示例", "place": "50.103.", "target": 1, "deadline": "2026-03-09T09:00:00+08:00",
    },
    "answer_call": {"answer": "yes"},
    "announce_course": {
        "title": "示例班", "place": "50.103.", "starts_at": "2026-03-06T09:00:00+08:00",
        "ends_at": "2026-03-06T10:00:00+08:00", "minutes": 60, "seats": 3, "room": "示例室",
    },
    "cancel_course": REASON,
    "keep_contact": {"to": "https://receiver.example.org/", "secret": "sixteen letters."},
    "enter_result": {"result": "passed"},
    "grant_role": {"person": "nobody", "role": "community_worker", "path": "50.103."},
    "hand_over_roles": {"to": "nobody"},
    "enter_leave": AWAY,
    "take_leave": AWAY,
    "apply_change": {"text": CHANGE},
    "check_change": {"text": CHANGE},
    "draw_zone": {"name": "新示例区", "paths": ["50.103."], "valid_from": "2026-03-06"},
    "amend_zone": {"paths": ["50.103."], "valid_from": "2026-03-06"},
}  # fmt: skip
# What a page is sent.
FORM = {**REASON, "stars": "4", "attended": "3", "words": "谢谢", "code": "AAAAAA", "note": ""}
HOME = "place=50.103.001.001."
HELD = "path=50.103."
QUERIES = {
    "api:menu": HOME, "api:search": "q=示例", "menu": HOME, "new-order": HOME,
    "api:free_opening_of": "year=2025",
    "api:fieldwork_communities": "district=50.103.",
    "api:roles": HELD, "api:who_is_away": HELD, "order-export": "contacts=1",
    "api:standard_citation": "reference=示例",
}  # fmt: skip
VERBS = {
    "order-act": "withdraw", "decide-plan": "apply", "move-dish": "publish", "api:move_service": "publish",
    "team-act": "suspend", "member-act": "remove", "volunteer-act": "suspend", "hours-act": "certify",
    "role-deed": "revoke", "task-act": "finish", "api:step_task": "finish",
    "worker-answer": "agree",
    "call-act": "join", "expert-act": "agree", "nomination-act": "pass", "course-act": "enrol",
    "item-act": "submit", "api:step_item": "submit", "booklets-act": "adopt",
    "api:decide_booklets": "adopt", "return-act": "accept", "api:step_return": "accept",
    "return-round-act": "lock", "api:step_return_round": "lock",
    "facility-plan-move": "take_back", "api:move_facility_plan": "take_back",
    "project-step": "begin", "api:step_facility_project": "begin",
    "venue-decide": "suspend", "title-decide": "suspend", "standard-decide": "abolish",
    "appraisal-panels-act": "ask",
    "survey-fieldwork-act": "close", "interviews-settle": "aside",
    "api:decide_team": "suspend", "api:decide_volunteer": "suspend",
    "absence-act": "lift", "api:act_on_absence": "lift", "api:step_hours": "certify",
}  # fmt: skip
PAGES = ("api:openapi-json", "api:api-root")
KINDS = {
    "order-export": "csv",
    "report-export": "csv",
    **dict.fromkeys(
        ("staff-file", "return-round-file", "capacity-file", "targets-file", "tasks-file"), "csv"
    ),
    "people-import": "teams",
    "people-import-template": "teams",
}


# --- what there is ------------------------------------------------------------------------------


@cache
def addresses() -> tuple[tuple[str, list[str]], ...]:
    """Every named address of the project with the names of its parts."""
    return tuple(_below(get_resolver().url_patterns, "", []))


@cache
def parts_of() -> dict[str, list[str]]:
    return dict(addresses())


def _below(patterns: Any, space: str, parts: list[str]) -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        here = [*parts, *pattern.pattern.converters, *pattern.pattern.regex.groupindex]
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _below(pattern.url_patterns, inner, here)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name; give it one"
            yield space + pattern.name, sorted(set(here))


@cache
def doors() -> tuple[tuple[str, str], ...]:
    """Each address with each method it knows."""
    known = {f"api:{op['operationId']}": method.upper()
             for _path, method, op in operations(api.get_openapi_schema())}  # fmt: skip
    return tuple(
        (name, method)
        for name in parts_of()
        for method in ([known[name]] if name in known else ["GET", "POST"])
    )


# What an address names beside the numbers of things.
NAMED = {
    "people-export": {"kind": "teams", "format": "csv"},
    "register-export": {"kind": "stations", "format": "csv"},
    "evidence-picture": {"size": "small"},
    "programme": {"code": "base"},
    "credential-status": {"name": "titles", "purpose": "revocation", "number": 0},
}


def knock(world: World, who: str, name: str, method: str) -> Any:
    """Try one door; whatever happens behind it is undone."""
    parts = parts_of()[name]
    values = world.values | {
        "verb": VERBS.get(name), "kind": KINDS.get(name), "whose": "resident", "way": "webhook",
    }  # fmt: skip
    values |= NAMED.get(name, {})
    if name.startswith(("title", "api:title")):
        values |= {"number": world.values["title"], "programme": "base"}
    if name.startswith("rulebook"):
        values |= {"key": "orders.claims", "number": 0}
    address = reverse(name, kwargs={part: values.get(part, 4711) for part in parts})
    if "/appraisal/" in address:  # its calls and objections are others than those of volunteers
        values |= {"call_id": values["appraisal_call_id"], "objection_id": values["raised_id"]}
        address = reverse(name, kwargs={part: values.get(part, 4711) for part in parts})
    with transaction.atomic():
        answer = _send(world, who, name, method, address)
        answer.whole = unpacked(answer.getvalue() if answer.streaming else answer.content)
        transaction.set_rollback(True)
    return answer


def unpacked(content: bytes) -> bytes:
    """What an archive or a workbook holds, one after the other; anything else as it is."""
    if not content.startswith(b"PK"):
        return content
    with ZipFile(io.BytesIO(content)) as packed:
        return b"\n".join(packed.read(name) for name in packed.namelist())


def _send(world: World, who: str, name: str, method: str, address: str) -> Any:
    client, sent = copy.copy(world.clients[who]), {}
    client.cookies = copy.deepcopy(
        client.cookies
    )  # signing out at one door must not close the next
    if name.startswith("api:") and method == "POST":
        sent = {"data": json.dumps(body_for(world, name)), "content_type": "application/json"}
    elif method == "POST":
        sent = {"data": FORM}
    address += f"?{QUERIES[name]}" if name in QUERIES else ""
    return getattr(client, method.lower())(address, **sent)


def body_for(world: World, name: str) -> Any:
    team, short = {"team_id": world.loop.team.pk}, name.removeprefix("api:")
    special = {
        "dispatch": {"department_id": world.loop.department.pk},
        **dict.fromkeys(("claim", "wait", "stop_waiting", "hand_over"), team),
        "offer": team | REASON,
        "decline_offer": team | REASON,
        "change_service": {
            "title": "新服务", "topic": "health", "areas": ["50.103."], "first_day": "2026-03-05",
            "version": 1,
        },
        "merge": {"into_id": world.order.pk},
        "hand_team_over": {"membership_id": world.values["membership_id"]},
        "sign_contract": {
            "number": "新-1", "buyer_id": world.loop.department.pk, "yuan": "9", "services": 1,
            "seller_id": world.loop.department.pk, "first_day": "2026-03-05", "last_day": "2026-12-31",
        },
        "appoint": {
            "person": world.loop.leader.pseudonym, "kind": "hospital-head", "place": "50.103.001.",
            "first": "2026-03-05", "last": "2027-03-04",
        },
        "invite_expert": {"person": world.loop.leader.pseudonym, "home": "50.103."},
        "state_employment": {"organisation_id": world.loop.department.pk, "first": "2020-01-01"},
        "write_service": team | {
            "title": "新服务", "topic": "health", "areas": ["50.103."], "first_day": "2026-03-05",
        },
    }  # fmt: skip
    body = special.get(short, BODIES.get(short, {}))
    return {
        key: world.values["venue_id"] if key == "venue_id" else said for key, said in body.items()
    }


def fits(row: dict[str, str], expected: dict[str, str]) -> bool:
    """Whether everybody got what the row says; `200/404` leaves it to what has been built."""
    return all(status in expected.get(who, "").split("/") for who, status in row.items())


def secrets_in(answer: Any) -> list[str]:
    """What the answer tells of anybody."""
    text = answer.whole.decode(errors="replace")
    return [secret for secret, forms in FORMS.items() if any(form in text for form in forms)]


def asked_in(answer: Any) -> bool:
    """Whether the answer tells what the item in review asks, which none of the four may know."""
    text = answer.whole.decode(errors="replace")
    return any(word.stem in text or word.options[0] in text for word in (bank.ZH, bank.EN))


def table() -> dict[tuple[str, str], dict[str, str]]:
    rows = (line.split() for line in TABLE.read_text().splitlines() if line and line[0] != "#")
    return {(row[0], row[1]): dict(zip(WHO, row[2:], strict=True)) for row in rows}


# --- what must hold -----------------------------------------------------------------------------


def test_every_address_answers_as_its_row_says_and_tells_nobody_what_is_not_theirs_to_know(world):
    expected, wrong, told = table(), [], []

    for name, method in doors():
        answers = {who: knock(world, who, name, method) for who in WHO}
        row = {who: str(answer.status_code) for who, answer in answers.items()}
        if not fits(row, expected.get((name, method), {})):
            wrong.append(f"{name} {method} {' '.join(row.values())}")
        told += [f"{name} {method} tells {who} what an item asks"
                 for who in WHO if asked_in(answers[who])]  # fmt: skip
        told += [f"{name} {method} tells {who}: {secret}"
                 for who in WHO for secret in secrets_in(answers[who])
                 if who not in SECRETS[secret]]  # fmt: skip

    assert told == []
    assert not wrong, (
        f"these answers differ from {TABLE.name} or have no row in it. Is each right for owner, "
        "colleague of another district, stranger and nobody? Then put the line into the file:\n"
        + "\n".join(wrong)
    )


def test_the_table_has_no_row_for_an_address_that_is_gone():
    assert set(table()) <= set(doors())


# Who does read a secret, and behind which doors.
TOLD = {
    "owner": ("order GET", "api:phone POST", "account GET"),
    "leader": ("account-export POST",),
    "member": ("account-export POST", "people-me GET"),
    "expert": ("account-export POST",),
    "officer": ("nomination GET",),
    "supervisor": ("survey-fieldwork-back-check GET",),
    "drafter": ("standard-reply GET",),
    "secretary": ("application GET",),
}


def test_each_is_told_to_somebody_so_that_the_search_above_means_something(world):
    world = replace(world, clients={who: signed_in(world.people[who]) for who in TOLD})

    seen = {secret for who, doors in TOLD.items() for door in doors
            for secret in secrets_in(knock(world, who, *door.split()))}  # fmt: skip

    assert seen == set(SECRETS)


def test_nor_are_they_told_to_those_who_stand_nearer(world):
    """The team's leader, who is a candidate too, and a member who objects read no more than they must."""
    world = replace(world, clients={who: signed_in(world.people[who]) for who in NEAR})

    told = [f"{name} tells the {who}: {secret}"
            for name, method in doors() if method == "GET" for who in NEAR
            for secret in secrets_in(knock(world, who, name, method))
            if who not in SECRETS[secret]]  # fmt: skip

    assert told == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_methods_that_no_address_speaks_do_nothing(world, method):
    wrong = []

    for name in parts_of():
        status = knock(world, "owner", name, method).status_code
        heard = name.startswith("api:") and name not in PAGES and status != 405
        if heard or status >= 500:
            wrong.append(f"{name} {status}")

    assert wrong == []


def test_nothing_in_the_table_is_a_failure_of_ours():
    assert not [
        row for row in table().items() if any(status >= "500" for status in row[1].values())
    ]
