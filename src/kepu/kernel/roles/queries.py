"""Who may do what where. The one question every rule about persons comes down to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kepu.kernel import clock
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors, within
from kepu.kernel.divisions.models import ZonePart
from kepu.kernel.ready import Slot, ready
from kepu.kernel.roles.models import Grant, Leave
from kepu.kernel.roles.verbs import ADMINISTRATION, ROLES, Verb, roles_with, title_of

_Grant = tuple[str, str, int | None, int | None, str]  # as `_HELD` names it
_HELD = ("role", "path", "organisation", "zone", "post")


@dataclass(frozen=True)
class Reach:
    """Everywhere a person may do one verb: whole paths, and organisations by id.

    `shut` are parts of zones that keep what is held above them out; a path inside one counts only
    for a scope that lies inside it too.
    """

    paths: tuple[str, ...] = ()
    organisations: frozenset[int] = frozenset()
    shut: tuple[str, ...] = ()

    def covers(self, path: str) -> bool:
        return any(within(path, scope) and not self._shut_out(path, scope) for scope in self.paths)

    def limit(self, field: str = "path") -> Q:
        """The same as a condition on rows with a path: `Order.objects.filter(reach.limit())`."""
        found = Q(pk__in=())
        for scope in self.paths:
            inside = Q(**{f"{field}__within": scope})
            for part in self._keeping_out(scope):
                inside &= ~Q(**{f"{field}__within": part})
            found |= inside
        return found

    def _shut_out(self, path: str, scope: str) -> bool:
        return any(within(path, part) for part in self._keeping_out(scope))

    def _keeping_out(self, scope: str) -> list[str]:
        return [part for part in self.shut if part != scope and within(part, scope)]

    def __bool__(self) -> bool:
        return bool(self.paths or self.organisations)


def open_grants(now: datetime) -> QuerySet[Grant]:
    """Grants in force at `now`."""
    return Grant.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now), valid_from__lte=now)


def unfinished_grants(now: datetime) -> QuerySet[Grant]:
    """Grants in force at `now` and those that begin later; one ended before it began is neither."""
    running = Q(valid_to__gt=now) & Q(valid_to__gt=F("valid_from"))
    return Grant.objects.filter(Q(valid_to__isnull=True) | running)


def to_widen(held: Iterable[Grant], begin: datetime, until: datetime | None) -> Grant | None:
    """Of grants of one person's seat the one that takes a term in: it meets it, and ends last.

    The one without an end before all others, of which there is one at most.
    """
    found = [one for one in held if one.meets(begin, until)]
    return max(
        found, key=lambda one: (one.valid_to is None, one.valid_to or begin, -one.pk), default=None
    )


def all_acting(now: datetime) -> QuerySet[Grant]:
    """Grants that may be acted on at `now`: every A post, and B posts with no A who is there."""
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
    return open_grants(now).filter(Q(post="A") | ~Exists(present.filter(same_zone, same_unit)))


def acting(person: User, now: datetime) -> QuerySet[Grant]:
    """Grants the person may act on at `now`."""
    return all_acting(now).filter(person=person)


def reach(person: User | None, verb: Verb, now: datetime) -> Reach:
    """Everywhere `person` may do `verb` at `now`. One query, or one more for whoever holds a path
    (a zone may shut it out), and two for a deputy.
    """
    return reaches(person, [verb], now)[verb]


def reaches(person: User | None, verbs: Iterable[Verb], now: datetime) -> dict[Verb, Reach]:
    """The reach of several verbs at once: as many queries as one, and one for each of a deputy's."""
    if person is None or not person.is_active:
        return dict.fromkeys(verbs, Reach())
    return _reaches(person, _grants_of(person=person.pk, now=now), verbs, now)


def reaches_of(
    people: Iterable[User], verbs: Iterable[Verb], now: datetime
) -> dict[int, dict[Verb, Reach]]:
    """The reaches of many people, by their ids. Two queries, and those of `reaches` for each deputy
    and each who holds a zone.
    """
    known, wanted = {one.pk: one for one in people}, list(verbs)
    among = {role for verb in wanted for role in roles_with(verb)}
    mine = open_grants(now).filter(role__in=among, person__in=list(known)).order_by("pk")
    held: dict[int, list[_Grant]] = defaultdict(list)
    for pk, *row in mine.values_list("person", *_HELD):
        held[pk].append(tuple(row))
    shut = _kept_in(now) if held else ()
    return {
        pk: _reaches(one, held[pk], wanted, now, shut)
        if one.is_active
        else dict.fromkeys(wanted, Reach())
        for pk, one in known.items()
    }


