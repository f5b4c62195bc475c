"""Take in what ODK collected, by the same actions as what a device sends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import Outside, Refusal, authorize, require
from kepu.kernel.tables import Fault
from kepu.literacy.actions.interviewing import SCHEMA, take_attempt, take_interview
from kepu.literacy.heard import InterviewContent
from kepu.literacy.models import FieldEvent, Fieldwork
from kepu.literacy.odk import Submission
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.queries import interviewing
from kepu.literacy.rules import fieldwork as rules
from kepu.literacy.rules.interviewing import why_not_open
from kepu.literacy.states import Taking

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.roles.queries import Reach


@transaction.atomic
def take_submissions(
    fieldwork_id: int, *, rows: Sequence[Submission], by: User, now: datetime, dry: bool
) -> tuple[int, list[Fault]]:
    """Take in every row, or none; how many are new, and what is wrong with which row.

    `dry` takes nothing in. What was taken in before is passed over, so a longer file can be sent again.
    One file at a time: two that lock the same doors in another order would wait for each other.
    """
    of: Fieldwork = Fieldwork.objects.select_for_update().get(pk=fieldwork_id)
    reach = queries.reach_of(by, now)
    authorize(None if reach else rules.why_not_supervise(by, of.path, now))
    require(why_not_open(of))
    taken, faults = 0, []
    for row in sorted(rows, key=lambda one: one.at):
        try:
            with transaction.atomic():
                taken += _take(of, row, reach, by=by, now=now)
        except Refusal as refusal:
            faults.append(Fault(row.row, "", refusal.reason))
    if dry or faults:
        transaction.set_rollback(True)
        return taken, sorted(faults, key=lambda one: one.row)
    audit.record(by, "fieldwork.take_submissions", of, now=now, rows=taken)
    return taken, []


def _take(of: Fieldwork, row: Submission, reach: Reach, *, by: User, now: datetime) -> bool:
    """Whether the row is new. Who is named as having asked is whose door it is."""
    if FieldEvent.objects.filter(uuid=row.uuid).exists():
        return False
    case = interviewing.under_lock(row.door)
    if case is None or case.fieldwork_id != of.pk or not reach.covers(case.community.division.path):
        raise Outside(_("this door is not known: %(door)s") % {"door": row.door})
    interview = isinstance(row.content, InterviewContent)
    event = FieldEvent.objects.create(
        uuid=row.uuid, case=case, by=case.interviewer or by,
        kind="interview" if interview else "attempt", schema=SCHEMA, device_time=row.at,
        received_at=now, data=row.data, taking=Taking.DONE,
    )  # fmt: skip
    if isinstance(row.content, InterviewContent):
        take_interview(event, case, row.content, by=by, now=now)
    else:
        take_attempt(event, case, row.content, by=by, now=now)
    return True
