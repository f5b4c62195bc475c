"""Reads of experts: who knows it, who is free, and who is bound to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Outside
from kepu.kernel.ready import Slot, ready
from kepu.people import policy
from kepu.people.availability import free
from kepu.people.models import Conflict, Duty, Employment, Expert, Title, Work
from kepu.people.states import ExpertState, TitleLevel

# --- what other rooms build on --------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """An expert who may be chosen: ids, codes and numbers, nothing to know a person by."""

    id: int
    person_id: int
    fields: frozenset[str]  # keys of the disciplines
    tracks: frozenset[str]  # of the professional titles
    path: str
    district: str  # path of the district; the expert's own path for one of the whole city
    open_duties: int
    most_duties: int
    availability: int  # half-days, see availability.py
    languages: tuple[str, ...]  # codes of Speech
    confirmed_until: date


@dataclass(frozen=True)
class Employer:
    """A unit where an expert works or worked; the id is None for one that is not registered."""

    organisation_id: int | None
    name: str
    first: date
    last: date | None  # None: still there


@dataclass(frozen=True)
class Declared:
    """A bond to one party. `by_other`: the other, an expert too, declared it; it holds both ways."""

    kind: str  # of BondKind
    organisation_id: int | None
    person_id: int | None
    named: str  # the name of somebody not known here, or empty
    until: date | None
    by_other: bool = False


@dataclass(frozen=True)
class JointWork:
    """A representative work, and with whom: persons known here, and others by name."""

    work_id: int
    year: int
    person_ids: frozenset[int]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Bonds:
    """Whom an expert is bound to, for the rules of who asks. Confidential: never shown whole."""

    expert_id: int
    person_id: int
    employers: tuple[Employer, ...]  # the newest first
    declared: tuple[Declared, ...]
    works: tuple[JointWork, ...]


def pool(*, fields: Collection[str] = (), on: date) -> list[Candidate]:
    """Who may be chosen on that day, of any of the disciplines (keys; none: of all), in order of id.

    Active, and confirmed within the year and the days of grace of the rulebook in force on that day.
    Whoever carries the most already is among them: the caller weighs `open_duties`. Four queries.
    """
    found = Expert.objects.filter(
        state=ExpertState.ACTIVE, person__is_active=True, confirmed_until__gte=_oldest(on)
    )
    if fields:
        found = found.filter(pk__in=Expert.objects.filter(fields__key__in=fields).values("pk"))
    opened = Count("duties", filter=Q(duties__until__isnull=True))
    found = found.annotate(load=opened).order_by("pk")
    rows = list(found.prefetch_related("fields", "titles"))
    districts = divisions.district_paths(expert.path for expert in rows)
    return [_candidate(one, districts.get(one.path, one.path)) for one in rows]


def to_remind(on: date, most: int) -> QuerySet[Expert]:
    """Active experts whose confirmation runs out soon and who were not told yet, the soonest first."""
    soon = on + timedelta(days=_confirming(on).remind_days)
    asked = _to_tell("reminded_for")
    return asked.filter(confirmed_until__gte=on, confirmed_until__lte=soon)[:most]


def to_warn(on: date, most: int) -> QuerySet[Expert]:
    """Active experts whose confirmation ran out and who were not told yet, the latest first."""
    return _to_tell("late_for").filter(confirmed_until__lt=on)[:most]


def _to_tell(column: str) -> QuerySet[Expert]:
    told = Q(**{column: F("confirmed_until")})
    untold = Q(**{f"{column}__isnull": True}) | ~told
    found = Expert.objects.filter(untold, state=ExpertState.ACTIVE, person__is_active=True)
    ordered: QuerySet[Expert] = found.order_by("confirmed_until", "pk")
    return ordered


def named(experts: Collection[int]) -> dict[int, str]:
    """What experts are called, by id, for the officers who choose among them. One query."""
    rows = Expert.objects.filter(pk__in=experts).select_related("person")
    found = {one.pk: one.person.name for one in rows}
    return {pk: found[pk] for pk in experts if pk in found}


def persons_of(experts: Collection[int]) -> dict[int, User]:
    """The people behind experts, by the experts' ids. One query."""
    rows = Expert.objects.filter(pk__in=experts).select_related("person")
    return {one.pk: one.person for one in rows}


