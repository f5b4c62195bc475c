"""The first page of staff: its numbers lead only to what the reader may look at."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW, tick=False):
        yield


def _tiles(person):
    """Label, number and whether it leads somewhere, for each tile."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    page = client.get(reverse("home")).content.decode()
    found = re.findall(r"number-tile\"><dt>(.*?)</dt><dd class=\"number-big\">([\d,]+)", page)
    return {re.sub("<.*?>", "", label): (number, "<a" in label) for label, number in found}


def test_a_supervisor_is_led_to_the_orders_that_are_counted(loop):
    loop.order("placed")
    district = factories.officer("district_officer", "50.103.")

    tiles = _tiles(district)

    assert tiles["To dispatch"] == ("1", True)
    assert tiles["Open to teams"] == ("0", False)


def test_a_department_counts_its_own_orders_and_no_others(loop):
    loop.order("placed")
    loop.order("dispatched")

    tiles = _tiles(loop.officer)

    assert (tiles["To dispatch"], tiles["With a department"]) == (("0", False), ("1", True))


def test_who_answers_for_no_orders_reads_the_number_and_is_led_nowhere(loop):
    loop.order("placed")
    analyst = factories.officer("analyst", "50.")

    tiles = _tiles(analyst)

    assert tiles["To dispatch"] == ("1", False)
