"""The shipped frame: what is in it, how it is read, and that loading it can be repeated."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from kepu.kernel.audit.models import Entry
from kepu.kernel.divisions import actions, frame, outlines, queries
from kepu.kernel.divisions.models import Division, Zone
from kepu.kernel.divisions.names import sort_key
from kepu.kernel.divisions.outlines import holds
from kepu.kernel.divisions.spread import sunflower
from kepu.kernel.divisions.states import Level
from tests.factories import NOW

YUZHONG = "500103"


@pytest.mark.parametrize(
    ("province", "counts"),
    [
        ("50", {"province": 1, "district": 38, "township": 1031, "community": 11270}),
        (
            "51",
            {
                "province": 1,
                "prefecture": 21,
                "district": 183,
                "township": 3111,
                "community": 34412,
            },
        ),
    ],
)
def test_the_frame_holds_every_division_once(province, counts):
    units = list(frame.units(province))

    assert Counter(unit.level for unit in units) == counts
    assert len({unit.path for unit in units}) == len(units)


def test_every_unit_has_its_parent_before_it():
    for province in frame.PROVINCES:
        seen = {""}
        for unit in frame.units(province):
            assert unit.parent_path in seen
            seen.add(unit.path)


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("50", "50."),
        ("500103", "50.103."),
        ("500229", "50.229."),  # a county of Chongqing: 5002 is a label, not a level
        ("500103001", "50.103.001."),
        ("500103001001", "50.103.001.001."),
        ("51", "51."),
        ("5101", "51.01."),
        ("510105", "51.01.05."),
        ("510105001", "51.01.05.001."),
        ("510105001001", "51.01.05.001.001."),
    ],
)
def test_a_path_shows_real_levels_only(code, path):
    assert frame.path_of(code) == path


def test_populations_of_districts_add_up_to_the_city():
    found = frame.populations()
    districts = [count for code, count in found.items() if code.startswith("50") and len(code) == 6]

    assert (len(districts), sum(districts)) == (38, found["50"])
    chengdu = [count for code, count in found.items() if code.startswith("5101") and len(code) == 6]
    assert (len(chengdu), sum(chengdu)) == (20, found["5101"])


def test_every_district_has_an_outline_with_its_point_inside():
    for province, count in (("50", 38), ("51", 183)):
        shapes = outlines.of_province(province)
        assert len(shapes) == count
        assert all(holds(rings, frame.points()[code]) for code, rings in shapes.items())


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("重庆市", "chong qing shi"),
        ("长寿区", "chang shou qu"),
        ("綦江区", "qi jiang qu"),
        ("北碚区", "bei bei qu"),
        ("荥经县", "ying jing xian"),
        ("筠连县", "jun lian xian"),
        ("犍为县", "qian wei xian"),
        ("什邡市", "shi fang shi"),
        ("郫都区", "pi du qu"),
        ("乐山市", "le shan shi"),
        ("曾家镇", "zeng jia zhen"),
    ],
)
def test_places_are_read_as_their_people_read_them(name, key):
    assert sort_key(name) == key


@pytest.mark.parametrize("code", ["500103", "500112", "500229", "510107", "513221"])
@pytest.mark.parametrize("count", [1, 11, 60])
def test_approximate_places_lie_inside_the_district_and_apart(code, count):
    rings = outlines.of_province(code[:2])[code]

    points = sunflower(rings, frame.points()[code], count)

    assert points == sunflower(rings, frame.points()[code], count)
    assert len(set(points)) == len(points) == count
    assert all(holds(rings, point) for point in points)


def test_too_thin_an_outline_puts_the_rest_at_the_centre():
    sliver = (((0.0, 0.0), (1.0, 0.0), (1.0, 1e-7), (0.0, 1e-7)),)
    centre = (0.5, 5e-8)

    points = sunflower(sliver, centre, 3)

    assert len(points) == 3
    assert points[-1] == centre


@pytest.mark.django_db
def test_a_district_is_loaded_with_places_population_and_names():
    progress = []

    loaded = actions.load_frame(
        now=NOW,
        provinces=("50",),
        districts=(YUZHONG,),
        progress=lambda done, total: progress.append((done, total)),
    )

    district = queries.at("50.103.")
    assert loaded.divisions == Division.objects.count() == progress[-1][0] == progress[-1][1]
    assert (district.name, district.official_code, district.population) == (
        "渝中区",
        "500103",
        588717,
    )
    assert (district.lon, district.approximate_position) == (frame.points()["500103"][0], False)
    townships = queries.below("50.103.", Level.TOWNSHIP)
    assert len(townships) == 11
    assert all(row.approximate_position and row.lon and row.population is None for row in townships)
    assert not Division.objects.filter(level=Level.COMMUNITY, lon__isnull=False).exists()
    assert loaded.changes == ()  # the districts of the change are not here
    assert loaded.zones == 0
    assert Entry.objects.get(verb="divisions.load_frame").actor == "system"


@pytest.mark.django_db
def test_loading_again_adds_nothing_and_a_broken_load_goes_on():
    terms = {"now": NOW, "provinces": ("50",), "districts": (YUZHONG,)}
    whole = actions.load_frame(**terms).divisions
    paths = set(Division.objects.values_list("path", "lon", "official_code"))
    assert actions.load_frame(**terms).divisions == 0

    Division.objects.filter(path__within="50.103.", level=Level.COMMUNITY).delete()
    last = Division.objects.filter(level=Level.TOWNSHIP).latest("path")
    last.delete()
    added = actions.load_frame(**terms).divisions

    assert 0 < added < whole
    assert set(Division.objects.values_list("path", "lon", "official_code")) == paths


@pytest.mark.django_db
@pytest.mark.slow
def test_the_whole_city_is_loaded_with_its_zones_and_the_change_of_2025():
    loaded = actions.load_frame(now=NOW, provinces=("50",))

    assert loaded == actions.Loaded(12_340, 2, ("2025-11-06",))
    today = queries.standing(date(2026, 3, 5))
    assert Counter(today.values_list("level", flat=True)) == {
        "province": 1,
        "district": 37,
        "township": 1031,
        "community": 11270,
    }
    assert actions.load_frame(now=NOW, provinces=("50",)) == actions.Loaded(0, 0, ())
    held = {zone.name: queries.zone_paths(zone, date(2026, 3, 5)) for zone in Zone.objects.all()}
    assert {path[:7] for path in held["重庆高新区"]} == {"50.106.", "50.107."}
    assert {path[:7] for path in held["万盛经开区"]} == {"50.110."}
    assert all(zone.example and zone.parent_keeps_writing for zone in Zone.objects.all())
