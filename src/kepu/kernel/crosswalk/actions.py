"""Apply a change of divisions: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.crosswalk import followers, reading, rules
from kepu.kernel.crosswalk.models import Change, Crossing, Redrawn
from kepu.kernel.crosswalk.reading import Document, Moved
from kepu.kernel.divisions import planner
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.names import sort_key
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import DivisionsChanged


@transaction.atomic
def apply(text: str, *, by: User | None, now: datetime) -> Change:
    """Apply the change that the document `text` orders; `by` is None at installation.

    Old divisions end on the day before and new ones begin; crossings tie them. Records, homes,
    zones and roles follow in the same transaction; `division_at` of records stays. What no rule
    decides is listed in `outcome["needs_person"]`.

    Raises BadInput if the document cannot be read, NotAllowed if `by` may not change divisions
    there, and RuleBroken if it was applied before, its day has not come, or a row does not fit.
    """
    document = reading.read(text)
    # Against another change only: whoever writes something at a place goes on, and is swept up later.
    list(Division.objects.select_for_update(no_key=True).filter(path__in=document.touched()))
    authorize(rules.why_not_change(by, document, now))
    require(rules.why_not_apply(document, now))

    change = Change.objects.create(
        key=document.key,
        title=document.title,
        effective=document.effective,
        source=document.source,
        text=text,
        applied_at=now,
        applied_by=by,
    )
    _redraw(change, document)
    planner.renew(Division, Crossing)
    outcome = followers.follow(change, by=by, now=now)
    change.outcome = outcome.as_data()
    change.save(update_fields=["outcome"])
    audit.record(by, "division.change", change, now=now, key=change.key, **outcome.figures())
    facts.publish(DivisionsChanged(at=now, change_id=change.pk))
    return change


def apply_shipped(*, now: datetime) -> tuple[str, ...]:
    """Apply, as Kepu itself, the shipped changes whose day has come and whose places are all here.

    Returns the keys of those applied now.
    """
    done = set(Change.objects.values_list("key", flat=True))
    applied = []
    for text in reading.shipped():
        document = reading.read(text)
        if document.key not in done and rules.why_not_apply(document, now) is None:
            applied.append(apply(text, by=None, now=now).key)
    return tuple(applied)


@transaction.atomic
def sweep(change_id: int, *, now: datetime) -> int:
    """Move records that were being written to an ended place while the change was applied.

    Returns how many there were; none on the second run.
    """
    change = Change.objects.select_for_update().get(pk=change_id)
    moved = followers.move_homes(change)
    for follow in (followers.move_records, followers.move_columns):
        moved += sum(follow(change).values())
    if moved:
        audit.record(None, "division.sweep", change, now=now, records=moved)
    return moved


def _redraw(change: Change, document: Document) -> None:
    """End, open and tie together what the document names."""
    _keep_old_figures(change, document)
    old = [_with_all_below(row) for row in document.moved]
    leaving = [division for tree in old for division in tree]
    last_day = document.effective - timedelta(days=1)
    _end([*(d.path for d in leaving), *(row.path for row in document.ended)], last_day)
    _open(document)
    for row, tree in zip(document.moved, old, strict=True):
        _reopen(change, row, tree)
    _settle_positions(document)
    _succeed(change, document)


def _keep_old_figures(change: Change, document: Document) -> None:
    """Set aside populations of divisions whose bounds change, since they count the old bounds."""
    gone = {*(row.path for row in document.opened), *(row.path for row in document.ended)}
    paths = set().union(*(_redrawn_by(row) for row in document.moved)) - gone
    redrawn = list(Division.objects.filter(path__in=paths, valid_to__isnull=True))
    Redrawn.objects.bulk_create(
        Redrawn(change=change, division=division, population_before=division.population)
        for division in redrawn
    )
    Division.objects.filter(pk__in=[division.pk for division in redrawn]).update(population=None)


def _redrawn_by(row: Moved) -> set[str]:
    """Divisions above the place on one side of the move but not on both."""
    return set(ancestors(row.path)[1:]) ^ set(ancestors(row.to))


def _with_all_below(row: Moved) -> list[Division]:
    """The place and everything that stands in it, parents first."""
    return list(
        Division.objects.filter(path__within=row.path, valid_to__isnull=True).order_by("path")
    )


def _end(paths: Iterable[str], last_day: object) -> None:
    Division.objects.filter(path__in=list(paths), valid_to__isnull=True).update(valid_to=last_day)


def _open(document: Document) -> None:
    for row in sorted(document.opened, key=lambda row: row.path):
        Division.objects.create(
            path=row.path,
            parent=Division.objects.filter(path=row.parent_path).first(),
            level=row.level,
            name=row.name,
            sort_key=sort_key(row.name),
            official_code=row.code,
            valid_from=document.effective,
        )


def _reopen(change: Change, row: Moved, tree: list[Division]) -> None:
    """Begin the moved place and all below it again under the new parent.

    The ground is the same, so names, populations and positions stay; an official code is kept
    only where the document gives one.
    """
    parents = dict(Division.objects.filter(path=row.to).values_list("path", "pk"))
    for level in Level:
        layer = [division for division in tree if division.level == level]
        made = Division.objects.bulk_create(
            _again(change, row, division, parents) for division in layer
        )
        parents.update((division.path, division.pk) for division in made)
        Crossing.objects.bulk_create(
            Crossing(change=change, before=before, after=after)
            for before, after in zip(layer, made, strict=True)
        )


def _again(change: Change, row: Moved, before: Division, parents: dict[str, int]) -> Division:
    path = row.new_path + before.path[len(row.path) :]
    return Division(
        path=path,
        parent_id=parents[ancestors(path)[1]],
        level=before.level,
        name=before.name,
        sort_key=before.sort_key,
        official_code=row.code if before.path == row.path else None,
        valid_from=change.effective,
        population=before.population,
        lon=before.lon,
        lat=before.lat,
        approximate_position=before.approximate_position,
    )


def _settle_positions(document: Document) -> None:
    """A new division stands where the middlemost of its parts does, for want of an outline."""
    for row in document.opened:
        placed = Division.objects.filter(parent__path=row.path, lon__isnull=False)
        points = [(lon or 0.0, lat or 0.0) for lon, lat in placed.values_list("lon", "lat")]
        if points:
            lon, lat = min(points, key=lambda here: _spread(here, points))
            Division.objects.filter(path=row.path).update(
                lon=lon, lat=lat, approximate_position=True
            )


def _spread(here: tuple[float, float], points: list[tuple[float, float]]) -> float:
    return sum((here[0] - lon) ** 2 + (here[1] - lat) ** 2 for lon, lat in points)


def _succeed(change: Change, document: Document) -> None:
    """Tie an abolished division to the one that takes over its posts and records."""
    named = {row.path: row.successor for row in document.ended if row.successor}
    known = {
        division.path: division
        for division in Division.objects.filter(path__in=[*named, *named.values()])
    }
    Crossing.objects.bulk_create(
        Crossing(change=change, before=known[before], after=known[after], same_ground=False)
        for before, after in named.items()
    )
