"""What teams of a unit delivered is told to whoever fills its yearly statistics, and fills nothing."""

from __future__ import annotations

import pytest

from kepu.literacy import records
from kepu.orders.models import Step
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_services_and_people_of_the_year_are_told_in_a_sentence(loop):
    of = factories.organisation("示例支队单位")
    loop.team.organisation = of
    loop.team.save(update_fields=["organisation"])
    order = loop.order("delivered")
    Step.objects.filter(order=order, verb="deliver").update(attended=35)
    year = NOW.year

    told = records.notes("activities", of.pk, year)

    assert len(told) == 1
    assert "1" in told[0]
    assert "35" in told[0]
    assert records.notes("activities", of.pk, year - 1) == []
    assert records.notes("staff", of.pk, year) == []
    assert records.known(of.pk, year).keys() <= {"volunteers"}
