"""Carry out what the management rules say about not coming: suspend, and let serve again.

The rulebook's own words are "suspended" 暂停服务, so the rule does it and waits for no officer. Whoever it
hits is told and objects to an absence, which then counts for nothing until it is answered.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.kernel.audit import actions as audit
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import VolunteerSuspended
from kepu.people import policy, telling
from kepu.people.models import Absence, Volunteer
from kepu.people.rules import absences as rules
from kepu.people.states import VOLUNTEER, Missed, VolunteerState


@transaction.atomic
def carry_out(absence: Absence, *, now: datetime) -> None:
    """Suspend the volunteer whom this absence brings to the count in the rulebook, or undo that.

    One that counts can only suspend, and one that counts no more can only undo what the rule did: whom
    an officer suspended stays so, and whom an officer let serve is suspended for what was stated
    since alone. The row is locked first, so that of two at once the second sees both.
    """
    found = Volunteer.objects.select_for_update().filter(person=absence.person_id).first()
    if found is None:
        return
    why = rules.why_suspend(found, now)
    if rules.counts(absence) and why is not None and found.state == VolunteerState.ACTIVE:
        _suspend(found, why, now)
    elif not rules.counts(absence) and why is None and found.suspended_under is not None:
        _restore(found, now)


def _suspend(volunteer: Volunteer, why: tuple[Missed, int], now: datetime) -> None:
    version = policy.management_version(now)
    volunteer.suspended_for, volunteer.suspended_after = why
    _move(volunteer, "suspend", version)
    audit.record(None, "volunteer.suspend_by_rule", volunteer, now=now, version=version)
    facts.publish(VolunteerSuspended(at=now, person_id=volunteer.person_id))
    telling.suspended_by_rule(volunteer, now=now)


def _restore(volunteer: Volunteer, now: datetime) -> None:
    version = volunteer.suspended_under
    _move(volunteer, "restore", None)
    audit.record(None, "volunteer.restore_by_rule", volunteer, now=now, version=version)
    telling.restored_by_rule(volunteer, now=now)


def _move(volunteer: Volunteer, verb: str, version: int | None) -> None:
    volunteer.state, volunteer.state_reason = VOLUNTEER.after(volunteer.state, verb), ""
    volunteer.suspended_under = version
    volunteer.save(
        update_fields=[
            "state",
            "state_reason",
            "suspended_under",
            "suspended_for",
            "suspended_after",
        ]
    )
