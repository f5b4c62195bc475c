"""Districts coloured by how many of something they have, with dots where each one stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings

from kepu.kernel import clock
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions.fields import within
from kepu.ui.maps import Area, Dot, Map, choropleth, whole_breaks_of


def by_district(
    paths: Iterable[str],
    now: datetime,
    *,
    unit: str,
    href: Callable[[str], str],
    dots: Iterable[Dot] = (),
    selected: str = "",
) -> tuple[Map | None, str]:
    """The map, and what to know of its outlines; no map before the divisions are loaded.

    Where nobody has any, the map of the province that `selected` names is drawn, else that of the
    place that this installation serves.
    """
    city = crosswalk.boundaries((selected or settings.CITY).split(".")[0], on=clock.day(now))
    standing = list(paths)
    areas = [
        _area(outline, sum(within(path, outline.path) for path in standing), unit, href)
        for outline in city.outlines
    ]
    if not areas:
        return None, ""
    limits = whole_breaks_of(area.value for area in areas)
    drawn = choropleth(areas, breaks=limits, places=0, dots=dots, selected=selected)
    return drawn, " ".join(city.captions[1:])


def _area(outline: crosswalk.Outline, count: int, unit: str, href: Callable[[str], str]) -> Area:
    return Area(
        key=outline.path,
        name=outline.name,
        rings=outline.rings,
        value=float(count),
        href=href(outline.path),
        words=f"{count:,} {unit}",
    )
