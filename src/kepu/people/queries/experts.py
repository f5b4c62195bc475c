"""Reads of experts: who knows it, who is free, and who is bound to whom."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.errors import Outside
from kepu.people.availability import free
from kepu.people.models import Conflict, Duty, Employment, Expert
from kepu.people.states import ExpertState


def expert_of(person: User) -> Expert | None:
    """The person's entry among the experts, in whatever state."""
    found: Expert | None = Expert.objects.select_related("person").filter(person=person).first()
    return found


def expert(expert_id: int) -> Expert:
    """An expert with the person and the place; raises Outside."""
    experts = Expert.objects.select_related("person", "division_now", "invited_by")
    found: Expert | None = experts.filter(pk=expert_id).first()
    if found is None:
        raise Outside(_("there is no such expert"))
    return found


def pool(*, field: str = "", state: str = "", scope: str = "") -> QuerySet[Expert]:
    """Everybody who was ever invited, with `load`; those at work and the least loaded first."""
    at_work = Case(When(state=ExpertState.ACTIVE, then=Value(0)), default=Value(1))
    opened = Count("duties", filter=Q(duties__until__isnull=True), distinct=True)
    found = Expert.objects.annotate(load=opened).order_by(at_work, "load", "pk")
    if field:
        found = found.filter(fields__key=field)
    if state:
        found = found.filter(state=state)
    if scope:
        found = found.filter(path__within=scope)
    known: QuerySet[Expert] = found.select_related("person", "division_now")
    return known.prefetch_related("fields")


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

    Own work, a declared bond, employment that lasts or ended less than `years` ago.
    """
    found = []
    if person is not None and person.pk == expert.person_id:
        found.append(_("it is the expert's own"))
    found += [conflict.reason for conflict in _declared(expert, on, organisation, person)]
    if organisation is not None and _employed(expert, on, organisation, years):
        found.append(_("the expert works or worked there"))
    return found


def _declared(
    expert: Expert, on: date, organisation: Organisation | None, person: User | None
) -> QuerySet[Conflict]:
    party = Q(organisation=organisation) if organisation else Q(pk__in=[])
    party |= Q(person=person) if person else Q(pk__in=[])
    return expert.conflicts.filter(party, Q(until__isnull=True) | Q(until__gte=on))


def _employed(expert: Expert, on: date, organisation: Organisation, years: int) -> bool:
    since = date(on.year - years, on.month, min(on.day, 28))
    worked = Employment.objects.filter(expert=expert, organisation=organisation, first__lte=on)
    return worked.filter(Q(last__isnull=True) | Q(last__gte=since)).exists()
