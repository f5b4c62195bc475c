"""Applications: who may see which, and what they say. What reviewers see is asked of `reviewing`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal.models import Application, ApplicationStep, Call, Review, Title
from kepu.appraisal.programme.schema import Class, Grade
from kepu.appraisal.queries import calls
from kepu.appraisal.states import HELD, SITTING, TO_REVIEW, ApplicationState
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

DRAFT = ApplicationState.DRAFT
OFFICE = (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE, Verb.APPRAISAL_RECOMMEND)


def joined() -> QuerySet[Application]:
    """Applications with what every page of them shows."""
    return Application.objects.select_related(
        "call", "venue", "organisation", "person", "division_now", "made_by"
    )


def own(person: User, now: datetime) -> QuerySet[Application]:
    """Applications of the person, of the units they apply for, and of their places. Two queries."""
    found = joined().filter(_own(person, now)).exclude(pk__in=reviewed_by(person).values("pk"))
    return found.order_by("-made_at", "-pk")


def _own(person: User, now: datetime) -> Q:
    reach = roles.reach(person, Verb.APPRAISAL_APPLY, now)
    of_a_place = Q(organisation__isnull=True, person__isnull=True) & reach.limit()
    return Q(person=person) | Q(organisation__in=reach.organisations) | of_a_place


def to_recommend(person: User | None, now: datetime) -> QuerySet[Application]:
    """What was handed in from the officer's places and may wait for a recommendation. Two queries."""
    reach = roles.reach(person, Verb.APPRAISAL_RECOMMEND, now)
    found = joined().filter(reach.limit()).exclude(state=DRAFT)
    return found.exclude(pk__in=reviewed_by(person).values("pk"))


def of_call(call: Call, *, states: Collection[str] = ()) -> QuerySet[Application]:
    """Applications handed in, by their codes."""
    found = joined().filter(call=call).exclude(state=DRAFT)
    return (found.filter(state__in=states) if states else found).order_by("code")


def plainly_of(call: Call, states: Collection[str]) -> QuerySet[Application]:
    """The same without what pages show beside them, but for whose they are: for thousands at once."""
    found = Application.objects.filter(call=call, state__in=states)
    return found.select_related("person").order_by("code")


def in_notice(call: Call) -> QuerySet[Application]:
    """What the public notice of a call lists, those stopped by an objection among them. One query."""
    states = (ApplicationState.NOTICED, ApplicationState.OBJECTED)
    return of_call(call, states=states).order_by("klass", "path", "code")


def noticed(application_id: int) -> Application:
    """An application that everybody reads about, for it is in public notice. Raises Outside."""
    states = (ApplicationState.NOTICED, ApplicationState.OBJECTED)
    found: Application | None = joined().filter(pk=application_id, state__in=states).first()
    if found is None:
        raise Outside(_("there is no such application in this notice"))
    return found


def overdue(now: datetime) -> QuerySet[Application]:
    """Applications whose step has run out of time and of which nobody was told yet.

    A public notice that is over begins the time to decide.
    """
    untold = joined().filter(due_at__lte=now, told_late_at__isnull=True)
    return untold.filter(~Q(state=ApplicationState.NOTICED) | _late_to_decide(now)).order_by(
        "due_at", "pk"
    )


def _late_to_decide(now: datetime) -> Q:
    """Notices that were over so long ago that they should be decided. Two queries for each call."""
    over = Application.objects.filter(
        state=ApplicationState.NOTICED, due_at__lte=now, told_late_at__isnull=True
    )
    found = Q(pk__in=[])
    for call in Call.objects.filter(pk__in=over.values("call")):
        clocks = calls.programme(call).clocks
        for end in over.filter(call=call).order_by().values_list("due_at", flat=True).distinct():
            if clocks.ends("decide", end) <= now:
                found |= Q(call=call, due_at=end)
    return found


def seen(application_id: int, person: User | None, now: datetime) -> Application:
    """An application that the person may see with its name on it. Raises Outside.

    Its writers do, its district's officers and the call's secretaries once it was handed in. Reviewers,
    rivals and the public do not; what they may read is on pages of its own. Who reviews it does not
    either, whatever role they were given since, while the review is open.
    """
    found: Application | None = joined().filter(pk=application_id).first()
    if found is None or not (is_own(found, person, now) or _of_office(found, person, now)):
        raise Outside(_("there is no such application"))
    if person is not None and reviewed_by(person).filter(pk=found.pk).exists():
        raise Outside(_("there is no such application"))
    return found


