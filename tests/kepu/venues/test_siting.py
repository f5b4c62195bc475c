"""Who lives near a venue, where one more reaches most, what is alike nearby, and the floor area."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.divisions.models import Division
from kepu.venues import areas, rules, siting
from kepu.venues.models import Venue
from tests.factories import NOW, division, user
from tests.kepu.venues.factories import (
    DECISION,
    HERE,
    THERE,
    decide,
    facility_plan,
    judge,
    manager,
    venue,
    works,
)

pytestmark = pytest.mark.django_db
NEAR, FAR = "50.103.001.", "50.103.002."
BEYOND = "50.107.001."


@pytest.fixture(autouse=True)
def ground(monkeypatch):
    """A district of 60,000 with a township at its venue and one 60 km away; another of 10,000, far too."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HERE, "示例区")
    division(THERE, "别处区")
    for path, lat in ((NEAR, 29.56), (FAR, 30.1), (BEYOND, 30.11)):
        division(path, f"街道{path}")
        Division.objects.filter(path=path).update(lon=106.57, lat=lat)
    Division.objects.filter(path=HERE).update(population=60_000)
    Division.objects.filter(path=THERE).update(population=10_000)


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def test_residents_near_an_open_venue_are_counted_by_the_reach_of_its_kind():
    house = venue()  # a science museum, which reaches 20 km

    found = siting.reach("50.", "", NOW)
    by_name = {one.path: one for one in found.townships}

    assert (found.people, found.reached) == (70_000, 30_000)
    assert by_name[NEAR].km == pytest.approx(1.11, abs=0.02)
    assert found.inside(HERE).share == 0.5
    assert found.inside(THERE).share == 0
    decide(house, "suspend", by=judge(), **DECISION)
    assert siting.reach("50.", "", NOW).reached == 0


def test_only_venues_of_the_kind_that_have_a_door_and_a_place_count():
    venue(kind="caravan", name="示例大篷车")
    venue(name="无坐标馆", lon=None, lat=None)
    venue(kind="community", name="示例科普室")

    everything, museums = siting.reach("50.", "", NOW), siting.reach("50.", "museum", NOW)

    assert (everything.venues, everything.without_place) == (1, 1)
    assert (museums.venues, museums.without_place, museums.reached) == (0, 1, 0)
    assert not museums.townships[0].known


def test_a_township_with_a_figure_of_its_own_keeps_it_and_the_others_share_the_rest():
    Division.objects.filter(path=NEAR).update(population=50_000)

    sizes = {one.path: one.people for one in siting.reach("50.", "", NOW).townships}

    assert sizes == {NEAR: 50_000, FAR: 10_000, BEYOND: 10_000}


def test_the_next_site_is_where_most_people_are_beyond_reach():
    venue()

    found = siting.suggested(siting.reach("50.", "museum", NOW), 3)

    assert found is not None
    assert [(one.place.path, one.adds) for one in found.sites] == [(FAR, 40_000)]
    assert (found.reached, found.bound) == (70_000, 70_000)


def test_one_of_the_same_kind_nearby_is_pointed_out_and_refuses_nothing():
    by = manager()
    house = venue(by=by, kind="industry", name="老工业馆", lat=29.555)
    planned = works(facility_plan())  # becomes an industrial museum, 0.6 km away
    draft = venue("draft", by=by, kind="industry", name="新工业馆", lat=29.551)
    other = venue("draft", by=by, name="别类馆", lat=29.55)

    near = siting.alike(draft, NOW)

    assert [one.of for one in near] == [planned, house]
    assert siting.alike(other, NOW) == []
    assert [one.of for one in siting.alike(planned, NOW)] == [house]
    Venue.objects.filter(pk=house.pk).update(lat=29.7)
    assert [one.of for one in siting.alike(planned, NOW)] == []


def test_whoever_writes_a_venue_down_reads_the_warning():
    by = manager()
    venue(by=by, name="老馆")
    draft = venue("draft", by=by, name="新馆")
    made = browser()
    made.force_login(by)

    assert (
        "One of the same kind is near"
        in made.get(reverse("venue", args=[draft.pk])).content.decode()
    )


