"""Load the shipped frame, and draw zones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.crosswalk import actions as crosswalk
from kepu.kernel.divisions import frame, outlines, planner, queries, rules
from kepu.kernel.divisions.frame import Unit
from kepu.kernel.divisions.models import Division, Zone, ZonePart
from kepu.kernel.divisions.names import sort_key
from kepu.kernel.divisions.outlines import Point
from kepu.kernel.divisions.spread import sunflower
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import authorize, require

BATCH = 2000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Loaded:
    """What an installation added: divisions, zones, and changes applied after them."""

    divisions: int
    zones: int
    changes: tuple[str, ...]


def load_frame(
    *,
    now: datetime,
    provinces: Collection[str] = frame.PROVINCES,
    districts: Collection[str] | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """Load the frame of 2023-06-30, then the zones and changes that ship with Kepu.

    May be repeated, and resumed after a kill: what is there stays as it is. Each batch commits
    by itself, so that others may write between them. `districts` (six-digit codes) limits the
    frame to some districts; a change is applied only where every district it names was loaded.
    """
    units = [unit for province in provinces for unit in frame.units(province, districts)]
    added = _add_missing(units, progress or _silent)
    if added:
        planner.renew(Division)
        top = Division.objects.get(path=units[0].path)
        audit.record(None, "divisions.load_frame", top, now=now, divisions=added)
    zones = _load_example_zones(now)
    return Loaded(added, zones, crosswalk.apply_shipped(now=now))


def _silent(done: int, total: int) -> None:
    """Nobody watches."""


def _add_missing(units: list[Unit], progress: Progress) -> int:
    known = dict(Division.objects.values_list("path", "pk"))
    missing = [unit for unit in units if unit.path not in known]
    positions = _positions(missing, units)
    done = len(units) - len(missing)
    for batch in _batches(missing):
        made = Division.objects.bulk_create(_row(unit, known, positions) for unit in batch)
        known.update((division.path, division.pk) for division in made)
        done += len(batch)
        progress(done, len(units))
    return len(missing)


def _batches(units: list[Unit]) -> Iterator[list[Unit]]:
    """Level by level, so that a parent is stored before its children."""
    for level in Level:
        same = [unit for unit in units if unit.level == level]
        for begin in range(0, len(same), BATCH):
            yield same[begin : begin + BATCH]


def _row(unit: Unit, known: dict[str, int], positions: dict[str, Point]) -> Division:
    lon, lat = positions.get(unit.code, (None, None))
    return Division(
        path=unit.path,
        parent_id=known.get(unit.parent_path),
        level=unit.level,
        name=unit.name,
        sort_key=sort_key(unit.name),
        official_code=unit.code,
        population=frame.populations().get(unit.code),
        lon=lon,
        lat=lat,
        approximate_position=unit.level == Level.TOWNSHIP and lon is not None,
    )


def _positions(missing: list[Unit], units: list[Unit]) -> dict[str, Point]:
    """A point inside each district as shipped, and one by rule for each of its townships."""
    wanted = {unit.code[:6] for unit in missing if unit.level in (Level.DISTRICT, Level.TOWNSHIP)}
    townships = defaultdict(list)
    for unit in units:
        if unit.level == Level.TOWNSHIP:
            townships[unit.code[:6]].append(unit.code)
    found: dict[str, Point] = {}
    for district in wanted & frame.points().keys():
        rings = outlines.of_province(district[:2])[district]
        centre = found[district] = frame.points()[district]
        codes = sorted(townships[district])
        found.update(zip(codes, sunflower(rings, centre, len(codes)), strict=True))
    return found


@transaction.atomic
def _load_example_zones(now: datetime) -> int:
    """Install the zones that ship, where their townships stand and the city drew none itself."""
    parts = defaultdict(set)
    for row in frame.read_table("zones_example.csv"):
        parts[row["zone"]].add(frame.path_of(row["township_code"]))
    made = 0
    for name, paths in parts.items():
        standing = queries.current().filter(path__in=paths).count()
        if standing == len(paths) and not Zone.objects.filter(name=name).exists():
            zone = Zone.objects.create(name=name, example=True)
            ZonePart.objects.bulk_create(ZonePart(zone=zone, path=path) for path in sorted(paths))
            audit.record(None, "zone.set", zone, now=now, added=sorted(paths), example=True)
            made += 1
    return made


@transaction.atomic
def set_zone(
    name: str,
    *,
    paths: Iterable[str],
    parent_keeps_writing: bool,
    valid_from: date,
    by: User | None,
    now: datetime,
) -> Zone:
    """Draw the zone called `name`, or draw it anew: from `valid_from` on it holds exactly `paths`.

    Whether the parent keeps the right to write takes effect at once. `by` is None at installation.

    Raises NotAllowed if `by` may not change divisions over every path, and RuleBroken if a path
    does not stand, lies inside another of them, or an existing zone would change in the past.
    """
    wanted = set(paths)
    zone = Zone.objects.select_for_update().filter(name=name).first()
    touched = wanted | set(queries.zone_paths(zone, valid_from) if zone else ())
    authorize(rules.why_not_draw(by, touched, now))
    require(rules.why_not_set_zone(name, wanted, valid_from, zone, now))

    if zone is None:
        zone = Zone(name=name, valid_from=valid_from)
    zone.parent_keeps_writing, zone.example = parent_keeps_writing, False
    zone.save()
    removed, added = _redraw(zone, wanted, valid_from)
    audit.record(
        by,
        "zone.set",
        zone,
        now=now,
        added=added,
        removed=removed,
        valid_from=valid_from.isoformat(),
        parent_keeps_writing=parent_keeps_writing,
    )
    return zone


def _redraw(zone: Zone, wanted: set[str], valid_from: date) -> tuple[list[str], list[str]]:
    """End the parts that are no longer wanted and begin the new ones; what was is kept."""
    held = {part.path: part for part in zone.parts.filter(valid_to__isnull=True)}
    removed, added = sorted(held.keys() - wanted), sorted(wanted - held.keys())
    for path in removed:
        part = held[path]
        if part.valid_from is not None and part.valid_from >= valid_from:
            part.delete()  # planned, never in force
            continue
        part.valid_to = valid_from - timedelta(days=1)
        part.save(update_fields=["valid_to"])
    ZonePart.objects.bulk_create(
        ZonePart(zone=zone, path=path, valid_from=valid_from) for path in added
    )
    return removed, added
