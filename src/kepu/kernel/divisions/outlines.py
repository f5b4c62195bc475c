"""Outlines of districts as shipped, by official code. © OpenStreetMap contributors, ODbL."""

from __future__ import annotations

import json
from functools import cache

from kepu.kernel.divisions.frame import read_text

ATTRIBUTION = "© OpenStreetMap contributors"

Point = tuple[float, float]
Ring = tuple[Point, ...]

_FILES = {"50": "boundaries_50.geojson", "51": "boundaries_51.geojson.gz"}


@cache
def of_province(province: str) -> dict[str, tuple[Ring, ...]]:
    """Rings of each district by its code, as (longitude, latitude); none for other provinces."""
    if province not in _FILES:
        return {}
    features = json.loads(read_text(_FILES[province]))["features"]
    return {feature["properties"]["adcode"]: _rings(feature["geometry"]) for feature in features}


def _rings(geometry: dict[str, list[list[list[list[float]]]]]) -> tuple[Ring, ...]:
    return tuple(
        tuple((lon, lat) for lon, lat in ring)
        for polygon in geometry["coordinates"]
        for ring in polygon
    )


def holds(rings: tuple[Ring, ...], point: Point) -> bool:
    """Whether the point lies inside: an odd number of edges is crossed going east."""
    lon, lat = point
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
                inside = not inside
    return inside


def area(rings: tuple[Ring, ...]) -> float:
    """The area in square degrees, for proportions only; holes count as if they were filled."""
    return sum(abs(_signed(ring)) for ring in rings)


def _signed(ring: Ring) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2
