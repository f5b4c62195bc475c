"""Reads of titles: who holds which, by what rules, and how it came to stand there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal import policy
from kepu.appraisal.models import Appeal, Application, Title, TitleStep
from kepu.appraisal.programme.schema import Class, Grade, Programme, Term
from kepu.appraisal.states import HELD, LEVELLED, STANDING, TitleState
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.search import queries as search


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


def base_levels(title: Title) -> set[str]:
    """Levels of a base that the standing titles of the title's holder give. One query, and the rules."""
    standing = of_holder(title).filter(state__in=STANDING)
    found = (level(programme_of(one), one.grade) for one in standing)
    return {one.base_level for one in found if one is not None and one.base_level}


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
    return title.steps.select_related("by").order_by("-at", "-pk")


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


def appeal_words(appeal: Appeal) -> str:
    """What was held against a decision; empty once who raised it was erased."""
    return appeal.text


def recognising(title: Title, now: datetime) -> list[policy.Rule]:
    """Programmes in force that take this title for one of their own."""
    rules = policy.all_in_force(now)
    return [one for one in rules if title.programme in one.programme.recognises]


# --- names ----------------------------------------------------------------------------------------


def full_name(title: Title) -> str:
    """The holder as on the certificate; of a person it is given to that person alone."""
    return title.person.name if title.person is not None else title.holder_name


def public_name(title: Title) -> str:
    """The holder as everybody may read it: a person's name only where the programme says so."""
    if title.person is None:
        return title.holder_name
    name = title.person.name
    if programme_of(title).term.names_public or title.person.data_key is None:
        return name
    return name[:1] + "*" * (len(name) - 1)


@dataclass(frozen=True)
class Named:
    """What a title is called to readers: its programme, class and level, in their language."""

    programme: str
    klass: str
    level: str


def named(title: Title) -> Named:
    """The words of a title, from the version of the programme that gave it."""
    programme = programme_of(title)
    of_class, of_level = klass(programme, title.klass), level(programme, title.grade)
    return Named(
        str(programme),
        str(of_class) if of_class else "",
        str(of_level) if of_level else title.grade,
    )


# --- the public register --------------------------------------------------------------------------


def public(
    scope: str = "", *, words: str = "", programme: str = "", klass: str = "", grade: str = "",
    state: str = "",
) -> QuerySet[Title]:  # fmt: skip
    """Titles that everybody may see, place by place; those that are over only when asked for by state."""
    found = Title.objects.filter(state=state) if state else Title.objects.filter(state__in=STANDING)
    asked = {"path__within": scope, "programme": programme, "klass": klass, "grade": grade}
    found = found.filter(**{key: value for key, value in asked.items() if value})
    if words.strip():
        found = found.filter(search.in_columns(words, ("holder_name", "number")))
    return joined(found)


def joined(found: QuerySet[Title]) -> QuerySet[Title]:
    """With what a row shows, in one query."""
    return found.select_related(
        "application__call", "venue", "organisation", "person", "division_now"
    )


def by_number(number: str) -> Title | None:
    """The title of this number, however it was typed: small letters and blanks do. One query."""
    plain = "".join(number.split()).upper()
    return joined(Title.objects.filter(number=plain)).first() if len(plain) <= 64 else None


def seen(number: str) -> Title:
    """The same. Raises Outside where there is none."""
    found = by_number(number)
    if found is None:
        raise Outside(_("there is no such title"))
    return found


def held_by(person: User, now: datetime) -> QuerySet[Title]:
    """Titles that the person holds, or the units that the person applies for. Two queries."""
    units = roles.reach(person, Verb.APPRAISAL_APPLY, now).organisations
    return joined(Title.objects.filter(Q(person=person) | Q(organisation__in=units)))


def programmes_there_are() -> list[tuple[str, int]]:
    """Codes of programmes that ever gave a title, each with the latest version that did. One query."""
    found = Title.objects.order_by("programme").values_list("programme")
    return list(found.annotate(latest=Max("rules_version")))


def holds_for_status(purpose: str, first: int, last: int) -> list[int]:
    """Numbers of levelled steps, first <= number < last, whose certificates are revoked or suspended.

    A certificate says a level: one of a level that holds no more is revoked, and so is every one of a
    title that was, or that a new one follows. One query.
    """
    steps = TitleStep.objects.filter(verb__in=LEVELLED, pk__gte=first, pk__lt=last)
    if purpose == "suspension":
        return list(steps.filter(title__state=TitleState.SUSPENDED).values_list("pk", flat=True))
    later = TitleStep.objects.filter(
        title=OuterRef("title"), verb__in=LEVELLED, pk__gt=OuterRef("pk")
    )
    over = Q(title__state__in=(TitleState.REVOKED, TitleState.RENEWED))
    gone = steps.filter(over | Q(Exists(later)))
    return list(gone.values_list("pk", flat=True))
