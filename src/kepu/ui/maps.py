"""Districts as one picture: classes, legend, scale. No tiles, no script."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kepu.ui.formats import decimal
from kepu.ui.outlines import (
    LETTER,
    WIDTH,
    Drawing,
    Ring,
    draw,
    project,
    rings_of,
    width_of_name,
)

__all__ = ["Area", "Dot", "Map", "Ring", "breaks_of", "choropleth", "rings_of"]

MOST_CLASSES = 7


@dataclass(frozen=True)
class Area:
    """One district with the value it is coloured by; None is "no figure".

    `doubt` says how unsure the value is, on any scale: the surest third of the districts is drawn in full
    colour, the next paler, the least sure palest.
    """

    key: str
    name: str
    rings: tuple[Ring, ...]
    value: float | None = None
    href: str = ""
    uncertain: bool = False
    words: str = ""
    doubt: float | None = None


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
    """A drawn district. `third` is 1 for the surest, 2 and 3 for paler ones."""

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
    third: int = 1

    @property
    def deep(self) -> bool:
        """Whether its colour is so deep that a name in it must be pale."""
        return self.step > 4 and self.third == 1


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
    places: int
    any_uncertain: bool
    by_doubt: bool
    scale_km: float
    scale_width: int

    @property
    def classes(self) -> list[int]:
        """Colours of the legend, the lowest first."""
        return [one.step for one in self.legend if one.step]


def breaks_of(values: Iterable[float | None], classes: int = 5) -> tuple[float, ...]:
    """Upper limits of all classes but the last, by quantiles; fewer when values repeat."""
    if not 1 <= classes <= MOST_CLASSES:
        raise ValueError(f"a map has one to {MOST_CLASSES} classes, not {classes}")
    known = np.array([v for v in values if v is not None], dtype=float)
    if known.size == 0:
        return ()
    cuts = np.quantile(known, np.arange(1, classes) / classes)
    return tuple(float(c) for c in np.unique(cuts) if c > known.min())


def whole_breaks_of(values: Iterable[float | None], classes: int = 5) -> tuple[float, ...]:
    """Limits between classes of whole numbers: nothing stands alone, what there is by quantiles.

    Each number counts once, or the many districts with one or two orders would fill most classes.
    """
    known = {v for v in values if v is not None}
    some = breaks_of([v for v in known if v > 0], classes - 1)
    none = (1.0,) if 0 in known and any(known) else ()
    return tuple(sorted({*none, *(float(math.ceil(limit)) for limit in some)}))


def step_of(value: float | None, breaks: Sequence[float]) -> int:
    """The class of a value, 1 for the lowest; a value on a limit belongs to the class above; 0
    is no figure."""
    return 0 if value is None else 1 + int(np.searchsorted(np.asarray(breaks), value, side="right"))


def shade_of(step: int, classes: int) -> int:
    """The colour 1..7 of a class, spread over the whole range so that few classes still differ
    well."""
    if step == 0 or classes == 1:
        return 0 if step == 0 else 4
    return 1 + round((step - 1) * (MOST_CLASSES - 1) / (classes - 1))


def thirds_of(doubts: Sequence[float | None]) -> list[int]:
    """1 for the surest third, 3 for the least sure; all 1 where doubt is the same, or not known."""
    known = [doubt for doubt in doubts if doubt is not None]
    if not known:
        return [1] * len(doubts)
    limits = np.quantile(known, (1 / 3, 2 / 3))
    return [1 if one is None else 1 + int(np.searchsorted(limits, one)) for one in doubts]


def round_length(most_km: float) -> float:
    """The longest of 1, 2, 5 times a power of ten that fits."""
    power = 10.0 ** math.floor(math.log10(most_km))
    return max(n * power for n in (1, 2, 5) if n * power <= most_km * (1 + 1e-9))


def _legend(
    values: Sequence[float | None], breaks: Sequence[float], places: int
) -> tuple[LegendStep, ...]:
    """The classes with their limits; each ends by the last place before the next one begins."""
    known = [v for v in values if v is not None]
    classes, gap = len(breaks) + 1, 10.0**-places
    limits = [min(known), *breaks, max(known) + gap] if known else []
    steps = [
        LegendStep(shade_of(i + 1, classes), limits[i], round(limits[i + 1] - gap, places))
        for i in range(classes if known else 0)
    ]
    return (*steps, LegendStep(0, None, None)) if len(known) < len(values) else tuple(steps)


def choropleth(
    areas: Iterable[Area],
    *,
    breaks: Sequence[float] | None = None,
    counts: bool = False,
    places: int = 1,
    dots: Iterable[Dot] = (),
    selected: str = "",
) -> Map:
    """Draw districts coloured by value.

    `breaks` are the limits between classes (at most six); left out, they are quantiles for
    five classes. Values are taken as they are printed, to so many `places`, and classes share
    none. With `counts` they are whole numbers of things: nothing is a class of its own, and the table
    begins with the most.
    Raises ValueError for more than seven classes or no area.
    """
    areas = tuple(areas)
    if not areas:
        raise ValueError("a map needs at least one area")
    places = 0 if counts else places
    values = [None if area.value is None else round(area.value, places) for area in areas]
    if breaks is None:
        breaks = whole_breaks_of(values) if counts else breaks_of(values)
    limits = tuple(sorted({round(limit, places) for limit in breaks}))
    if len(limits) + 1 > MOST_CLASSES:
        raise ValueError(f"a map has at most {MOST_CLASSES} classes, not {len(limits) + 1}")
    drawing = draw(tuple(area.rings for area in areas))
    shapes, thirds = [], thirds_of([area.doubt for area in areas])
    for area, value, third, (path, room) in zip(areas, values, thirds, drawing.paths, strict=True):
        shade = shade_of(step_of(value, limits), len(limits) + 1)
        label = area.name if room.width > width_of_name(area.name) + LETTER / 3 else ""
        shapes.append(
            Shape(
                key=area.key, name=area.name, path=path, step=shade, words=_words_of(area),
                href=area.href, uncertain=area.uncertain, selected=area.key == selected,
                label=label, label_x=room.x, label_y=room.y, third=third,
            )
        )  # fmt: skip
    scale_km = round_length(drawing.km_per_unit * WIDTH / 4)
    return Map(
        width=WIDTH,
        height=drawing.height,
        # The chosen one is drawn last, or its neighbours would cover half its outline.
        shapes=tuple(sorted(shapes, key=lambda shape: shape.selected)),
        rows=_ranked(areas, shapes) if counts else tuple(shapes),
        dots=tuple(_placed(dot, drawing) for dot in dots),
        legend=_legend(values, limits, places),
        places=places,
        any_uncertain=any(area.uncertain for area in areas),
        by_doubt=max(thirds) > 1,
        scale_km=scale_km,
        scale_width=round(scale_km / drawing.km_per_unit),
    )


def _ranked(areas: Sequence[Area], shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """The most first; those without a figure last."""
    values = {area.key: -1 if area.value is None else area.value for area in areas}
    return tuple(sorted(shapes, key=lambda shape: -values[shape.key]))


def _words_of(area: Area) -> str:
    if area.words or area.value is None:
        return area.words
    return decimal(area.value)


def _placed(dot: Dot, drawing: Drawing) -> DrawnDot:
    at = project(np.array([[dot.lon, dot.lat]]), drawing.origin)[0] / drawing.km_per_unit
    x, y = np.rint(at + drawing.shift).astype(int)
    return DrawnDot(dot.name, int(x), int(y), dot.href, dot.tone)
