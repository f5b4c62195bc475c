"""One step of an application: its state, its clock, the entry in its history and in the audit."""

from __future__ import annotations

from datetime import datetime

from kepu.appraisal.models import Application, ApplicationStep
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.programme.timing import notice_end
from kepu.appraisal.queries import calls
from kepu.appraisal.queries.applications import joined
from kepu.appraisal.states import APPLICATION, ApplicationState
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit

A = ApplicationState
REASON = 600  # letters of a step; all of a longer answer stands with what it answers


def locked(application_id: int) -> Application:
    """The application, held until the transaction ends."""
    rows = joined().select_for_update(of=("self",))
    application: Application = rows.get(pk=application_id)
    return application


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
    programme = calls.programme(application.call)
    application.state = APPLICATION.after(application.state, verb)
    application.version += 1
    application.since = now
    application.due_at = _due(application.state, programme, now)
    application.told_late_at = None
    if application.state != A.OBJECTED:
        application.notice_left = None
    application.save()
    ApplicationStep.objects.create(
        application=application, verb=verb, state=application.state, reason=reason.strip()[:REASON],
        reference=reference.strip(), by=by, at=now,
    )  # fmt: skip
    audit.record(
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