def title_levels(experts: Collection[int]) -> dict[int, str]:
    """The highest level among each expert's professional titles; who has none is left out. One query."""
    order = list(TitleLevel.values)
    found: dict[int, str] = {}
    rows = Title.objects.filter(expert__in=experts).order_by("expert", "pk")
    for pk, level in rows.values_list("expert", "level"):
        found[pk] = min(level, found.get(pk, level), key=order.index)
    return found


def confirmed(expert: Expert, on: date) -> bool:
    """Whether the expert confirmed record and bonds, or is within the days of grace."""
    return expert.confirmed_until is not None and expert.confirmed_until >= _oldest(on)


def near(expert: Expert, on: date) -> bool:
    """Whether the confirmation runs out so soon that the rulebook has the expert reminded."""
    days = timedelta(days=_confirming(on).remind_days)
    return expert.confirmed_until is not None and expert.confirmed_until <= on + days


def _oldest(on: date) -> date:
    """The day until which somebody must have confirmed at least, by the rulebook of that day."""
    return _confirming(on).oldest(on)


def _confirming(on: date) -> policy.Confirming:
    return policy.experts(datetime.combine(on, time(12), BEIJING)).confirming


def _candidate(expert: Any, district: str) -> Candidate:
    return Candidate(
        id=expert.pk,
        person_id=expert.person_id,
        fields=frozenset(field.key for field in expert.fields.all()),
        tracks=frozenset(title.track for title in expert.titles.all()),
        path=expert.path,
        district=district,
        open_duties=expert.load,
        most_duties=expert.most_duties,
        availability=expert.availability,
        languages=tuple(expert.languages),
        confirmed_until=expert.confirmed_until,
    )


def bonds(experts: Collection[int]) -> dict[int, Bonds]:
    """Whom these experts are bound to, by the expert's id; those who do not exist are left out.

    Bonds that have ended are told too, with their day. Five queries, however many experts.
    """
    persons = dict(Expert.objects.filter(pk__in=experts).values_list("pk", "person"))
    employers, declared, works = _employers(persons), _bound(persons), _joint(persons)
    return {
        pk: Bonds(pk, person, tuple(employers[pk]), tuple(declared[pk]), tuple(works[pk]))
        for pk, person in persons.items()
    }


def _employers(persons: dict[int, int]) -> dict[int, list[Employer]]:
    found = defaultdict(list)
    for one in Employment.objects.filter(expert__in=persons).select_related("organisation"):
        employer = Employer(one.organisation_id, one.unit, one.first, one.last)
        found[one.expert_id].append(employer)
    return found


def _bound(persons: dict[int, int]) -> dict[int, list[Declared]]:
    """What each declared, and what other experts declared about them."""
    found = defaultdict(list)
    expert_of = {person: pk for pk, person in persons.items()}
    about = Q(expert__in=persons) | Q(person__in=expert_of)
    for one in Conflict.objects.filter(about).select_related("expert__person").order_by("pk"):
        if one.expert_id in persons:
            said = Declared(one.kind, one.organisation_id, one.person_id, one.named, one.until)
            found[one.expert_id].append(said)
        if one.person_id in expert_of:
            heard = Declared(one.kind, None, one.expert.person_id, "", one.until, by_other=True)
            found[expert_of[one.person_id]].append(heard)
    return found


def _joint(persons: dict[int, int]) -> dict[int, list[JointWork]]:
    """Works of each, and of others who name them as a co-author."""
    found = defaultdict(list)
    about = Q(expert__in=persons) | Q(coauthors__in=persons)
    works = Work.objects.filter(about).distinct().select_related("expert__person")
    for work in works.prefetch_related("coauthors").order_by("pk"):
        makers = {one.pk: one.person_id for one in (work.expert, *work.coauthors.all())}
        for pk in makers.keys() & persons.keys():
            others = frozenset(makers.values()) - {persons[pk]}
            found[pk].append(JointWork(work.pk, work.year, others, tuple(work.authors)))
    return found


# --- reads of this room ---------------------------------------------------------------------------


def expert_of(person: User) -> Expert | None:
    """The person's entry among the experts, in whatever state."""
    return _entries.first(person=person.pk)


@ready
def _entries(person: Slot) -> QuerySet[Expert]:
    return Expert.objects.select_related("person").filter(person=person)


