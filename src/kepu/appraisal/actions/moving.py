"""One step of an application: its state, its clock, the entry in its history and in the audit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from kepu.appraisal.models import Application, ApplicationStep, Call
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.programme.timing import notice_end
from kepu.appraisal.queries import applications, calls
from kepu.appraisal.queries.applications import joined
from kepu.appraisal.states import APPLICATION, ApplicationState
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.audit.models import Entry
from kepu.kernel.ready import insert, update_all

A = ApplicationState
REASON = 600  # letters of a step; all of a longer answer stands with what it answers
AT_ONCE = 500  # rows in one statement
MOVED = ("state", "since", "due_at", "told_late_at", "notice_left")


def locked(application_id: int) -> Application:
    """The application, held until the transaction ends."""
    rows = joined().select_for_update(of=("self",))
    application: Application = rows.get(pk=application_id)
    return application


def locked_of(call: Call, states: Collection[str]) -> list[Application]:
    """Applications of a call that stand in these states, by code, all held at once. One query."""
    found = list(applications.plainly_of(call, states).select_for_update(of=("self",)))
    for one in found:
        one.call = call
    return found


def move(
    application: Application,
    verb: str,
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    reference: str = "",
) -> None:
    """Take the step `verb`; raises RuleBroken where nothing leads on by it."""
    due_at = _due(
        APPLICATION.after(application.state, verb), calls.programme(application.call), now
    )
    _take(application, verb, due_at, now)
    application.save()
    _step(application, verb, by, now, reason, reference).save()
    insert(_entry(application, verb, by, now))


@transaction.atomic
def move_all(
    found: Sequence[Application],
    verb: str,
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    each: Sequence[str] = (),
) -> None:
    """Take the step `verb` with many of one call, as `move` does with one: few statements for thousands.

    They are locked and stand in one state; `each` names what else was set on them, to be kept with it.
    """
    if not found:
        return
    programme = calls.programme(found[0].call)
    due_at = _due(APPLICATION.after(found[0].state, verb), programme, now)
    for one in found:
        _take(one, verb, due_at, now)
    alike = {name: getattr(found[0], name) for name in MOVED}
    for at in range(0, len(found), AT_ONCE):
        some = Application.objects.filter(pk__in=[one.pk for one in found[at : at + AT_ONCE]])
        some.update(version=F("version") + 1, **alike)
    keep_each(found, each)
    steps = [_step(one, verb, by, now, reason, "") for one in found]
    ApplicationStep.objects.bulk_create(steps, batch_size=AT_ONCE)
    entries = [_entry(one, verb, by, now) for one in found]
    Entry.objects.bulk_create(entries, batch_size=AT_ONCE)


def keep_each(found: Sequence[Application], names: Sequence[str]) -> None:
    """Write what was set on each of many."""
    if names:
        update_all(found, tuple(names))


def _take(application: Application, verb: str, due_at: datetime | None, now: datetime) -> None:
    application.state = APPLICATION.after(application.state, verb)
    application.version += 1
    application.since = now
    application.due_at = due_at
    application.told_late_at = None
    if application.state != A.OBJECTED:
        application.notice_left = None


def _step(
    application: Application, verb: str, by: User | None, now: datetime, reason: str, reference: str
) -> ApplicationStep:
    return ApplicationStep(
        application=application, verb=verb, state=application.state, reason=reason.strip()[:REASON],
        reference=reference.strip(), by=by, at=now,
    )  # fmt: skip


def _entry(application: Application, verb: str, by: User | None, now: datetime) -> Entry:
    return audit.entry(
        by, f"appraisal.{verb}_application", application, now=now, version=application.version,
        rules_version=application.call.rules_version,
    )  # fmt: skip


def _due(state: str, programme: Programme, now: datetime) -> datetime | None:
    """When the step that begins in `state` should be done; none while nothing is to be done."""
    if state == A.NOTICED:
        return notice_end(now, programme.notice.workdays)
    step = {
        A.SUBMITTED: "recommend" if programme.recommended_at else "check",
        A.RECOMMENDED: "check",
        A.RETURNED: "mend",
        A.CHECKED: "review" if programme.reviewing else "panel",
        A.IN_REVIEW: "review",
        A.REVIEWED: "panel",
        A.PROPOSED: "panel",
    }.get(A(state))
    return programme.clocks.ends(step, now) if step else None
