"""Reads of volunteers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions.fields import ancestors
from kepu.people import availability
from kepu.people.models import Entry, Volunteer
from kepu.people.models.volunteers import national_digest
from kepu.people.newcomers import NewVolunteer
from kepu.people.states import VolunteerState


def volunteer_of(person: User) -> Volunteer | None:
    """The person's registration, in whatever state. One query."""
    return Volunteer.objects.select_related("person", "division_now").filter(person=person).first()


def numbered(national: str) -> QuerySet[Volunteer]:
    """Who is registered with this national volunteer number."""
    return Volunteer.objects.filter(national_digest=national_digest(national))


def volunteer_taken_in(new: NewVolunteer) -> bool:
    """Whether an officer entered this very person, with a form of this day, before. Two queries."""
    known = accounts.by_phone(new.personal.phone)
    signed = noon(new.consented)
    entered = Volunteer.objects.filter(consent_at=signed, active_at=F("applied_at"))
    return known is not None and entered.filter(person=known).exists()


def noon(signed: date) -> datetime:
    """When a form was signed of which only the day is known."""
    return datetime.combine(signed, time(12), tzinfo=BEIJING)


def active(scope: str = "") -> QuerySet[Volunteer]:
    """Active volunteers at home in `scope`, by number."""
    found = Volunteer.objects.filter(state=VolunteerState.ACTIVE)
    return (found.filter(path__within=scope) if scope else found).order_by("number")


def free_at(people: Iterable[int], moment: datetime) -> set[int]:
    """Those of the people who said to be free in that half-day, or said nothing. One query."""
    rows = Volunteer.objects.filter(person__in=list(people)).values_list("person", "availability")
    return {person for person, mask in rows if mask == 0 or availability.free(mask, moment)}


def suspended(people: Iterable[int]) -> set[int]:
    """Those of the people who may not serve for a while. One query."""
    stopped = Volunteer.objects.filter(state=VolunteerState.SUSPENDED, person__in=list(people))
    return set(stopped.values_list("person", flat=True))


def willing(path: str) -> QuerySet[Volunteer]:
    """Active volunteers one of whose areas holds `path`, by number. One query."""
    return active().filter(areas__path__in=ancestors(path)).distinct()


def listed(*, state: str = "", skill: str = "", scope: str = "") -> QuerySet[Volunteer]:
    """Volunteers at home in `scope` with their minutes in the ledger, by number. Two queries."""
    given = Entry.objects.filter(person=OuterRef("person")).order_by().values("person")
    minutes = Coalesce(Subquery(given.annotate(n=Sum("minutes")).values("n")), 0)
    found = Volunteer.objects.annotate(minutes=minutes)
    if state:
        found = found.filter(state=state)
    if skill:
        found = found.filter(skills__key=skill)
    if scope:
        found = found.filter(path__within=scope)
    rows = found.select_related("person", "division_now").prefetch_related("skills")
    return rows.order_by("number")


def stopped(path: str) -> QuerySet[Volunteer]:
    """Suspended volunteers at home in `path`, by their number. One query."""
    found = Volunteer.objects.filter(state=VolunteerState.SUSPENDED, path__within=path)
    return found.select_related("person", "division_now").order_by("number", "pk")


def waiting(scope: str) -> QuerySet[Volunteer]:
    """Registrations to decide about within `scope`, the longest waiting first."""
    found = Volunteer.objects.filter(state=VolunteerState.APPLIED, path__within=scope)
    return found.select_related("person", "division_now").order_by("applied_at", "pk")
