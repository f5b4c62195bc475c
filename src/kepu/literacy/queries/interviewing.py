"""Reads for the door: whose addresses, which booklet, what stands, what needs a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import BookletItem, Case, FieldEvent, Fieldwork, Interview
from kepu.literacy.states import FieldworkState, Taking


def cases_of(person: User) -> QuerySet[Case]:
    """Addresses a person was given in fieldworks under way, by community. Four queries in all."""
    found: QuerySet[Case] = Case.objects.filter(
        interviewer=person, fieldwork__state=FieldworkState.OPEN
    )
    return (
        found.select_related("fieldwork", "community__division")
        .prefetch_related("attempts", "interviews")
        .order_by("community__division__path", "number")
    )


def under_lock(case_id: int) -> Case | None:
    """One address, so that nothing else is written of it meanwhile.

    Its fieldwork is read afterwards, when somebody asks for it: one that was closed while this waited
    for the lock is found closed.
    """
    found: Case | None = (
        Case.objects.select_for_update(of=("self",))
        .select_related("community__division")
        .filter(pk=case_id)
        .first()
    )
    return found


def lines_of(fieldwork: Fieldwork, numbers: set[int]) -> QuerySet[BookletItem]:
    """Items of some booklets in the order they are asked, with their words. Two queries."""
    found: QuerySet[BookletItem] = fieldwork.booklets.lines.filter(number__in=numbers)
    return (
        found.select_related("item")
        .prefetch_related("item__wordings")
        .order_by("number", "position")
    )


def options_of(case: Case) -> dict[str, int]:
    """How many options each item of the booklet of an address has. Two queries."""
    lines = lines_of(case.fieldwork, {case.booklet})
    return {
        line.item.code: max(len(one.options) for one in line.item.wordings.all()) for line in lines
    }


def latest(case: Case) -> Interview | None:
    """The version that stands."""
    found: Interview | None = case.interviews.order_by("-version").first()
    return found


def needing_a_person(person: User, now: datetime) -> QuerySet[FieldEvent]:
    """What devices sent and could not be taken in, of the places a person supervises."""
    reach = roles.reach(person, Verb.SURVEY_SUPERVISE, now)
    found: QuerySet[FieldEvent] = FieldEvent.objects.filter(
        reach.limit("case__community__division__path"), taking=Taking.REFUSED
    )
    return found.select_related("case__community__division", "case__fieldwork", "by").order_by("pk")


def event(event_id: int) -> FieldEvent | None:
    found: FieldEvent | None = (
        FieldEvent.objects.select_related("case__community__division", "case__fieldwork", "by")
        .filter(pk=event_id)
        .first()
    )
    return found


def event_of(person: User, event_id: int, now: datetime) -> FieldEvent | None:
    """An event of a place that a person supervises, settled or not."""
    found = event(event_id)
    if found is None:
        return None
    path = found.case.community.division.path
    return found if roles.holds(person, Verb.SURVEY_SUPERVISE, now=now, path=path) else None


def goes_to_doors(person: User, now: datetime) -> bool:
    """Whether a person interviews, still has addresses, or may have records left to hand in."""
    return bool(roles.ever_held(person, Verb.SURVEY_ASK, now)) or cases_of(person).exists()


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Items that two sets of answers answer differently."""
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
