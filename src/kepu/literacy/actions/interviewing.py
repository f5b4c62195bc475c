"""What interviewers' devices send: kept first, then tried; what cannot be done waits for a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel import devices
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, Outside, Refusal, RuleBroken, authorize, require
from kepu.literacy import heard
from kepu.literacy.bridge import interviewing as bridge
from kepu.literacy.heard import AttemptContent, InterviewContent
from kepu.literacy.models import Attempt, Case, FieldEvent, Interview
from kepu.literacy.queries import interviewing as queries
from kepu.literacy.rules import interviewing as rules
from kepu.literacy.states import Taking

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

__all__ = [
    "AttemptContent", "InterviewContent", "Sent", "correct_interview", "receive", "set_aside",
    "take_anyway", "take_attempt", "take_interview",
]  # fmt: skip

SCHEMA = 1
LARGE = 20_000  # characters; an interview of a hundred items has half of it
MOST_DATA = 200_000  # more is no event


@dataclass(frozen=True)
class Sent:
    """One event as the device sent it."""

    uuid: UUID
    kind: str
    case_id: int
    device_time: datetime
    data: Mapping[str, Any]
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        devices.require_readable(self.data, MOST_DATA)


def receive(sent: Sent, *, by: User, now: datetime) -> FieldEvent:
    """Keep the event and do what it says; sent again, it is answered as it was the first time.

    What cannot be done is kept as such, with the reason, for a person. Raises BadInput if the event's
    id is another person's, Outside if the address is not known, and RuleBroken if the person sent more
    in a day than interviews can bring: then the device keeps it.
    """
    before = FieldEvent.objects.filter(uuid=sent.uuid, by=by).first()
    if before is None:
        require(rules.why_not_send(by, now))
    return before or _keep_and_try(sent, by=by, now=now)


@transaction.atomic
def _keep_and_try(sent: Sent, *, by: User, now: datetime) -> FieldEvent:
    case = queries.under_lock(sent.case_id)
    reason = rules.why_not_known(case, by, now)
    if case is None or reason:
        raise Outside(reason or "")
    event, new = FieldEvent.objects.get_or_create(
        uuid=sent.uuid,
        defaults={
            "by": by,
            "case": case,
            "kind": sent.kind[:12],
            "schema": sent.schema,
            "data": dict(sent.data),
            "device_time": sent.device_time,
            "received_at": now,
            "taking": Taking.DONE,
        },
    )
    if event.by_id != by.pk:
        raise BadInput(_("this event was sent by somebody else"))
    if new:
        event.reason = _why_not_taken(event, case, by=by, now=now)[:300]
        event.taking = Taking.REFUSED if event.reason else Taking.DONE
        event.save(update_fields=["taking", "reason"])
    return event


def _why_not_taken(event: FieldEvent, case: Case, *, by: User, now: datetime) -> str:
    """Do what the event says; a refusal comes back as its sentence, with nothing done."""
    try:
        with transaction.atomic():
            require(rules.why_not_ask_at(case, by, now))
            require(rules.why_not_within(event.device_time, case.fieldwork))
            if len(json.dumps(event.data, ensure_ascii=False)) > LARGE:
                raise RuleBroken(_("this is larger than an interview can be"))
            _take(event, case, by=by, now=now)
    except Refusal as refusal:
        return refusal.reason
    return ""


def _take(event: FieldEvent, case: Case, *, by: User, now: datetime, anyway: bool = False) -> None:
    if event.schema != SCHEMA or event.kind not in KINDS:
        raise RuleBroken(_("this version of the page is too old or too new; reload it"))
    KINDS[event.kind](event, case, by, now, anyway)


def _attempt(event: FieldEvent, case: Case, by: User, now: datetime, anyway: bool) -> None:
    content = heard.attempt(event.data, event.device_time)
    take_attempt(event, case, content, by=by, now=now, anyway=anyway)


def _interview(event: FieldEvent, case: Case, by: User, now: datetime, anyway: bool) -> None:
    take_interview(event, case, heard.interview(event.data), by=by, now=now, anyway=anyway)


def _correction(event: FieldEvent, case: Case, by: User, now: datetime, anyway: bool) -> None:
    correct_interview(event, case, heard.interview(event.data), by=by, now=now, anyway=anyway)


KINDS: dict[str, Callable[[FieldEvent, Case, User, datetime, bool], None]] = {
    "attempt": _attempt,
    "interview": _interview,
    "correction": _correction,
}


# --- what is taken in -----------------------------------------------------------------------------
# The caller holds the lock of the case. `anyway` is a person's decision against the reasons that a
# person may set aside.


@transaction.atomic
def take_attempt(
    event: FieldEvent,
    case: Case,
    content: AttemptContent,
    *,
    by: User,
    now: datetime,
    anyway: bool = False,
) -> Attempt:
    """Write down a knock at a door, and what stands of the address after it."""
    require(rules.why_not_open(case.fieldwork))
    require(rules.why_not_attempt(content, case.fieldwork, now))
    if content.chosen is not None and not anyway:
        require(rules.why_not_chosen(content.chosen, bridge.chosen(case, content.adults)))
    made = _knock(event, case, content)
    audit.record(by, "attempt.take", made, now=now, outcome=content.outcome)
    return made


@transaction.atomic
def take_interview(
    event: FieldEvent,
    case: Case,
    content: InterviewContent,
    *,
    by: User,
    now: datetime,
    anyway: bool = False,
) -> Interview:
    """Take in the answers of the person chosen; the address has an attempt more, with its outcome."""
    latest, options = queries.latest(case), queries.options_of(case)
    require(rules.why_not_open(case.fieldwork))
    require(rules.why_not_interview(content, options, case.fieldwork, now))
    if not anyway:
        require(rules.why_not_first(latest))
        require(rules.why_not_chosen(content.chosen, bridge.chosen(case, content.adults)))
    made = _version(event, case, content, latest)
    outcome = rules.outcome_of(content, len(options))
    _knock(
        event,
        case,
        AttemptContent(outcome, content.begun_at, adults=content.adults, chosen=content.chosen),
    )
    audit.record(by, "interview.take", made, now=now, version=made.version, outcome=outcome)
    return made


@transaction.atomic
def correct_interview(
    event: FieldEvent,
    case: Case,
    content: InterviewContent,
    *,
    by: User,
    now: datetime,
    anyway: bool = False,
) -> Interview:
    """Take in a new version of an interview, made from the one that stands.

    One that fills what was left open changes the outcome of the address.
    """
    latest, options = queries.latest(case), queries.options_of(case)
    require(rules.why_not_open(case.fieldwork))
    require(rules.why_not_correct(latest))
    assert latest is not None  # noqa: S101 (just asked)
    require(rules.why_not_less(latest, content))
    require(rules.why_not_interview(content, options, case.fieldwork, now))
    if not anyway:
        require(rules.why_not_newest(latest, content.base))
    made = _version(event, case, content, latest)
    outcome = rules.outcome_of(content, len(options))
    if outcome != rules.outcome_of(latest, len(options)):
        _knock(event, case, AttemptContent(outcome, content.begun_at))
    audit.record(by, "interview.correct", made, now=now, version=made.version)
    return made


def _version(
    event: FieldEvent, case: Case, content: InterviewContent, latest: Interview | None
) -> Interview:
    made: Interview = Interview.objects.create(
        event=event,
        case=case,
        version=latest.version + 1 if latest else 1,
        by=event.by,
        begun_at=content.begun_at,
        ended_at=content.ended_at,
        complete=content.complete,
        answers=dict(content.answers),
        background=dict(content.background),
        seconds=dict(content.seconds),
        latitude=content.latitude,
        longitude=content.longitude,
    )
    return made


def _knock(event: FieldEvent, case: Case, content: AttemptContent) -> Attempt:
    """Attempts come in any order, from several devices: what stands follows from all of them."""
    made: Attempt = Attempt.objects.create(
        event=event, case=case, by=event.by, **{**vars(content), "at": content.at}
    )
    told = list(case.attempts.order_by("at", "pk").values_list("outcome", "at"))
    case.outcome = rules.standing(outcome for outcome, _at in told)
    case.attempts_made, case.last_attempt_at = len(told), told[-1][1]
    case.save(update_fields=["outcome", "attempts_made", "last_attempt_at"])
    return made


# --- what needs a person --------------------------------------------------------------------------


@transaction.atomic
def take_anyway(event_id: int, *, by: User, now: datetime) -> FieldEvent:
    """A supervisor who knows better takes in what was refused, unless its answers mean nothing."""
    event, case = _stuck(event_id, by, now)
    _take(event, case, by=by, now=now, anyway=True)
    return _settle(event, "take_anyway", by=by, now=now)


@transaction.atomic
def set_aside(event_id: int, *, reason: str, by: User, now: datetime) -> FieldEvent:
    """A supervisor leaves out what was refused, and says why; it stays kept."""
    event, _case = _stuck(event_id, by, now)
    if not reason.strip():
        raise BadInput(_("say why, in a few words"), field="reason")
    event.reason = f"{event.reason[:150]} → {reason.strip()}"[:300]
    return _settle(event, "set_aside", by=by, now=now)


def _stuck(event_id: int, by: User, now: datetime) -> tuple[FieldEvent, Case]:
    """The case is locked before its event, as when one comes in."""
    found = queries.event(event_id)
    if found is None:
        raise Outside(_("there is no such event"))
    case = queries.under_lock(found.case_id)
    assert case is not None  # noqa: S101 (an event has one)
    event = FieldEvent.objects.select_for_update(of=("self",)).get(pk=event_id)
    event.case = case
    authorize(rules.why_not_settle_as(by, event, now))
    require(rules.why_not_settle(event))
    return event, case


def _settle(event: FieldEvent, verb: str, *, by: User, now: datetime) -> FieldEvent:
    event.taking, event.settled_by, event.settled_at = Taking.SETTLED, by, now
    event.save(update_fields=["taking", "reason", "settled_by", "settled_at"])
    audit.record(by, f"field_event.{verb}", event, now=now)
    return event
