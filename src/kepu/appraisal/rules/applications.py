"""Who applies for what, when an application may be handed in, and who recommends and checks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kepu.appraisal import queries
from kepu.appraisal.models import Application, Call, CallNomination
from kepu.appraisal.programme import fitness
from kepu.appraisal.programme.schema import Programme, Subject
from kepu.appraisal.rules.calls import why_not_keep, why_not_take
from kepu.appraisal.rules.titles import why_not_apply_again
from kepu.appraisal.states import APPLICATION, MENDABLE, SITTING, ApplicationState
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.models import Division
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.rules.oneself import why_not_decide_about
from kepu.venues import queries as venues

OF_PERSONS = (Subject.PERSON, Subject.WORK)


@dataclass(frozen=True)
class Applicant:
    """For whom an application is: a venue of a unit, a unit, a place, or (with neither) the person.

    A person's `place` is where they are counted, for quotas and reviewers from elsewhere.
    """

    place: Division
    klass: str = ""
    unit: Organisation | None = None
    venue_id: int | None = None


def why_not_apply_as(
    person: User, subject: Subject, applicant: Applicant, now: datetime
) -> str | None:
    """Units and venues are applied for by who holds that role there, a place by its officer."""
    unit = applicant.unit
    if subject in OF_PERSONS:
        return None if unit is None else _("here persons apply for themselves")
    reach = roles.reach(person, Verb.APPRAISAL_APPLY, now)
    if subject is Subject.PLACE:
        own = reach.covers(applicant.place.path)
        return None if own else _("only an officer of the place applies for it")
    if unit is None or unit.pk not in reach.organisations:
        return _("only who stands for this unit applies for it")
    return None if unit.active else _("this unit is closed")


def why_not_start(
    call: Call, programme: Programme, applicant: Applicant, now: datetime
) -> str | None:
    """An open call, a class it has, and for a venue one that stands on the register for its unit."""
    if refusal := why_not_take(call, now):
        return refusal
    if programme.classes and applicant.klass not in {one.key for one in programme.classes}:
        return _("please choose a class of this programme")
    if not within(applicant.place.path, call.path):
        return _("this place lies outside the call")
    return _why_not_the_venue(programme, applicant)


def _why_not_the_venue(programme: Programme, applicant: Applicant) -> str | None:
    if programme.subject is not Subject.VENUE:
        return None if applicant.venue_id is None else _("no venue applies here")
    if applicant.venue_id is None or applicant.unit is None:
        return _("please choose the venue that applies")
    if not venues.stands_for(applicant.venue_id, applicant.unit.pk):
        return _("this venue is not on the register of this unit, or its registration has ended")
    return None


def why_not_again(
    call: Call, programme: Programme, applicant: Applicant, person: User
) -> str | None:
    """One application of each applicant in a call, and in each class for persons."""
    standing = call.applications.exclude(state=ApplicationState.WITHDRAWN)
    if programme.subject in OF_PERSONS:
        same = standing.filter(person=person, klass=applicant.klass)
    elif programme.subject is Subject.PLACE:
        same = standing.filter(path=applicant.place.path, organisation=None, person=None)
    else:
        same = standing.filter(organisation=applicant.unit, venue=applicant.venue_id)
    return _("there is an application already; go on with that one") if same.exists() else None


def why_not_write(person: User, application: Application, now: datetime) -> str | None:
    """Only who applies writes the application."""
    if queries.applications.is_own(application, person, now):
        return None
    return _("only who applies may change this application")


def why_not_change(application: Application, seen: int) -> str | None:
    """A draft, or one that was returned; as it was seen."""
    if application.state not in MENDABLE:
        return _("what was handed in is not changed any more")
    return why_not_unseen(application, seen)


def why_not_unseen(application: Application, seen: int) -> str | None:
    if seen != application.version:
        return _("somebody changed this in the meantime; please look again")
    return None


def why_not_submit(application: Application, programme: Programme, now: datetime) -> str | None:
    """In time, whole, and eligible; every reason in one sentence."""
    if refusal := APPLICATION.why_not(application.state, "submit"):
        return refusal
    if refusal := _why_not_in_time(application, now) or why_not_apply_again(application, now):
        return refusal
    found = gaps(application, programme)
    return _("not complete yet: %(gaps)s") % {"gaps": _("; ").join(found)} if found else None


def _why_not_in_time(application: Application, now: datetime) -> str | None:
    """A draft while the call takes applications, a returned one while it may be mended."""
    if application.state == ApplicationState.RETURNED:
        late = application.due_at is not None and now >= application.due_at
        return _("the time for mending is over") if late else None
    return why_not_take(application.call, now)


def gaps(application: Application, programme: Programme) -> list[str]:
    """What is missing, and which requirement is not met, each in words. Three queries."""
    answers = queries.applications.answers(application)
    evidence = queries.applications.evidence_keys(application)
    titles = queries.applications.titles_held(application)
    return [
        *fitness.missing(programme, application.klass, answers, evidence),
        *fitness.why_not_eligible(programme, application.klass, answers, titles),
    ]


def why_not_withdraw(application: Application) -> str | None:
    return APPLICATION.why_not(application.state, "withdraw")


def why_not_recommend_as(person: User, application: Application, now: datetime) -> str | None:
    """An officer of the applicant's district, who does not stand for the applicant."""
    if not roles.reach(person, Verb.APPRAISAL_RECOMMEND, now).covers(application.path):
        return _("only an officer of the applicant's district recommends")
    return why_not_judge_own(person, application, now)


