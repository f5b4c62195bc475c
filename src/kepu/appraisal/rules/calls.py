"""Who keeps calls, and when one may be opened or ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from kepu.appraisal import policy, queries
from kepu.appraisal.models import Call
from kepu.appraisal.states import CALL, ApplicationCallState
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

LONGEST = timedelta(days=400)


def why_not_keep_at(person: User | None, path: str, now: datetime) -> str | None:
    """Secretaries of a place keep its calls."""
    if roles.reach(person, Verb.APPRAISAL_KEEP, now).covers(path):
        return None
    return _("only the secretary of this place does that")


def why_not_keep(person: User | None, call: Call, now: datetime) -> str | None:
    return why_not_keep_at(person, call.path, now)


def why_not_make(
    programme: str,
    place: Division,
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    now: datetime,
) -> str | None:
    """A call is of a programme in force, at the level that decides it, from a day to a later one."""
    try:
        rule = policy.in_force(programme, now)
    except Outside:
        return _("no version of this programme is in force yet")
    if place.level != rule.programme.decided_at:
        wanted = rule.programme.decided_at.label
        return _("this programme is decided at the level of a %(level)s") % {"level": wanted}
    if closes_at <= opens_at or closes_at <= now:
        return _("a call closes after it opens, and not in the past")
    if closes_at - opens_at > LONGEST:
        return _("a call is open for %(days)s days at most") % {"days": LONGEST.days}
    same = Call.objects.filter(programme=programme, division_now=place, title=title.strip())
    return _("there is a call of this title already") if same.exists() else None


def why_not_open(call: Call, seen: int, now: datetime) -> str | None:
    """A call opens under the rules it was prepared under, before its end."""
    if refusal := CALL.why_not(call.state, "open") or why_not_unseen(call, seen):
        return refusal
    if call.closes_at <= now:
        return _("the last day of this call is over; give it a later one")
    return None


def why_not_finish(call: Call) -> str | None:
    """A call is finished when nothing of it is under way."""
    if refusal := CALL.why_not(call.state, "finish"):
        return refusal
    if not queries.calls.finished(call):
        return _("applications of this call are still under way")
    return None


def why_not_cancel(call: Call) -> str | None:
    """Nothing is taken from those who applied: a call with applications handed in runs to its end."""
    if refusal := CALL.why_not(call.state, "cancel"):
        return refusal
    if queries.calls.counts(call):
        return _("applications were handed in; decide about them instead")
    return None


def why_not_unseen(call: Call, seen: int) -> str | None:
    if seen != call.version:
        return _("somebody changed this in the meantime; please look again")
    return None


def why_not_take(call: Call, now: datetime) -> str | None:
    """Why the call takes no application now."""
    if call.state != ApplicationCallState.OPEN:
        return _("this call is not open")
    if now < call.opens_at:
        return _("this call has not opened yet")
    if now >= call.closes_at:
        return _("this call has closed")
    return None
