"""Districts as one picture: projection, simplification, classes and legend. No tiles, no script.

Coordinates are WGS-84 degrees. A city is small enough for a local equirectangular projection: east-west lengths
shrink by the cosine of the middle latitude, which for a span of four degrees errs by under two per cent.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

EARTH_KM = 6371.0088
MOST_CLASSES = 7
WIDTH = 1000
MARGIN = 8
# One unit is a thousandth of the picture's width: finer than a pixel on a telephone, about one on a desk.
TOLERANCE = 1.0
CACHED_CITIES = 16

Ring = tuple[tuple[float, float], ...]
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Area:
    """One district with the value it is coloured by; None is "no figure"."""

    key: str
    name: str
    rings: tuple[Ring, ...]
    value: float | None = None
    href: str = ""
    uncertain: bool = False
    words: str = ""


@dataclass(frozen=True)
class Dot:
    """A station, order or base on the map; tone plain, warning or danger."""

    name: str
    lon: float
    lat: float
    href: str = ""
    tone: str = "plain"


@dataclass(frozen=True)
class Shape:
    """A drawn district."""

    key: str
    name: str
    path: str
    step: int
    words: str
    href: str
    uncertain: bool
    selected: bool
    label: str
    label_x: int
    label_y: int


@dataclass(frozen=True)
class DrawnDot:
    """A dot in picture units."""

    name: str
    x: int
    y: int
    href: str
    tone: str


@dataclass(frozen=True)
class LegendStep:
    """One colour of the legend; step 0 is "no figure"."""

    step: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Map:
    """A map ready to print."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    rows: tuple[Shape, ...]
    dots: tuple[DrawnDot, ...]
    legend: tuple[LegendStep, ...]
    any_uncertain: bool
    scale_km: float
    scale_width: int


def rings_of(geometry: Mapping[str, Any]) -> tuple[Ring, ...]:
    """The rings of a GeoJSON Polygon or MultiPolygon, outer and holes alike: even-odd filling tells them apart."""
    polygons = {"Polygon": lambda c: [c], "MultiPolygon": lambda c: c}
    if geometry["type"] not in polygons:
        raise ValueError(f"a district must be a polygon, not {geometry['type']}")
    return tuple(
        tuple((float(lon), float(lat)) for lon, lat, *_height in ring)
        for polygon in polygons[geometry["type"]](geometry["coordinates"])
        for ring in polygon
    )


def project(points: Points, origin: tuple[float, float]) -> Points:
    """Degrees to kilometres east and south of `origin` (longitude, latitude); south grows as in SVG."""
    lon, lat = origin
    east = np.radians(points[:, 0] - lon) * math.cos(math.radians(lat)) * EARTH_KM
    south = -np.radians(points[:, 1] - lat) * EARTH_KM
    return np.column_stack([east, south])


def _distances(points: Points, start: Points, end: Points) -> Points:
    """How far each point lies from the segment between two ends."""
    along = end - start
    length = float(along @ along)
    if length == 0:
        return np.hypot(*(points - start).T)
    t = np.clip((points - start) @ along / length, 0, 1)
    return np.hypot(*(points - start - t[:, None] * along).T)


