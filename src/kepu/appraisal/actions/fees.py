"""Fees of experts: a list is worked out, signed by a second officer, taken to finance, and paid."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kepu.appraisal import fees_policy as policy
from kepu.appraisal.models import Call, FeeLine, FeeList, FeeShare
from kepu.appraisal.papers_states import FEE_LIST, FeeKind, FeeListState
from kepu.appraisal.queries import attendance
from kepu.appraisal.queries import fees as queries
from kepu.appraisal.rules import fees as rules
from kepu.appraisal.rules.calls import why_not_keep
from kepu.appraisal.telling import fees as telling
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.people.actions import experts_records
from kepu.people.queries import experts
from kepu.people.queries import experts_records as accounts

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.queries.experts_records import FeeLine as Account

# --- the secretary --------------------------------------------------------------------------------


@transaction.atomic
def build(call_id: int, month: date, *, by: User, now: datetime) -> FeeList:
    """Work out what the experts of a call are paid in a month; a draft that is there is worked out anew.

    On it stand reviews handed in and half days attended that no list has yet, at the rates in force.
    Experts who gave no account are asked for one.
    """
    call = Call.objects.select_for_update().get(pk=call_id)
    draft = _locked_draft(call)
    authorize(why_not_keep(by, call, now))
    require(rules.why_not_build(call, month, now))

    rules_version, fees = policy.in_force(now)
    found = draft or FeeList(call=call, number=call.fee_lists.count() + 1)
    found.month, found.rules_version = month.replace(day=1), rules_version
    found.made_by, found.made_at = by, now
    found.version += 1
    found.save()
    found.lines.filter(by_hand=False).delete()
    _count(found, fees.pay, by=by, now=now)
    _share(found, fees.tax, now)
    audit.record(by, "appraisal.build_fees", found, now=now, call=call.pk, **_figures(found))
    if draft is None or found.reason:
        telling.to_sign(found, now=now)
    return found


@transaction.atomic
def add_line(
    list_id: int, *, expert_id: int, kind: str, fen: int, about: str, seen: int, by: User,
    now: datetime,
) -> FeeLine:  # fmt: skip
    """Add half a day or a correction by hand, in words; half a day is paid by the rulebook.

    It is added to the list that was looked at: a second press finds another version.
    """
    found = _locked(list_id)
    authorize(why_not_keep(by, found.call, now))
    require(rules.why_not_seen(found, seen))
    expert = experts.expert(expert_id)
    fees = policy.as_of(found.rules_version)
    if kind == FeeKind.HALF_DAY:
        fen = fees.pay.rate(_levels([expert_id])[expert_id]).half_day * policy.FEN
    require(rules.why_not_add(found, expert.person, kind, fen, about, by))

    line = FeeLine.objects.create(
        list=found, expert=expert, kind=kind, fen=fen, about=about.strip(), by_hand=True,
        added_by=by, added_at=now,
    )  # fmt: skip
    _changed(found, fees, now)
    audit.record(by, "appraisal.add_fee", found, now=now, expert=expert_id, kind=kind, fen=fen)
    return line


@transaction.atomic
def remove_line(line_id: int, *, by: User, now: datetime) -> FeeList:
    """Take a line off that was added by hand."""
    found = _locked(FeeLine.objects.values_list("list", flat=True).get(pk=line_id))
    line = found.lines.select_related("list").get(pk=line_id)
    authorize(why_not_keep(by, found.call, now))
    require(rules.why_not_remove(line))

    expert, fen = line.expert_id, line.fen
    line.delete()
    found.made_by, found.made_at = by, now  # no line of theirs is left that says so
    found.save(update_fields=["made_by", "made_at"])
    _changed(found, policy.as_of(found.rules_version), now)
    audit.record(by, "appraisal.remove_fee", found, now=now, expert=expert, fen=fen)
    return found


@transaction.atomic
def drop(list_id: int, *, by: User, now: datetime) -> FeeList:
    """Put a draft away; what stood on it can stand on another."""
    found = _locked(list_id)
    authorize(why_not_keep(by, found.call, now))
    after = FEE_LIST.after(found.state, "drop")

    found.lines.all().delete()
    found.shares.all().delete()
    return _move(found, after, "drop", by=by, now=now)


# --- who pays -------------------------------------------------------------------------------------


@transaction.atomic
def sign(list_id: int, *, seen: int, reference: str, by: User, now: datetime) -> FeeList:
    """A second officer signs, under the number of the paper; its tax counts in the month from now on."""
    found = _locked_month(list_id)
    authorize(rules.why_not_sign_as(by, found, now))
    require(rules.why_not_sign(found, seen, reference, now))
    taxed = _taxed(found, policy.as_of(found.rules_version).tax)
    for share in found.shares.all():
        require(rules.why_not_same(share, taxed[share.expert_id]))

    found.signed_by, found.signed_at, found.reference = by, now, reference.strip()
    named = ("signed_by", "signed_at", "reference")
    return _move(found, FEE_LIST.after(found.state, "sign"), "sign", *named, by=by, now=now)


@transaction.atomic
def take_back(list_id: int, *, reason: str, by: User, now: datetime) -> FeeList:
    """Take a signature back before the list is paid, with a reason; it is a draft again."""
    found = _locked_month(list_id)
    authorize(rules.why_not_pay_as(by, found.call, now))
    require(rules.why_not_take_back(found, reason))

    found.signed_by, found.signed_at, found.reason = None, None, reason.strip()
    named = ("signed_by", "signed_at", "reason")
    after = FEE_LIST.after(found.state, "take_back")
    _move(found, after, "take_back", *named, by=by, now=now)
    telling.taken_back(found, now=now)
    return found


@transaction.atomic
def pay(list_id: int, *, on: date, by: User, now: datetime) -> FeeList:
    """Write down that the finance office has paid; each expert hears of it."""
    found = _locked(list_id)
    authorize(rules.why_not_pay_as(by, found.call, now) or rules.why_not_own(by, found))
    require(rules.why_not_pay(found, on, now))

    found.paid_by, found.paid_on = by, on
    after = FEE_LIST.after(found.state, "pay")
    _move(found, after, "pay", "paid_by", "paid_on", by=by, now=now)
    for share in queries.shares(found):
        telling.paid(share, now=now)
    return found


@transaction.atomic
def take_away(list_id: int, *, by: User, now: datetime) -> list[tuple[FeeShare, Account | None]]:
    """Take a signed list to the finance office: with each expert, identity number and account in clear.

    Each of them is read one by one, and each reading is written down. None where none was given.
    """
    found = _locked(list_id)
    authorize(rules.why_not_pay_as(by, found.call, now))
    require(rules.why_not_take_away(found))

    rows = [
        (share, experts_records.read_fee_account(share.expert_id, by=by, now=now))
        for share in queries.shares(found)
    ]
    audit.record(by, "appraisal.take_fees", found, now=now, **_figures(found))
    return rows


# --- how it is worked out -------------------------------------------------------------------------


def _count(of: FeeList, pay: policy.Pay, *, by: User, now: datetime) -> None:
    """Lines for what no list has: reviews by the expert's level, and half days."""
    reviews = list(queries.unpaid(of.call))
    halves = attendance.unpaid(of.call)
    levels = _levels([*(one.expert_id for one in reviews), *(one.expert_id for one in halves)])
    rows = [
        FeeLine(
            list=of, expert_id=one.expert_id, kind=FeeKind.REVIEW, review=one,
            fen=pay.rate(levels[one.expert_id]).review * policy.FEN, added_by=by, added_at=now,
        )
        for one in reviews
    ]  # fmt: skip
    rows += [
        FeeLine(
            list=of, expert_id=one.expert_id, kind=FeeKind.HALF_DAY, source=one.source,
            fen=pay.rate(levels[one.expert_id]).half_day * policy.FEN, about=one.called,
            added_by=by, added_at=now,
        )
        for one in halves
    ]  # fmt: skip
    FeeLine.objects.bulk_create(rows, batch_size=500)


