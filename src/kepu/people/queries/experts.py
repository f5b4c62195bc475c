"""Reads of experts: who knows it, who is free, and who is bound to whom."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import Organisation, User
from kepu.people.availability import free
from kepu.people.models import Conflict, Duty, Employment, Expert
from kepu.people.states import ExpertState


def expert_of(person: User) -> Expert | None:
    """The person's entry among the experts, in whatever state."""
    found: Expert | None = Expert.objects.select_related("person").filter(person=person).first()
    return found


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
