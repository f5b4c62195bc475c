"""Reads of divisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from kepu.kernel.divisions.fields import ancestors, parts
from kepu.kernel.divisions.models import Division, Zone, ZonePart
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import Outside


@dataclass(frozen=True)
class Position:
    """A place on the map; `approximate` when set by rule or borrowed from the level above."""

    lon: float
    lat: float
    approximate: bool


def in_force(on: date, prefix: str = "") -> Q:
    """The condition that a dated row holds on the day `on`."""
    first, last = f"{prefix}valid_from", f"{prefix}valid_to"
    return (Q(**{f"{first}__isnull": True}) | Q(**{f"{first}__lte": on})) & (
        Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": on})
    )


def standing(on: date) -> QuerySet[Division]:
    """Divisions that stood on the day `on`, in the order of their paths."""
    return Division.objects.filter(in_force(on))


def current() -> QuerySet[Division]:
    """Divisions that have not ended."""
    return Division.objects.filter(valid_to__isnull=True)


def at(path: str) -> Division:
    """The division whose path is `path`; raises Division.DoesNotExist."""
    return Division.objects.get(path=path)


def at_and_below(paths: Iterable[str]) -> list[Division]:
    """The divisions at some paths, and the current ones one level below, by level and name. Two queries:
    one that asked for either would read every division.
    """
    here = list(Division.objects.filter(path__in=list(paths)))
    children = current().filter(parent__in=[one.pk for one in here])
    return sorted([*here, *children], key=lambda one: (one.level, one.sort_key, one.path))


def below(path: str, level: Level) -> QuerySet[Division]:
    """Current divisions of one level inside `path`, in the order of their names."""
    return current().filter(path__within=path, level=level).order_by("sort_key", "path")


def districts_by_city(
    places: Iterable[str] | None = None,
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Path and name of every district, or those inside some places, under the city's name. Two queries.

    A name such as 市中区 stands in many cities, so districts without their city cannot be told apart.
    """
    districts = current().filter(level=Level.DISTRICT).order_by("path")
    if places is not None:
        inside = [Q(path__within=path) for path in places]
        districts = districts.filter(reduce(or_, inside)) if inside else districts.none()
    cities: dict[str, list[tuple[str, str, str]]] = {}
    for path, name, key in districts.values_list("path", "name", "sort_key"):
        cities.setdefault(parent_path(path) or path, []).append((key, path, name))
    names = full_names(set(cities))
    return [
        (names[city], [(path, name) for _key, path, name in sorted(rows)])
        for city, rows in cities.items()
    ]


def children(path: str | None, *, on: date | None = None) -> QuerySet[Division]:
    """What lies one level below `path` (None: the provinces) on a day or now, by name."""
    found = current() if on is None else standing(on)
    parent = Q(parent__isnull=True) if path is None else Q(parent__path=path)
    return found.filter(parent).order_by("sort_key", "path")


def lineage(path: str) -> list[Division]:
    """The division at `path` and all above it, widest first. One query."""
    return list(Division.objects.filter(path__in=ancestors(path)).order_by("path"))


def full_name(path: str) -> str:
    """The name in full, such as 重庆市渝中区七星岗街道."""
    return "".join(division.name for division in lineage(path))


def full_names(paths: set[str]) -> dict[str, str]:
    """Names in full of many places. One query."""
    wanted = {above for path in paths for above in ancestors(path)}
    names = dict(Division.objects.filter(path__in=wanted).values_list("path", "name"))
    return {
        path: "".join(names.get(above, "") for above in reversed(ancestors(path))) for path in paths
    }


def nearest(path: str, level: Level) -> Division | None:
    """The division of `level` that `path` is or lies in; None when it lies above that level."""
    return Division.objects.filter(path__in=ancestors(path), level=level).first()


def district_path(path: str) -> str | None:
    """The path of the district that `path` lies in, or None when it lies above districts."""
    district = nearest(path, Level.DISTRICT)
    return district.path if district else None


def district_paths(paths: Iterable[str]) -> dict[str, str]:
    """As `district_path`, for many paths at once; those above districts are left out. One query."""
    asked = set(paths)
    above = {path: ancestors(path) for path in asked}
    wanted = {one for found in above.values() for one in found}
    districts = set(
        Division.objects.filter(path__in=wanted, level=Level.DISTRICT).values_list(
            "path", flat=True
        )
    )
    return {path: one for path, found in above.items() for one in found if one in districts}


def parent_path(path: str) -> str | None:
    """One level up, or None at the top."""
    above = ancestors(path)
    return above[1] if len(above) > 1 else None


def search_names(text: str, *, within: str = "", limit: int = 20) -> list[Division]:
    """Current divisions whose name holds `text` or whose pinyin begins with it.

    Names that begin with the text come first, then the widest level. Pinyin may be written with
    or without blanks: `chongqing` and `chong qing` find 重庆市. One query over `within`.
    """
    wanted = "".join(text.split()).lower()
    if not wanted:
        return []
    plain = Replace("sort_key", Value(" "), Value(""))
    matches = Q(name__contains=wanted) | Q(plain__startswith=wanted)
    rank = Case(
        *(When(level=level, then=Value(level.rank)) for level in Level), output_field=IntegerField()
    )
    begins = Case(When(name__startswith=wanted, then=Value(0)), default=Value(1))
    found = current().filter(path__within=within).annotate(plain=plain).filter(matches)
    return list(found.order_by(begins, rank, "sort_key", "path")[:limit])