def is_own(application: Application, person: User | None, now: datetime) -> bool:
    """Whether the person may write it."""
    if person is None:
        return False
    if application.person_id is not None:
        return application.person_id == person.pk
    reach = roles.reach(person, Verb.APPRAISAL_APPLY, now)
    if application.organisation_id is not None:
        return application.organisation_id in reach.organisations
    return reach.covers(application.path)


def stands_for(application: Application, person: User, now: datetime) -> bool:
    """Whether the person has a seat at the applicant. For a place: exactly there, not above it.

    The officer of a district watches over its communities; that makes none of them his own.
    """
    if application.person_id is not None or application.organisation_id is not None:
        return is_own(application, person, now)
    return application.path in roles.reach(person, Verb.APPRAISAL_APPLY, now).paths


def _of_office(application: Application, person: User | None, now: datetime) -> bool:
    if application.state == DRAFT:
        return False
    reaches = roles.reaches(person, OFFICE, now)
    kept = (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE)
    return reaches[Verb.APPRAISAL_RECOMMEND].covers(application.path) or any(
        reaches[verb].covers(application.call.path) for verb in kept
    )


def reviewed_by(person: User | None) -> QuerySet[Application]:
    """Applications under review that the person was asked about and sits for: no role opens these."""
    sits = Review.objects.filter(expert__person=person, state__in=SITTING)
    under = Application.objects.filter(state__in=TO_REVIEW, pk__in=sits.values("application"))
    return under if person is not None else under.none()


def bound(person: User, now: datetime, among: QuerySet[Application]) -> QuerySet[Application]:
    """Those `among` which the person has a side in, as `why_not_judge_own` says it one by one.

    They wrote or handed it in, stand for the applicant, review it, or care for who applies.
    """
    reach = roles.reach(person, Verb.APPRAISAL_APPLY, now)
    # Found from the person's side, once: who keeps a call has taken steps with all its applications.
    handed_in = ApplicationStep.objects.filter(by=person, verb="submit").order_by()
    sits = Review.objects.filter(expert__person=person, state__in=SITTING).order_by()
    of_a_place = Q(organisation__isnull=True, person__isnull=True, path__in=reach.paths)
    of_unit = Q(person__isnull=True, organisation__in=reach.organisations)
    own = Q(made_by=person) | Q(person=person) | Q(person__guardian=person)
    deeds = Q(pk__in=handed_in.values("application")) | Q(pk__in=sits.values("application"))
    return among.filter(own | of_unit | of_a_place | deeds)


def name_of(application: Application) -> str:
    """Who or what applies, for those who may know."""
    return application.person.name if application.person else application.subject_name


def answers(application: Application) -> dict[str, Any]:
    """What it says, by key; nothing is left of a person who was erased."""
    return application.said


def evidence_keys(application: Application) -> list[str]:
    """Keys of the entries of evidence, one for each file. One query."""
    return list(application.evidence.values_list("key", flat=True))


def titles_held(application: Application) -> set[str]:
    """Programmes whose title the venue, unit or person of the application holds now. One query."""
    holder = (
        Q(venue=application.venue_id, venue__isnull=False)
        | Q(person=application.person_id, person__isnull=False)
        | Q(venue=None, organisation=application.organisation_id, organisation__isnull=False)
    )
    return set(Title.objects.filter(holder, state__in=HELD).values_list("programme", flat=True))


def units_of(person: User, now: datetime) -> QuerySet[Organisation]:
    """Units at work that the person may apply for. Two queries."""
    reach = roles.reach(person, Verb.APPRAISAL_APPLY, now)
    return Organisation.objects.filter(pk__in=reach.organisations, active=True)


def has_desk(person: User | None, now: datetime) -> bool:
    """Whether the person recommends, keeps or decides anything anywhere."""
    return any(roles.reaches(person, OFFICE, now).values())


def at_desk(person: User | None, now: datetime) -> QuerySet[Application]:
    """What was handed in, of the calls that the person keeps and the places they recommend from."""
    reaches = roles.reaches(person, OFFICE, now)
    kept = reaches[Verb.APPRAISAL_KEEP].limit("call__path")
    decided = reaches[Verb.APPRAISAL_DECIDE].limit("call__path")
    from_there = reaches[Verb.APPRAISAL_RECOMMEND].limit()
    found = joined().filter(kept | decided | from_there).exclude(state=DRAFT)
    return found.exclude(pk__in=reviewed_by(person).values("pk"))


def class_of(application: Application) -> str:
    """The class it stands in, in words."""
    return _title(calls.programme(application.call).classes, application.klass)


def grade_of(application: Application) -> str:
    """The level that is proposed or was given, in words."""
    return _title(calls.programme(application.call).levels, application.grade)


def _title(rows: Sequence[Class | Grade], key: str) -> str:
    return next((str(one) for one in rows if one.key == key), key)
