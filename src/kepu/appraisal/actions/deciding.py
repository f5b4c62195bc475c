"""Propose, put into public notice, answer objections, name."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kepu.appraisal import queries, rules, telling
from kepu.appraisal.actions import titles
from kepu.appraisal.actions.moving import locked, locked_of, move, move_all
from kepu.appraisal.models import Appeal, Application, Call, Objection, Title
from kepu.appraisal.models.applications import seal
from kepu.appraisal.programme.timing import days_left, notice_end
from kepu.appraisal.states import OBJECTION, ApplicationState
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require


@transaction.atomic
def propose(
    application_id: int,
    *,
    grade: str,
    seen: int,
    by: User,
    now: datetime,
    score: Decimal | None = None,
    reason: str = "",
) -> Application:
    """Propose a level for what was reviewed; it goes into the next public notice."""
    application = locked(application_id)
    programme = queries.calls.programme(application.call)
    authorize(rules.applications.why_not_keep_as(by, application, now))
    require(rules.deciding.why_not_propose(application, programme, grade, seen, reason))

    application.grade = grade
    application.score = application.score if score is None else score
    move(application, "propose", by=by, now=now, reason=reason)
    return application


@transaction.atomic
def put_in_notice(call_id: int, *, by: User, now: datetime) -> list[Application]:
    """Tell the public everything that is proposed; the notice runs for whole working days."""
    call = Call.objects.select_for_update().get(pk=call_id)
    authorize(rules.calls.why_not_keep(by, call, now))
    require(rules.deciding.why_not_notice(call))

    found = locked_of(call, [ApplicationState.PROPOSED])
    for application in found:
        application.notice_from = now
    move_all(found, "notice", by=by, now=now, each=["notice_from"])
    telling.applications.told_all(found, "notice", now=now)
    audit.record(by, "appraisal.notice_call", call, now=now, applications=len(found))
    return found


@transaction.atomic
def object_to(application_id: int, *, text: str, by: User, now: datetime) -> Objection:
    """Raise an objection: the notice stands still until every objection is answered."""
    application = locked(application_id)
    programme = queries.calls.programme(application.call)
    require(rules.deciding.why_not_object(by, application, text, now))

    sealed = seal({"text": text.strip()}, by)
    due = programme.clocks.ends_in(programme.notice.reply, now)
    objection = Objection.objects.create(
        application=application, sealed_text=sealed, raised_by=by, raised_at=now, due_at=due
    )
    audit.record(by, "appraisal.raise_objection", objection, now=now)
    if application.state == ApplicationState.NOTICED:
        assert application.due_at is not None  # noqa: S101 (a notice has an end)
        left = days_left(now, application.due_at)
        application.notice_left = min(left, programme.notice.workdays)
        move(application, "object", by=None, now=now)
    telling.applications.objected(application, now=now)
    return objection


@transaction.atomic
def answer_objection(
    objection_id: int, verb: str, *, reply: str, by: User, now: datetime
) -> Objection:
    """Reject the objection, and the notice runs on when it was the last; or uphold it.

    One that is upheld takes the proposal back: the application is judged and told to the public anew.
    """
    found = Objection.objects.select_related("application").get(pk=objection_id)
    application = locked(found.application_id)
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection_id)
    objection.application = application
    authorize(rules.deciding.why_not_answer_as(by, objection, now))
    require(rules.deciding.why_not_answer(objection, verb, reply))

    objection.state = OBJECTION.after(objection.state, verb)
    objection.reply, objection.answered_by, objection.answered_at = reply.strip(), by, now
    objection.save()
    audit.record(by, f"appraisal.{verb}_objection", objection, now=now)
    _go_on(application, verb, reply, by=by, now=now)
    telling.applications.answered(objection, now=now)
    return objection


def _go_on(application: Application, verb: str, reply: str, *, by: User, now: datetime) -> None:
    programme = queries.calls.programme(application.call)
    if application.state != ApplicationState.OBJECTED:
        return
    if verb == "uphold":
        _close_others(application, reply, by=by, now=now)
        application.grade = ""
        move(application, "take_back", by=by, now=now, reason=reply)
        telling.applications.told(application, "take_back", reply, now=now)
    elif not queries.grievances.waiting(application).exists():
        left = application.notice_left or programme.notice.workdays
        move(application, "resume", by=by, now=now)
        application.due_at = notice_end(now, left)
        application.save(update_fields=["due_at"])


def _close_others(application: Application, reply: str, *, by: User, now: datetime) -> None:
    """What else is objected to has become moot: upheld with the same words, and each writer is told."""
    for other in queries.grievances.waiting(application).select_for_update(of=("self",)):
        other.application = application
        other.state = OBJECTION.after(other.state, "uphold")
        other.reply, other.answered_by, other.answered_at = reply.strip(), by, now
        other.save()
        audit.record(by, "appraisal.uphold_objection", other, now=now)
        telling.applications.answered(other, now=now)


@transaction.atomic
def put_forward(
    application_id: int, *, reference: str, seen: int, by: User, now: datetime
) -> Application:
    """Recommend it to the body that names, under the number of the signed paper that goes there."""
    application = locked(application_id)
    programme = queries.calls.programme(application.call)
    authorize(rules.deciding.why_not_name_as(by, application, now))
    require(rules.deciding.why_not_put_forward(application, programme, reference, seen, now))

    move(application, "put_forward", by=by, now=now, reference=reference)
    telling.applications.told(application, "put_forward", "", now=now)
    return application


@transaction.atomic
def name(
    application_id: int, *, reference: str, seen: int, by: User, now: datetime,
    since: date | None = None, batch: str = "",
) -> Title:  # fmt: skip
    """Name it, under the number of the signed decision: from now on the title holds.

    Where another body names, this records that it did: by which document, since when, in which batch.
    """
    application = locked(application_id)
    programme = queries.calls.programme(application.call)
    authorize(rules.deciding.why_not_name_as(by, application, now))
    require(
        rules.deciding.why_not_name(application, reference, seen, now)
        or rules.deciding.why_not_named_there(application, programme, since, now)
    )

    move(application, "name", by=by, now=now, reference=reference)
    return titles.grant(
        application, grade=application.grade, reference=reference, by=by, now=now, since=since,
        batch=batch,
    )  # fmt: skip


@transaction.atomic
def appeal(application_id: int, *, text: str, by: User, now: datetime) -> Appeal:
    """Appeal against a refusal; an officer who did not refuse it answers."""
    application = locked(application_id)
    programme = queries.calls.programme(application.call)
    authorize(rules.applications.why_not_write(by, application, now))
    require(rules.deciding.why_not_appeal(application, programme, text, now))

    sealed = seal({"text": text.strip()}, by)
    raised = Appeal.objects.create(
        application=application, sealed_text=sealed, raised_by=by, raised_at=now,
        due_at=programme.clocks.ends_in(programme.notice.reply, now),
    )  # fmt: skip
    audit.record(by, "appraisal.appeal_application", application, now=now, appeal=raised.pk)
    telling.applications.appealed(application, now=now)
    return raised


@transaction.atomic
def answer_appeal(appeal_id: int, verb: str, *, reply: str, by: User, now: datetime) -> Appeal:
    """Let the refusal stand, or take it back: then the application is judged anew."""
    found = Appeal.objects.get(pk=appeal_id)
    application = locked(found.application_id or 0)
    raised = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal_id)
    raised.application = application
    authorize(rules.deciding.why_not_answer_appeal_as(by, raised, now))
    require(rules.deciding.why_not_answer_appeal(raised, verb, reply))

    raised.state = OBJECTION.after(raised.state, verb)
    raised.reply, raised.answered_by, raised.answered_at = reply.strip(), by, now
    raised.save()
    audit.record(by, f"appraisal.{verb}_appeal", application, now=now, appeal=raised.pk)
    if verb == "uphold":
        weighed = application.steps.filter(state=ApplicationState.REVIEWED).exists()
        verb_back = "reopen" if weighed else "reopen_unreviewed"
        move(application, verb_back, by=by, now=now, reason=reply)
    telling.applications.appeal_answered(application, reply, now=now)
    return raised