def why_not_recommend(application: Application, programme: Programme, seen: int) -> str | None:
    """Where the programme asks for a recommendation."""
    if refusal := APPLICATION.why_not(application.state, "recommend"):
        return refusal
    if programme.recommended_at is None:
        return _("this programme asks for no recommendation")
    return why_not_unseen(application, seen)


def why_not_keep_as(person: User, application: Application, now: datetime) -> str | None:
    """A secretary of the call, who does not stand for the applicant."""
    return why_not_keep(person, application.call, now) or why_not_judge_own(
        person, application, now
    )


def why_not_judge_own(person: User, application: Application, now: datetime) -> str | None:
    """Nobody moves an application on that they wrote, stand for, care for or review."""
    if application.reviews.filter(expert__person=person, state__in=SITTING).exists():
        return _("you review this application; somebody else has to do it")
    return why_not_own(person, application, now)


def why_not_own(person: User, application: Application, now: datetime) -> str | None:
    """Nobody takes part in what is decided about an application that they wrote, stand or care for."""
    handed_in = application.steps.filter(verb="submit", by=person)
    wrote = application.made_by_id == person.pk or handed_in.exists()
    if wrote or queries.applications.stands_for(application, person, now):
        return _("you stand for this applicant; somebody else has to do it")
    if CallNomination.objects.filter(application=application, by=person).exists():
        return _("you nominated this applicant; somebody else has to do it")
    return why_not_decide_about(person, application.person) if application.person else None


def why_not_send_back_as(person: User, application: Application, now: datetime) -> str | None:
    """The district before it recommends; the secretary at any time."""
    waits = application.state == ApplicationState.SUBMITTED
    if waits and why_not_recommend_as(person, application, now) is None:
        return None
    return why_not_keep_as(person, application, now)


def why_not_send_back(application: Application, seen: int, reason: str) -> str | None:
    """Once, with what is to be mended; by the district before it recommends, by the secretary after."""
    if refusal := APPLICATION.why_not(application.state, "send_back"):
        return refusal
    if application.mended:
        return _("it was returned once already; pass it or refuse it")
    if not reason.strip():
        return _("please say what has to be mended")
    return why_not_unseen(application, seen)


def why_not_pass_check(application: Application, programme: Programme, seen: int) -> str | None:
    """Handed in, and recommended where the programme asks for it."""
    if refusal := APPLICATION.why_not(application.state, "pass_check"):
        return refusal
    if programme.recommended_at is not None and application.state == ApplicationState.SUBMITTED:
        return _("its district has not recommended it yet")
    return why_not_unseen(application, seen)


def why_not_refuse(application: Application, seen: int, reason: str) -> str | None:
    """With a reason that the applicant reads, and may appeal against."""
    if refusal := APPLICATION.why_not(application.state, "refuse"):
        return refusal
    if application.state == ApplicationState.OBJECTED:
        return _("answer the objections first")
    if not reason.strip():
        return _("please give a reason")
    return why_not_unseen(application, seen)
