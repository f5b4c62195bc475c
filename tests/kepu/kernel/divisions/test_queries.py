"""Asking for places: by name, by level, below, and where they lie."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kepu.kernel.divisions import queries
from kepu.kernel.divisions.fields import PathField, ancestors, within
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.names import sort_key
from kepu.kernel.divisions.states import Level
from tests.factories import division

pytestmark = pytest.mark.django_db


def named(path: str, name: str, **values) -> Division:
    found = division(path, name=name)
    for key, value in {"sort_key": sort_key(name), **values}.items():
        setattr(found, key, value)
    found.save()
    return found


@pytest.fixture
def city():
    named("50.", "重庆市")
    named("50.103.", "渝中区")
    named("50.103.001.", "七星岗街道")
    named("50.103.002.", "解放碑街道")
    named("50.104.", "大渡口区")
    named("50.104.001.", "重庆村街道")
    named("50.105.", "江北区", valid_to=date(2025, 11, 5))
    named("50.106.", "北碚区", valid_from=date(2025, 11, 6))


def names(found) -> list[str]:
    return [row.name for row in found]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("重庆", ["重庆市", "重庆村街道"]),
        ("chongqing", ["重庆市", "重庆村街道"]),
        ("Chong Qing", ["重庆市", "重庆村街道"]),
        ("区", ["北碚区", "大渡口区", "渝中区"]),
        ("jiefang", ["解放碑街道"]),
        ("江北", []),  # it has ended
        ("%", []),
        ("", []),
        ("   ", []),
    ],
)
def test_names_are_found_in_chinese_and_pinyin(text, found):
    assert names(queries.search_names(text)) == found


@pytest.mark.usefixtures("city")
def test_a_search_stays_inside_a_place_and_within_its_limit():
    assert names(queries.search_names("街道", within="50.103.")) == ["解放碑街道", "七星岗街道"]
    assert names(queries.search_names("街道", limit=1)) == ["重庆村街道"]


@pytest.mark.usefixtures("city")
def test_children_are_those_of_the_day_by_name():
    assert names(queries.children(None)) == ["重庆市"]
    assert names(queries.children("50.")) == ["北碚区", "大渡口区", "渝中区"]
    assert names(queries.children("50.", on=date(2025, 11, 5))) == ["大渡口区", "江北区", "渝中区"]
    assert names(queries.children("50.103.001.")) == []


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("path", "level", "found"),
    [
        ("50.103.001.", Level.DISTRICT, "50.103."),
        ("50.103.001.", Level.TOWNSHIP, "50.103.001."),
        ("50.103.", Level.TOWNSHIP, None),
        ("50.103.001.", Level.PREFECTURE, None),
    ],
)
def test_the_nearest_place_of_a_level_is_the_one_around(path, level, found):
    nearest = queries.nearest(path, level)

    assert (nearest.path if nearest else None) == found


@pytest.mark.usefixtures("city")
def test_names_in_full_of_many_places_cost_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.full_names({"50.103.001.", "50.104."})

    assert found == {"50.103.001.": "重庆市渝中区七星岗街道", "50.104.": "重庆市大渡口区"}


def test_a_place_without_a_point_stands_where_the_one_above_does():
    district = named("50.103.", "渝中区", lon=106.56, lat=29.55)
    township = named("50.103.001.", "七星岗街道", lon=106.57, lat=29.56, approximate_position=True)
    community = named("50.103.001.001.", "示例社区", lon=None, lat=None)

    assert queries.position(district) == queries.Position(106.56, 29.55, approximate=False)
    assert queries.position(township) == queries.Position(106.57, 29.56, approximate=True)
    assert queries.position(community) == queries.Position(106.57, 29.56, approximate=True)


def test_a_place_nobody_knows_has_no_position():
    lost = named("77.", "示例省", lon=None, lat=None)

    assert queries.position(lost) is None


@pytest.mark.parametrize(
    ("path", "scope", "answer"),
    [
        ("50.103.", "50.", True),
        ("50.103.", "50.103.", True),
        ("50.1030.", "50.103.", False),
        ("50.", "50.103.", False),
    ],
)
def test_within_is_by_whole_segments_in_python_and_in_the_database(path, scope, answer):
    division(path)

    assert within(path, scope) is answer
    assert Division.objects.filter(path=path, path__within=scope).exists() is answer


def test_a_scope_that_cuts_a_segment_is_a_mistake():
    with pytest.raises(ValueError, match="not a whole path"):
        Division.objects.filter(path__within="50.10")
    with pytest.raises(ValidationError, match="ends in a point"):
        PathField().clean("50.10", None)


def test_ancestors_go_from_the_place_to_the_top():
    assert ancestors("50.103.001.") == ["50.103.001.", "50.103.", "50."]


@pytest.mark.parametrize(
    "values",
    [
        {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)},
        {"lon": 106.5, "lat": None},
        {"official_code": "500104"},
    ],
)
def test_the_database_keeps_the_promises_of_a_division(values):
    named("50.104.", "大渡口区", official_code="500104")
    row = division("50.103.")

    with pytest.raises(IntegrityError), transaction.atomic():
        Division.objects.filter(pk=row.pk).update(**values)


@pytest.mark.django_db
def test_districts_are_offered_by_province_and_like_names_say_their_prefecture():
    rows = {
        "91.": (Level.PROVINCE, "甲省"),
        "91.1.": (Level.PREFECTURE, "东市"),
        "91.2.": (Level.PREFECTURE, "西市"),
        "91.1.1.": (Level.DISTRICT, "市中区"),
        "91.2.1.": (Level.DISTRICT, "市中区"),
        "91.2.2.": (Level.DISTRICT, "江县"),
    }
    for path, (level, name) in rows.items():
        Division.objects.create(path=path, level=level, name=name)

    offered = dict(queries.district_choices())

    assert sorted(offered["甲省"]) == [
        ("91.1.1.", "东市市中区"),
        ("91.2.1.", "西市市中区"),
        ("91.2.2.", "江县"),
    ]
