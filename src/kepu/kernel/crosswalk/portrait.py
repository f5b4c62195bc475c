"""What a change did, for people to look at: who moved, how many live where, what is left to decide.

The same portrait is drawn before a change is applied and after: before, it is applied in a
transaction that is undone, so that what is shown is what would happen and not a guess at it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.kernel.crosswalk import actions, kinds, queries, reading
from kepu.kernel.crosswalk.models import Change, Crossing
from kepu.kernel.crosswalk.queries import CityMap, Population
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles.models import Grant
from kepu.kernel.roles.verbs import ROLES

MOST_ROLES = 300


@dataclass(frozen=True)
class Side:
    """The districts concerned on one day: how many live in each, and in all of them together."""

    names: dict[str, str]
    people: Population

    @property
    def rows(self) -> list[tuple[str, int | None, queries.Unknown | None]]:
        """Name, figure, and the reason where there is no figure."""
        found = self.people.parts or [(path, *self._whole) for path in self.names]
        return [(self.names[path], figure, reason) for path, figure, reason in found]

    @property
    def _whole(self) -> tuple[int | None, queries.Unknown | None]:
        return self.people.figure, self.people.reason


@dataclass(frozen=True)
class RoleMoved:
    """A role that goes on elsewhere, or ends because its place was abolished (`to` is empty)."""

    person: str
    title: str
    came_from: str
    to: str


@dataclass(frozen=True)
class Portrait:
    """Everything about one change that a person should see before and after it is applied."""

    moved: int
    records: list[tuple[str, int]]
    homes: int
    zone_parts: int
    roles: list[RoleMoved]
    needs: list[dict[str, Any]]
    before: Side
    after: Side
    leaving: Counter[str]  # townships that leave, by the path of the district as it was
    arriving: Counter[str]  # and that arrive, by the path of the district as it is
    map_before: CityMap
    map_after: CityMap


def rehearse(text: str, *, by: User, now: datetime) -> Portrait:
    """What applying the document would do, on its day at the earliest. Nothing is kept.

    Raises what `actions.apply` raises. It holds the locks of a real change while it looks.
    """
    day = reading.read(text).effective
    begin = datetime.combine(day, time(), tzinfo=BEIJING)
    with transaction.atomic():
        found = portrait(actions.apply(text, by=by, now=max(now, begin)))
        transaction.set_rollback(True)
    return found


def portrait(change: Change) -> Portrait:
    """What the change did, by what it left in the database."""
    outcome, eve = change.outcome, change.effective - timedelta(days=1)
    leaving, arriving = _streams(change)
    province = min([*leaving, *arriving, "50."]).split(".")[0]
    concerned = {*leaving, *arriving}
    return Portrait(
        moved=outcome.get("divisions", 0),
        records=_records(outcome),
        homes=outcome.get("homes", 0),
        zone_parts=outcome.get("zone_parts", 0),
        roles=_roles(outcome),
        needs=[_need(need) for need in outcome.get("needs_person", [])],
        before=_side(concerned, eve),
        after=_side(concerned, change.effective),
        leaving=leaving,
        arriving=arriving,
        map_before=queries.boundaries(province, on=eve),
        map_after=queries.boundaries(province, on=change.effective),
    )


def _streams(change: Change) -> tuple[Counter[str], Counter[str]]:
    """Townships that leave and that arrive, by district."""
    crossings = Crossing.objects.filter(change=change, before__level=Level.TOWNSHIP)
    pairs = list(crossings.values_list("before__path", "after__path"))
    leaving = Counter(_district(before) for before, _after in pairs)
    arriving = Counter(_district(after) for _before, after in pairs)
    return leaving, arriving


def _district(path: str) -> str:
    return divisions.district_path(path) or path


def _side(paths: set[str], day: Any) -> Side:
    """Those of the districts that stood on the day."""
    standing = divisions.standing(day).filter(path__in=paths).order_by("path")
    names = dict(standing.values_list("path", "name"))
    return Side(names, queries.population(list(names), on=day))


def _records(outcome: dict[str, Any]) -> list[tuple[str, int]]:
    counted = {**outcome.get("records", {}), **outcome.get("columns", {})}
    return [(kinds.word(label), number) for label, number in sorted(counted.items())]


def _roles(outcome: dict[str, Any]) -> list[RoleMoved]:
    pairs = {int(old): new for old, new in outcome.get("grants", {}).items()}
    ended = outcome.get("ended_grants", [])
    grants = Grant.objects.select_related("person").in_bulk([*pairs, *pairs.values(), *ended])
    names = divisions.full_names({grant.path for grant in grants.values() if grant.path})
    found = [(grants[old], grants.get(new)) for old, new in pairs.items() if old in grants]
    found += [(grants[pk], None) for pk in ended if pk in grants]
    return [_moved(grant, after, names) for grant, after in found[:MOST_ROLES]]


def _moved(grant: Grant, after: Grant | None, names: dict[str, str]) -> RoleMoved:
    title = str(ROLES[grant.role].title) if grant.role in ROLES else grant.role
    to = names.get(after.path, "") if after else ""
    return RoleMoved(grant.person.name, title, names.get(grant.path, ""), to)


def _need(need: dict[str, Any]) -> dict[str, Any]:
    return {
        "what": kinds.word(need["kind"]),
        "place": divisions.full_name(need["path"]),
        "count": len(need["ids"]),
        "reason": kinds.reason(need["reason"]),
    }
