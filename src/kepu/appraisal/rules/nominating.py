"""Why not? Who puts others forward in a call, and who answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from kepu.appraisal.models import Call, CallNomination, Title
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import awards as queries
from kepu.appraisal.rules.calls import why_not_take
from kepu.appraisal.states import CALL_NOMINATION, STANDING
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb


def why_not_nominate_for(person: User, unit: Organisation | None, now: datetime) -> str | None:
    """Anybody for themselves; for a unit who stands for it."""
    if unit is None:
        return None
    if unit.pk not in roles.reach(person, Verb.APPRAISAL_APPLY, now).organisations:
        return _("only who stands for this unit nominates for it")
    return None if unit.active else _("this unit is closed")


def why_not_nominate(
    call: Call, programme: Programme, person: User, unit: Organisation | None, now: datetime
) -> str | None:
    """While the call takes applications, and no more of one hand than the rulebook lets."""
    if not programme.nominated:
        return _("in this programme everybody applies for themselves")
    if refusal := why_not_take(call, now):
        return refusal
    if programme.nominating.by_units and unit is None:
        return _("only units nominate here; please choose the unit you stand for")
    if queries.standing_of(call, person, unit) >= programme.nominating.each:
        return _("you have nominated as many as one may here")
    return None


def why_not_by_each_hand(
    call: Call, programme: Programme, person: User, units: Iterable[Organisation], now: datetime
) -> list[tuple[Organisation | None, str | None]]:
    """Everything the person may nominate as, and why not: alone where persons may, then each unit."""
    alone = [] if programme.nominating.by_units else [None]
    hands: list[Organisation | None] = [*alone, *units] or [None]
    return [(one, why_not_nominate(call, programme, person, one, now)) for one in hands]


def why_not_by_any_hand(hands: Sequence[tuple[Organisation | None, str | None]]) -> str | None:
    """Why the person may nominate as nobody at all; None where one hand is free."""
    reasons = [why_not for _hand, why_not in hands]
    return None if None in reasons else reasons[0]


def why_not_a_class(programme: Programme, klass: str) -> str | None:
    """A class of the programme, or none where it has none."""
    if klass in ({one.key for one in programme.classes} or {""}):
        return None
    return _("please choose a class of this programme")


def why_not_answer(nomination: CallNomination, verb: str, now: datetime) -> str | None:
    """Once, in time."""
    if refusal := CALL_NOMINATION.why_not(nomination.state, verb):
        return refusal
    return _("the time to answer this nomination is over") if now >= nomination.ends_at else None


def why_not_agree_as(nomination: CallNomination, person: User) -> str | None:
    """Nobody agrees to a nomination of their own hand."""
    if nomination.by_id == person.pk:
        return _("you nominated; the nominee answers")
    return None


def why_not_unasked(programme: Programme, *, nominated: bool) -> str | None:
    """Where others put one forward, nobody begins an application by themselves."""
    if programme.nominated and not nominated:
        return _("in this programme one is put forward by others; ask somebody to nominate you")
    return None


def why_not_consent(title: Title, person: User) -> str | None:
    """The person who holds the title says whether it stands in lists for talent programmes."""
    if title.person_id != person.pk:
        return _("only the person who holds this title says that")
    return None


def why_not_list(title: Title) -> str | None:
    """A title that stands."""
    return None if title.state in STANDING else _("this title holds no more")
