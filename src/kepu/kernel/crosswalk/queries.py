"""Reads across changes: where a place went, how many people, which outline."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.crosswalk.models import Change, Crossing, Redrawn
from kepu.kernel.divisions import english, outlines
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.outlines import Ring
from kepu.kernel.divisions.states import Level


def changes() -> QuerySet[Change]:
    """Changes that were applied, the latest first."""
    return Change.objects.order_by("-effective", "-pk")


def paths_after(change_id: int) -> list[str]:
    """Where that lies now which the change moved."""
    crossings = Crossing.objects.filter(change=change_id)
    return list(crossings.order_by("after__path").values_list("after__path", flat=True).distinct())


def now_of(division: Division) -> Division | None:
    """What the division is today, however often it moved; None if it ended without a successor.

    For records that arrive late, such as those a device kept while it had no network. One query
    for each move.
    """
    crossings = Crossing.objects.select_related("after")
    found = Division.objects.get(pk=division.pk)  # the one in hand may be from before the change
    while crossing := crossings.filter(before=found).first():
        found = crossing.after
    return None if found.valid_to else found


def on_day(division: Division, day: date) -> Division | None:
    """What the same ground was or is on `day`; None where it was no division of its own."""
    found: Division | None = Division.objects.get(pk=division.pk)
    while found is not None and found.valid_from is not None and found.valid_from > day:
        crossing = _same_ground().filter(after=found).first()
        found = crossing.before if crossing else None
    while found is not None and found.valid_to is not None and found.valid_to < day:
        crossing = _same_ground().filter(before=found).first()
        found = crossing.after if crossing else None
    return found


def _same_ground() -> QuerySet[Crossing]:
    return Crossing.objects.filter(same_ground=True).select_related("before", "after")


MOST_NAMED = 3  # districts in one sentence
BEHIND = chr(0x10FFFF)  # after whatever a path goes on with


@dataclass(frozen=True)
class Unknown:
    """Why it is not known how many live somewhere: bounds cut districts of the census whose parts have no
    figure, or no township stood there on the day. Told in the words of whoever reads it.
    """

    day: date
    cut: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.cut:
            return _("no township stood there on %(day)s") % {"day": self.day}
        more = "…" if len(self.cut) > MOST_NAMED else ""
        names = _(", ").join(english.title(name) for name in self.cut[:MOST_NAMED]) + more
        return _("no figure was published for a part of %(names)s") % {"names": names}

    def kept(self) -> dict[str, Any]:
        """To be stored beside a figure, and read again by `again`."""
        return {"day": self.day.isoformat(), "cut": list(self.cut)}

    @classmethod
    def again(cls, kept: Mapping[str, Any] | str | None) -> Unknown | str:
        """As it was stored; a sentence of before stays in its own language, and nothing is empty."""
        if not isinstance(kept, Mapping):
            return kept or ""
        return cls(date.fromisoformat(kept["day"]), tuple(kept["cut"]))


@dataclass(frozen=True)
class Population:
    """How many people live in a group of places: a figure, or the reason why none is known.

    `parts` answers for each place by itself; the whole may be known where a part is not.
    """

    figure: int | None
    reason: Unknown | None = None
    parts: tuple[tuple[str, int | None, Unknown | None], ...] = ()


def population(paths: Collection[str], *, on: date) -> Population:
    """Usual residents of the places that stood on the day `on`, by the census of 2020.

    Figures were published by district. Where bounds changed since, the ground is followed back
    to the districts of the census: the answer is exact where it covers them whole, and says
    which of them it cuts where it does not. A group is asked as one piece of ground, so what a
    split hides in the parts adds up again in the whole. Overlapping places count once.
    """
    ground = _Ground.read()
    absent = next((path for path in paths if not ground.below([path], on)), None)
    whole = ground.count(paths if absent is None else [absent], on)
    parts = tuple((path, *ground.count([path], on)) for path in paths) if len(paths) > 1 else ()
    return Population(*whole, parts=parts)


@dataclass(frozen=True)
class _Ground:
    """Townships followed back to where they lay at the first day of the frame. Three queries."""

    rows: tuple[Division, ...]  # provinces to townships
    origin: dict[int, int]  # township -> the row of the same ground in the frame
    old_figures: dict[int, int | None]  # redrawn division -> figure for its first bounds

    @classmethod
    def read(cls) -> _Ground:
        rows = Division.objects.exclude(level=Level.COMMUNITY).order_by("path")
        back = dict(Crossing.objects.filter(same_ground=True).values_list("after_id", "before_id"))
        origin = {}
        for row in rows:
            first = row.pk
            while first in back:
                first = back[first]
            origin[row.pk] = first
        redrawn = Redrawn.objects.order_by("-change__effective", "-pk")
        old = dict(redrawn.values_list("division_id", "population_before"))
        return cls(tuple(rows), origin, old)

    def below(self, paths: Collection[str], on: date) -> set[int]:
        """Townships that stood in the places on the day, as rows of the frame."""
        return {
            self.origin[row.pk]
            for scope in paths
            for row in self._townships_within(scope)
            if _stood(row, on)
        }

    def _townships_within(self, scope: str) -> list[Division]:
        """What begins with a path stands together, in the order of paths."""
        townships, names = self._townships
        return townships[bisect_left(names, scope) : bisect_left(names, scope + BEHIND)]

    @cached_property
    def _townships(self) -> tuple[list[Division], list[str]]:
        found = [row for row in self.rows if row.level == Level.TOWNSHIP]
        found.sort(key=lambda row: row.path)  # as bisection asks, whatever order the database has
        return found, [row.path for row in found]

    def count(self, paths: Collection[str], on: date) -> tuple[int | None, Unknown | None]:
        """The figure, and the reason when there is none."""
        ground = self.below(paths, on)
        total, cut = self._cover(ground)
        return (total, None) if ground and not cut else (None, Unknown(on, tuple(cut)))

    def _cover(self, ground: set[int]) -> tuple[int, list[str]]:
        """The sum over the widest census divisions whole in the ground, and what is left."""
        total, left = 0, set(ground)
        places = {
            path for pk in ground & self._by_pk.keys() for path in ancestors(self._by_pk[pk].path)
        }
        townships = self._frame_townships
        for path in sorted(places & self._by_path.keys()):  # wide before narrow
            figure = self._first_figure(self._by_path[path])
            own = townships.get(path, set())
            if figure is not None and own and own <= left:
                total += figure
                left -= own
        cut = {self._by_pk[pk].parent_id for pk in left & self._by_pk.keys()}
        return total, [row.name for row in self.rows if row.pk in cut] if cut else []

    @cached_property
    def _by_pk(self) -> dict[int, Division]:
        return {row.pk: row for row in self.rows}

    @cached_property
    def _by_path(self) -> dict[str, Division]:
        return {row.path: row for row in self.rows}

    @cached_property
    def _frame_townships(self) -> dict[str, set[int]]:
        """Townships of the frame below every path of the frame."""
        found: dict[str, set[int]] = {}
        for row in self.rows:
            if row.level == Level.TOWNSHIP and self.origin[row.pk] == row.pk:
                for path in ancestors(row.path):
                    found.setdefault(path, set()).add(row.pk)
        return found

    def _first_figure(self, row: Division) -> int | None:
        return self.old_figures.get(row.pk, row.population)


def _stood(row: Division, on: date) -> bool:
    begun = row.valid_from is None or row.valid_from <= on
    return begun and (row.valid_to is None or row.valid_to >= on)


@dataclass(frozen=True)
class Outline:
    """A district's shape on a map; `approximate` when borrowed from the districts it came from."""

    path: str
    name: str
    rings: tuple[Ring, ...]
    approximate: bool


