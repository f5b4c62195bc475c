"""Orders written in bulk are the orders that the actions would have left."""

from __future__ import annotations

import pytest
from django.forms.models import model_to_dict

from kepu.kernel.audit.models import Entry
from kepu.kernel.facts.models import Happening
from kepu.kernel.search.models import Document
from kepu.orders.models import Order, Step
from kepu.web.simulation import past, town
from kepu.web.simulation.past import Past
from tests.factories import NOW, Loop, division, loop, skill

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What differs by nature: numbers, moments, and who it was.
_ORDER = {
    "id", "sealed_place", "check_in_code", "wanted_from", "wanted_until", "stage_since", "due_at",
    "claimed_at", "created_at", "starts_at", "ends_at", "delivered_at", "attended",
}  # fmt: skip
_STEP = {"id", "order", "at"}


@pytest.fixture
def everybody() -> Loop:
    return loop()


def _written(everybody: Loop, state: str) -> Order:
    district = town.District(
        path="50.103.",
        worker=everybody.worker,
        officer=everybody.officer,
        department=everybody.department,
        communities=[everybody.community],
    )
    past.write(
        [
            Past(
                district=district,
                division=everybody.community,
                resident=everybody.resident,
                topic=skill(),
                state=state,
                begun=NOW,
                team=everybody.team,
                leader=everybody.leader,
            )
        ]
    )
    return Order.objects.latest("pk")


def _told(order: Order) -> dict[str, object]:
    return {
        "order": {k: v for k, v in model_to_dict(order).items() if k not in _ORDER},
        "place": order.place_text,
        "set": {name for name in _ORDER if getattr(order, name) not in (None, "", b"")},
        "steps": [
            {k: v for k, v in model_to_dict(step).items() if k not in _STEP}
            for step in Step.objects.filter(order=order)
        ],
        "audit": list(
            Entry.objects.filter(object_type="orders.order", object_id=str(order.pk))
            .order_by("pk")
            .values("actor", "for_whom", "verb", "path", "detail")
        ),
        "facts": list(
            Happening.objects.filter(name="OrderMoved", data__order_id=order.pk)
            .order_by("pk")
            .values_list("data__verb", "data__state")
        ),
        "found": list(
            Document.objects.filter(kind="orders.order", object_id=order.pk).values("path", "title")
        ),
    }


@pytest.mark.parametrize("state", ["placed", "dispatched", "accepted", "open", "claimed"])
def test_an_order_written_in_bulk_is_the_order_that_went_there(everybody, state):
    went = everybody.order(state)

    written = _written(everybody, state)

    assert _told(written) == _told(went)


def test_a_closed_order_written_in_bulk_went_through_every_hand(everybody):
    written = _written(everybody, "closed")

    verbs = list(written.steps.values_list("verb", flat=True))
    assert verbs == [
        "draft", "place", "dispatch", "accept", "open", "claim", "schedule", "deliver", "close",
    ]  # fmt: skip
    assert written.due_at is None
    assert written.version == len(verbs) - 1


def test_a_town_has_every_kind_of_hand_in_every_district():
    for path in ("50.103.001.001.", "50.104.001.001."):
        division(path)
    skill()

    settled = town.build(now=NOW, teams=4, residents=6)

    assert [district.path for district in settled.districts] == ["50.103.", "50.104."]
    assert all(d.worker and d.officer and d.teams and d.residents for d in settled.districts)
    assert len(settled.teams) == 4
