"""The first page of staff: its numbers lead only to what the reader may look at."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.clock import BEIJING
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW, tick=False):
        yield


def _page(person, place=""):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client.get(reverse("home"), {"place": place} if place else {}).content.decode()


def _tiles(person, place=""):
    """Label, number and whether it leads somewhere, for each tile."""
    page = _page(person, place)
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


def test_an_officer_chooses_a_place_of_the_office_and_counts_there(loop):
    loop.order("placed")  # in the street 50.103.001.
    factories.division("50.103.002.")
    district = factories.officer("district_officer", "50.103.")

    assert 'href="/?place=50.103.001."' in _page(district)
    assert _tiles(district, "50.103.001.")["To dispatch"] == ("1", True)
    assert _tiles(district, "50.103.002.")["To dispatch"] == ("0", False)
    assert "place=50.103.001." in _page(district, "50.103.001.").split("number-tile")[1]


def shell_of(person, path: str) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client.get(path).text.split("<main", 1)[0]


@pytest.mark.parametrize("page", ["/desk/", "/orders/list/"])
def test_the_place_that_is_chosen_goes_along_to_the_pages_it_narrows(loop, page):
    factories.division("50.103.002.")
    district = factories.officer("district_officer", "50.103.")
    street = "?place=50.103.001."

    first, there, anywhere = (
        shell_of(district, path) for path in (f"/{street}", page + street, page)
    )

    assert f'href="{page}{street}"' in first
    assert f'href="{page}?place=50.103.002."' in there  # the menu of places stands there, too
    assert f'href="/{street}"' in there
    assert f'href="{page}{street}" aria-current="true"' in there
    assert 'href="/desk/"' in anywhere
    assert 'href="/people/desk/"' in there  # what no place narrows is led to as it is


def test_a_place_that_is_none_goes_nowhere(loop):
    district = factories.officer("district_officer", "50.103.")

    assert 'href="/desk/"' in shell_of(district, "/desk/?place=x%22onload")


def test_the_box_says_what_it_searches(loop):
    assert 'placeholder="Search the orders"' in shell_of(loop.worker, "/desk/")
    assert 'placeholder="Search the services"' in shell_of(loop.resident, "/")


def test_offices_in_two_places_are_both_offered(loop):
    officer = factories.officer("district_officer", "50.103.")
    factories.division("50.104.001.")
    factories.grant(officer, "district_officer", "50.104.")

    page = _page(officer)

    assert 'href="/?place=50.103."' in page
    assert 'href="/?place=50.104."' in page


@pytest.mark.parametrize("place", ["50.104.", "50.", "nowhere", "'"])
def test_a_place_outside_the_office_is_not_looked_at(loop, place):
    loop.order("placed")
    factories.division("50.104.001.")
    district = factories.officer("district_officer", "50.103.")

    assert _tiles(district, place) == _tiles(district)


def _main(page):
    return page.split("<main", 1)[1]


def test_a_desk_and_a_department_are_led_to_what_waits_for_them(loop):
    loop.order("placed")
    loop.order("dispatched")

    assert re.search(r'href="/desk/"[^>]*>.*?Dispatch 1 order\b', _main(_page(loop.worker)), re.S)
    assert re.search(
        r'href="/department/"[^>]*>.*?Answer 1 order\b', _main(_page(loop.officer)), re.S
    )


def test_nothing_is_asked_of_an_office_that_nothing_waits_for(loop):
    loop.order("accepted")

    assert "page-primary" not in _page(loop.worker)
    assert "page-primary" not in _page(loop.officer)


@pytest.mark.parametrize(
    ("role", "door"),
    [
        ("system_administrator", "deliveries"),
        ("security_administrator", "roles"),
        ("audit_administrator", "audit"),
    ],
)
def test_an_administrator_finds_tools_and_no_figures_of_orders(loop, role, door):
    page = _main(_page(factories.officer(role, "50.")))

    assert f'href="{reverse(door)}"' in page
    assert "number-tile" not in page


def test_a_leader_finds_the_team_first_and_what_it_can_claim(loop):
    loop.order("open")

    leader, resident = _main(_page(loop.leader)), _main(_page(loop.resident))

    assert re.search(r'href="/team/"[^>]*>.*?1 order can be claimed', leader, re.S)
    assert leader.index(reverse("team-board")) < leader.index(reverse("menu"))
    assert reverse("team-board") not in resident


def test_the_end_of_the_calendar_is_told_to_who_can_issue_the_next(loop):
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=BEIJING), tick=False):
        city = _page(factories.officer("city_officer", "50."))
        worker = _page(loop.worker)

    assert "The calendar ends soon" in city
    assert "The calendar ends soon" not in worker


def test_an_officer_of_a_department_finds_the_head_of_its_board_on_the_first_page(loop):
    first = [loop.order("dispatched") for _one in range(4)]
    opened = loop.order("accepted")
    further = loop.order("open")

    page = _page(loop.officer)

    assert [order.number in page for order in first] == [True, True, False, False]
    assert opened.number in page
    assert further.number not in page
    assert f'href="{reverse("department")}"' in page


def test_the_place_that_is_chosen_narrows_what_a_department_is_led_to(loop):
    elsewhere = factories.division("50.103.002.")
    order = loop.order("dispatched")

    everywhere, here, there = (
        _page(loop.officer, place) for place in ("", "50.103.001.", elsewhere.path)
    )

    assert "Answer 1 order" in everywhere
    assert order.number in here
    assert f'href="{reverse("department")}?place=50.103.001."' in here
    assert order.number not in there
    assert "Answer 1 order" not in there
    assert f'href="{reverse("department")}?place={elsewhere.path}"' in there


def test_the_head_of_the_board_stands_there_when_nothing_waits_as_well(loop):
    page = _page(loop.officer)

    assert f'href="{reverse("department")}"' in page
    assert "Nothing waits to be accepted." in page
    assert "Nothing waits to be accepted." not in _page(loop.worker)


@pytest.mark.parametrize(
    ("role", "door"), [("system_administrator", "deliveries"), ("audit_administrator", "audit")]
)
@pytest.mark.parametrize(("where", "shown"), [("50.", True), ("50.103.", False)])
def test_an_office_of_the_whole_city_is_shown_only_to_whom_it_opens(loop, role, door, where, shown):
    person = factories.officer(role, where)
    client = Client()
    client.force_login(person)

    opens = client.get(reverse(door)).status_code == 200

    assert opens is shown
    assert (f'href="{reverse(door)}"' in _page(person)) is shown


def test_a_guest_finds_what_everybody_may_read(client, db):
    page = client.get(reverse("home")).content.decode()

    for name in ("survey-results", "statistics"):
        assert f'href="{reverse(name)}"' in page
        assert client.get(reverse(name)).status_code == 200
