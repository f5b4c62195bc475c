"""Proposals, the public notice, objections, and the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.appraisal import queries
from kepu.appraisal.models import Appeal, Application, Call, JuryBallot, Objection
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.rules import ballots
from kepu.appraisal.rules.applications import why_not_judge_own, why_not_unseen
from kepu.appraisal.rules.ballots import why_not_without_vote
from kepu.appraisal.rules.inspections import why_not_uninspected
from kepu.appraisal.rules.meetings import why_not_without_panel
from kepu.appraisal.states import (
    APPLICATION,
    DECIDED,
    OBJECTION,
    ApplicationState,
    GrievanceState,
)
from kepu.appraisal.weighing import Place
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb


def why_not_decide_at(person: User | None, call: Call, now: datetime) -> str | None:
    """Officers who decide at the place of the call."""
    if roles.reach(person, Verb.APPRAISAL_DECIDE, now).covers(call.path):
        return None
    return _("only an officer who decides here may do that")


def why_not_decide_as(person: User, application: Application, now: datetime) -> str | None:
    """A second person: who proposed does not name, and nobody decides about their own."""
    if refusal := why_not_decide_at(person, application.call, now):
        return refusal
    if proposed_by(application) == person.pk:
        return _("you proposed this application; a second officer decides")
    return why_not_judge_own(person, application, now)


def why_not_name_as(person: User, application: Application, now: datetime) -> str | None:
    """As `why_not_decide_as`, and nobody names what their own refusal was overturned for."""
    if refusal := why_not_decide_as(person, application, now):
        return refusal
    if application.steps.filter(verb="refuse", by=person).exists():
        return _("you refused this application before; another officer names it")
    return None


def proposed_by(application: Application) -> int | None:
    """Who proposed it last. One query."""
    last = application.steps.filter(verb="propose").last()
    return last.by_id if last is not None else None


def why_not_propose(
    application: Application, programme: Programme, grade: str, seen: int, reason: str = ""
) -> str | None:
    """Reviewed, with a level that the programme has; above what the scores reach only with a reason."""
    if refusal := APPLICATION.why_not(application.state, "propose"):
        return refusal
    if grade not in {one.key for one in programme.levels}:
        return _("please choose a level of this programme")
    if queries.discussions.goes_on(application):
        return _("the scores of this application are being talked over")
    bound = why_not_without_panel(application, programme)
    if refusal := bound or why_not_without_vote(application, programme, grade):
        return refusal
    keys = [one.key for one in programme.levels]
    reached = application.reached
    above = reached is not None and (not reached or keys.index(grade) < keys.index(reached))
    if above and not reason.strip():
        return _("the scores do not reach this level; please say why it is proposed all the same")
    refusal = why_not_uninspected(application) or why_not_room(application, programme)
    return refusal or why_not_unseen(application, seen)


def why_not_propose_elected(ballot: JuryBallot, programme: Programme) -> str | None:
    """All whom a round elected, or none: each may be proposed, and before the panel nobody is."""
    if refusal := ballots.why_not_propose_elected(ballot):
        return refusal
    grade = queries.ballots.level_of_elected(programme)
    for one in queries.ballots.to_propose(ballot):
        if refusal := why_not_propose(one, programme, grade, one.version, reason=grade):
            return _("%(code)s: %(reason)s") % {"code": one.code, "reason": refusal}
    return None


def why_not_propose_next(
    application: Application, programme: Programme, grade: str, taken: Mapping[Place, int]
) -> str | None:
    """One of many that the newest judgement brings to this very level, after those `taken` before it."""
    if refusal := APPLICATION.why_not(application.state, "propose"):
        return refusal
    if grade not in {one.key for one in programme.levels}:
        return _("please choose a level of this programme")
    return _why_not_place(programme, queries.judging.places_of(application), taken)


def why_not_room(application: Application, programme: Programme) -> str | None:
    """The quotas of the programme: what is proposed, in notice or named has its place in them."""
    taken = queries.judging.places_taken(application.call)
    return _why_not_place(programme, queries.judging.places_of(application), taken)


def _why_not_place(
    programme: Programme, places: Sequence[Place], taken: Mapping[Place, int]
) -> str | None:
    quota = programme.quota
    _kind, klass = places[1]
    room = (quota.total, quota.each_class.get(klass), quota.each_district)
    for place, most in zip(places, room, strict=True):
        if most is not None and taken.get(place, 0) >= most:
            return _("the quota is full; there is no place left for this application")
    return None


def why_not_notice(call: Call) -> str | None:
    """Everything proposed goes into one public notice; nothing proposed is nothing to tell."""
    if not queries.applications.of_call(call, states=[ApplicationState.PROPOSED]).exists():
        return _("nothing is proposed yet")
    return None


def why_not_object(person: User, application: Application, text: str, now: datetime) -> str | None:
    """Anybody who signed in, while the notice runs, once at a time, with words."""
    if application.state not in (ApplicationState.NOTICED, ApplicationState.OBJECTED):
        return _("objections are taken while the public notice runs")
    ended = application.due_at is not None and now >= application.due_at
    if application.state == ApplicationState.NOTICED and ended:
        return _("the public notice is over")
    if not text.strip():
        return _("please say what you object to, and why")
    if queries.grievances.waiting(application).filter(raised_by=person).exists():
        return _("your objection is with the secretary already")
    if queries.grievances.in_this_notice(application).filter(raised_by=person).exists():
        return _("your objection in this notice was answered already")
    return None


def why_not_answer_as(person: User, objection: Objection, now: datetime) -> str | None:
    """A secretary or a deciding officer who neither raised it nor stands for the applicant."""
    call = objection.application.call
    reaches = roles.reaches(person, (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE), now)
    if not any(reach.covers(call.path) for reach in reaches.values()):
        return _("only the secretary of this place does that")
    if objection.raised_by_id == person.pk:
        return _("somebody else answers what you raised")
    if proposed_by(objection.application) == person.pk:
        return _("you proposed this application; somebody else answers the objection")
    return why_not_judge_own(person, objection.application, now)


def why_not_answer(objection: Objection, verb: str, reply: str) -> str | None:
    """With words, and before the application is decided."""
    if refusal := OBJECTION.why_not(objection.state, verb):
        return refusal
    if objection.application.state in DECIDED:
        return _("the application is decided; this objection comes too late")
    return None if reply.strip() else _("please answer in words")


def why_not_put_forward(
    application: Application, programme: Programme, reference: str, seen: int, now: datetime
) -> str | None:
    """Where another body names; else as for naming: after the whole notice, under a signed paper."""
    if not programme.named_by:
        return _("this programme is named here; it is put forward to nobody")
    if refusal := APPLICATION.why_not(application.state, "put_forward"):
        return refusal
    return why_not_name(application, reference, seen, now)


def why_not_take_dossiers(person: User, call: Call, now: datetime) -> str | None:
    """Who keeps the call or decides in it, and has no side in what goes along."""
    reaches = roles.reaches(person, (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE), now)
    if not any(reach.covers(call.path) for reach in reaches.values()):
        return _("only the secretary of this place does that")
    going = queries.applications.of_call(call, states=[ApplicationState.PUT_FORWARD])
    if queries.applications.bound(person, now, going).exists():
        return _("you have a side in one of these applications; somebody else takes them")
    return None


def why_not_named_there(
    application: Application, programme: Programme, since: date | None, now: datetime
) -> str | None:
    """What another body names was put forward before, and holds since a day that has come."""
    if not programme.named_by:
        return _("a title that is named here holds from today on") if since else None
    if application.state != ApplicationState.PUT_FORWARD:
        return _("it is named by %(body)s; put it forward first") % {"body": programme.named_by}
    if since is None:
        return _("please say since when it is named")
    return _("this day has not come yet") if since > clock.day(now) else None


def why_not_name(application: Application, reference: str, seen: int, now: datetime) -> str | None:
    """After the whole notice, with no objection open, under the number of the signed decision."""
    waiting = queries.grievances.waiting(application).exists()
    if application.state == ApplicationState.OBJECTED or waiting:
        return _("answer the objections first")
    if application.person is not None and application.person.data_key is None:
        return _("the applicant was erased")
    if refusal := APPLICATION.why_not(application.state, "name"):
        return refusal
    if application.due_at is not None and now < application.due_at:
        return _("the public notice is still running")
    if not reference.strip():
        return _("please give the number of the signed decision")
    return why_not_unseen(application, seen)


def why_not_appeal(
    application: Application, programme: Programme, text: str, now: datetime
) -> str | None:
    """Against a refusal, within the time of the programme, once at a time and with words."""
    if application.state != ApplicationState.REFUSED:
        return _("only a refusal is appealed against here")
    if programme.named_by and application.steps.filter(verb="put_forward").exists():
        return _("it was not named by %(body)s; an appeal goes there") % {
            "body": programme.named_by
        }
    if now >= programme.clocks.ends("appeal", application.since):
        return _("the time for an appeal is over")
    if application.appeals.filter(state=GrievanceState.OPEN).exists():
        return _("your appeal is being looked at")
    if application.appeals.exists():
        return _("an appeal was answered already")
    return None if text.strip() else _("please say what speaks against the refusal")


def why_not_answer_appeal_as(person: User, appeal: Appeal, now: datetime) -> str | None:
    """An officer who decides here, and who did not refuse it."""
    application = appeal.application
    if application is None:
        return _("there is no such appeal")
    if refusal := why_not_decide_at(person, application.call, now):
        return refusal
    last = application.steps.filter(verb="refuse").last()
    if last is not None and last.by_id == person.pk:
        return _("you refused this application; another officer answers the appeal")
    return why_not_judge_own(person, application, now)


def why_not_answer_appeal(appeal: Appeal, verb: str, reply: str) -> str | None:
    if refusal := OBJECTION.why_not(appeal.state, verb):
        return refusal
    return None if reply.strip() else _("please answer in words")
