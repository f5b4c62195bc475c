"""An expert's entry, as every verb on it takes it up, moves it and writes it down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize
from kepu.people import policy
from kepu.people.models import Expert
from kepu.people.rules import experts as rules
from kepu.people.states import EXPERT

CONSENT = ("consent_at", "consent_version", "confirmed_at", "confirmed_until")


def consented(expert: Expert, now: datetime) -> None:
    """Who agrees has just told everything; the next confirmation is due when the rulebook says."""
    expert.consent_at, expert.consent_version = now, policy.experts_version(now)
    confirmed(expert, now)


def confirmed(expert: Expert, now: datetime) -> None:
    """The day until which the record counts as true; the caller saves."""
    expert.confirmed_at = now
    expert.confirmed_until = policy.experts(now).confirming.until(clock.day(now))


@transaction.atomic
def move(expert: Expert, verb: str, *named: str, by: User, now: datetime) -> Expert:
    """Along the table of states, with what else was changed, and written down."""
    expert.state = EXPERT.after(expert.state, verb)
    expert.save(update_fields=["state", *named])
    audit.record(by, f"expert.{verb}", expert, now=now)
    return expert


def own(expert_id: int, by: User) -> Expert:
    """The expert's own entry, locked; raises NotAllowed for anybody else."""
    expert = locked(expert_id)
    authorize(rules.why_not_be(by, expert))
    return expert


def locked(expert_id: int) -> Expert:
    """The entry, locked until the transaction ends."""
    expert: Expert = Expert.objects.select_for_update().get(pk=expert_id)
    return expert
