"""What a person takes away holds what every room knows of them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta

import pytest

from kepu.kernel.accounts import actions as accounts
from kepu.orders import actions
from kepu.people.actions import experts
from kepu.people.actions.absences import object_to, state_absence
from kepu.people.models import Answer, Call
from tests import factories
from tests.factories import NOW
from tests.kepu.people import factories as people

pytestmark = pytest.mark.django_db


def taken(person) -> dict[str, dict[str, list[dict[str, object]]]]:
    archive = accounts.export(person, by=person, now=NOW)
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        return {name: json.loads(source.read(f"{name}.json")) for name in ("orders", "people")}


def test_a_resident_takes_away_orders_with_their_words_and_place_and_what_was_said_to_them():
    loop = factories.loop()
    order = loop.order("delivered", need="我家老人需要人教")
    later = order.wanted_from + timedelta(days=1)
    actions.rate(order.pk, stars=4, words="讲得很清楚", by=loop.resident, now=later)

    found = taken(loop.resident)["orders"]

    assert found["order"][0]["need"] == "我家老人需要人教"
    assert found["order"][0]["place_text"] == "示例社区活动室"
    assert found["order"][0]["state"] == "rated"
    assert found["order"][0]["team_name"] == loop.team.name
    assert found["rating"][0]["words"] == "讲得很清楚"
    assert "place" in {step["verb"] for step in found["step"]}


def test_a_volunteer_takes_away_the_record_teams_hours_and_absences():
    person = people.volunteer(state_reason="已核实")
    team = people.team()
    people.join(team, person)
    people.served(person, 120, title="健康讲座")
    leader = team.memberships.get(role="leader").person
    absence = state_absence(
        person=person, team=team, source="orders.order", source_id=7, title="天文讲座",
        expected_at=NOW - timedelta(hours=2), excused=False, reason="没有来", by=leader, now=NOW,
    )  # fmt: skip
    object_to(absence.pk, reason="我那天生病了", by=person, now=NOW)
    call = Call(title="防汛科普", target=3, deadline=NOW + timedelta(days=3),
                called_by=leader, called_at=NOW)  # fmt: skip
    call.place(factories.division())
    call.save()
    Answer.objects.create(call=call, person=person, at=NOW)

    found = taken(person)["people"]

    assert found["volunteer"][0]["state_reason"] == "已核实"
    assert found["membership"][0]["team_name"] == team.name
    assert (found["service"][0]["title"], found["entry"][0]["minutes"]) == ("健康讲座", 120)
    assert [step["reason"] for step in found["absencestep"]] == ["没有来", "我那天生病了"]
    assert found["answer"][0]["call_title"] == "防汛科普"


def test_an_expert_takes_away_fields_posts_held_and_bonds_declared():
    city = factories.officer("city_officer", "50.")
    field = factories.field()
    expert = experts.invite(
        factories.user(), home=factories.division("50."), fields=[field], by=city, now=NOW
    )
    experts.accept(expert.pk, consent=True, by=expert.person, now=NOW)
    unit = factories.organisation("示例大学")
    experts.state_employment(
        expert.pk, organisation=unit, first=date(2020, 1, 1), by=expert.person, now=NOW
    )
    experts.declare_conflict(
        expert.pk, organisation=unit, reason="曾任职", by=expert.person, now=NOW
    )

    found = taken(expert.person)["people"]

    assert found["expert"][0]["fields"] == [field.title]
    assert found["employment"][0]["unit"] == "示例大学"
    assert found["conflict"][0]["reason"] == "曾任职"


def test_nobody_takes_away_the_words_of_another():
    loop = factories.loop()
    loop.order("placed", need="独一无二的需要")

    for other in (loop.worker, loop.officer, loop.leader):
        assert "独一无二的需要" not in json.dumps(taken(other), ensure_ascii=False)
