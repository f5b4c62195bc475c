"""Outlines of districts as SVG paths: projection, simplification, and room for a name.

Coordinates are WGS-84 degrees. A city is small enough for a local equirectangular projection:
east-west lengths shrink by the cosine of the middle latitude, which for a span of four degrees
errs by under two per cent.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

EARTH_KM = 6371.0088
WIDTH = 1000
MARGIN = 8
# One unit is a thousandth of the picture's width: finer than a pixel on a telephone, about one on
# a desk.
TOLERANCE = 1.0
CACHED_CITIES = 16
# The size of a name on the map; the style sheet says the same.
LETTER = 24

Ring = tuple[tuple[float, float], ...]
Points = NDArray[np.float64]


def rings_of(geometry: Mapping[str, Any]) -> tuple[Ring, ...]:
    """The rings of a GeoJSON Polygon or MultiPolygon, outer and holes alike: even-odd filling
    tells them apart."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"a district must be a polygon, not {kind}")
    return tuple(
        tuple((float(lon), float(lat)) for lon, lat, *_height in ring)
        for polygon in (coordinates if kind == "MultiPolygon" else [coordinates])
        for ring in polygon
    )


def project(points: Points, origin: tuple[float, float]) -> Points:
    """Degrees to kilometres east and south of `origin` (longitude, latitude); south grows as in
    SVG."""
    lon, lat = origin
    east = np.radians(points[:, 0] - lon) * math.cos(math.radians(lat)) * EARTH_KM
    south = -np.radians(points[:, 1] - lat) * EARTH_KM
    return np.column_stack([east, south])


def lengths_of(steps: Points) -> Points:
    lengths: Points = np.hypot(steps[:, 0], steps[:, 1])
    return lengths


def distances_from(points: Points, start: Points, end: Points) -> Points:
    """How far each point lies from the segment between two ends."""
    along = end - start
    length = float(along @ along)
    if length == 0:
        return lengths_of(points - start)
    t = np.clip((points - start) @ along / length, 0, 1)
    return lengths_of(points - start - t[:, None] * along)


def simplify(points: Points, tolerance: float) -> Points:
    """Douglas-Peucker: keeps both ends; no dropped point lies further than `tolerance` from what
    is kept."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    open_runs = [(0, len(points) - 1)]
    while open_runs:
        first, last = open_runs.pop()
        if last - first < 2:
            continue
        far = distances_from(points[first + 1 : last], points[first], points[last])
        worst = int(np.argmax(far))
        if far[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            open_runs += [(first, middle), (middle, last)]
    return points[keep]


def simplify_ring(ring: Points, tolerance: float) -> Points:
    """A closed line, cut at its first point and the point furthest from it, so that it cannot
    collapse."""
    if not np.array_equal(ring[0], ring[-1]):
        ring = np.vstack([ring, ring[:1]])
    far = int(np.argmax(lengths_of(ring - ring[0])))
    if far == 0:
        return ring[:1]
    there, back = simplify(ring[: far + 1], tolerance), simplify(ring[far:], tolerance)
    return np.vstack([there, back[1:]])


def path_of(ring: Points) -> str:
    """A ring as an SVG path in whole units, steps relative to keep the page small."""
    whole = np.rint(ring).astype(int)
    steps = np.diff(whole, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    moves = " ".join(f"{dx} {dy}" for dx, dy in steps[:-1])
    return f"M{whole[0][0]} {whole[0][1]}l{moves}z" if len(steps) > 2 else ""


def area_and_centre(ring: Points) -> tuple[float, Points]:
    """Size and centre of mass of a closed ring (shoelace)."""
    x, y = ring[:-1, 0], ring[:-1, 1]
    x2, y2 = ring[1:, 0], ring[1:, 1]
    cross = x * y2 - x2 * y
    total = float(cross.sum())
    if abs(total) < 1e-9:
        return 0.0, ring.mean(axis=0)
    centre = np.array([((x + x2) * cross).sum(), ((y + y2) * cross).sum()]) / (3 * total)
    return abs(total) / 2, centre


@dataclass(frozen=True)
class Room:
    """Where a district's name may stand, and how wide it may be there."""

    x: int
    y: int
    width: float


def room_in(outline: Points) -> Room:
    """The widest place for a name at or near the height of a district's centre."""
    _size, (_x, centre) = area_and_centre(outline)
    reach = float(np.ptp(outline[:, 1]))
    return max((room_at(outline, centre + reach * n / 10) for n in (0, 1, -1, 2, -2)), key=_width)


def _width(room: Room) -> float:
    return room.width


def room_at(outline: Points, y: float) -> Room:
    """The widest stretch inside a district that is as high as a letter."""
    left, right = -math.inf, math.inf
    for height in (y, y - LETTER / 2, y + LETTER / 2):
        stretches = [(a, b) for a, b in stretches_of(outline, height) if b > left and a < right]
        if not stretches:
            return Room(0, 0, 0)
        a, b = max(stretches, key=lambda ends: min(ends[1], right) - max(ends[0], left))
        left, right = max(left, a), min(right, b)
    return Room(round((left + right) / 2), round(y), right - left)


def stretches_of(outline: Points, height: float) -> list[tuple[float, float]]:
    """Where a horizontal line runs inside a closed ring."""
    (x, y), (x2, y2) = outline[:-1].T, outline[1:].T
    cut = (y > height) != (y2 > height)
    at = np.sort(x[cut] + (height - y[cut]) / (y2[cut] - y[cut]) * (x2[cut] - x[cut]))
    return [(float(a), float(b)) for a, b in zip(at[::2], at[1::2], strict=True)]


def width_of_name(name: str) -> float:
    """About how wide a name is printed; Chinese letters are square, others about half of that."""
    return sum(LETTER if ord(letter) > 0x2E80 else LETTER * 0.55 for letter in name)


@dataclass(frozen=True)
class Drawing:
    height: int
    km_per_unit: float
    origin: tuple[float, float]
    shift: tuple[float, float]
    paths: tuple[tuple[str, Room], ...]


@lru_cache(maxsize=CACHED_CITIES)
def draw(shapes: tuple[tuple[Ring, ...], ...]) -> Drawing:
    """The part of a map that values do not change; a city is drawn once per process."""
    everything = np.array([p for rings in shapes for ring in rings for p in ring], dtype=float)
    low, high = everything.min(axis=0), everything.max(axis=0)
    origin = (float((low[0] + high[0]) / 2), float((low[1] + high[1]) / 2))
    kilometres = project(everything, origin)
    left, top = kilometres.min(axis=0)
    wide, tall = kilometres.max(axis=0) - kilometres.min(axis=0)
    km_per_unit = float(max(wide, tall * 0.8)) / (WIDTH - 2 * MARGIN)
    shift = (
        float(MARGIN - left / km_per_unit + (WIDTH - 2 * MARGIN - wide / km_per_unit) / 2),
        float(MARGIN - top / km_per_unit),
    )
    paths = []
    for rings in shapes:
        outlines = [
            simplify_ring(
                project(np.array(ring, dtype=float), origin) / km_per_unit + shift, TOLERANCE
            )
            for ring in rings
        ]
        largest = max(outlines, key=lambda line: area_and_centre(line)[0])
        paths.append(("".join(path_of(line) for line in outlines), room_in(largest)))
    height = math.ceil(tall / km_per_unit + 2 * MARGIN)
    return Drawing(height, km_per_unit, origin, shift, tuple(paths))
