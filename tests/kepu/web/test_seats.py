"""Where an officer sits: at a place, in a unit, or in a zone, with room for each in the menu."""

from __future__ import annotations

import pytest

from kepu.kernel.divisions.models import Zone, ZonePart
from kepu.kernel.roles.models import Grant
from kepu.web import seats
from tests import factories
from tests.factories import BEFORE, NOW

pytestmark = pytest.mark.django_db


def places(person) -> list[str]:
    return [row.path for row, _depth in seats.of(person, NOW)]


def test_who_holds_an_office_in_a_zone_sits_in_its_parts_and_not_in_the_whole_city():
    for path in ("50.103.001.", "50.104.002."):
        factories.division(path)
    zone, person = Zone.objects.create(name="示例开发区"), factories.user()
    ZonePart.objects.bulk_create(
        ZonePart(zone=zone, path=path) for path in ("50.103.001.", "50.104.002.")
    )
    Grant.objects.create(person=person, role="district_officer", zone=zone, valid_from=BEFORE)

    assert places(person) == ["50.103.001.", "50.104.002."]


def test_a_district_of_many_places_leaves_room_for_another(monkeypatch):
    monkeypatch.setattr(seats, "MOST_PLACES", 6)
    for number in range(9):
        factories.division(f"50.103.00{number}.")
    factories.division("50.104.001.")
    person = factories.user()
    factories.grant(person, "district_officer", "50.103.")
    factories.grant(person, "district_officer", "50.104.")

    assert places(person) == ["50.103.", "50.103.000.", "50.103.001.", "50.104.", "50.104.001."]
