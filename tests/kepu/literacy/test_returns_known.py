"""A return is filled with what the unit stated of its kepu workers; nothing is typed twice."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.literacy.queries import returns as queries
from kepu.people.actions import staff
from tests import factories
from tests.factories import NOW, sector, sectors
from tests.kepu.literacy.factories import return_of, statistics_round, unit

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def sectors_there():
    sectors()


@pytest.fixture
def filling():
    factories.division("50.103.001.")
    of, who = unit()
    return return_of(statistics_round(), of), of, who


def page_of(one, who):
    browser = Client()
    browser.force_login(who)
    return browser.get(reverse("return-fill", args=[one.pk, "staff"])).content.decode()


def test_numbers_stated_by_sector_stand_in_the_return_until_others_are_kept(filling):
    one, of, who = filling
    for key, full in (("venue", 31), ("research", 12)):
        staff.state_staffing(
            of, year=one.round.year, sector=sector(key), counts={"full": full},
            by=who, now=NOW,
        )  # fmt: skip

    page = page_of(one, who)

    assert 'value="43"' in page
    assert "filled in already" in page
    assert queries.values(one) == {}  # shown, and kept only by who looks at it
    browser = Client()
    browser.force_login(who)
    browser.post(reverse("return-fill", args=[one.pk, "staff"]), {"staff_full": "44"})
    assert 'value="43"' not in page_of(one, who)


def test_a_unit_that_stated_nothing_types_its_figures(filling):
    one, _of, who = filling

    assert "filled in already" not in page_of(one, who)