@dataclass(frozen=True)
class CityMap:
    """Outlines of a day, and the sentences that belong under a map drawn from them."""

    outlines: tuple[Outline, ...]
    captions: tuple[str, ...]


def boundaries(province: str = "50", *, on: date) -> CityMap:
    """Outlines of the districts of a province that stood on a day, in the order of their paths.

    Where no outline of a district's present bounds is known, it gets those of the abolished
    districts most of whose townships it took (or keeps its own), is marked approximate, and a
    caption says which. The shapes are read from disk once; four queries.
    """
    rings = outlines.of_province(province)
    standing = divisions.standing(on).filter(path__within=f"{province}.", level=Level.DISTRICT)
    heirs = _heirs(on)
    redrawn = set(_redrawn_until(on))
    drawn, captions = [], []
    for district in standing.order_by("path"):
        came_from = heirs.get(district.pk, [])
        codes = [code for code in (district.official_code, *_codes(came_from)) if code in rings]
        shape = tuple(ring for code in codes if code for ring in rings[code])
        approximate = bool(came_from) or district.pk in redrawn
        if shape:
            drawn.append(Outline(district.path, district.name, shape, approximate))
        if shape and approximate:
            captions.append(_caption(district, came_from))
    return CityMap(tuple(drawn), (outlines.ATTRIBUTION, *captions))


def _codes(rows: Iterable[Division]) -> list[str]:
    return [row.official_code for row in rows if row.official_code]


def _caption(district: Division, came_from: list[Division]) -> str:
    names = _(", ").join(row.name for row in came_from) or district.name
    return _(
        "%(district)s is shown in the former bounds of %(names)s; its new bounds are not known"
    ) % {
        "district": district.name,
        "names": names,
    }


def _heirs(on: date) -> dict[int, list[Division]]:
    """Districts that ended by `on`, listed under the one that took most of their townships."""
    moves = Crossing.objects.filter(
        Q(before__parent__valid_to__lt=on),
        same_ground=True,
        before__level=Level.TOWNSHIP,
        change__effective__lte=on,
    ).values_list("before__parent", "after__parent")
    shares: dict[int, Counter[int]] = {}
    for before, after in moves:
        if before is not None and after is not None:
            shares.setdefault(before, Counter())[after] += 1
    rows = Division.objects.in_bulk(shares)
    found: dict[int, list[Division]] = {}
    for before, counts in sorted(shares.items()):
        found.setdefault(counts.most_common(1)[0][0], []).append(rows[before])
    return found


def _redrawn_until(on: date) -> QuerySet[Redrawn, int]:
    return Redrawn.objects.filter(change__effective__lte=on).values_list("division_id", flat=True)
