from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kepu.ui import maps, outlines

KM_PER_DEGREE = math.pi * outlines.EARTH_KM / 180


def square(key, west, south=30.0, size=1.0, **traits):
    ring = (
        (west, south), (west + size, south), (west + size, south + size), (west, south + size),
        (west, south),
    )  # fmt: skip
    return maps.Area(key, key, (ring,), **traits)


def test_projection_has_its_closed_form():
    points = np.array([[106.0, 30.0], [107.0, 30.0], [106.0, 31.0]])

    east_south = outlines.project(points, (106.0, 30.0))

    assert east_south[0] == pytest.approx([0, 0])
    assert east_south[1] == pytest.approx([KM_PER_DEGREE * math.cos(math.radians(30)), 0])
    assert east_south[2] == pytest.approx([0, -KM_PER_DEGREE])


def wandering_line(seed, n=300):
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(0, 3, (n, 2)), axis=0)


@pytest.mark.parametrize("seed", range(5))
def test_simplification_keeps_ends_and_stays_within_tolerance(seed):
    line = wandering_line(seed)

    kept = outlines.simplify(line, 4.0)

    assert np.array_equal(kept[[0, -1]], line[[0, -1]])
    assert len(kept) < len(line) / 2
    nearest = np.min([outlines.distances_from(line, a, b) for a, b in pairwise(kept)], axis=0)
    assert nearest.max() <= 4.0


def test_simplification_drops_what_lies_on_a_straight_line():
    line = np.array([[0.0, 0.0], [1, 0], [2, 0], [5, 0]])

    assert outlines.simplify(line, 0.1).tolist() == [[0, 0], [5, 0]]


def test_a_ring_stays_closed_and_does_not_collapse():
    ring = np.array([[0.0, 0], [10, 0.1], [20, 0], [20, 20], [0, 20], [0, 0]])

    kept = outlines.simplify_ring(ring, 1.0)

    assert np.array_equal(kept[0], kept[-1])
    assert len(kept) == 5


def test_breaks_are_quantiles_and_limits_belong_to_the_class_above():
    breaks = maps.breaks_of(range(1, 101), 4)

    assert breaks == pytest.approx((25.75, 50.5, 75.25))
    assert [maps.step_of(v, breaks) for v in (1, 25.75, 100, None)] == [1, 2, 4, 0]


def test_the_least_sure_third_is_palest_and_the_surest_full():
    doubts = [0.05, 0.01, 0.03, None, 0.02, 0.06, 0.04]
    areas = [square(str(n), 106 + n, value=n, doubt=doubt) for n, doubt in enumerate(doubts)]

    picture = maps.choropleth(areas)

    assert [shape.third for shape in picture.shapes] == [3, 1, 2, 1, 1, 3, 2]
    assert picture.by_doubt
    # A pale name is for deep colours alone, and colours of doubtful figures are none.
    assert [shape.key for shape in picture.shapes if shape.deep] == ["4"]


def test_equal_doubt_is_no_reason_to_be_pale():
    areas = [square(str(n), 106 + n, value=n, doubt=0.02) for n in range(4)]

    picture = maps.choropleth(areas)

    assert {shape.third for shape in picture.shapes} == {1}
    assert not picture.by_doubt


def test_repeated_values_make_fewer_classes():
    assert maps.breaks_of([5, 5, 5, 5], 5) == ()
    assert maps.breaks_of([None], 5) == ()


def test_classes_of_whole_numbers_share_none_and_nothing_stands_alone():
    areas = [square(str(n), 106 + n / 10, value=v) for n, v in enumerate([0, 0, 1, 2, 2, 3, 5, 8])]
    picture = maps.choropleth(areas, counts=True)

    assert [(s.low, s.high) for s in picture.legend] == [(0, 0), (1, 1), (2, 2), (3, 4), (5, 8)]
    assert [row.words for row in picture.rows] == [
        "8.0",
        "5.0",
        "3.0",
        "2.0",
        "2.0",
        "1.0",
        "0.0",
        "0.0",
    ]


def test_whole_numbers_that_are_all_alike_make_one_class():
    assert maps.whole_breaks_of([0, 0]) == ()
    assert maps.whole_breaks_of([3, 3, None]) == ()
    assert maps.whole_breaks_of([0, 3]) == (1.0,)


@pytest.mark.parametrize("classes", [0, 8])
def test_a_map_refuses_other_than_one_to_seven_classes(classes):
    with pytest.raises(ValueError, match="classes"):
        maps.breaks_of([1, 2, 3], classes)


