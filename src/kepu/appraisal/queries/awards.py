"""Nominations in calls, and lists of who was named: for the ceremony and for talent programmes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.models import (
    Application,
    Call,
    CallNomination,
    TalentConsent,
    Title,
    TitleStep,
)
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import titles
from kepu.appraisal.states import BEGUN, STANDING, CallNominationState
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

KEEPERS = (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE)


def standing_of(call: Call, person: User, unit: Organisation | None) -> int:
    """How many nominations of the unit, or of the person alone, stand in the call. One query."""
    of = Q(organisation=unit) if unit else Q(by=person, organisation=None)
    found = call.nominations.filter(of).exclude(state=CallNominationState.DECLINED)
    return found.count()


def nominated_by(person: User) -> QuerySet[CallNomination]:
    """What the person put forward, the newest first."""
    return CallNomination.objects.filter(by=person).select_related("call", "by")


def by_key(key: str) -> CallNomination:
    """The nomination of an address that was handed on. Raises Outside."""
    found: CallNomination | None = (
        CallNomination.objects.select_related("call__division_now", "by", "organisation")
        .filter(key=key)
        .first()
    )
    if found is None:
        raise Outside(_("there is no such nomination"))
    return found


def nominator(application: Application) -> str:
    """Who put it forward: the unit, else the person; empty where nobody did. One query."""
    rows = CallNomination.objects.select_related("by", "organisation")
    found = rows.filter(application=application).first()
    if found is None:
        return ""
    return found.organisation.name if found.organisation else found.by.name


def shown_nominator(application: Application, programme: Programme) -> str:
    """The same for reviewers, where the rulebook has nominators named."""
    return nominator(application) if programme.nominating.named else ""


# --- lists ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Awarded:
    """One line of the ceremony: the title, its words, whom it names, and under which paper."""

    title: Title
    named: titles.Named
    name: str
    unit: str
    reference: str


def has_lists(person: User | None, now: datetime) -> bool:
    """Whether the person keeps or decides calls anywhere."""
    return any(roles.reaches(person, KEEPERS, now).values())


def of_office(person: User | None, now: datetime) -> QuerySet[Title]:
    """Standing titles that came of the calls the person keeps or decides. Two queries."""
    reaches = roles.reaches(person, KEEPERS, now)
    mine = reaches[KEEPERS[0]].limit("application__call__path") | reaches[KEEPERS[1]].limit(
        "application__call__path"
    )
    found = Title.objects.filter(mine, application__isnull=False, state__in=STANDING)
    joined = found.select_related(
        "application__call", "venue", "organisation", "person", "division_now"
    )
    return joined.prefetch_related("steps")  # one more query, for the signed decisions of all


def ceremony(
    person: User | None, now: datetime, *, programme: str = "", year: int | None = None
) -> QuerySet[Title]:
    """Titles of a programme and a year as they are called up: by programme, score, class and number."""
    found = of_office(person, now)
    if programme:
        found = found.filter(programme=programme)
    if year:
        found = found.filter(since__year=year)
    best = F("application__score").desc(nulls_last=True)  # PostgreSQL puts no score first
    return found.order_by("programme", best, "klass", "number")


def talents(
    person: User | None, now: datetime, *, programme: str = "", grade: str = "", klass: str = "",
    year: int | None = None,
) -> QuerySet[Title]:  # fmt: skip
    """Titles of persons who agreed to stand in such lists."""
    found = of_office(person, now).filter(person__isnull=False, talent_consent__isnull=False)
    asked = {"programme": programme, "grade": grade, "klass": klass, "since__year": year}
    found = found.filter(**{key: value for key, value in asked.items() if value})
    return found.order_by("programme", "grade", "klass", "-since", "number")


def listed(rows: Iterable[Title]) -> set[int]:
    """Ids of those titles whose holder lets them stand in lists for talent programmes. One query."""
    found = TalentConsent.objects.filter(title__in=[one.pk for one in rows])
    return set(found.values_list("title", flat=True))


def awarded(title: Title) -> Awarded:
    """A line of a list; the signed decision is read with the list."""
    begun: TitleStep | None = next((one for one in title.steps.all() if one.verb in BEGUN), None)
    unit = title.organisation.name if title.organisation else ""
    return Awarded(
        title, titles.named(title), titles.full_name(title), unit, begun.reference if begun else ""
    )