def _reaches(
    person: User,
    rows: list[_Grant],
    verbs: Iterable[Verb],
    now: datetime,
    shut: tuple[str, ...] | None = None,
) -> dict[Verb, Reach]:
    """What somebody's grants come to for each verb; `shut` where it was read already."""
    found = {}
    for verb in verbs:
        plain = _plain(rows, verb)
        if plain is None:
            grants = acting(person, now).filter(role__in=roles_with(verb))
            found[verb] = _reach(grants, _shutting(verb, now), now)
        elif plain.paths and verb not in ADMINISTRATION:
            shut = _kept_in(now) if shut is None else shut
            found[verb] = replace(plain, shut=shut)
        else:
            found[verb] = plain
    return found


def holds(
    person: User | None,
    verb: Verb,
    *,
    now: datetime,
    path: str | None = None,
    organisation_id: int | None = None,
) -> bool:
    """Whether the person may do `verb` at the path or in the organisation, asking up the tree.

    Inside a zone whose parent does not keep the right to write, only what is held in the zone
    counts. Every action asks this: one query, one more for whoever holds a path, two for a deputy.
    """
    if person is None or not person.is_active:
        return False
    plain = _plain(_grants_of(person=person.pk, now=now), verb)
    if plain is not None:
        return _plainly_holds(plain, verb, now, path, organisation_id)
    grants = acting(person, now).filter(role__in=roles_with(verb))
    if organisation_id is not None:
        return grants.filter(organisation=organisation_id).exists()
    if path is None:
        return grants.exists()
    shutting = _shutting(verb, now).filter(path__in=ancestors(path))
    return _reach(grants.filter(organisation=None), shutting, now).covers(path)


def holds_everywhere(person: User | None, verb: Verb, *, now: datetime) -> bool:
    """Whether the person may do `verb` for the whole of what the installation serves."""
    return holds(person, verb, now=now, path=settings.CITY)


def ever_held(person: User, verb: Verb, now: datetime) -> list[str]:
    """Paths at which the person holds `verb`, or once did: ended grants are kept. One query."""
    grants = Grant.objects.filter(person=person, role__in=roles_with(verb), valid_from__lte=now)
    return list(grants.exclude(path="").order_by("pk").values_list("path", flat=True))


def _plain(held: list[_Grant], verb: Verb) -> Reach | None:
    """What somebody holds as an A post at paths and in organisations, which the plain rows tell.

    None when a deputy's post or a zone is among it: only then the question is a hard one. Nearly
    everybody holds nothing or one post, and every action of everybody asks.
    """
    among = roles_with(verb)
    rows = [row for row in held if row[0] in among]
    if any(zone is not None or post != "A" for _role, _path, _unit, zone, post in rows):
        return None
    paths = {path for _role, path, unit, _zone, _post in rows if unit is None}
    units = frozenset(unit for _role, _path, unit, _zone, _post in rows if unit is not None)
    return Reach(tuple(sorted(paths)), units)


@ready
def _grants_of(person: Slot, now: Slot) -> QuerySet[Grant, _Grant]:
    """Role, path, organisation, zone and post of what somebody holds. Nobody holds very many."""
    mine = open_grants(now).filter(person=person)  # type: ignore[arg-type]
    return mine.order_by("pk").values_list(*_HELD)


def _kept_in(now: datetime) -> tuple[str, ...]:
    """Parts of zones that shut out what is held above them. One query."""
    return tuple(_shut_parts(today=clock.day(now)))


@ready
def _shut_parts(today: Slot) -> QuerySet[ZonePart, str]:
    return _shutting_on(today).order_by("path").values_list("path", flat=True)  # type: ignore[arg-type]


def _plainly_holds(
    found: Reach, verb: Verb, now: datetime, path: str | None, organisation_id: int | None
) -> bool:
    if organisation_id is not None:
        return organisation_id in found.organisations
    if path is None:
        return bool(found)
    if not found.covers(path):
        return False
    return verb in ADMINISTRATION or replace(found, shut=_kept_in(now)).covers(path)


def _reach(grants: QuerySet[Grant], shutting: QuerySet[ZonePart], now: datetime) -> Reach:
    """What the grants come to, given the parts of zones that may keep them out."""
    paths: set[str] = set()
    organisations: set[int] = set()
    shut = False
    rows = grants.filter(_joined_part(clock.day(now))).annotate(any_shut=Exists(shutting))
    for path, unit, part, any_shut in rows.values_list(*_PLACE, "any_shut"):
        if unit is not None:
            organisations.add(unit)
        else:
            paths.add(path or part)
        shut = any_shut
    parts = tuple(shutting.values_list("path", flat=True)) if shut and paths else ()
    return Reach(tuple(sorted(paths)), frozenset(organisations), parts)