def test_a_map_refuses_eight_classes_by_breaks():
    with pytest.raises(ValueError, match="at most 7"):
        maps.choropleth([square("a", 106)], breaks=range(7))


def test_shades_are_distinct_and_reach_both_ends():
    for classes in range(2, 8):
        shades = [maps.shade_of(step, classes) for step in range(1, classes + 1)]
        assert shades == sorted(set(shades))
        assert (shades[0], shades[-1]) == (1, 7)


def test_scale_bar_is_as_long_as_it_says():
    picture = maps.choropleth([square("a", 106, value=1), square("b", 107, value=2)])

    width_km = 2 * KM_PER_DEGREE * math.cos(math.radians(30.5))
    units_per_km = (outlines.WIDTH - 2 * outlines.MARGIN) / width_km
    assert picture.scale_km == 20
    assert picture.scale_width == round(20 * units_per_km)


def test_neighbours_share_their_border_in_the_drawing():
    left, right = maps.choropleth([square("a", 106, value=1), square("b", 107, value=2)]).rows

    assert left.path.startswith("M8 579l492 0 ")  # runs east from 8 to 500
    assert right.path.startswith("M500 579")


def test_the_chosen_district_is_drawn_last_but_listed_in_place():
    picture = maps.choropleth([square("a", 106), square("b", 107)], selected="a")

    assert [shape.key for shape in picture.shapes] == ["b", "a"]
    assert [shape.key for shape in picture.rows] == ["a", "b"]


def test_legend_spans_the_values_and_names_missing_ones():
    picture = maps.choropleth(
        [square("a", 106, value=2.0), square("b", 107, value=9.0), square("c", 108)], breaks=[5]
    )

    assert [(s.low, s.high) for s in picture.legend] == [(2.0, 4.9), (5, 9.0), (None, None)]


def test_each_value_as_it_is_printed_lies_in_one_class_of_the_legend():
    values = [0.2, 1.04, 1.96, 2.0, 2.04, 3.0, 7.96, 8.0, 8.4]
    areas = [square(str(n), 106 + n / 10, value=v) for n, v in enumerate(values)]
    picture = maps.choropleth(areas)

    for shape, value in zip(picture.rows, values, strict=True):
        printed = float(f"{value:.1f}")
        assert [s.step for s in picture.legend if s.low <= printed <= s.high] == [shape.step]


def test_rings_of_polygon_and_multipolygon():
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]

    assert len(maps.rings_of({"type": "Polygon", "coordinates": [ring]})) == 1
    assert len(maps.rings_of({"type": "MultiPolygon", "coordinates": [[ring], [ring]]})) == 2
    with pytest.raises(ValueError, match="polygon"):
        maps.rings_of({"type": "Point", "coordinates": [0, 0]})


def test_a_real_city_fits_a_page():
    data = Path(maps.__file__).parents[1] / "kernel/divisions/data/boundaries_50.geojson"
    features = json.loads(data.read_text())["features"]
    areas = [
        maps.Area(
            f["properties"]["adcode"], f["properties"]["name"], maps.rings_of(f["geometry"]), i
        )
        for i, f in enumerate(features)
    ]

    picture = maps.choropleth(areas)

    assert len(picture.shapes) == 38
    assert all(shape.path for shape in picture.shapes)
    assert sum(len(shape.path) for shape in picture.shapes) < 30_000


def test_a_name_is_printed_only_where_it_fits():
    wide, narrow = square("宽", 106, size=1.0), square("窄窄窄窄窄", 107, size=0.1)

    labels = {shape.key: shape.label for shape in maps.choropleth([wide, narrow]).rows}

    assert labels == {"宽": "宽", "窄窄窄窄窄": ""}


def test_a_name_stands_inside_a_bent_district():
    # A horseshoe open to the east: its centre of mass lies in the gap.
    ring = ((0, 0), (3, 0), (3, 1), (1, 1), (1, 2), (3, 2), (3, 3), (0, 3), (0, 0))

    shape = maps.choropleth([maps.Area("弯", "弯", (ring,))]).rows[0]

    assert shape.label == "弯"
    in_the_gap = shape.label_x > 336 and 336 < shape.label_y < 664
    assert not in_the_gap


def test_a_figure_without_words_of_its_own_is_printed_plainly():
    picture = maps.choropleth([square("a", 106, value=1234.56), square("b", 107)])

    assert [shape.words for shape in picture.rows] == ["1,234.6", ""]