def named(text: str) -> list[Division]:
    """Current divisions whose full name ends in `text`, such as 渝中区七星岗街道. Two queries."""
    wanted = "".join(text.split())
    if not wanted:
        return []
    said = Value(wanted, output_field=CharField())
    found = list(current().annotate(said=said).filter(said__endswith=F("name")).order_by("path"))
    names = full_names({division.path for division in found})
    return [division for division in found if names[division.path].endswith(wanted)]


ENDINGS = (
    "社区居民委员会",
    "村民委员会",
    "居民委员会",
    "社区居委会",
    "村委会",
    "居委会",
    "社区",
    "村",
    "街道",
    "镇",
    "乡",
)


def meant(text: str, *, limit: int = 20) -> list[Division]:
    """Current divisions that people mean by `text`, however they write it; at most `limit`.

    渝中区朝天门街道巴县衙门社区, with or without blanks, 渝中区巴县衙门, 巴县衙门 and a part of a
    name are all understood. The full name comes first: who writes it is not asked to choose.
    """
    wanted = "".join(text.split())
    return named(wanted)[:limit] or _short(wanted)[:limit] or search_names(wanted, limit=limit)


def _short(wanted: str) -> list[Division]:
    """Divisions whose name ends `wanted`, endings aside, behind the names of some that hold them."""
    stem = _stem(wanted)
    names = [stem[at:] + ending for at in range(len(stem) - 1) for ending in ("", *ENDINGS)]
    found = list(current().filter(name__in=names[:1000]).order_by("path"))
    above = {path for division in found for path in ancestors(division.path)[1:]}
    known = dict(Division.objects.filter(path__in=above).values_list("path", "name"))
    return [one for one in found if _leads_to(one, stem, known)]


def _leads_to(division: Division, stem: str, known: dict[str, str]) -> bool:
    """Whether what stands before the name is made of names of places above, in their order."""
    rest = stem.removesuffix(_stem(division.name))
    for path in ancestors(division.path)[1:]:
        name = known.get(path, "")
        rest = rest.removesuffix(name).removesuffix(_stem(name))
    return not rest


def _stem(name: str) -> str:
    """巴县衙门 of 巴县衙门社区居民委员会."""
    ending = next((one for one in ENDINGS if name.endswith(one) and len(name) > len(one) + 1), "")
    return name.removesuffix(ending)


def position(division: Division) -> Position | None:
    """Where the division lies, as well as is known; None when not even a level above is placed.

    A district has a point inside its outline. A township's point is set by rule inside its
    district, and a community stands where its township does: both approximate.
    """
    if division.lon is not None and division.lat is not None:
        return Position(division.lon, division.lat, division.approximate_position)
    above = [row for row in reversed(lineage(division.path)) if row.lon is not None]
    if not above:
        return None
    return Position(float(above[0].lon or 0), float(above[0].lat or 0), True)


def positions(paths: Iterable[str]) -> dict[str, Position]:
    """As `position`, for many paths at once; those of which nothing is known are left out. One query."""
    wanted = set(paths)
    above = {path for one in wanted for path in ancestors(one)}
    rows = Division.objects.filter(path__in=above, lon__isnull=False)
    known = {row.path: row for row in rows}
    found = {}
    for path in wanted:
        nearest = next((known[one] for one in ancestors(path) if one in known), None)
        if nearest is not None:
            own = nearest.path == path and not nearest.approximate_position
            found[path] = Position(float(nearest.lon or 0), float(nearest.lat or 0), not own)
    return found


def zones_holding(path: str, on: date) -> QuerySet[Zone]:
    """Zones that hold `path` on the day `on`, by name."""
    held = zone_parts(on).filter(zone=OuterRef("pk"), path__in=ancestors(path))
    return Zone.objects.filter(Exists(held)).order_by("name")


def zone_parts(on: date) -> QuerySet[ZonePart]:
    """Parts in force on the day `on` of zones in force on that day."""
    return ZonePart.objects.filter(in_force(on), in_force(on, "zone__"))


def zone_paths(zone: Zone, on: date) -> list[str]:
    """What the zone holds on the day `on`, in the order of paths."""
    return list(zone_parts(on).filter(zone=zone).order_by("path").values_list("path", flat=True))


def zone_ground(zone: Zone, on: date) -> list[str]:
    """What whoever holds something in the zone comes to hold: its parts of the day `on` and later.

    Of a zone that is over, all that it ever held; so that only one without any part has no ground.
    """
    held = ZonePart.objects.filter(zone=zone)
    unfinished = held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    return sorted(set((unfinished or held).values_list("path", flat=True)))


def inside(paths: Iterable[str], field: str = "path") -> Q:
    """Rows whose path lies in any of several places, each row once: `filter(inside(paths))`."""
    found = Q(pk__in=())
    for path in paths:
        found |= Q(**{f"{field}__within": path})
    return found


def communities(paths: Iterable[str]) -> int:
    """How many communities stand in the places today. One query."""
    return current().filter(inside(paths), level=Level.COMMUNITY).count()


def depth(path: str) -> int:
    return len(parts(path))


def locked(path: str) -> Division:
    """The division at `path`, locked until the transaction ends; raises Outside."""
    found = Division.objects.select_for_update().filter(path=path).first()
    if found is None:
        raise Outside(_("there is no such place"))
    return found