_PLACE = ("path", "organisation", "zone__parts__path")


def _joined_part(today: date) -> Q:
    """A grant held at a zone gives one row for each part in force; grants elsewhere give one."""
    part = divisions.in_force(today, "zone__parts__") & divisions.in_force(today, "zone__")
    return Q(zone__isnull=True) | (part & Q(zone__parts__path__isnull=False))


def _shutting(verb: Verb, now: datetime) -> QuerySet[ZonePart]:
    """Parts of zones that keep `verb` to themselves; running the system is never shut out."""
    if verb in ADMINISTRATION:
        return ZonePart.objects.none()
    return _shutting_on(clock.day(now))


def _shutting_on(today: date) -> QuerySet[ZonePart]:
    return divisions.zone_parts(today).filter(zone__parent_keeps_writing=False)


def holders(verb: Verb, *, now: datetime, path: str) -> QuerySet[User]:
    """People who act on `verb` exactly at `path` or in a zone that has it as a part."""
    here = Q(path=path) | (Q(zone__parts__path=path) & _joined_part(clock.day(now)))
    grants = all_acting(now).filter(here, role__in=roles_with(verb))
    return User.objects.filter(pk__in=grants.values("person"), is_active=True)


def nearest_holders(verb: Verb, *, now: datetime, path: str) -> list[User]:
    """People who act on `verb` at the path or at the nearest level above it where anyone does.

    Levels that a zone shuts out are passed over. Two queries, three inside such a zone.
    """
    above = ancestors(path)
    here = Q(path__in=above) | (Q(zone__parts__path__in=above) & _joined_part(clock.day(now)))
    grants = all_acting(now).filter(here, role__in=roles_with(verb), person__is_active=True)
    people: dict[str, set[int]] = {}
    for own, part, person in grants.values_list("path", "zone__parts__path", "person"):
        people.setdefault(own or part, set()).add(person)
    shut = tuple(_shutting(verb, now).filter(path__in=above).values_list("path", flat=True))
    reaching = [scope for scope in people if Reach((scope,), shut=shut).covers(path)]
    nearest = people[max(reaching, key=len)] if reaching else ()
    return list(User.objects.filter(pk__in=nearest).order_by("pk"))


@dataclass(frozen=True)
class Held:
    """One line of a list of posts: the grant, where it is held, and whether it can be acted on."""

    grant: Grant
    title: str
    place: str
    acts: bool
    on_leave: bool


NOW, LATER, LAPSED = "now", "later", "lapsed"  # when a grant is held


def _held_in(span: str, now: datetime) -> QuerySet[Grant]:
    """Grants held now, those that begin later, or those that have ended."""
    if span == LATER:
        return unfinished_grants(now).filter(valid_from__gt=now)
    return Grant.objects.filter(valid_to__lte=now) if span == LAPSED else open_grants(now)


def held_below(path: str, *, now: datetime, span: str = NOW) -> QuerySet[Grant]:
    """Grants at `path` and below, zones and organisations included; each once."""
    here = (
        Q(path__within=path)
        | Q(organisation__path__within=path)
        | (Q(zone__parts__path__within=path) & _joined_part(clock.day(now)))
    )
    # A zone has many parts: the rows of the join are not the grants.
    return Grant.objects.filter(pk__in=_held_in(span, now).filter(here).values("pk"))


def held_by_whom(found: QuerySet[Grant], words: str) -> QuerySet[Grant]:
    """Those of the person whom the words name in full, or in a unit or zone whose name holds them."""
    person = accounts.by_word(words)
    named = Q(organisation__name__icontains=words) | Q(zone__name__icontains=words)
    return found.filter(named | Q(person=person) if person else named)


def with_acting(found: QuerySet[Grant], now: datetime) -> QuerySet[Grant]:
    """The same grants, each saying in `acts` whether it can be acted on now. One query."""
    acting_here = all_acting(now).filter(pk=OuterRef("pk"), person__is_active=True)
    return found.select_related("person", "zone", "organisation").annotate(acts=Exists(acting_here))


def held_by(person: User, *, now: datetime) -> list[Held]:
    """What the person holds now or is to hold. Five queries."""
    return _rows(unfinished_grants(now).filter(person=person), now)


