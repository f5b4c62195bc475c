"""Put somebody forward in a call, and answer: nothing is handed in without the nominee's consent."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from kepu.appraisal import queries, rules
from kepu.appraisal.actions import applications
from kepu.appraisal.models import Application, Call, CallNomination, TalentConsent, Title
from kepu.appraisal.models.applications import seal
from kepu.appraisal.queries import titles
from kepu.appraisal.rules.applications import Applicant
from kepu.appraisal.states import CALL_NOMINATION
from kepu.appraisal.telling import ballots as telling
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require


@transaction.atomic
def nominate(
    call_id: int, *, name: str, reason: str, klass: str = "", unit: Organisation | None = None,
    by: User, now: datetime,
) -> CallNomination:  # fmt: skip
    """Put somebody forward. The nominee is asked by the address that comes back, which is handed on.

    Raises NotAllowed for who does not stand for `unit`, RuleBroken where the call takes none, or no more
    of one hand.
    """
    call = Call.objects.select_for_update().get(pk=call_id)
    programme = queries.calls.programme(call)
    authorize(rules.nominating.why_not_nominate_for(by, unit, now))
    require(rules.nominating.why_not_nominate(call, programme, by, unit, now))
    require(rules.nominating.why_not_a_class(programme, klass))

    days = timedelta(days=programme.nominating.days)
    made = CallNomination.objects.create(
        call=call, key=secrets.token_urlsafe(16), klass=klass, by=by, organisation=unit,
        sealed=seal({"name": name.strip(), "reason": reason.strip()}, by), made_at=now,
        ends_at=min(now + days, call.closes_at),
    )  # fmt: skip
    audit.record(by, "appraisal.nominate", made, now=now, call=call.pk)
    return made


@transaction.atomic
def agree(key: str, applicant: Applicant, *, by: User, now: datetime) -> Application:
    """Agree to stand: the application begins as a draft that the nominee writes and hands in."""
    found = _locked(key)
    authorize(rules.nominating.why_not_agree_as(found, by))
    require(rules.nominating.why_not_answer(found, "agree", now))

    made = applications.start(found.call_id, applicant, by=by, now=now, nominated=True)
    _answer(found, "agree", made, by=by, now=now)
    telling.nominee_answered(found, telling.AGREED, now=now)
    return made


@transaction.atomic
def turn_down(key: str, *, by: User, now: datetime) -> CallNomination:
    """Decline: nothing is handed in, and what was written of the nominee goes."""
    found = _locked(key)
    authorize(rules.nominating.why_not_agree_as(found, by))
    require(rules.nominating.why_not_answer(found, "turn_down", now))

    found.sealed = b""
    _answer(found, "turn_down", None, by=by, now=now)
    telling.nominee_answered(found, telling.DECLINED, now=now)
    return found


def _answer(
    found: CallNomination, verb: str, made: Application | None, *, by: User, now: datetime
) -> None:
    found.state = CALL_NOMINATION.after(found.state, verb)
    found.application, found.answered_at = made, now
    found.nominee = by if made else None
    found.save()
    audit.record(by, f"appraisal.{verb}_nomination", found, now=now, call=found.call_id)


@transaction.atomic
def let_stand_in_lists(title_id: int, *, agreed: bool, by: User, now: datetime) -> Title:
    """Let a title of one's own stand in lists for talent programmes, or take that back."""
    title = titles.locked(title_id)
    authorize(rules.nominating.why_not_consent(title, by))
    require(rules.nominating.why_not_list(title))

    TalentConsent.objects.filter(title=title).delete()
    if agreed:
        TalentConsent.objects.create(title=title, person=by, given_at=now)
    audit.record(by, "appraisal.let_list_title", title, now=now, agreed=agreed)
    return title


def _locked(key: str) -> CallNomination:
    queries.awards.by_key(key)
    rows = CallNomination.objects.select_for_update(of=("self",)).select_related("call", "by")
    found: CallNomination = rows.get(key=key)
    return found
