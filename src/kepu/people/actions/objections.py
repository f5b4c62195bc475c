"""Object to a candidate on public notice, and answer: the candidate hears how it ended, never who."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.people import telling
from kepu.people.actions.campaigns import close_objection, reject_nomination
from kepu.people.models import Nomination, Objection
from kepu.people.rules import objections as rules


@transaction.atomic
def object_to_nomination(nomination_id: int, *, reason: str, by: User, now: datetime) -> Objection:
    """Say why a candidate on public notice should not be named; the officers of the place hear of it."""
    nomination = Nomination.objects.select_for_update().get(pk=nomination_id)
    authorize(rules.why_not_object_as(by, now))
    require(rules.why_not_object(nomination, by, reason, now))

    objection = Objection.objects.create(
        nomination=nomination, person=by, reason=reason.strip(), made_at=now
    )
    audit.record(by, "objection.make", objection, now=now)
    telling.objected(objection, now=now)
    return objection


@transaction.atomic
def answer_objection(
    objection_id: int, *, upheld: bool, answer: str, by: User, now: datetime
) -> Objection:
    """Uphold an objection, which ends the nomination, or say in words why it does not hold.

    Raises NotAllowed if `by` may not review the nomination or objected, RuleBroken if it is
    answered already.
    """
    objection = _locked(objection_id)
    verb = "uphold" if upheld else "overrule"
    authorize(rules.why_not_answer_as(by, objection, now))
    require(rules.why_not_answer(objection, verb, answer))

    close_objection(objection, verb, answer=answer.strip(), by=by, now=now)
    if upheld:
        reject_nomination(objection.nomination_id, reason=answer, by=by, now=now)
    telling.candidate_heard(objection, now=now)
    return objection


def _locked(objection_id: int) -> Objection:
    """The nomination first, as naming and rejecting do; then the objection, read after the wait."""
    nomination_id = Objection.objects.values_list("nomination", flat=True).get(pk=objection_id)
    nomination = Nomination.objects.select_for_update().get(pk=nomination_id)
    objection: Objection = Objection.objects.select_for_update().get(pk=objection_id)
    objection.nomination = nomination
    return objection
