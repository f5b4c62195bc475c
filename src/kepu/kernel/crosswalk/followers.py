"""What stands on moved ground goes with it: records, homes, zones and roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_noop

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.crosswalk import reading
from kepu.kernel.crosswalk.models import Change, Crossing
from kepu.kernel.divisions.fields import PathField
from kepu.kernel.divisions.models import Placed, ZonePart
from kepu.kernel.roles.models import Grant
from kepu.kernel.roles.queries import to_widen, unfinished_grants


@dataclass(frozen=True)
class Need:
    """Something that no rule decides. `reason` is a text to be translated where it is shown."""

    kind: str
    path: str
    ids: tuple[int, ...]
    reason: str


@dataclass
class Outcome:
    """What followed a change, by kind, and what a person has to decide."""

    divisions: int = 0
    records: dict[str, int] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    homes: int = 0
    grants: dict[int, int] = field(default_factory=dict)  # old grant -> new grant
    ended_grants: list[int] = field(default_factory=list)
    zone_parts: int = 0
    needs_person: list[Need] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """What the audit keeps: ids and numbers."""
        return {
            "divisions": self.divisions,
            "records": self.records,
            "columns": self.columns,
            "homes": self.homes,
            "grants": {str(old): new for old, new in self.grants.items()},
            "ended_grants": self.ended_grants,
            "zone_parts": self.zone_parts,
        }

    def as_data(self) -> dict[str, Any]:
        """The outcome as JSON can hold it."""
        needs = [{**vars(need), "ids": list(need.ids)} for need in self.needs_person]
        return {**self.figures(), "needs_person": needs}


def follow(change: Change, *, by: User | None, now: datetime) -> Outcome:
    """Let everything follow `change`, and say what did."""
    outcome = Outcome(divisions=change.crossings.count())
    outcome.records = move_records(change)
    outcome.columns = move_columns(change)
    outcome.homes = move_homes(change)
    _move_zone_parts(change, outcome)
    _move_grants(change, outcome, now)
    _end_grants(change, outcome, by, now)
    outcome.needs_person += [*_zones_redrawn(change), *_records_left_behind(change)]
    return outcome


def placed_models() -> list[type[Placed]]:
    """Every kind of record that has a place; found, not listed, so that no room is forgotten.

    The lowest room comes first, as an action locks an order before the team or the dish it needs:
    in the other order the two would wait for each other.
    """
    return [
        model
        for model in reversed(apps.get_models())
        if issubclass(model, Placed) and model._meta.get_field("division_now").model is model
    ]


def move_records(change: Change) -> dict[str, int]:
    """Let `division_now` and `path` follow, in one statement per kind; `division_at` stays."""
    to = Crossing.objects.filter(change=change, before=OuterRef("division_now"))
    place = {
        "division_now": Subquery(to.values("after")),
        "path": Subquery(to.values("after__path")),
    }
    moved = {}
    for model in placed_models():
        count = _follow(_at_crossings(model._base_manager.all(), change, "division_now"), place)
        if count:
            moved[model._meta.label_lower] = count
    return moved


def path_columns() -> list[tuple[type[Model], str]]:
    """Every other column that says where something is now: areas served, desks, search entries."""
    return [
        (model, column.name)
        for model in reversed(apps.get_models())
        for column in model._meta.local_fields
        if isinstance(column, PathField) and column.follows
    ]


def move_columns(change: Change) -> dict[str, int]:
    """Let those columns follow. One statement per column."""
    ended = change.crossings.values("before__path")
    moved = {}
    for model, name in path_columns():
        to = Crossing.objects.filter(change=change, before__path=OuterRef(name))
        rows = model._base_manager.filter(**{f"{name}__in": ended})
        count = _follow(rows, {name: Subquery(to.values("after__path"))})
        if count:
            moved[f"{model._meta.label_lower}.{name}"] = count
    return moved


def _follow(rows: QuerySet[Any], values: dict[str, Subquery]) -> int:
    """Move the rows; how many went.

    Where two rows that may not be equal meet at one successor, the database refuses the statement.
    Then they go one by one, and the one that cannot stays behind to be listed for a person.
    """
    if connection.features.has_select_for_update:  # by number, as two orders are locked that merge
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    try:
        with transaction.atomic():
            return rows.update(**values)
    except IntegrityError:
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        return sum(_follow_alone(rows.model._base_manager.filter(pk=pk), values) for pk in ids)


def _follow_alone(row: QuerySet[Any], values: dict[str, Subquery]) -> int:
    try:
        with transaction.atomic():
            return row.update(**values)
    except IntegrityError:
        return 0


def move_homes(change: Change) -> int:
    """Let people's homes follow."""
    to = Crossing.objects.filter(change=change, before=OuterRef("home"))
    return _at_crossings(User.objects.all(), change, "home").update(
        home=Subquery(to.values("after"))
    )


def _at_crossings(rows: QuerySet[Any], change: Change, place: str) -> QuerySet[Any]:
    return rows.filter(**{f"{place}__in": change.crossings.values("before")})