def partners(held: list[Held], now: datetime) -> dict[int, list[User]]:
    """Who holds the other post, A or B, beside each grant, by the grant's id. One query."""
    roles_held = {one.grant.role for one in held}
    others = open_grants(now).filter(role__in=roles_held).select_related("person")
    seats: dict[tuple[object, ...], list[Grant]] = {}
    for other in others:
        seats.setdefault(_seat_of(other), []).append(other)
    return {
        one.grant.pk: [
            other.person
            for other in seats.get(_seat_of(one.grant), [])
            if other.post != one.grant.post
        ]
        for one in held
    }


def _seat_of(grant: Grant) -> tuple[object, ...]:
    return (grant.role, grant.path, grant.zone_id, grant.organisation_id)


def _rows(chosen: QuerySet[Grant], now: datetime) -> list[Held]:
    found = Grant.objects.filter(pk__in=chosen.values("pk"))
    grants = list(
        found.select_related("person", "zone", "organisation").order_by(
            "path", "role", "post", "pk"
        )
    )
    return lines(grants, now)


def lines(grants: list[Grant], now: datetime) -> list[Held]:
    """Each grant as a line of a list. Three queries."""
    acts = set(all_acting(now).filter(pk__in=[g.pk for g in grants]).values_list("pk", flat=True))
    names = divisions.full_names({grant.path for grant in grants if grant.path})
    away = on_leave(now)
    return [
        Held(
            grant=grant,
            title=title_of(grant.role),
            place=names.get(grant.path) or str(grant.zone or grant.organisation),
            acts=grant.pk in acts and grant.person.is_active,
            on_leave=grant.person_id in away,
        )
        for grant in grants
    ]


def leaves(people: Iterable[int], now: datetime) -> QuerySet[Leave]:
    """Leave of these people that is not over, the next first. One query."""
    found = Leave.objects.filter(person__in=list(people), last__gte=clock.day(now))
    return found.select_related("person").order_by("first", "pk")


def leaves_of(found: QuerySet[Grant], now: datetime) -> QuerySet[Leave]:
    """Leave, not over, of who holds these grants, the next first. One query."""
    held = Leave.objects.filter(person__in=found.values("person"), last__gte=clock.day(now))
    return held.select_related("person").order_by("first", "pk")


def own_posts(person: User, now: datetime) -> list[Held]:
    """What the person holds now and from later on, with whether it can be acted on. Four queries."""
    grants = list(
        unfinished_grants(now)
        .filter(person=person)
        .select_related("person", "zone", "organisation")
        .order_by("role", "pk")
    )
    return lines(grants, now)


def on_leave(now: datetime) -> set[int]:
    """Ids of people who are away today."""
    today = clock.day(now)
    return set(
        Leave.objects.filter(first__lte=today, last__gte=today).values_list("person", flat=True)
    )


def titles(person: User, now: datetime) -> list[str]:
    """The person's roles in words, for the account menu."""
    keys = dict.fromkeys(row[0] for row in _grants_of(person=person.pk, now=now))
    return [str(ROLES[key].title) for key in keys if key in ROLES]


def needs_second_factor(person: User, now: datetime) -> bool:
    """Whether one of the person's roles asks for a second factor at sign-in."""
    keys = open_grants(now).filter(person=person).values_list("role", flat=True)
    return any(ROLES[key].second_factor for key in keys if key in ROLES)


def verbs(person: User, now: datetime) -> set[Verb]:
    """Every verb the person may do somewhere at `now`. One query, two for a deputy."""
    held = _grants_of(person=person.pk, now=now)
    keys = {row[0] for row in held}
    if any(row[4] != "A" for row in held):  # whether a deputy acts is the harder question
        keys = set(acting(person, now).values_list("role", flat=True))
    return {verb for key in keys if key in ROLES for verb in ROLES[key].verbs}


def officers_of(organisation_id: int, verb: Verb, *, now: datetime) -> QuerySet[User]:
    """People who may do `verb` for an organisation at `now`."""
    grants = all_acting(now).filter(role__in=roles_with(verb), organisation=organisation_id)
    return User.objects.filter(pk__in=grants.values("person"), is_active=True)


def officers_of_each(
    organisations: Collection[int], verb: Verb, *, now: datetime
) -> dict[int, list[User]]:
    """The same for several organisations, by their ids. Two queries."""
    grants = all_acting(now).filter(role__in=roles_with(verb), organisation__in=organisations)
    held = grants.filter(person__is_active=True).order_by("person")
    pairs = dict.fromkeys(
        held.values_list("organisation", "person")
    )  # whoever holds two roles, once
    people = User.objects.in_bulk([person for _unit, person in pairs])
    found: dict[int, list[User]] = defaultdict(list)
    for unit, person in pairs:
        found[unit or 0].append(people[person])
    return found
