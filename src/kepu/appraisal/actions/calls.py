"""Prepare a call, open it, end it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.appraisal import lots, policy, rules
from kepu.appraisal.models import Call
from kepu.appraisal.states import CALL
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require


@transaction.atomic
def make(
    programme: str,
    place: Division,
    *,
    title: str,
    about: str = "",
    opens_at: datetime,
    closes_at: datetime,
    by: User,
    now: datetime,
) -> Call:
    """Prepare a call of the programme whose code is `programme`, for the place that decides.

    Raises NotAllowed for who is not secretary there, RuleBroken where the programme or the days do not fit.
    """
    authorize(rules.calls.why_not_keep_at(by, place.path, now))
    require(rules.calls.why_not_make(programme, place, title, opens_at, closes_at, now))

    call = Call(
        programme=programme, rules_version=policy.in_force(programme, now).version, title=title.strip(),
        about=about.strip(), opens_at=opens_at, closes_at=closes_at, made_by=by, made_at=now,
    )  # fmt: skip
    call.place(place)
    call.save()
    audit.record(by, "appraisal.make_call", call, now=now, programme=programme)
    return call


@transaction.atomic
def open_call(call_id: int, *, seen: int, by: User, now: datetime) -> Call:
    """Publish the call: from its first day on it takes applications, under the rules of this moment."""
    call = _locked(call_id)
    authorize(rules.calls.why_not_keep(by, call, now))
    require(rules.calls.why_not_open(call, seen, now))

    rule = policy.in_force(call.programme, now)
    call.rules_version = rule.version
    asked = (rule.programme.reviewing, rule.programme.inspection)
    if any(one is not None and one.by_lot for one in asked):
        lots.seal(call)
        audit.record(by, "appraisal.seal_seed", call, now=now, digest=call.seed_digest)
    return _move(call, "open", by=by, now=now)


@transaction.atomic
def tell_seed(call: Call, *, by: User, now: datetime) -> None:
    """Tell the seed that was sealed when the call opened; within the draw that uses it."""
    if call.seed is None:
        lots.tell(call)
        audit.record(by, "appraisal.tell_seed", call, now=now, seed=call.seed)


@transaction.atomic
def finish(call_id: int, *, by: User, now: datetime) -> Call:
    """End a call of which every application is decided or withdrawn."""
    call = _locked(call_id)
    authorize(rules.calls.why_not_keep(by, call, now))
    require(rules.calls.why_not_finish(call))
    return _move(call, "finish", by=by, now=now)


@transaction.atomic
def cancel(call_id: int, *, by: User, now: datetime) -> Call:
    """Take back a call that nobody applied in."""
    call = _locked(call_id)
    authorize(rules.calls.why_not_keep(by, call, now))
    require(rules.calls.why_not_cancel(call))
    return _move(call, "cancel", by=by, now=now)


def _move(call: Call, verb: str, *, by: User, now: datetime) -> Call:
    call.state = CALL.after(call.state, verb)
    call.version += 1
    call.save(update_fields=["state", "version", "rules_version", "seed_digest", "sealed_seed"])
    audit.record(by, f"appraisal.{verb}_call", call, now=now, rules_version=call.rules_version)
    return call


def _locked(call_id: int) -> Call:
    call: Call = Call.objects.select_for_update().get(pk=call_id)
    return call