def simplify(points: Points, tolerance: float) -> Points:
    """Douglas-Peucker: keeps both ends; no dropped point lies further than `tolerance` from what is kept."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    open_runs = [(0, len(points) - 1)]
    while open_runs:
        first, last = open_runs.pop()
        if last - first < 2:
            continue
        far = _distances(points[first + 1 : last], points[first], points[last])
        worst = int(np.argmax(far))
        if far[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            open_runs += [(first, middle), (middle, last)]
    return points[keep]


def simplify_ring(ring: Points, tolerance: float) -> Points:
    """A closed line, cut at its first point and the point furthest from it, so that it cannot collapse."""
    if not np.array_equal(ring[0], ring[-1]):
        ring = np.vstack([ring, ring[:1]])
    far = int(np.argmax(np.hypot(*(ring - ring[0]).T)))
    if far == 0:
        return ring[:1]
    there, back = simplify(ring[: far + 1], tolerance), simplify(ring[far:], tolerance)
    return np.vstack([there, back[1:]])


def _path(ring: Points) -> str:
    """A ring as an SVG path in whole units, steps relative to keep the page small."""
    whole = np.rint(ring).astype(int)
    steps = np.diff(whole, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    moves = " ".join(f"{dx} {dy}" for dx, dy in steps[:-1])
    return f"M{whole[0][0]} {whole[0][1]}l{moves}z" if len(steps) > 2 else ""


def _area_and_centre(ring: Points) -> tuple[float, Points]:
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
class _Drawing:
    height: int
    km_per_unit: float
    origin: tuple[float, float]
    shift: tuple[float, float]
    paths: tuple[tuple[str, int, int, float], ...]


@lru_cache(maxsize=CACHED_CITIES)
def _draw(shapes: tuple[tuple[Ring, ...], ...]) -> _Drawing:
    """The part of a map that values do not change; a city is drawn once per process."""
    everything = np.array([p for rings in shapes for ring in rings for p in ring], dtype=float)
    low, high = everything.min(axis=0), everything.max(axis=0)
    origin = (float((low[0] + high[0]) / 2), float((low[1] + high[1]) / 2))
    kilometres = project(everything, origin)
    left, top = kilometres.min(axis=0)
    wide, tall = np.ptp(kilometres, axis=0)
    km_per_unit = float(max(wide, tall * 0.8)) / (WIDTH - 2 * MARGIN)
    shift = (
        float(MARGIN - left / km_per_unit + (WIDTH - 2 * MARGIN - wide / km_per_unit) / 2),
        float(MARGIN - top / km_per_unit),
    )
    paths = []
    for rings in shapes:
        drawn, best = [], (0.0, np.zeros(2))
        for ring in rings:
            units = project(np.array(ring, dtype=float), origin) / km_per_unit + shift
            line = simplify_ring(units, TOLERANCE)
            drawn.append(_path(line))
            if len(line) > 3:
                best = max(best, _area_and_centre(line), key=lambda found: found[0])
        x, y = np.rint(best[1]).astype(int)
        paths.append(("".join(drawn), int(x), int(y), best[0]))
    height = math.ceil(tall / km_per_unit + 2 * MARGIN)
    return _Drawing(height, km_per_unit, origin, shift, tuple(paths))


def breaks_of(values: Iterable[float | None], classes: int = 5) -> tuple[float, ...]:
    """Upper limits of all classes but the last, by quantiles; fewer when values repeat."""
    if not 1 <= classes <= MOST_CLASSES:
        raise ValueError(f"a map has one to {MOST_CLASSES} classes, not {classes}")
    known = np.array([v for v in values if v is not None], dtype=float)
    if known.size == 0:
        return ()
    cuts = np.quantile(known, np.arange(1, classes) / classes)
    return tuple(float(c) for c in np.unique(cuts) if c > known.min())


def step_of(value: float | None, breaks: Sequence[float]) -> int:
    """The class of a value, 1 for the lowest; a value on a limit belongs to the class above; 0 is no figure."""
    return 0 if value is None else 1 + int(np.searchsorted(np.asarray(breaks), value, side="right"))


def shade_of(step: int, classes: int) -> int:
    """The colour 1..7 of a class, spread over the whole range so that few classes still differ well."""
    if step == 0 or classes == 1:
        return 0 if step == 0 else 4
    return 1 + round((step - 1) * (MOST_CLASSES - 1) / (classes - 1))


def round_length(most_km: float) -> float:
    """The longest of 1, 2, 5 times a power of ten that fits."""
    power = 10.0 ** math.floor(math.log10(most_km))
    return max(n * power for n in (1, 2, 5) if n * power <= most_km * (1 + 1e-9))


def _legend(values: Sequence[float | None], breaks: Sequence[float]) -> tuple[LegendStep, ...]:
    known = [v for v in values if v is not None]
    classes = len(breaks) + 1
    limits = [min(known), *breaks, max(known)] if known else []
    steps = [
        LegendStep(shade_of(i + 1, classes), limits[i], limits[i + 1])
        for i in range(classes if known else 0)
    ]
    return (*steps, LegendStep(0, None, None)) if len(known) < len(values) else tuple(steps)


# A name is printed where its district has room for it: per letter of 24 units, its square and as much air again.
ROOM_PER_LETTER = 1900.0


def choropleth(
    areas: Iterable[Area],
    *,
    breaks: Sequence[float] | None = None,
    classes: int = 5,
    dots: Iterable[Dot] = (),
    selected: str = "",
) -> Map:
    """Draw districts coloured by value.

    `breaks` are the limits between classes (at most six); left out, they are quantiles for `classes` classes.
    Raises ValueError for more than seven classes or no area.
    """
    areas = tuple(areas)
    if not areas:
        raise ValueError("a map needs at least one area")
    values = [area.value for area in areas]
    limits = tuple(sorted(breaks)) if breaks is not None else breaks_of(values, classes)
    if len(limits) + 1 > MOST_CLASSES:
        raise ValueError(f"a map has at most {MOST_CLASSES} classes, not {len(limits) + 1}")
    drawing = _draw(tuple(area.rings for area in areas))
    shapes = []
    for area, (path, x, y, room) in zip(areas, drawing.paths, strict=True):
        shade = shade_of(step_of(area.value, limits), len(limits) + 1)
        label = area.name if room > ROOM_PER_LETTER * len(area.name) else ""
        shapes.append(
            Shape(
                key=area.key, name=area.name, path=path, step=shade, words=area.words,
                href=area.href, uncertain=area.uncertain, selected=area.key == selected,
                label=label, label_x=x, label_y=y,
            )
        )  # fmt: skip
    scale_km = round_length(drawing.km_per_unit * WIDTH / 4)
    return Map(
        width=WIDTH,
        height=drawing.height,
        # The chosen one is drawn last, or its neighbours would cover half its outline.
        shapes=tuple(sorted(shapes, key=lambda shape: shape.selected)),
        rows=tuple(shapes),
        dots=tuple(_placed(dot, drawing) for dot in dots),
        legend=_legend(values, limits),
        any_uncertain=any(area.uncertain for area in areas),
        scale_km=scale_km,
        scale_width=round(scale_km / drawing.km_per_unit),
    )


def _placed(dot: Dot, drawing: _Drawing) -> DrawnDot:
    at = project(np.array([[dot.lon, dot.lat]]), drawing.origin)[0] / drawing.km_per_unit
    x, y = np.rint(at + drawing.shift).astype(int)
    return DrawnDot(dot.name, int(x), int(y), dot.href, dot.tone)
