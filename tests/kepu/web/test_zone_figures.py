"""Indicators of a zone: what counts there and what beside it, within which year, and who reads them."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions.models import Division, Zone, ZonePart
from kepu.orders import figures
from kepu.orders.models import Order, Rating, Step
from kepu.people.models import Team, Volunteer
from kepu.people.states import TeamState
from tests import factories
from tests.kepu.venues import factories as venues

pytestmark = pytest.mark.django_db

INSIDE, BESIDE = "50.103.001.", "50.103.002."
APRIL = datetime(2026, 4, 2, 9, 0, tzinfo=BEIJING)


@pytest.fixture(autouse=True)
def april():
    with time_machine.travel(APRIL, tick=False):
        yield


@pytest.fixture
def zone():
    """It holds one street of a district of two."""
    made = Zone.objects.create(name="示例科学城")
    ZonePart.objects.create(zone=made, path=factories.division(INSIDE).path)
    factories.division(f"{INSIDE}002.")
    factories.division(f"{BESIDE}001.")
    return made


def _asked(person, zone, language="en"):
    client = Client(headers={"accept-language": language})
    if person is not None:
        client.force_login(person)
    return client.get(reverse("zone-figures", args=[zone.pk]))


def _rows(page):
    """Each indicator with its words of the zone and of the city."""
    body = page.partition("<tbody>\n")[2].partition("</tbody>")[0]
    cells = re.findall(r"<th scope=\"row\">(.*?)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>", body)
    return {name: (here, whole) for name, here, whole in cells}


def test_what_lies_in_the_zone_counts_there_and_what_lies_beside_it_in_the_city_alone(loop, zone):
    for state in ("rated", "delivered", "placed"):
        loop.order(state)
    beside = factories.loop(f"{BESIDE}001.")
    beside.order("delivered")
    factories.team(path=BESIDE, state=TeamState.APPLIED)
    venues.venue("active")
    analyst = factories.officer("analyst", "50.")

    found = _rows(_asked(analyst, zone).content.decode())

    assert found["Visits made"] == ("2 visits", "3 visits")
    assert found["People reached"] == ("36 people", "54 people")
    assert found["Communities with a visit"] == ("1 communities", "2 communities")
    assert found["Teams at home there"] == ("1 teams", "2 teams")


def test_an_order_counts_where_its_place_lies_today_in_the_twelve_whole_months(loop, zone):
    loop.order("delivered")
    moved = factories.division(f"{BESIDE}009.")

    def counted(since, until, places=(INSIDE,)):
        span = [datetime(*one, tzinfo=BEIJING) for one in (since, until)]
        return figures.of_places(places, *span).delivered, figures.communities_served(places, *span)

    made = Step.objects.get(verb="deliver").at.astimezone(BEIJING)
    day = (made.year, made.month, made.day)

    assert counted(day, (2026, 4, 1)) == (1, 1)
    assert counted((2025, 4, 1), day) == (0, 0)  # to before its first moment
    Order.objects.update(path=moved.path, division_now=moved)
    assert counted(day, (2026, 4, 1)) == (0, 0)
    assert counted(day, (2026, 4, 1), (INSIDE, BESIDE)) == (1, 1)
    assert "2025-04 – 2026-03" in _asked(factories.officer("analyst", "50."), zone).content.decode()


def test_a_mean_is_said_with_its_ratings_once_there_are_five(loop, zone):
    for _each in range(5):
        loop.order("rated")
    Rating.objects.filter(pk=Rating.objects.first().pk).update(stars=1)

    analyst = factories.officer("analyst", "50.")

    assert (
        "<dt>示例科学城</dt><dd>4.2 of 5 (5 ratings)</dd>" in _asked(analyst, zone).content.decode()
    )
    Rating.objects.filter(pk=Rating.objects.first().pk).delete()
    few = _asked(analyst, zone).content.decode()
    assert "<dt>示例科学城</dt><dd>fewer than 5 ratings</dd>" in few


@pytest.mark.parametrize("known", [True, False])
def test_for_ten_thousand_people_only_where_it_is_known_how_many_live_there(loop, zone, known):
    Division.objects.filter(path="50.").update(population=400_000)
    Division.objects.filter(path=INSIDE).update(population=20_000 if known else None)
    loop.order("delivered")

    page = _asked(factories.officer("analyst", "50."), zone).content.decode()

    assert ("for 10,000 people</th>" in page) is known
    if known:
        table = page.partition("<tbody>\n")[2]
        row = re.search(r"Visits made</th>(.*?)</tr>", table)[1]
        assert re.findall(r">([\d.]+)</td>", row) == ["0.50", "0.03"]  # 1 of 20,000, 1 of 400,000
        assert "Dashed line: 5.0 % of the people live there" in page
    else:
        assert "no figure was published for a part of" in page
        assert "of the communities lie there" in page


def test_who_holds_an_office_there_or_around_it_reads_them_and_nobody_else(loop, zone):
    there = factories.user()
    factories.Grant.objects.create(
        person=there, role="district_officer", zone=zone, valid_from=factories.BEFORE
    )
    zone.parent_keeps_writing = False
    zone.save()

    def status(person):
        return _asked(person, zone).status_code

    assert status(there) == 200
    assert status(factories.officer("city_officer", "50.")) == 200
    assert status(factories.officer("district_officer", "50.103.")) == 200
    assert status(factories.officer("district_officer", "50.104.")) == 403
    assert status(factories.officer("community_worker", f"{BESIDE}001.")) == 403
    assert status(loop.resident) == 403
    assert status(None) == 302


def test_an_officer_finds_them_on_the_first_page(loop, zone):
    def first(person):
        client = Client(headers={"accept-language": "en"})
        client.force_login(person)
        return client.get(reverse("home")).content.decode()

    here = reverse("zone-figures", args=[zone.pk])

    assert here in first(factories.officer("district_officer", "50.103."))
    assert here not in first(factories.officer("district_officer", "50.104."))


def test_a_zone_without_anything_says_so_and_draws_no_picture_of_nothing(loop, zone):
    beside = factories.loop(f"{BESIDE}001.")
    beside.order("delivered")
    street = factories.division(BESIDE)
    for kind in (Team, Volunteer):
        kind.objects.update(division_now=street, path=street.path)

    page = _asked(factories.officer("city_officer", "50."), zone).content.decode()

    assert "Nothing is recorded there yet" in page
    assert 'class="bars"' not in page
    assert _rows(page)["Visits made"] == ("0 visits", "1 visits")


def test_a_zone_that_is_empty_today_says_what_to_do(loop, zone):
    ZonePart.objects.filter(zone=zone).update(valid_from=date(2026, 5, 1))

    page = _asked(factories.officer("city_officer", "50."), zone).content.decode()

    assert "The zone holds nothing today" in page
    assert "<table" not in page
