"""Why not? Who writes, signs and pays the fees of experts."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.appraisal.models import Call, FeeLine, FeeList, FeeShare
from kepu.appraisal.papers_states import COUNTED, FEE_LIST, FeeKind, FeeListState
from kepu.appraisal.queries import attendance, reviewing
from kepu.appraisal.queries import fees as queries
from kepu.kernel import clock
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.rules.oneself import why_not_decide_about

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

AHEAD = 3  # months that a list may be written before it is paid
MOST_HALVES = 20
MOST_FEN = 10_000_000  # of one correction


def why_not_pay_as(person: User | None, call: Call, now: datetime) -> str | None:
    """Who pays experts of the place signs lists of fees, pays them and takes them away."""
    if roles.reach(person, Verb.EXPERT_PAY, now).covers(call.path):
        return None
    return _("only who pays experts of this place does that")


def why_not_see(person: User, call: Call, now: datetime) -> str | None:
    """A list names who reviewed in the call, which nobody learns who has a side in an application of it."""
    if reviewing.shut(call, person, now):
        return _("you have a side in an application of this call; somebody else keeps its fees")
    return None


def why_not_month(month: date, now: datetime) -> str | None:
    """A list is for this month or one of the next: the tax goes by the month of payment."""
    today = clock.day(now)
    away = (month.year - today.year) * 12 + month.month - today.month
    if 0 <= away <= AHEAD:
        return None
    return _("fees are paid in this month or in one of the %(n)s after it") % {"n": AHEAD}


def why_not_build(call: Call, month: date, now: datetime) -> str | None:
    """There is something to pay, or a draft to work out anew."""
    if refusal := why_not_month(month, now):
        return refusal
    if queries.draft_of(call) or queries.unpaid(call).exists() or attendance.unpaid(call):
        return None
    return _("every review and half day stands on a list already")


def why_not_change(of: FeeList) -> str | None:
    """A list changes while it is a draft; later a correction stands on the next one."""
    if of.state == FeeListState.DRAFT:
        return None
    return _("this list is %(state)s; a correction stands on the next one") % {
        "state": of.get_state_display()
    }


def why_not_seen(of: FeeList, seen: int) -> str | None:
    """What is done is done to the list that was looked at."""
    if of.version == seen:
        return None
    return _("somebody changed this in the meantime; please look again")


def why_not_add(of: FeeList, payee: User, kind: str, fen: int, about: str, by: User) -> str | None:
    """By hand come half days and corrections, with words, and nobody adds for himself."""
    if refusal := why_not_change(of) or why_not_decide_about(by, payee):
        return refusal
    if kind == FeeKind.REVIEW:
        return _("reviews come onto the list by themselves")
    if not about.strip():
        return _("please say what it is for")
    return _("please enter an amount") if fen == 0 or abs(fen) > MOST_FEN else None


def why_not_remove(line: FeeLine) -> str | None:
    """What was added by hand is taken off; what Kepu counted stays."""
    if refusal := why_not_change(line.list):
        return refusal
    return None if line.by_hand else _("only what was added by hand is taken off")


def why_not_owed(gross: int) -> str | None:
    """Nobody is paid less than nothing by a list."""
    if gross >= 0:
        return None
    return _("more would be taken back from an expert than this list pays")


def why_not_sign_as(by: User, of: FeeList, now: datetime) -> str | None:
    """A second officer signs: one who had no hand in the list and is not paid by it."""
    if refusal := why_not_pay_as(by, of.call, now):
        return refusal
    if queries.wrote(of, by):
        return _("you wrote this list; somebody else signs it")
    return why_not_own(by, of)


def why_not_own(by: User, of: FeeList) -> str | None:
    if queries.stands_on(of, by):
        return _("you are paid by this list; somebody else has to do it")
    return None


def why_not_sign(of: FeeList, seen: int, reference: str, now: datetime) -> str | None:
    """What is signed is what was looked at, in time to be paid in its month, under a paper."""
    if refusal := FEE_LIST.why_not(of.state, "sign") or why_not_seen(of, seen):
        return refusal
    if not of.shares.exists():
        return _("there is nobody on this list")
    if not reference.strip():
        return _("please enter the number of the paper")
    return why_not_month(of.month, now)


def why_not_same(kept: FeeShare, now: FeeShare) -> str | None:
    """Tax and what was paid before still stand: another list of the month may have been signed since."""
    if (kept.tax, kept.before_gross) == (now.tax, now.before_gross):
        return None
    return _("another list of this month was signed since; please work this one out anew")


def why_not_take_back(of: FeeList, reason: str) -> str | None:
    """Before it is paid, with a reason, and the last one of a month first."""
    if refusal := FEE_LIST.why_not(of.state, "take_back"):
        return refusal
    if not reason.strip():
        return _("please give a reason")
    if queries.draft_of(of.call):
        return _("another list of this call is being written; sign it or put it away first")
    if other := queries.counted_later(of):
        return _("its tax was counted in list %(n)s of “%(call)s”; take that one back first") % {
            "n": other.number, "call": other.call.title,
        }  # fmt: skip
    return None


def why_not_pay(of: FeeList, on: date, now: datetime) -> str | None:
    """It was paid after it was signed, in the month that its tax was worked out for, not in the future."""
    if refusal := FEE_LIST.why_not(of.state, "pay"):
        return refusal
    if on > clock.day(now):
        return pgettext("payment", "this day has not come yet")
    if (on.year, on.month) != (of.month.year, of.month.month):
        return _(
            "the tax goes by the month of payment; take the list back and work it out for that"
        )
    if of.signed_at is not None and on < clock.day(of.signed_at):
        return _("the list was signed on %(day)s; nothing was paid by it before") % {
            "day": clock.day(of.signed_at).isoformat()
        }
    return None


def why_not_take_away(of: FeeList) -> str | None:
    """Identity and bank data leave Kepu for a list that is signed, and for no other."""
    return None if of.state in COUNTED else _("the list is not signed yet")
