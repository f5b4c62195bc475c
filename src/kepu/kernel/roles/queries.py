"""Who may do what where. The one question every rule about persons comes down to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.roles.models import Grant, Leave
from kepu.kernel.roles.verbs import ROLES, Verb, roles_with


@dataclass(frozen=True)
class Reach:
    """Everywhere a person may do one verb: whole paths, and organisations by id."""

    paths: tuple[str, ...] = ()
    organisations: frozenset[int] = frozenset()

    def covers(self, path: str) -> bool:
        return any(path.startswith(scope) for scope in self.paths)

    def __bool__(self) -> bool:
        return bool(self.paths or self.organisations)


def open_grants(now: datetime) -> QuerySet[Grant]:
    """Grants in force at `now`."""
    return Grant.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now), valid_from__lte=now)


def acting(person: User, now: datetime) -> QuerySet[Grant]:
    """Grants the person may act on at `now`: every A post, and B posts whose A is away or absent."""
    today = clock.day(now)
    away = Leave.objects.filter(person=OuterRef("person"), first__lte=today, last__gte=today)
    present = open_grants(now).filter(
        ~Exists(away),
        role=OuterRef("role"),
        path=OuterRef("path"),
        post="A",
        person__is_active=True,
    )
    same_zone = Q(zone=OuterRef("zone")) | Q(zone__isnull=True)
    same_unit = Q(organisation=OuterRef("organisation")) | Q(organisation__isnull=True)
    return open_grants(now).filter(
        Q(post="A") | ~Exists(present.filter(same_zone, same_unit)), person=person
    )


def reach(person: User | None, verb: Verb, now: datetime) -> Reach:
    """Everywhere `person` may do `verb` at `now`. One query, two when a zone is involved."""
    if person is None or not person.is_active:
        return Reach()
    grants = acting(person, now).filter(role__in=roles_with(verb)).select_related("zone")
    paths: set[str] = set()
    organisations: set[int] = set()
    for grant in grants:
        if grant.organisation_id:
            organisations.add(grant.organisation_id)
        elif grant.zone_id and grant.zone:
            paths |= set(grant.zone.parts.values_list("path", flat=True))
        else:
            paths.add(grant.path)
    return Reach(tuple(sorted(paths)), frozenset(organisations))


def holds(
    person: User | None,
    verb: Verb,
    *,
    now: datetime,
    path: str | None = None,
    organisation_id: int | None = None,
) -> bool:
    """Whether the person may do `verb` at the path or in the organisation, asking up the tree.

    Inside a zone whose parent does not keep the right to write, only the zone's own grants count.
    """
    found = reach(person, verb, now)
    if organisation_id is not None:
        return organisation_id in found.organisations
    if path is None:
        return bool(found)
    return found.covers(path) and not _shut_out(person, verb, path, now)


def _shut_out(person: User | None, verb: Verb, path: str, now: datetime) -> bool:
    zones = divisions.zones_holding(path, clock.day(now)).filter(parent_keeps_writing=False)
    own = [zone.pk for zone in zones]
    if not own or person is None:
        return False
    grants = acting(person, now).filter(role__in=roles_with(verb))
    narrow = [
        part for zone in zones for part in zone.parts.values_list("path", flat=True)
    ]
    inside = Q(zone__in=own) | Q(path__in=[p for p in ancestors(path) if _below_any(p, narrow)])
    return not grants.filter(inside).exists()


def _below_any(path: str, scopes: list[str]) -> bool:
    return any(path.startswith(scope) for scope in scopes)


def holders(verb: Verb, *, now: datetime, path: str) -> QuerySet[User]:
    """People whose duty `verb` is exactly at `path`, not above it."""
    grants = open_grants(now).filter(role__in=roles_with(verb), path=path)
    return User.objects.filter(pk__in=grants.values("person"), is_active=True)


def nearest_holders(verb: Verb, *, now: datetime, path: str) -> list[User]:
    """People who hold `verb` at the path or at the nearest level above it where anyone does."""
    for scope in ancestors(path):
        found = list(holders(verb, now=now, path=scope))
        if found:
            return found
    return []


def titles(person: User, now: datetime) -> list[str]:
    """The person's roles in words, for the account menu."""
    keys = open_grants(now).filter(person=person).values_list("role", flat=True).distinct()
    return [str(ROLES[key].title) for key in keys if key in ROLES]


def needs_second_factor(person: User, now: datetime) -> bool:
    """Whether one of the person's roles asks for a second factor at sign-in."""
    keys = open_grants(now).filter(person=person).values_list("role", flat=True)
    return any(ROLES[key].second_factor for key in keys if key in ROLES)


def verbs(person: User, now: datetime) -> set[Verb]:
    """Every verb the person may do somewhere at `now`. One query."""
    keys = acting(person, now).values_list("role", flat=True).distinct()
    return {verb for key in keys if key in ROLES for verb in ROLES[key].verbs}