def test_floor_area_is_told_against_the_band_of_the_standard():
    Division.objects.filter(path=HERE).update(population=600_000)
    venue(floor_area=6000)
    venue(name="未填馆")
    Venue.objects.filter(name="未填馆").update(floor_area=None)

    here, there = siting.floors("50.", NOW)

    assert (here.per_10k, here.untold, here.least, here.most) == (100, 1, 80, 100)
    assert here.enough is True
    assert (there.area, there.least, there.enough) == (0, None, None)


def test_everybody_reads_the_page_of_the_city_and_of_a_district():
    venue()

    whole = browser().get(reverse("venue-reach")).content.decode()
    part = browser().get(reverse("venue-reach"), {"district": HERE, "kind": "museum"})

    assert "as the crow flies" in whole
    assert "about 40,000 residents more" in whole
    assert f"街道{FAR}" in part.content.decode()
    assert browser().get(reverse("venue-reach"), {"district": "nowhere"}).status_code == 200


def test_districts_are_drawn_by_the_share_within_reach_and_townships_as_dots_of_the_chosen_one():
    venue()
    for path, code in ((HERE, "500103"), (THERE, "500107")):
        Division.objects.filter(path=path).update(official_code=code)

    page = browser().get(reverse("venue-reach"), {"district": HERE}).content.decode()

    assert "示例区: 50" in page
    assert "别处区: 0" in page
    assert page.count("map-dot-danger") == 1
    assert "those in red are beyond reach" in page


def test_without_residents_nothing_is_said_of_reach():
    Division.objects.update(population=None)

    page = browser().get(reverse("venue-reach")).content.decode()

    assert "No number of residents is known" in page
    assert "within reach already" not in page


def test_the_page_is_of_the_place_that_the_installation_serves(settings):
    venue()
    whole = browser().get(reverse("venue-reach")).content.decode()
    settings.CITY = HERE

    page = browser().get(reverse("venue-reach")).content.decode()

    assert '<th scope="row">别处区' in whole
    assert '<th scope="row">示例区' in page
    assert '<th scope="row">别处区' not in page


# --- the construction standard ----------------------------------------------------------------------


def test_areas_that_depart_from_the_standard_are_pointed_out_and_refuse_nothing():
    by = manager()
    Division.objects.filter(path=HERE).update(population=600_000)
    one = venue("draft", by=by, floor_area=10_000, hall_area=2_000)

    rooms, residents = areas.advice(one, NOW)

    assert "20 %" in rooms
    assert "65 to 70 %" in rooms
    assert "166.7 m²" in residents
    assert "80 to 100 m²" in residents
    assert rules.why_not_submit(one, NOW) is None
    reader = browser()
    for person, told in ((by, True), (user("路人示例"), False)):
        reader.force_login(person)
        page = reader.get(reverse("venue", args=[one.pk])).content.decode()
        assert ("advice, no condition" in page) is told


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"floor_area": 5000, "hall_area": 3500}, 0),
        ({"floor_area": 5000, "hall_area": 4500}, 1),
        ({"floor_area": 5000, "hall_area": None}, 0),
        ({"floor_area": None}, 0),
        ({"floor_area": 5000, "hall_area": 100, "kind": "library"}, 0),
    ],
)
def test_advice_is_for_science_museums_whose_areas_are_told(said, found):
    one = venue("draft", **said)

    assert len(areas.advice(one, NOW)) == found


def test_a_larger_place_may_go_beyond_the_standard_by_a_fifth():
    Division.objects.filter(path=HERE).update(population=600_000)
    fitting = venue("draft", name="甲馆", floor_area=7_200, hall_area=5_000)
    beyond = venue("draft", name="乙馆", floor_area=7_300, hall_area=5_000)

    assert areas.advice(fitting, NOW) == []
    assert len(areas.advice(beyond, NOW)) == 1
