"""What docs/api.md prints can be done as printed."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from kepu.kernel.divisions import actions as divisions
from tests import factories
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db

GUIDE = (Path(__file__).parents[3] / "docs" / "api.md").read_text()


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

        found = resident.get("divisions", {"q": asked}).json()
        answer = resident.post("orders", body)

    assert body["community"] in [one["path"] for one in found]
    assert answer.status_code == 201, answer.content.decode()


def test_a_leader_learns_the_team_and_claims_as_the_guide_says(loop, at_noon):
    order, leader = loop.order("open"), caller(loop.leader)

    told = leader.get(f"orders/{order.pk}").json()["claims"]
    answer = leader.post(f"orders/{order.pk}/claim", {"team_id": told[0]["team"]["id"]})

    assert set(_body("orders/17/claim")) == {"team_id"}
    assert told[0]["team"]["id"] == loop.team.pk
    assert answer.status_code == 200
