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
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from PIL import Image

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.models import Zone
from kepu.kernel.facts.models import Delivery
from kepu.kernel.roles import actions as roles
from kepu.literacy.actions import booklets, reviews, targets
from kepu.literacy.models import BackCheck
from kepu.orders import actions
from kepu.orders.actions.syncing import Sent
from kepu.orders.models import AutoPlan, Order
from kepu.people.actions import campaigns, experts, places, state_absence, training
from kepu.people.models import Objection, PostKind
from kepu.web.api import api
from kepu.web.api_document import operations
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy import factories as bank
from tests.kepu.literacy import field_factories as field

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WHO = ("owner", "colleague", "stranger", "nobody")
TABLE = Path(__file__).with_name("ENDPOINTS.txt")
SECRETS = ("居民秘示例", "13800007777", "示例楼秘密七层")

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
# What an endpoint of the API is sent, so that it is the person who is refused and not the body.
BODIES: dict[str, Any] = {
    **dict.fromkeys(("withdraw", "cancel", "decline", "release", "reopen"), REASON),
    **dict.fromkeys(("order", "redraft"), WORDS),
    "merge": {"into_id": 1},
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
    "api:roles": HELD, "api:who_is_away": HELD, "order-export": "contacts=1",
}  # fmt: skip
VERBS = {
    "order-act": "withdraw", "decide-plan": "apply", "move-dish": "publish", "api:move_service": "publish",
    "team-act": "suspend", "member-act": "remove", "volunteer-act": "suspend", "hours-act": "certify",
    "role-deed": "revoke", "task-act": "finish", "api:step_task": "finish",
    "call-act": "join", "expert-act": "agree", "nomination-act": "pass", "course-act": "enrol",
    "item-act": "submit", "api:step_item": "submit", "booklets-act": "adopt",
    "api:decide_booklets": "adopt", "return-act": "accept", "api:step_return": "accept",
    "return-round-act": "lock", "api:step_return_round": "lock",
    "survey-fieldwork-act": "close", "interviews-settle": "aside",
    "api:decide_team": "suspend", "api:decide_volunteer": "suspend",
    "absence-act": "lift", "api:act_on_absence": "lift", "api:step_hours": "certify",
}  # fmt: skip
PAGES = ("api:openapi-json", "api:api-root")
KINDS = {
    "order-export": "csv",
    "report-export": "csv",
    **dict.fromkeys(("return-round-file", "capacity-file", "targets-file", "tasks-file"), "csv"),
    "people-import": "teams",
    "people-import-template": "teams",
}


@dataclass
class World:
    """One scheduled order, what hangs on it, and who comes to its door."""

    loop: factories.Loop
    order: Order
    values: dict[str, Any]
    clients: dict[str, Client]


@pytest.fixture
def world(db, settings, at_noon) -> World:
    settings.API_PER_MINUTE = settings.API_PER_MINUTE_UNKNOWN = 100_000
    loop = factories.loop()
    loop.resident.keep(factories.Personal(name="居民秘示例", phone="+8613800007777"))
    loop.resident.save()
    order = loop.order("scheduled", place="示例楼秘密七层")
    people = {
        "owner": loop.resident,
        "colleague": _colleague(),
        "stranger": factories.user("路人示例"),
    }
    clients = {who: _signed_in(people.get(who)) for who in WHO}
    return World(loop, order, _values(loop, order), clients)


@pytest.fixture
def at_noon():
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


def _colleague() -> User:
    """Everything one can be in the order loop, in the district next door."""
    person = factories.user("邻区示例")
    elsewhere = factories.organisation("邻区部门", "50.104.")
    factories.grant(person, "community_worker", factories.division("50.104.001.001.").path)
    factories.grant(person, "district_officer", "50.104.")
    factories.grant(person, "department_officer", elsewhere)
    factories.team(leader=person, path="50.104.001.", areas=("50.104.",))
    return person