def _levels(expert_ids: list[int]) -> dict[int, str]:
    """The highest level of each expert's professional titles; empty without one."""
    found = experts.title_levels(expert_ids)
    return {one: found.get(one, "") for one in expert_ids}


def _taxed(of: FeeList, tax: policy.Withholding) -> dict[int, FeeShare]:
    """What each expert gets: the month counts as one payment, and what it had withheld is taken off."""
    gross: Counter[int] = Counter()
    for expert, fen in of.lines.values_list("expert", "fen"):
        gross[expert] += fen
    before = queries.before(of)
    found = {}
    for expert, own in sorted(gross.items()):
        require(rules.why_not_owed(own))
        had, withheld = before.get(expert, (0, 0))
        found[expert] = FeeShare(
            list=of, expert_id=expert, gross=own, tax=max(tax.due(had + own) - withheld, 0),
            before_gross=had, before_tax=withheld,
        )  # fmt: skip
    return found


def _share(of: FeeList, tax: policy.Withholding, now: datetime) -> None:
    """Write the shares anew; who was asked for an account is not asked again."""
    asked = dict(of.shares.values_list("expert", "asked_at"))
    of.shares.all().delete()
    rows = list(_taxed(of, tax).values())
    known = accounts.with_fee_account([one.expert_id for one in rows])
    names = experts.persons_of([one.expert_id for one in rows])
    for one in rows:
        one.asked_at = asked.get(one.expert_id)
        if one.asked_at is None and one.expert_id not in known:
            one.asked_at = now
            telling.account_asked(names[one.expert_id], of.call, now=now)
    FeeShare.objects.bulk_create(rows, batch_size=500)


def _changed(of: FeeList, fees: policy.Fees, now: datetime) -> None:
    _share(of, fees.tax, now)
    of.version += 1
    of.save(update_fields=["version"])


def _move(of: FeeList, state: str, verb: str, *named: str, by: User, now: datetime) -> FeeList:
    of.state = state
    of.version += 1
    of.save(update_fields=["state", "version", *named])
    audit.record(by, f"appraisal.{verb}_fees", of, now=now, **_figures(of))
    return of


def _figures(of: FeeList) -> dict[str, Any]:
    sums = queries.sums(of)
    return {"experts": sums.experts, "gross": sums.gross, "tax": sums.tax}


def _locked_draft(call: Call) -> FeeList | None:
    """The draft, held: one that is being signed meanwhile is none any more once this has it."""
    rows = FeeList.objects.select_for_update(of=("self",))
    return rows.filter(call=call, state=FeeListState.DRAFT).first()


def _locked(list_id: int) -> FeeList:
    rows = FeeList.objects.select_for_update(of=("self",)).select_related("call")
    found: FeeList = rows.get(pk=list_id)
    return found


def _locked_month(list_id: int) -> FeeList:
    """Every list of the payer's month, in one order: two that are signed at once see each other's tax."""
    found = FeeList.objects.select_related("call").get(pk=list_id)
    rows = FeeList.objects.filter(call__path=found.call.path, month=found.month)
    locked = rows.select_for_update(of=("self",)).select_related("call").order_by("pk")
    held = next((one for one in locked if one.pk == list_id), None)
    return held or _locked(list_id)  # of another month meanwhile: no version of it was looked at
