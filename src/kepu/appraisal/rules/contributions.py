"""Why not? Statements of contributions: who asks, who signs, what is signed."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.appraisal.contribution_states import CONTRIBUTION, ContributionState
from kepu.appraisal.contributions import Figure
from kepu.appraisal.models import ContributionStatement
from kepu.appraisal.queries import contributions as queries
from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.rules.oneself import why_not_as_child, why_not_decide_about

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.divisions.models import Division

MOST_YEARS = 10


def why_not_ask_as(by: User, unit: Organisation | None, now: datetime) -> str | None:
    """For oneself, or for a unit that one speaks for."""
    if unit is None:
        return why_not_as_child(by, now)
    if roles.holds(by, Verb.APPRAISAL_APPLY, now=now, organisation_id=unit.pk):
        return None
    return _("only who applies for this unit may do this")


def why_not_ask(
    holder: User | Organisation, since: date, until: date, purpose: str, now: datetime
) -> str | None:
    """A period that is over, of ten years at most, for a purpose, and one at a time."""
    if until < since:
        return _("the period ends before it begins")
    if until > clock.day(now):
        return _("the period has to be over: nothing is counted ahead")
    if until.year - since.year > MOST_YEARS:
        return _("a statement covers %(n)s years at most") % {"n": MOST_YEARS}
    if not purpose.strip():
        return _("please say what it is for")
    whose = {"organisation" if isinstance(holder, Organisation) else "person": holder}
    if ContributionStatement.objects.filter(state=ContributionState.ASKED, **whose).exists():
        return _("one is asked for already; withdraw it first, or wait until it is signed")
    return None


def why_not_nowhere(place: Division | None) -> str | None:
    """Somebody has to sign it: of a person, the officer of the place that is named."""
    return None if place else _("please say where you live or work: an officer of that place signs")


def why_not_count(figures: list[Figure]) -> str | None:
    """There is something to state."""
    if figures:
        return None
    return _("Kepu's records have nothing of this period; check the dates")


def why_not_keep(by: User, one: ContributionStatement, now: datetime) -> str | None:
    """Whose it is, or who speaks for the unit."""
    if queries.keeps(by, one, now):
        return None
    return _("only who asked for this statement may do this")


def why_not_withdraw(one: ContributionStatement) -> str | None:
    return CONTRIBUTION.why_not(one.state, "withdraw")


def why_not_decide_as(by: User, one: ContributionStatement, now: datetime) -> str | None:
    """An officer who decides at its place, never about oneself, a ward, or a unit one speaks for."""
    if not roles.holds(by, Verb.APPRAISAL_DECIDE, now=now, path=one.path):
        return _("only an officer who decides at this place signs statements")
    if one.person is not None:
        return why_not_decide_about(by, one.person)
    if by.pk == one.asked_by_id or queries.keeps(by, one, now):
        return _("nobody signs for a unit of his own; another officer does")
    return None


def why_not_recount(one: ContributionStatement) -> str | None:
    """Until it is signed; later a correction makes a new one."""
    if one.state == ContributionState.ASKED:
        return None
    return _("this statement is %(state)s; its figures do not change any more") % {
        "state": one.get_state_display()
    }


def why_not_sign(
    one: ContributionStatement, figures: list[Figure], seen: int, reference: str
) -> str | None:
    """What is signed is what was looked at and what the records say now, under a paper."""
    if refusal := CONTRIBUTION.why_not(one.state, "sign") or _gone(one):
        return refusal
    if one.version != seen:
        return _("somebody changed this in the meantime; please look again")
    if not reference.strip():
        return _("please enter the number of the paper")
    if queries.digest(figures) != one.digest:
        return _("the records have changed since it was counted; count it anew first")
    return why_not_count(figures)


def why_not_refuse(one: ContributionStatement, reason: str) -> str | None:
    return CONTRIBUTION.why_not(one.state, "refuse") or _silent(reason)


def why_not_revoke(one: ContributionStatement, reason: str) -> str | None:
    """A signed one, with a reason that whoever verifies it reads."""
    return CONTRIBUTION.why_not(one.state, "revoke") or _silent(reason)


def why_not_correct(
    one: ContributionStatement, figures: list[Figure], reference: str, reason: str
) -> str | None:
    """Where the records say something else by now; the old one is revoked by the same paper."""
    if refusal := why_not_revoke(one, reason) or _gone(one):
        return refusal
    if not reference.strip():
        return _("please enter the number of the paper")
    if queries.digest(figures) == one.digest:
        return pgettext("statement", "the records still say the same; nothing is to be corrected")
    return why_not_count(figures)


def why_not_draw(one: ContributionStatement) -> str | None:
    """There is a paper once it is signed; of a revoked one there is none any more."""
    if one.state == ContributionState.SIGNED:
        return _gone(one)
    return _("there is no paper of this")


def _gone(one: ContributionStatement) -> str | None:
    if one.person is not None and one.person.data_key is None:
        return _("this person was erased")
    return None


def _silent(reason: str) -> str | None:
    return None if reason.strip() else _("please give a reason")
