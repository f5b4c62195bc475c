"""One order asked for by itself is seen by exactly those in whose list it stands."""

from __future__ import annotations

import pytest

from kepu.orders import actions, queries
from tests.factories import NOW, loop, member, officer, team, user

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

STATES = ["draft", "placed", "dispatched", "open", "claimed", "scheduled", "delivered", "rated"]


@pytest.mark.parametrize("state", STATES)
def test_what_one_may_look_at_is_what_one_is_listed(state):
    everybody = loop()
    order = everybody.order(state)
    elsewhere = loop("50.104.001.001.")
    people = {
        "resident": everybody.resident,
        "worker": everybody.worker,
        "officer": everybody.officer,
        "leader": everybody.leader,
        "member": member(everybody.team),
        "rival": team().applied_by,
        "rival's member": member(team()),
        "district": officer("district_officer", "50.103."),
        "city": officer("city_officer", "50."),
        "worker elsewhere": elsewhere.worker,
        "officer elsewhere": elsewhere.officer,
        "leader elsewhere": elsewhere.leader,
        "stranger": user(),
        "guardian": user(),
    }
    order.resident.guardian = people["guardian"]
    order.resident.save(update_fields=["guardian"])

    seen = {who for who, person in people.items() if queries.find(person, order.pk, NOW)}
    listed = {
        who
        for who, person in people.items()
        if queries.visible_to(person, NOW).filter(pk=order.pk).exists()
    }

    assert seen == listed
    assert "stranger" not in seen
    assert ("rival" in seen) == (state in ("open", "claimed", "scheduled"))


def test_a_wide_order_is_seen_in_neighbouring_districts():
    everybody, next_door = loop(), loop("50.104.001.001.")
    order = everybody.order("open")
    before = queries.find(next_door.leader, order.pk, NOW)

    actions.widen(order.pk, by=everybody.officer, now=order.due_at)

    assert before is None
    assert queries.find(next_door.leader, order.pk, NOW) == order
    assert queries.visible_to(next_door.leader, NOW).filter(pk=order.pk).exists()
