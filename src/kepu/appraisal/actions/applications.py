"""Write an application, hand it in, recommend it, check it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from kepu.appraisal import queries, rules, telling
from kepu.appraisal.actions import reviewing
from kepu.appraisal.actions.moving import locked, move
from kepu.appraisal.models import Application, Call
from kepu.appraisal.models.applications import seal
from kepu.appraisal.programme.conditions import Answer
from kepu.appraisal.programme.schema import Programme, Subject
from kepu.appraisal.rules.applications import OF_PERSONS, Applicant
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.venues import queries as venues

DIGITS = "0123456789"


@transaction.atomic
def start(
    call_id: int, applicant: Applicant, *, by: User, now: datetime, nominated: bool = False
) -> Application:
    """Begin an application as a draft, with what the register tells of a venue.

    `nominated` where it follows a nomination that was agreed to. Raises NotAllowed for who does not
    stand for the applicant, RuleBroken where the call takes none, where one is put forward by others,
    or the applicant has one already.
    """
    call = Call.objects.select_for_update().select_related("division_now").get(pk=call_id)
    programme = queries.calls.programme(call)
    authorize(rules.applications.why_not_apply_as(by, programme.subject, applicant, now))
    require(rules.applications.why_not_start(call, programme, applicant, now))
    require(rules.nominating.why_not_unasked(programme, nominated=nominated))
    require(rules.applications.why_not_again(call, programme, applicant, by))

    application = Application(
        call=call, code=_new_code(call), klass=applicant.klass, venue_id=applicant.venue_id,
        organisation=applicant.unit, since=now, made_by=by, made_at=now,
    )  # fmt: skip
    application.place(applicant.place)
    if programme.subject in OF_PERSONS:
        application.person = by
    else:
        application.subject_name = _name(programme, applicant)
    _write(application, _known(application, programme, now))
    application.save()
    audit.record(by, "appraisal.start_application", application, now=now)
    return application


@transaction.atomic
def answer(
    application_id: int, answers: Mapping[str, Answer], *, seen: int, by: User, now: datetime
) -> Application:
    """Keep what the form says, whole or not. Answers to questions that the programme does not have go."""
    application = locked(application_id)
    authorize(rules.applications.why_not_write(by, application, now))
    require(rules.applications.why_not_change(application, seen))

    programme = queries.calls.programme(application.call)
    asked = {one.key for one in programme.of_class(programme.form, application.klass)}
    said = {key: value for key, value in answers.items() if key in asked}
    _write(application, said | _known(application, programme, now))
    application.version += 1
    application.save()
    audit.record(
        by, "appraisal.answer_application", application, now=now, version=application.version
    )
    return application


@transaction.atomic
def submit(application_id: int, *, seen: int, by: User, now: datetime) -> Application:
    """Hand the application in, with what the register tells of a venue today; the next hand hears of it."""
    application = locked(application_id)
    programme = queries.calls.programme(application.call)
    authorize(rules.applications.why_not_write(by, application, now))
    require(rules.applications.why_not_unseen(application, seen))
    _write(
        application, queries.applications.answers(application) | _known(application, programme, now)
    )
    require(rules.applications.why_not_submit(application, programme, now))

    move(application, "submit", by=by, now=now)
    telling.applications.submitted(application, programme, now=now)
    return application


@transaction.atomic
def withdraw(application_id: int, *, seen: int, by: User, now: datetime) -> Application:
    """Take the application back; it is not judged any further, and its writers may begin another."""
    application = locked(application_id)
    authorize(rules.applications.why_not_write(by, application, now))
    require(rules.applications.why_not_unseen(application, seen))
    require(rules.applications.why_not_withdraw(application))

    move(application, "withdraw", by=by, now=now)
    reviewing.let_off(application.pk, by=by, now=now)
    return application


@transaction.atomic
def recommend(
    application_id: int, *, opinion: str, seen: int, by: User, now: datetime
) -> Application:
    """Recommend what the district stands behind, with its opinion."""
    application = locked(application_id)
    programme = queries.calls.programme(application.call)
    authorize(rules.applications.why_not_recommend_as(by, application, now))
    require(rules.applications.why_not_recommend(application, programme, seen))

    move(application, "recommend", by=by, now=now, reason=opinion)
    telling.applications.recommended(application, now=now)
    return application


@transaction.atomic
def send_back(
    application_id: int, *, reason: str, seen: int, by: User, now: datetime
) -> Application:
    """Return it for mending, once: by its district or by the secretary."""
    application = locked(application_id)
    authorize(rules.applications.why_not_send_back_as(by, application, now))
    require(rules.applications.why_not_send_back(application, seen, reason))

    application.mended = True
    move(application, "send_back", by=by, now=now, reason=reason)
    telling.applications.told(application, "send_back", reason, now=now)
    return application


@transaction.atomic
def pass_check(application_id: int, *, seen: int, by: User, now: datetime) -> Application:
    """The papers are in order; where nobody judges, the application is reviewed with that."""
    application = locked(application_id)
    programme = queries.calls.programme(application.call)
    authorize(rules.applications.why_not_keep_as(by, application, now))
    require(rules.applications.why_not_pass_check(application, programme, seen))

    move(application, "pass_check", by=by, now=now)
    if programme.reviewing is None:
        move(application, "end_review", by=by, now=now)
    telling.applications.told(application, "pass_check", "", now=now)
    return application


@transaction.atomic
def refuse(
    application_id: int, *, reason: str, reference: str = "", seen: int, by: User, now: datetime
) -> Application:
    """Refuse it, saying why: an officer who decides, at any stage. The applicant may appeal."""
    application = locked(application_id)
    authorize(rules.deciding.why_not_decide_as(by, application, now))
    require(rules.applications.why_not_refuse(application, seen, reason))

    application.grade = ""
    move(application, "refuse", by=by, now=now, reason=reason, reference=reference)
    reviewing.let_off(application.pk, by=by, now=now)
    telling.applications.told(application, "refuse", reason, now=now)
    return application


@transaction.atomic
def tell_late(application_id: int, *, now: datetime) -> None:
    """Tell the owners of a step that has run out of time, and those one level up; once for a step."""
    application = locked(application_id)
    if not queries.applications.overdue(now).filter(pk=application.pk).exists():
        return  # somebody has gone on meanwhile
    application.told_late_at = now
    application.save(update_fields=["told_late_at"])
    audit.record(None, "appraisal.tell_late_application", application, now=now)
    telling.applications.late(application, now=now)


def _write(application: Application, answers: Mapping[str, Answer]) -> None:
    person = application.person
    if person is None:
        application.answers = dict(answers)
        return
    application.sealed_answers = seal(dict(answers), person)


def _name(programme: Programme, applicant: Applicant) -> str:
    if programme.subject is Subject.VENUE and applicant.venue_id is not None:
        return venues.by_id(applicant.venue_id).name
    if programme.subject is Subject.PLACE or applicant.unit is None:
        return applicant.place.name
    return applicant.unit.name


def _known(application: Application, programme: Programme, now: datetime) -> dict[str, Answer]:
    """Answers as the venue's registration tells them at this moment; nobody types them twice."""
    if application.venue is None:
        return {}
    known = queries.programmes.facts_of(application.venue, now)
    asked = programme.of_class(programme.form, application.klass)
    return {one.key: known[one.fact] for one in asked if one.fact in known}


def _new_code(call: Call) -> str:
    """A code that tells nothing, and that no other application of the call has."""
    while True:
        code = "".join(secrets.choice(DIGITS) for _letter in range(6))
        if not call.applications.filter(code=code).exists():
            return code
