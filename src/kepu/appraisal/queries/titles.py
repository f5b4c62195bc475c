"""Reads of titles: who holds which, by what rules, and how it came to stand there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal import policy
from kepu.appraisal.models import Application, Title, TitleStep
from kepu.appraisal.programme.schema import Class, Grade, Programme, Term
from kepu.appraisal.states import HELD, STANDING
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb


def locked(title_id: int) -> Title:
    """The title, nobody else's until the transaction has ended. Raises Outside."""
    rows = Title.objects.select_for_update(of=("self",)).select_related(
        "application__call", "venue", "organisation", "person", "division_now"
    )
    found: Title | None = rows.filter(pk=title_id).first()
    if found is None:
        raise Outside(_("there is no such title"))
    return found


def programme_of(title: Title) -> Programme:
    """The programme as it was when the title was given: by that it is kept and judged."""
    return policy.as_of(title.programme, title.rules_version).programme


def seat(title: Title) -> str:
    """The path at which is decided about the title: that of its call, or of the whole city."""
    return title.application.call.path if title.application else settings.CITY


def level(programme: Programme, key: str) -> Grade | None:
    """The level of this key."""
    return next((one for one in programme.levels if one.key == key), None)


def klass(programme: Programme, key: str) -> Class | None:
    """The class of this key."""
    return next((one for one in programme.classes if one.key == key), None)


def rank(programme: Programme, key: str) -> int:
    """0 for the highest level; a level that the programme does not know comes after all others."""
    keys = [one.key for one in programme.levels]
    return keys.index(key) if key in keys else len(keys)


def last_day(since: date, term: Term) -> date | None:
    """The last day of a title that begins on `since`; None where the programme sets no term."""
    if term.years is None:
        return None
    year = since.year + term.years
    try:
        return since.replace(year=year) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(year, 2, 28)


def of_holder(subject: Application | Title) -> QuerySet[Title]:
    """Standing titles of the same holder in any programme, the newest first."""
    if subject.venue_id:
        mine = Q(venue=subject.venue_id)
    elif subject.person_id:
        mine = Q(person=subject.person_id)
    elif subject.organisation_id:
        mine = Q(organisation=subject.organisation_id, venue=None)
    else:
        mine = Q(venue=None, organisation=None, person=None, division_now=subject.division_now_id)
    return Title.objects.filter(mine, state__in=STANDING).order_by("-since", "-pk")


def to_follow(application: Application) -> Title | None:
    """The title that this application renews: the holder's own of the same programme and class.

    A venue holds one title of a programme at a time, whatever its class.
    """
    mine = of_holder(application).filter(programme=application.call.programme)
    if not application.venue_id:
        mine = mine.filter(klass=application.klass, until__isnull=False)
    return mine.first()


def programmes_held(subject: Application | Title, now: datetime) -> set[str]:
    """Codes of the programmes whose titles the applicant holds: what a condition `holds` asks."""
    held = of_holder(subject).filter(state__in=HELD)
    return set(held.order_by().values_list("programme", flat=True))


def steps(title: Title) -> QuerySet[TitleStep]:
    """How the title came to stand where it does, the newest first. One query."""
    return title.steps.order_by("-at", "-pk")


def keeps(person: User | None, title: Title, now: datetime) -> bool:
    """Whether the person holds the title, or manages the unit or place that does."""
    if person is None:
        return False
    if title.person_id:
        return title.person_id == person.pk
    if title.organisation_id:
        return roles.holds(
            person, Verb.APPRAISAL_APPLY, now=now, organisation_id=title.organisation_id
        )
    return roles.holds(person, Verb.APPRAISAL_APPLY, now=now, path=title.path)