def _signed_in(person: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
        client.get(reverse("about"))  # the device is noted once
    return client


def _values(loop: factories.Loop, order: Order) -> dict[str, Any]:
    """A value for every part of an address; what belongs to the order where something can."""
    plan = AutoPlan.objects.create(
        department=loop.department,
        path="50.103.",
        state="proposed",
        made_by=loop.officer,
        made_at=NOW,
    )
    dish = actions.Dish(
        title="示例服务", topic=factories.skill(), division=order.division_now, areas=("50.103.",),
        first_day=NOW.date(), team=loop.team,
    )  # fmt: skip
    sent = Sent(
        uuid="6f1c0f52-7d6c-4e0a-9c29-0d4f1c0a2222", kind="check_out", order_id=order.pk,
        device_time=NOW - timedelta(hours=1), data={},
    )  # fmt: skip
    return {
        "order_id": order.pk,
        "team_id": loop.team.pk,
        "department_id": loop.department.pk,
        "plan_id": plan.pk,
        "service_id": actions.write_service(dish, by=loop.leader, now=NOW).pk,
        "absence_id": _absence(loop),
        "evidence_id": _photograph(loop, order),
        "event_id": actions.receive(sent, by=loop.leader, now=NOW).pk,
        "membership_id": loop.team.memberships.earliest("pk").pk,
        "volunteer_id": loop.leader.volunteer.pk,
        "person_id": loop.resident.pk,
        "pseudonym": loop.leader.pseudonym,
        "star": 1,
        "grant_id": loop.worker.grants.get().pk,
        "delivery_id": Delivery.objects.earliest("pk").pk,
        "child_id": loop.resident.pk,
        "path": order.path,
        "rest": "nothing",
        "code": "nothing",
        "key": "6f1c0f52-7d6c-4e0a-9c29-0d4f1c0a3333",
        **_registers(loop),
        **_bank(),
        **dict.fromkeys(("token_id", "device_id", "factor_id", "file_id", "notice_id"), 4711),
    }


def _registers(loop: factories.Loop) -> dict[str, int]:
    """One thing of each register of the order's district, kept by the city."""
    city, place = factories.officer("city_officer", "50."), factories.division("50.103.")
    kind = PostKind.objects.get_or_create(key="hospital-head")[0]
    days = {"first": NOW.date(), "last": NOW.date() + timedelta(days=30)}
    kept = {"by": city, "now": NOW}
    made = {
        "station_id": places.open_station(
            name="示例中心", kind="community", tier="centre", place=place, **kept
        ),
        "post_id": places.appoint(
            loop.leader, kind=kind, place=factories.division("50.103.001."), **days, **kept
        ),
        "expert_id": experts.invite(loop.leader, home=place, fields=[], **kept),
        "campaign_id": campaigns.open_campaign(
            name="示例行动", counting="wisdom-action", place=place, **days, **kept
        ),
        "nomination_id": campaigns.nominate(
            team=loop.team, place=place, year=2026, deeds="示例", **kept
        ),
        "call_id": campaigns.call_for_volunteers(
            title="示例召集", place=place, target=1, deadline=NOW + timedelta(days=1), **kept
        ),
        "course_id": training.announce_course(
            title="示例课", place=place, starts_at=NOW + timedelta(days=1), minutes=60, seats=1,
            ends_at=NOW + timedelta(days=1, hours=1), room="示例室", **kept,
        ),
    }  # fmt: skip
    seat = training.enrol(made["course_id"].pk, by=loop.leader, now=NOW)
    away = roles.take_leave(loop.officer.pk, **days, by=loop.officer, now=NOW)
    zone = Zone.objects.create(name="示例区")
    objected = Objection.objects.create(
        nomination=made["nomination_id"], person=factories.user(), reason="示例", made_at=NOW
    )
    return {name: thing.pk for name, thing in made.items()} | {
        "objection_id": objected.pk,
        "enrolment_id": seat.pk, "leave_id": away.pk, "zone_id": zone.pk, "change_id": 4711,
    }  # fmt: skip


def _bank() -> dict[str, int]:
    """An item in review, an expert asked about it, and booklets: of a bank none of the four keeps."""
    keeper, item = bank.keeper(), bank.item("in_review")
    asked = reviews.ask_review(item.pk, bank.expert(), by=keeper, now=NOW)
    made = booklets.ask_booklets(
        title="示例题本", bank=factories.division("50."), booklets=1, items=5, most_common=0,
        by=keeper, now=NOW,
    )  # fmt: skip
    return {
        "item_id": item.pk, "review_id": asked.pk, "set_id": made.pk, "run_id": bank.run().pk,
        "estimate_id": bank.estimate().pk, "sample_id": bank.sample().pk, **_statistics(), **_fieldwork(),
    }  # fmt: skip


def _statistics() -> dict[str, Any]:
    """A year of statistics of the city, the return of a unit that none of the four fills or checks, and
    a target with a task, which none of the four keeps.
    """
    of, who = bank.unit("50.103.")
    made = bank.statistics_round()
    one = bank.handed_in(bank.return_of(made, of), who)
    city = factories.officer("city_officer", "50.")
    aim = targets.Aim(Decimal(15), True, 2020, Decimal("10.2"), "示例")
    kept = {"by": city, "now": NOW}
    target = targets.state_target(aim, place=factories.division("50.103."), year=2025, **kept)
    task = targets.add_task(
        target.pk, what="讲座", responsible=target.division_at, due=date(2025, 6, 30), **kept
    )
    return {
        "round_id": made.pk, "return_id": one.pk, "section": "staff", "what": "districts",
        "target_id": target.pk, "task_id": task.pk,
    }  # fmt: skip


def _fieldwork() -> dict[str, int]:
    """Fieldwork in the order's district, of which none of the four is an officer."""
    of = field.fieldwork()
    case = of.cases.earliest("pk")
    check = BackCheck.objects.create(case=case, drawn_at=NOW)
    return {"fieldwork_id": of.pk, "community_id": case.community_id, "check_id": check.pk}


def _absence(loop: factories.Loop) -> int:
    member = factories.member(loop.team)
    return state_absence(
        person=member, team=loop.team, source="test", source_id=1, title="", by=loop.leader,
        expected_at=NOW - timedelta(days=1), excused=False, now=NOW,
    ).pk  # fmt: skip


def _photograph(loop: factories.Loop, order: Order) -> int:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "JPEG")
    content.seek(0)
    shot = actions.Shot("6f1c0f52-7d6c-4e0a-9c29-0d4f1c0a4444", "photo", NOW)
    during = order.starts_at + timedelta(minutes=10)
    return actions.attach(order.pk, shot, content, by=loop.leader, now=during).pk


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


