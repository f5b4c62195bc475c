"""What a venue's registration tells a form of appraisal."""

from __future__ import annotations

from datetime import date

import pytest

from kepu.appraisal.programme.facts import FACTS
from kepu.appraisal.queries import programmes
from kepu.venues.models import DayCount, Venue
from tests.factories import NOW, user
from tests.kepu.venues.factories import venue

pytestmark = pytest.mark.django_db


def test_a_registration_tells_its_figures_its_days_and_the_visits_of_the_year_before():
    made = venue(scenic_grade=None)
    for day, visits in ((date(2025, 1, 1), 70), (date(2025, 12, 31), 50), (date(2026, 1, 1), 900)):
        DayCount.objects.create(venue=made, day=day, visits=visits, counted_by=user(), at=NOW)

    told = programmes.facts_of(made, NOW)

    assert told["hall_area"] == 1500
    assert told["safety_checked_on"] == "2026-01-15"
    assert told["visits_last_year"] == 120
    assert "scenic_grade" not in told


def test_where_nothing_was_counted_nothing_is_told():
    assert "visits_last_year" not in programmes.facts_of(venue(), NOW)


def test_every_fact_is_a_column_of_venues_but_the_counted_ones():
    columns = {one.name for one in Venue._meta.get_fields()}

    assert set(FACTS) - columns == {"visits_last_year"}
