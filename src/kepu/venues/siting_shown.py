"""Siting as its page shows it: the map of districts, dots of townships, and the findings in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.kernel import clock
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.ui import formats
from kepu.ui.cards import NumberTile
from kepu.ui.maps import Area, Dot, Map, Ring, choropleth
from kepu.venues.siting import Reach, Township


def tiles(found: Reach) -> list[NumberTile]:
    """How many live near one, how many do not, and on what that rests."""
    within, beyond = "–", "–"
    if found.share is not None:
        within, beyond = (formats.share(one, places=0) for one in (found.share, 1 - found.share))
    return [
        NumberTile(_("Residents within reach"), within, note=_people(found.reached)),
        NumberTile(
            _("Residents beyond reach"), beyond, note=_people(found.people - found.reached)
        ),
        NumberTile(
            _("Open venues on the map"), formats.count(found.venues), pgettext("unit", "venues"),
            note=_("%(n)s more have no position") % {"n": found.without_place}
            if found.without_place else "",
        ),
    ]  # fmt: skip


def _people(many: float) -> str:
    """Rounded, for the parts of districts are no counts."""
    return formats.count(int(round(many, -2 if many >= 1000 else 0)))


def picture(
    found: Reach, now: datetime, *, selected: str, href: Callable[[str], str]
) -> tuple[Map | None, str]:
    """Districts by the share of residents within reach; the townships of the chosen one as dots."""
    city = crosswalk.boundaries((selected or settings.CITY).split(".")[0], on=clock.day(now))
    areas = [_area(one.path, one.name, one.rings, found, href) for one in city.outlines]
    if not areas:
        return None, ""
    dots = _dots(found.inside(selected).townships) if selected else []
    drawn = choropleth(areas, breaks=(20, 40, 60, 80, 99.5), places=0, dots=dots, selected=selected)
    return drawn, " ".join(city.captions[1:])


def _area(
    path: str, name: str, rings: tuple[Ring, ...], found: Reach, href: Callable[[str], str]
) -> Area:
    share = found.inside(path).share
    value = None if share is None else share * 100
    words = "" if share is None else formats.share(share, places=0)
    return Area(key=path, name=name, rings=rings, value=value, href=href(path), words=words)


def _dots(townships: Sequence[Township]) -> list[Dot]:
    return [
        Dot(f"{one.name} {far(one)}", one.lon, one.lat, tone="plain" if one.near else "danger")
        for one in townships
    ]


def far(one: Township) -> str:
    """How far the nearest venue is, or that there is none."""
    return formats.distance(one.km * 1000) if one.known else _("no venue anywhere")