def expert(expert_id: int) -> Expert:
    """An expert with the person and the place; raises Outside."""
    experts = Expert.objects.select_related("person", "division_now", "invited_by")
    found: Expert | None = experts.filter(pk=expert_id).first()
    if found is None:
        raise Outside(_("there is no such expert"))
    return found


def listed(*, field: str = "", state: str = "", scope: str = "") -> QuerySet[Expert]:
    """Who was ever invited or has applied, with `load`; those at work and the least loaded first."""
    at_work = Case(When(state=ExpertState.ACTIVE, then=Value(0)), default=Value(1))
    opened = Count("duties", filter=Q(duties__until__isnull=True), distinct=True)
    found = Expert.objects.exclude(state=ExpertState.DRAFT).annotate(load=opened)
    found = found.order_by(at_work, "load", "pk")
    if field:
        found = found.filter(fields__key=field)
    if state:
        found = found.filter(state=state)
    if scope:
        found = found.filter(path__within=scope)
    known: QuerySet[Expert] = found.select_related("person", "division_now")
    return known.prefetch_related("fields")


def late(experts: QuerySet[Expert], on: date) -> QuerySet[Expert]:
    """Those of them in the register whose confirmation has run out."""
    states = (ExpertState.ACTIVE, ExpertState.PAUSED)
    return experts.filter(state__in=states, confirmed_until__lt=on)


def duties(expert: Expert) -> QuerySet[Duty]:
    """What the expert was asked to do, open ones first, then the newest."""
    return Duty.objects.filter(expert=expert).order_by(F("until").asc(nulls_first=True), "-since")


def with_load() -> QuerySet[Expert]:
    """Active experts with `load`, the number of their open duties, the least loaded first."""
    opened = Count("duties", filter=Q(duties__until__isnull=True))
    found = Expert.objects.filter(state=ExpertState.ACTIVE, person__is_active=True)
    ordered: QuerySet[Expert] = found.annotate(load=opened).order_by("load", "pk")
    return ordered.select_related("person")


def available(field: str, *, scope: str = "", at: datetime | None = None) -> list[Expert]:
    """Active experts of a field with room for a duty, least loaded first; free at `at`."""
    able = with_load().filter(fields__key=field)
    found = able.filter(load__lt=F("most_duties"))  # type: ignore[misc]
    if scope:
        found = found.filter(path__within=scope)
    return [expert for expert in found if at is None or free(expert.availability, at)]


def load(expert: Expert) -> int:
    """Open duties of the expert."""
    return Duty.objects.filter(expert=expert, until__isnull=True).count()


def conflicts(
    expert: Expert,
    *,
    on: date,
    organisation: Organisation | None = None,
    person: User | None = None,
    years: int = 3,
) -> list[str]:
    """Why the expert should not judge the unit or the person on that day; empty if unknown.

    Own work, a bond that either declared, employment that lasts or ended less than `years` ago: there,
    or in a unit that it hangs together with.
    """
    found = []
    if person is not None and person.pk == expert.person_id:
        found.append(_("it is the expert's own"))
    found += [conflict.why for conflict in _declared(expert, on, organisation, person)]
    if organisation is not None and _employed(expert, on, organisation, years):
        found.append(
            _("the expert works or worked there, or in a unit above, below or merged with it")
        )
    return found


def _declared(
    expert: Expert, on: date, organisation: Organisation | None, person: User | None
) -> QuerySet[Conflict]:
    """What the expert declared, and what the person, an expert too, declared about the expert."""
    party = Q(expert=expert, organisation=organisation) if organisation else Q(pk__in=[])
    if person:
        party |= Q(expert=expert, person=person) | Q(expert__person=person, person=expert.person)
    lasting = Q(until__isnull=True) | Q(until__gte=on)
    return Conflict.objects.filter(party, lasting).order_by("pk")


def _employed(expert: Expert, on: date, organisation: Organisation, years: int) -> bool:
    since = date(on.year - years, on.month, min(on.day, 28))
    kin = accounts.kin_of([organisation.pk])[organisation.pk]
    units = [organisation.pk, *kin.line, *kin.merged]
    worked = Employment.objects.filter(expert=expert, organisation__in=units, first__lte=on)
    return worked.filter(Q(last__isnull=True) | Q(last__gte=since)).exists()
