"""Teams and volunteers as exported tables, for the officers of their place; people are masked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts import masks
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import authorize
from kepu.kernel.exports.registry import Source, Table
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.models import Entry, Membership, Team, Volunteer
from kepu.people.queries import absences
from kepu.people.rules.enrolment import why_not_export
from kepu.people.states import MemberRole, MembershipState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

BATCH = 500  # rows in memory at a time


def teams(person: User, _query: str, now: datetime) -> Table:
    """Every team at home where the person approves teams, by name."""
    authorize(why_not_export(person, "teams", now))
    reach = roles.reach(person, Verb.TEAM_APPROVE, now)
    found = Team.objects.filter(reach.limit()).order_by("sort_key", "pk")
    headers = [
        _("Name of the team"), _("Tier"), _("State"), _("Place"), _("Where it serves"), _("Topics"),
        _("Members"), _("Leaders"), _("Orders a day"), _("Orders a week"), _("Service hours"),
        _("Missed without an excuse"), _("Approved"),
    ]  # fmt: skip
    return Table(headers, found.count(), _team_rows(found, now), personal=True)


def volunteers(person: User, _query: str, now: datetime) -> Table:
    """Every volunteer at home where the person approves volunteers, by number."""
    authorize(why_not_export(person, "volunteers", now))
    reach = roles.reach(person, Verb.VOLUNTEER_APPROVE, now)
    found = Volunteer.objects.filter(reach.limit()).order_by("number")
    headers = [
        _("Volunteer number"), _("Name"), _("Telephone"), _("State"), _("Place"),
        _("Where they serve"), _("Topics"), _("Teams"), _("Service hours"), _("Star"),
        _("Missed without an excuse"), _("Registered"),
    ]  # fmt: skip
    return Table(headers, found.count(), _volunteer_rows(found, now), personal=True)


def _team_rows(found: QuerySet[Team], now: datetime) -> Iterator[list[Any]]:
    for batch in _batches(found.prefetch_related("skills", "areas")):
        ids = [team.pk for team in batch]
        hours = _minutes(Entry.objects.filter(team__in=ids), "team")
        missed = _counts(absences.counted(now).filter(team__in=ids), "team")
        members = _counts(_members().filter(team__in=ids), "team")
        leaders = _leaders(ids)
        places = _places(batch)
        for team in batch:
            yield [
                team.name, team.get_tier_display(), team.get_state_display(), places[team.path],
                _names(team.areas.all(), places), _topics(team), members.get(team.pk, 0),
                "、".join(leaders.get(team.pk, [])), team.day_capacity, team.week_capacity,
                round(hours.get(team.pk, 0) / 60, 1), missed.get(team.pk, 0), team.joined_at,
            ]  # fmt: skip


def _volunteer_rows(found: QuerySet[Volunteer], now: datetime) -> Iterator[list[Any]]:
    scale = policy.stars(now)
    reading = found.select_related("person").prefetch_related("skills", "areas")
    for batch in _batches(reading):
        ids = [one.person_id for one in batch]
        hours = _minutes(Entry.objects.filter(person__in=ids), "person")
        missed = absences.unexcused(ids, now)
        joined = _counts(_members().filter(person__in=ids), "person")
        places = _places(batch)
        for one in batch:
            known, minutes = masks.mask(one.person.personal), hours.get(one.person_id, 0)
            yield [
                one.number, masks.name(known.name), known.phone, one.get_state_display(),
                places[one.path], _names(one.areas.all(), places), _topics(one),
                joined.get(one.person_id, 0), round(minutes / 60, 1), scale.reached(minutes),
                missed.get(one.person_id, 0), one.applied_at,
            ]  # fmt: skip


def _batches(found: QuerySet[Any]) -> Iterator[list[Any]]:
    rows = found.iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _members() -> QuerySet[Membership]:
    return Membership.objects.filter(state=MembershipState.ACTIVE)


def _minutes(entries: QuerySet[Entry], by: str) -> dict[int, int]:
    return {row[by]: row["n"] for row in entries.order_by().values(by).annotate(n=Sum("minutes"))}


def _counts(rows: QuerySet[Any], by: str) -> dict[int, int]:
    return {row[by]: row["n"] for row in rows.order_by().values(by).annotate(n=Count("pk"))}


def _leaders(teams: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    led = _members().filter(Q(team__in=teams), role=MemberRole.LEADER).select_related("person")
    for one in led:
        found.setdefault(one.team_id, []).append(masks.name(one.person.name))
    return found


def _places(batch: Sequence[Any]) -> dict[str, str]:
    paths = {one.path for one in batch} | {area.path for one in batch for area in one.areas.all()}
    return divisions.full_names(paths)


def _names(areas: Any, places: dict[str, str]) -> str:
    return "、".join(places.get(area.path, area.path) for area in areas)


def _topics(one: Team | Volunteer) -> str:
    return "、".join(skill.title for skill in one.skills.all())


SOURCES = (
    Source("teams", lazy("Volunteer teams"), teams),
    Source("volunteers", lazy("Volunteers"), volunteers),
)
