"""What docs/api.md prints can be done as printed."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from kepu.kernel.divisions import actions as divisions
from kepu.orders import actions
from kepu.orders.api import shapes
from kepu.web import demo
from tests import factories
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

GUIDE = (Path(__file__).parents[3] / "docs" / "api.md").read_text()


@pytest.fixture
def loop(db) -> factories.Loop:
    """Of one test alone: the guide's own order needs a place where no division stands yet."""
    return factories.loop()


def _body(address: str) -> dict:
    """What the guide sends to `address`."""
    return json.loads(re.search(rf"POST \$KEPU/{address} .*?-d '(.*?)'", GUIDE, re.DOTALL)[1])


@pytest.mark.slow
def test_the_order_of_the_guide_is_taken_as_printed():
    body = _body("orders")
    week_before = datetime.fromisoformat(body["wanted_from"]) - timedelta(days=7)
    with time_machine.travel(week_before, tick=False):
        divisions.load_frame(now=week_before, provinces=("50",), districts=("500103",))
        asked = re.search(r"divisions\?q=(\w+)", GUIDE)[1]
        factories.skill(body["topic"])
        resident = caller(factories.user())
        desk = demo._home()[1]  # where the demo's community worker works

        found = resident.get("divisions", {"q": asked}).json()
        answer = resident.post("orders", body)

    assert body["community"] in [one["path"] for one in found]
    assert body["community"] == desk.path
    assert answer.status_code == 201, answer.content.decode()


def test_a_leader_learns_the_team_and_claims_as_the_guide_says(loop, at_noon):
    order, leader = loop.order("open"), caller(loop.leader)

    told = leader.get(f"orders/{order.pk}").json()["claims"]
    answer = leader.post(f"orders/{order.pk}/claim", {"team_id": told[0]["team"]["id"]})

    assert set(_body("orders/17/claim")) == {"team_id"}
    assert told[0]["team"]["id"] == loop.team.pk
    assert answer.status_code == 200


BODIES = {
    "/schedule": shapes.ScheduleIn,
    "/check-in": shapes.CodeIn,
    "/deliver": shapes.DeliverIn,
    "/rate": shapes.RateIn,
    "/answer": shapes.AnswerIn,
}


@pytest.mark.parametrize("address", BODIES)
def test_the_guide_names_the_whole_body_of_a_verb(address):
    row = re.search(rf"^\| `{address}` \| (.*) \|$", GUIDE, re.MULTILINE)[1]

    assert set(re.findall(r"`(\w+)`", row)) == set(BODIES[address].model_fields)


def test_departments_are_asked_for_at_the_address_of_the_guide(loop, at_noon):
    order = loop.order("placed")
    printed = re.search(r"`GET /api/(orders/\{id\}/departments)`", GUIDE)[1]

    assert caller(loop.worker).get(printed.replace("{id}", str(order.pk))).status_code == 200


def test_a_visit_within_one_minute_leaves_no_hours_to_certify(loop, at_noon):
    order = loop.order("scheduled")
    begin = order.starts_at
    actions.check_in(order.pk, code=order.check_in_code, by=loop.leader, now=begin)
    actions.deliver(order.pk, attended=3, by=loop.leader, now=begin + timedelta(seconds=40))

    answer = caller(loop.officer).post(f"orders/{order.pk}/hours/certify")

    assert answer.status_code == 409
    assert "shorter than one minute gives none" in GUIDE
