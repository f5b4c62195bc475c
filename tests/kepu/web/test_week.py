"""The simulated week walks every order through all hands by the public actions."""

from __future__ import annotations

from datetime import datetime

import pytest

from kepu.kernel.clock import BEIJING
from kepu.orders.models import Order
from kepu.people.models import Entry
from kepu.web.simulation import town, week
from tests.factories import division, skill

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=BEIJING)


@pytest.mark.slow
@pytest.mark.django_db
def test_every_order_of_the_week_comes_to_its_end_and_hours_are_counted():
    for number in (1, 2, 3):
        division(f"50.103.001.00{number}.")
    skill()
    settled = town.build(now=MONDAY, teams=3, residents=5)

    log = week.live(settled, 9, monday=MONDAY)

    assert dict(log.refused) == {}
    assert log.finished == 9
    assert set(Order.objects.values_list("state", flat=True)) == {"closed"}
    assert Entry.objects.exists()
    assert log.actions == 9 * 13
