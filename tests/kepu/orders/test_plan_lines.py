"""The lines of a plan are narrowed, sorted and taken away as other lists are."""

from __future__ import annotations

import csv
import io

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.orders import actions
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(loop):
    """A plan with one order for a team, one urgent order for it, and one that nobody can serve."""
    loop.order("open", title="甲单")
    urgent = loop.order("open", title="乙单")
    loop.order("open", title="丙单", topic=factories.skill("nobody"))
    actions.prioritise(urgent.pk, priority=3, reason="急", by=loop.officer, now=NOW)
    return loop.plan()


def reader(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def titles(person, plan, **asked) -> list[str]:
    with time_machine.travel(NOW, tick=False):
        page = reader(person).get(reverse("plan", args=[plan.pk]), asked).text
    at = {page.index(f">{order.title}</a>"): order.title
          for order in Order.objects.all() if f">{order.title}</a>" in page}  # fmt: skip
    return [at[place] for place in sorted(at)]


def test_lines_are_narrowed_by_words_topic_and_whether_anybody_goes(loop, planned):
    nobody = factories.skill("nobody")

    assert titles(loop.officer, planned, q="乙") == ["乙单"]
    assert set(titles(loop.officer, planned, q=loop.team.name)) == {"甲单", "乙单"}
    assert titles(loop.officer, planned, topic=nobody.pk) == ["丙单"]
    assert titles(loop.officer, planned, served="left") == ["丙单"]
    assert set(titles(loop.officer, planned, served="served")) == {"甲单", "乙单"}
    assert titles(loop.officer, planned, q="没有") == []


def test_lines_stand_in_the_order_that_is_asked_for(loop, planned):
    assert titles(loop.officer, planned, sort="urgent")[0] == "乙单"
    assert titles(loop.officer, planned, sort="begin")[-1] == "丙单"
    assert titles(loop.officer, planned)[-1] == "丙单"


def test_the_file_holds_the_lines_as_they_are_shown_and_is_the_departments_alone(loop, planned):
    address = reverse("register-export", args=["plan-lines", "csv"])
    asked = {"plan": planned.pk, "served": "served", "sort": "urgent"}
    with time_machine.travel(NOW, tick=False):
        answer = reader(loop.officer).get(address, asked)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        for person in (loop.worker, loop.leader, factories.user()):
            assert reader(person).get(address, asked).status_code in (403, 404)
        assert reader(loop.officer).get(address, {"plan": 10**9}).status_code == 404

    assert [row["Order"] for row in rows] == ["乙单", "甲单"]
    assert rows[0]["Priority"] == "urgent"
    assert {row["Team"] for row in rows} == {loop.team.name}
    assert "set as “urgent” by the office" in rows[0]["Why"]