def knock(world: World, who: str, name: str, method: str) -> Any:
    """Try one door; whatever happens behind it is undone."""
    parts = parts_of()[name]
    values = world.values | {
        "verb": VERBS.get(name), "kind": KINDS.get(name), "whose": "resident", "way": "webhook",
    }  # fmt: skip
    if name == "people-export":
        values |= {"kind": "teams", "format": "csv"}
    if name == "register-export":
        values |= {"kind": "stations", "format": "csv"}
    if name == "evidence-picture":
        values |= {"size": "small"}
    if name.startswith("rulebook"):
        values |= {"key": "orders.claims", "number": 0}
    address = reverse(name, kwargs={part: values.get(part, 4711) for part in parts})
    with transaction.atomic():
        answer = _send(world, who, name, method, address)
        answer.whole = answer.getvalue() if answer.streaming else answer.content
        transaction.set_rollback(True)
    return answer


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
    return special.get(short, BODIES.get(short, {}))


def fits(row: dict[str, str], expected: dict[str, str]) -> bool:
    """Whether everybody got what the row says; `200/404` leaves it to what has been built."""
    return all(status in expected.get(who, "").split("/") for who, status in row.items())


def secrets_in(answer: Any) -> list[str]:
    """What the answer tells of the resident, as letters or as JSON escapes them."""
    text = answer.whole.decode(errors="replace")
    return [secret for secret in SECRETS if secret in text or json.dumps(secret)[1:-1] in text]


def asked_in(answer: Any) -> bool:
    """Whether the answer tells what the item in review asks, which none of the four may know."""
    text = answer.whole.decode(errors="replace")
    return any(word.stem in text or word.options[0] in text for word in (bank.ZH, bank.EN))


def table() -> dict[tuple[str, str], dict[str, str]]:
    rows = (line.split() for line in TABLE.read_text().splitlines() if line and line[0] != "#")
    return {(row[0], row[1]): dict(zip(WHO, row[2:], strict=True)) for row in rows}


# --- what must hold -----------------------------------------------------------------------------


def test_every_address_answers_as_its_row_says_and_tells_nobody_else_about_the_resident(world):
    expected, wrong, told = table(), [], []

    for name, method in doors():
        answers = {who: knock(world, who, name, method) for who in WHO}
        row = {who: str(answer.status_code) for who, answer in answers.items()}
        if not fits(row, expected.get((name, method), {})):
            wrong.append(f"{name} {method} {' '.join(row.values())}")
        told += [f"{name} {method} tells {who} what an item asks"
                 for who in WHO if asked_in(answers[who])]  # fmt: skip
        told += [f"{name} {method} tells {who}: {secret}"
                 for who in WHO[1:] for secret in secrets_in(answers[who])]  # fmt: skip

    assert told == []
    assert not wrong, (
        f"these answers differ from {TABLE.name} or have no row in it. Is each right for owner, "
        "colleague of another district, stranger and nobody? Then put the line into the file:\n"
        + "\n".join(wrong)
    )


def test_the_table_has_no_row_for_an_address_that_is_gone():
    assert set(table()) <= set(doors())


def test_the_owner_does_see_them_so_that_the_search_above_means_something(world):
    seen = secrets_in(knock(world, "owner", "api:show", "GET"))
    assert {*seen, *secrets_in(knock(world, "owner", "api:phone", "POST"))} == set(SECRETS)
    assert secrets_in(knock(world, "owner", "order", "GET"))


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
