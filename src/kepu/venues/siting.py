"""Where venues lie against where people live: rows to arrays, the engine, arrays to rows.

Distances are as the crow flies. No size of townships is published: one without a figure of its own gets an
even part of its district's, and most stand at a place set by rule inside their district.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Q

from kepu.kernel import clock
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.venues import policy
from kepu.venues.models import Project, Venue
from kepu.venues.rules import WITHOUT_A_DOOR
from kepu.venues.states import AT_WORK, KIND_OF_GOAL, STANDING, UNDER_WAY, Goal, VenueKind
from kepu_engines.siting import coverage

MOST_ALIKE = 5
TEN_THOUSAND = 10_000

Residents = Mapping[str, int | None]  # of districts; None where no figure was published


@dataclass(frozen=True)
class Township:
    """Where some people live, and how far the nearest venue is."""

    path: str
    name: str
    people: float
    lon: float
    lat: float
    rough: bool  # its place was set by rule
    km: float  # infinite without any venue
    near: bool

    @property
    def known(self) -> bool:
        return bool(np.isfinite(self.km))


@dataclass(frozen=True)
class Site:
    """A township where one more venue would add most people."""

    place: Township
    adds: float


@dataclass(frozen=True)
class Suggested:
    """Sites in the order of choice, what they come to, and what no other choice could pass."""

    sites: list[Site]
    reached: float
    bound: float


@dataclass(frozen=True)
class Reach:
    """The townships of a place against the venues of a kind that are open anywhere around."""

    townships: list[Township]
    venues: int
    without_place: int  # open, but nobody said where they stand
    km: float  # how far one more of the kind would reach

    @cached_property
    def people(self) -> float:
        return sum(one.people for one in self.townships)

    @cached_property
    def reached(self) -> float:
        return sum(one.people for one in self.townships if one.near)

    @property
    def share(self) -> float | None:
        return self.reached / self.people if self.people else None

    @property
    def rough(self) -> float | None:
        """The part of the people whose township stands at a place set by rule."""
        part = sum(one.people for one in self.townships if one.rough)
        return part / self.people if self.people else None

    def inside(self, path: str) -> Reach:
        """The same for a part of the place."""
        rows = [one for one in self.townships if within(one.path, path)]
        return Reach(rows, self.venues, self.without_place, self.km)


def reach(scope: str, kind: str, now: datetime, known: Residents | None = None) -> Reach:
    """Who lives near an open venue of the kind; of every kind, each by its own reach, without one.

    `known` is what `residents` told of the province, where the caller has it already.
    """
    known = residents(scope, now) if known is None else known
    rules = policy.facilities(now).siting
    rows = _townships(scope)
    people = _people(scope, rows, known, now)
    open_ones = _open(kind)
    placed = [one for one in open_ones if one[1] is not None]
    km = coverage.distances(_points(rows), _points_of(placed))
    near = coverage.within(km, [rules.of(one[0]) for one in placed] or 0.0)
    found = [
        Township(
            row.path, row.name, size, row.lon, row.lat, row.approximate_position, far, bool(inside)
        )
        for row, size, far, inside in zip(rows, people, coverage.nearest(km), near, strict=True)
    ]
    return Reach(found, len(placed), len(open_ones) - len(placed), rules.of(kind))


def suggested(found: Reach, count: int = 5) -> Suggested | None:
    """Townships that one after the other would add most people within reach: greedy, with its bound."""
    rows = found.townships
    if not rows:
        return None
    points = ([one.lon for one in rows], [one.lat for one in rows])
    near = coverage.distances(points, points) <= found.km
    covered = [one.near for one in rows]
    sites = coverage.best_sites(near, [one.people for one in rows], covered, count)
    told = [
        Site(rows[i], adds)
        for i, adds in zip(sites.chosen.tolist(), sites.gain.tolist(), strict=True)
    ]
    return Suggested(told, sites.reached, sites.bound)


# --- one of the same kind nearby ------------------------------------------------------------------


@dataclass(frozen=True)
class Alike:
    """A venue or project of the same kind, and how far away it is."""

    of: Venue | Project
    km: float


def alike(of: Venue | Project, now: datetime) -> list[Alike]:
    """Venues and projects of the same kind so near that somebody should look; the nearest first."""
    if of.lon is None or of.lat is None:
        return []
    kind = of.kind if isinstance(of, Venue) else KIND_OF_GOAL[Goal(of.goal)]
    if kind in WITHOUT_A_DOOR:
        return []
    goals = [goal for goal, like in KIND_OF_GOAL.items() if like == kind]
    standing = Venue.objects.filter(kind=kind, state__in=STANDING)
    coming = Project.objects.filter(goal__in=goals, state__in=UNDER_WAY)
    others: list[Any] = [
        one
        for rows in (standing, coming.filter(plan__state="published"))
        for one in rows.filter(lon__isnull=False)
        if not (type(one) is type(of) and one.pk == of.pk)
    ]
    km = coverage.distances(([of.lon], [of.lat]), _points(others))[0]
    most = policy.facilities(now).siting.alike_km
    near = [Alike(one, far) for one, far in zip(others, km.tolist(), strict=True) if far <= most]
    return sorted(near, key=lambda one: one.km)[:MOST_ALIKE]


# --- floor area against the construction standard -------------------------------------------------


@dataclass(frozen=True)
class Floor:
    """Floor area of science museums of a place, for each ten thousand residents."""

    path: str
    name: str
    residents: int | None
    area: int
    untold: int  # museums whose area is not told
    least: float | None  # of the standard, for a place of this size
    most: float | None

    @property
    def per_10k(self) -> float | None:
        return self.area / self.residents * TEN_THOUSAND if self.residents else None

    @property
    def enough(self) -> bool | None:
        """Whether it comes up to the standard; None where the standard or the residents say nothing."""
        if self.per_10k is None or self.least is None:
            return None
        return self.per_10k >= self.least


def floors(scope: str, now: datetime, known: Residents | None = None) -> list[Floor]:
    """District by district, by name. Two queries, and those of `residents` where it was not asked."""
    known = residents(scope, now) if known is None else known
    rules = policy.facilities(now).floor_area
    districts = list(divisions.below(scope, Level.DISTRICT))
    museums = Venue.objects.filter(kind=VenueKind.MUSEUM, state__in=STANDING, path__within=scope)
    areas = list(museums.values_list("path", "floor_area"))
    return [_floor(one, known.get(one.path), areas, rules) for one in districts]


def _floor(
    district: Division,
    residents: int | None,
    areas: Sequence[tuple[str, int | None]],
    rules: policy.FloorArea,
) -> Floor:
    own = [area for path, area in areas if within(path, district.path)]
    told = [area for area in own if area is not None]
    band = rules.band(residents) if residents else None
    return Floor(
        district.path, district.name, residents, sum(told), len(own) - len(told),
        band.least if band else None, band.most if band else None,
    )  # fmt: skip


# --- what it rests on -----------------------------------------------------------------------------


def _townships(scope: str) -> list[Any]:
    rows = divisions.below(scope, Level.TOWNSHIP).filter(lon__isnull=False)
    return list(rows.order_by("path"))


def _open(kind: str) -> list[tuple[str, float | None, float | None]]:
    """Kind and place of every venue that can be used now and that people go to."""
    found = Venue.objects.filter(
        Q(organisation__isnull=True) | Q(organisation__active=True), state__in=AT_WORK
    ).exclude(kind__in=WITHOUT_A_DOOR)
    found = found.filter(kind=kind) if kind else found
    return list(found.values_list("kind", "lon", "lat"))


def _points(rows: Sequence[Any]) -> tuple[list[float], list[float]]:
    return [row.lon for row in rows], [row.lat for row in rows]


def _points_of(placed: Sequence[tuple[str, Any, Any]]) -> tuple[list[float], list[float]]:
    return [one[1] for one in placed], [one[2] for one in placed]


def residents(scope: str, now: datetime) -> Residents:
    """Residents of every district of the province in which `scope` lies. Four queries."""
    paths = [one.path for one in divisions.below(_province(scope), Level.DISTRICT)]
    told = crosswalk.population(paths, on=clock.day(now))
    parts = told.parts or tuple((path, told.figure, None) for path in paths)
    return {path: figure for path, figure, _why in parts}


def _province(scope: str) -> str:
    return scope.split(".")[0] + "."


def _people(scope: str, rows: Sequence[Any], known: Residents, now: datetime) -> list[float]:
    """People of each township: its own figure, else an even part of what its district has left.

    Districts whose bounds were redrawn have no figure each, but one together: their townships share that.
    """
    unknown = [path for path, figure in known.items() if figure is None]
    together = crosswalk.population(unknown, on=clock.day(now)).figure if unknown else None
    everyone = _townships(_province(scope)) if unknown and scope != _province(scope) else rows
    groups = [([path], figure) for path, figure in known.items() if figure is not None]
    sizes: dict[str, float] = {}
    for paths, figure in [*groups, (unknown, together)]:
        own = [row for row in everyone if any(within(row.path, path) for path in paths)]
        sizes |= _shared(own, figure)
    return [sizes.get(row.path, 0.0) for row in rows]


def _shared(rows: Sequence[Any], figure: int | None) -> dict[str, float]:
    told = {row.path: float(row.population) for row in rows if row.population}
    rest = [row.path for row in rows if row.path not in told]
    left = max((figure or 0) - sum(told.values()), 0.0)
    return told | dict.fromkeys(rest, left / len(rest) if rest else 0.0)
