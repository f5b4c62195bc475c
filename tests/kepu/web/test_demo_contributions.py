"""The demo's kepu duties and statements: in force, proposed, handed in, waiting for a signature."""

from __future__ import annotations

from datetime import date

import pytest

from kepu.appraisal.models import ContributionStatement, DutyYear, Undertaking
from kepu.venues import actions as venues
from kepu.web import demo_contributions
from tests.factories import NOW, grant, organisation, user
from tests.kepu.venues.factories import HERE, manager, venue

pytestmark = pytest.mark.django_db


def test_one_is_in_force_with_a_year_and_one_is_proposed_and_a_statement_waits():
    house = venue()
    keeper, reviewer = manager(house.organisation), user("部门示例")
    centre = organisation("示例中心", HERE)
    grant(reviewer, "department_officer", centre)
    venues.count(house.pk, day=date(2026, 3, 1), visits=90, by=keeper, now=NOW)

    demo_contributions.undertake(
        house.organisation, keeper=keeper, reviewing=centre, reviewer=reviewer, now=NOW
    )
    demo_contributions.state(house.organisation, by=keeper, now=NOW)

    states = dict(Undertaking.objects.values_list("kind", "state"))
    assert states == {"co_built": "agreed", "innovation": "proposed"}
    assert DutyYear.objects.get().figures["visits"] == 90
    assert ContributionStatement.objects.get().state == "asked"