def _move_zone_parts(change: Change, outcome: Outcome) -> None:
    """A zone is ground: it keeps what it held, under the new paths, from the day of the change."""
    for part in list(ZonePart.objects.filter(path__in=_gone(change), valid_to__isnull=True)):
        begun = part.valid_from is None or part.valid_from < change.effective
        start = change.effective if begun else part.valid_from
        after = _ground_after(change, part.path)
        if begun:
            part.valid_to = change.effective - timedelta(days=1)
            part.save(update_fields=["valid_to"])
        else:
            part.delete()
        ZonePart.objects.bulk_create(
            ZonePart(zone_id=part.zone_id, path=path, valid_from=start) for path in after
        )
        outcome.zone_parts += 1
        if not after:
            reason = gettext_noop("this part of a zone was abolished")
            outcome.needs_person.append(Need("zone", part.path, (part.zone_id,), reason))


def _zones_redrawn(change: Change) -> Iterator[Need]:
    """Zones that hold a whole division whose bounds changed: what they should hold now is asked."""
    redrawn = change.redrawn.values("division__path")
    for part in ZonePart.objects.filter(path__in=redrawn, valid_to__isnull=True).order_by("pk"):
        yield Need(
            "zone",
            part.path,
            (part.zone_id,),
            gettext_noop("this zone holds a place whose bounds changed"),
        )


def _gone(change: Change) -> list[str]:
    """Paths that ended by the change: moved, abolished or taken over."""
    ended = [row.path for row in reading.read(change.text).ended]
    return [*change.crossings.values_list("before__path", flat=True), *ended]


def _ground_after(change: Change, path: str) -> list[str]:
    """The same ground's paths now: the place's own, or those of the parts of an abolished one."""
    same = change.crossings.filter(same_ground=True)
    own = same.filter(before__path=path).values_list("after__path", flat=True)
    parts = same.filter(before__parent__path=path).values_list("after__path", flat=True)
    return list(own) or sorted(parts)


def _move_grants(change: Change, outcome: Outcome, now: datetime) -> None:
    """A role held at a moved place ends there and goes on at the new path, from this moment."""
    targets = dict(change.crossings.values_list("before__path", "after__path"))
    for grant in _open_grants(list(targets), now):
        outcome.grants[grant.pk] = _go_on(grant, targets[grant.path], now)


def _open_grants(paths: list[str], now: datetime, **of: Any) -> list[Grant]:
    held = unfinished_grants(now).filter(path__in=paths, **of)
    return list(held.select_for_update().order_by("pk"))


def _go_on(grant: Grant, path: str, now: datetime) -> int:
    """The grant that continues `grant` at `path`: one held there already for a term that meets is widened.

    One that has not begun is otherwise simply moved.
    """
    begin, until = max(now, grant.valid_from), grant.valid_to
    held = _open_grants([path], now, person=grant.person_id, role=grant.role)
    twin = to_widen(held, begin, until)
    if grant.valid_from > now and twin is None:
        grant.path = path
        grant.save(update_fields=["path"])
        return grant.pk
    grant.valid_to = begin
    grant.save(update_fields=["valid_to"])
    if twin is None:
        return _continue(grant, path, now, until).pk
    twin.widen(begin, until, grant.post)
    return twin.pk


def _continue(grant: Grant, path: str, now: datetime, until: datetime | None) -> Grant:
    return Grant.objects.create(
        person_id=grant.person_id,
        role=grant.role,
        path=path,
        post=grant.post,
        granted_by_id=grant.granted_by_id,
        valid_from=now,
        valid_to=until,
    )


def _end_grants(change: Change, outcome: Outcome, by: User | None, now: datetime) -> None:
    """A role of an abolished place without a successor ends; a person decides who goes where."""
    crossed = set(change.crossings.values_list("before__path", flat=True))
    for grant in _open_grants([p for p in _gone(change) if p not in crossed], now):
        grant.valid_to = max(now, grant.valid_from)
        grant.save(update_fields=["valid_to"])
        audit.record(by, "role.end", grant, now=now, change=change.pk, person=grant.person_id)
        outcome.ended_grants.append(grant.pk)
        outcome.needs_person.append(
            Need("grant", grant.path, (grant.pk,), gettext_noop("this post's place was abolished"))
        )


def _records_left_behind(change: Change) -> Iterator[Need]:
    """Records of an abolished place itself; the city above still reaches them."""
    gone = _gone(change)
    places = [(model, "path") for model in placed_models()]
    for model, name in [*places, *path_columns()]:
        left = model._base_manager.filter(**{f"{name}__in": gone}).order_by("pk")
        for path in sorted(set(left.values_list(name, flat=True))):
            ids = tuple(left.filter(**{name: path}).values_list("pk", flat=True))
            kind = model._meta.label_lower
            yield Need(kind, path, ids, gettext_noop("these records' place was abolished"))
