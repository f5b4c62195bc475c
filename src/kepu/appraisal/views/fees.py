"""Fees of experts: the lists of a call, one list, and what an expert was paid."""

from __future__ import annotations

import io
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from kepu.appraisal import fees_policy as policy
from kepu.appraisal.actions import fees as actions
from kepu.appraisal.forms.fees import LineForm, MonthForm, PaidForm, SignForm
from kepu.appraisal.forms.reviewing import WhyForm
from kepu.appraisal.models import Call, FeeLine, FeeList, FeeShare
from kepu.appraisal.papers_states import COUNTED, FeeListState
from kepu.appraisal.queries import attendance
from kepu.appraisal.queries import fees as queries
from kepu.appraisal.rules import fees as rules
from kepu.appraisal.rules.calls import why_not_keep
from kepu.appraisal.views.rim import form_page, person_of
from kepu.kernel import clock, tables
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import BadInput, Outside, authorize
from kepu.kernel.registers import one_page
from kepu.people.queries import experts
from kepu.people.queries import experts_records as accounts
from kepu.ui import toasts

TONES = {
    FeeListState.DRAFT: "information",
    FeeListState.SIGNED: "accent",
    FeeListState.PAID: "success",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _yuan(fen: int | None) -> Decimal:
    return Decimal(fen or 0) / policy.FEN


def _months(now: datetime) -> list[date]:
    first = clock.day(now).replace(day=1)
    return [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
        for n in range(rules.AHEAD + 1)
    ]


def _call(call_id: int, person: User, now: datetime) -> Call:
    call = queries.call_of(call_id, person, now)
    authorize(rules.why_not_see(person, call, now))
    return call


def _list(list_id: int, person: User, now: datetime) -> FeeList:
    found = queries.seen(list_id, person, now)
    authorize(rules.why_not_see(person, found.call, now))
    return found


# --- the lists of a call --------------------------------------------------------------------------


@login_required
def listed(request: HttpRequest, call_id: int) -> HttpResponse:
    """The lists of a call, and what no list has yet."""
    person, now = person_of(request), clock.now()
    call = _call(call_id, person, now)
    months = _months(now)
    context = {
        "call": call,
        "rows": [
            (one, _yuan(one.gross), _yuan(one.gross) - _yuan(one.tax))
            for one in queries.of_call(call)
        ],
        "unpaid": queries.unpaid(call).count(),
        "unpaid_halves": len(attendance.unpaid(call)),
        "draft": queries.draft_of(call),
        "keeps": why_not_keep(person, call, now) is None,
        "why_not": rules.why_not_build(call, months[0], now),
        "form": MonthForm(months=months),
        "tones": TONES,
        "now": now,
    }
    return render(request, "appraisal/fees.html", context)


@login_required
@require_POST
def build(request: HttpRequest, call_id: int) -> HttpResponse:
    """Work a list out, or the draft anew."""
    person, now = person_of(request), clock.now()
    call = _call(call_id, person, now)
    form = MonthForm(request.POST, months=_months(now))
    if not form.is_valid():
        raise BadInput(_("please choose a month"))
    made = actions.build(call.pk, form.cleaned_data["month"], by=person, now=now)
    toasts.say(request, _("Worked out. Look through it; another officer signs it."))
    return redirect("appraisal-fee-list", made.pk)


# --- one list -------------------------------------------------------------------------------------


@login_required
def show(request: HttpRequest, list_id: int) -> HttpResponse:
    """One list: what each expert gets and for what; accounts stand masked, and for who pays alone."""
    person, now = person_of(request), clock.now()
    found = _list(list_id, person, now)
    shares = list(queries.shares(found))
    pays = rules.why_not_pay_as(person, found.call, now) is None
    keeps = why_not_keep(person, found.call, now) is None
    sums = queries.sums(found)
    known = accounts.with_fee_account([one.expert_id for one in shares])
    context = {
        "list": found,
        "call": found.call,
        "rules": policy.as_of(found.rules_version),
        "tone": TONES.get(FeeListState(found.state), "plain"),
        "rows": _rows(found, shares, pays),
        "sums": (sums.experts, _yuan(sums.gross), _yuan(sums.tax), _yuan(sums.net)),
        "without": [one.expert.person.name for one in shares if one.expert_id not in known],
        "writes": keeps and rules.why_not_change(found) is None,
        "pays": pays,
        "counted": found.state in COUNTED,
        "why_not_sign": rules.why_not_sign_as(person, found, now),
        "month": MonthForm(months=_months(now), initial={"month": f"{found.month:%Y-%m}"}),
        "now": now,
    }
    return render(request, "appraisal/fee_list.html", context)


def _rows(found: FeeList, shares: list[FeeShare], pays: bool) -> list[dict[str, Any]]:
    """Expert by expert; the account is read for who pays, and comes masked."""
    lines: dict[int, list[FeeLine]] = defaultdict(list)
    for line in queries.lines(found):
        lines[line.expert_id].append(line)
    masked = accounts.masked_fees(one.expert for one in shares) if pays else {}
    return [
        {
            "share": one,
            "name": one.expert.person.name,
            "said": _said(lines[one.expert_id]),
            "by_hand": [(each, _yuan(each.fen)) for each in lines[one.expert_id] if each.by_hand],
            "account": masked.get(one.expert_id),
            **_amounts(one),
        }
        for one in shares
    ]


def _amounts(one: FeeShare) -> dict[str, Decimal]:
    return {
        "gross": _yuan(one.gross), "tax": _yuan(one.tax), "net": _yuan(one.net),
        "before": _yuan(one.before_gross),
    }  # fmt: skip


def _said(lines: list[FeeLine]) -> str:
    """What an expert is paid for, in one line: 评审 3 × 300.00 元；半天 2 × 700.00 元；更正 −50.00 元."""
    counted: dict[tuple[str, int], int] = defaultdict(int)
    for one in lines:
        counted[one.get_kind_display(), one.fen] += 1
    parts = [
        _("%(kind)s %(n)s × %(yuan)s yuan") % {"kind": kind, "n": n, "yuan": f"{_yuan(fen):.2f}"}
        for (kind, fen), n in counted.items()
    ]
    return pgettext("between items of a list", "; ").join(parts)


@login_required
def add(request: HttpRequest, list_id: int) -> HttpResponse:
    """Add half a day or a correction by hand."""
    person, now = person_of(request), clock.now()
    found = _list(list_id, person, now)
    authorize(why_not_keep(person, found.call, now))
    form = LineForm(
        request.POST or None, experts=_experts(found), initial={"version": found.version}
    )

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.add_line(
            found.pk, expert_id=data["expert"], kind=data["kind"], fen=form.fen(),
            about=data["about"], seen=data["version"], by=person, now=now,
        )  # fmt: skip
        toasts.say(request, _("Added, and worked out anew."))
        return redirect("appraisal-fee-list", found.pk)

    return form_page(
        request, form, act, title=_("Add to the list"), back=_back(found), submit=_("Add"),
    )  # fmt: skip


def _experts(found: FeeList) -> list[tuple[int, str]]:
    """Whoever was asked to review in the call, sat in a meeting of it, or inspected for it."""
    people = experts.persons_of(queries.worked_for(found.call))
    return [(pk, person.name) for pk, person in sorted(people.items())]


@login_required
@require_POST
def remove(request: HttpRequest, line_id: int) -> HttpResponse:
    """Take a line off that was added by hand."""
    person, now = person_of(request), clock.now()
    line = FeeLine.objects.filter(pk=line_id).first()
    if line is None:
        raise Outside(_("this line is not there any more"))
    found = _list(line.list_id, person, now)
    actions.remove_line(line.pk, by=person, now=now)
    toasts.say(request, _("Taken off, and worked out anew."))
    return redirect("appraisal-fee-list", found.pk)


@login_required
@require_POST
def drop(request: HttpRequest, list_id: int) -> HttpResponse:
    """Put a draft away."""
    person, now = person_of(request), clock.now()
    found = _list(list_id, person, now)
    actions.drop(found.pk, by=person, now=now)
    toasts.say(request, _("The draft was put away."))
    return redirect("appraisal-fees", found.call_id)


@login_required
def sign(request: HttpRequest, list_id: int) -> HttpResponse:
    """Sign a list that somebody else wrote."""
    person, now = person_of(request), clock.now()
    found = _list(list_id, person, now)
    authorize(rules.why_not_sign_as(person, found, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.sign(
            found.pk, seen=data["version"], reference=data["reference"], by=person, now=now
        )
        toasts.say(request, _("Signed. It can be taken to the finance office."))
        return redirect("appraisal-fee-list", found.pk)

    form = SignForm(request.POST or None, initial={"version": found.version})
    return form_page(
        request, form, act, title=_title(lazy("Sign list %(n)s"), found), back=_back(found),
        submit=_("Sign the list"),
    )  # fmt: skip


@login_required
def take_back(request: HttpRequest, list_id: int) -> HttpResponse:
    """Take a signature back."""
    person, now = person_of(request), clock.now()
    found = _list(list_id, person, now)
    authorize(rules.why_not_pay_as(person, found.call, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.take_back(found.pk, reason=data["reason"], by=person, now=now)
        toasts.say(request, _("The list is a draft again."))
        return redirect("appraisal-fee-list", found.pk)

    form = WhyForm(request.POST or None, read_by=lazy("The secretary reads this."))
    return form_page(
        request, form, act, title=_title(lazy("Take the signature of list %(n)s back"), found),
        back=_back(found), submit=_("Take it back"),
    )  # fmt: skip


@login_required
def pay(request: HttpRequest, list_id: int) -> HttpResponse:
    """Write down when it was paid."""
    person, now = person_of(request), clock.now()
    found = _list(list_id, person, now)
    authorize(rules.why_not_pay_as(person, found.call, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.pay(found.pk, on=data["on"], by=person, now=now)
        toasts.say(request, _("Written down as paid. The experts are told."))
        return redirect("appraisal-fee-list", found.pk)

    form = PaidForm(request.POST or None, initial={"on": clock.day(now)})
    return form_page(
        request, form, act, title=_title(lazy("List %(n)s was paid"), found), back=_back(found),
        submit=_("Write it down"),
    )  # fmt: skip


@login_required
@require_POST
def file(request: HttpRequest, list_id: int) -> HttpResponse:
    """The list for the finance office; each identity number and account is read and written down."""
    person, now = person_of(request), clock.now()
    found = _list(list_id, person, now)
    rows = actions.take_away(found.pk, by=person, now=now)
    out = io.BytesIO()
    tables.write_xlsx(out, _heads(), _cells(found, rows), title=found.call.title)
    answer = HttpResponse(out.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = (
        f'attachment; filename="fees-{found.call_id}-{found.number}.xlsx"'
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def _heads() -> list[str]:
    return [
        _("No."), _("Name"), _("Identity number"), _("Bank"), _("Account"), _("What the money is for"),
        _("Before tax (yuan)"), _("Tax withheld (yuan)"), _("Paid out (yuan)"),
        _("Paid in the same month before (yuan)"), _("Note"),
    ]  # fmt: skip


def _cells(found: FeeList, rows: list[tuple[FeeShare, Any]]) -> list[list[Any]]:
    """Numbers of people and accounts are text; amounts are numbers, for a spreadsheet has no other."""
    lines: dict[int, list[FeeLine]] = defaultdict(list)
    for line in queries.lines(found):
        lines[line.expert_id].append(line)
    cells: list[list[Any]] = []
    for n, (share, account) in enumerate(rows, start=1):
        told = [account.holder, account.id_number, account.bank, account.account] if account else []
        name = share.expert.person.name
        cells.append([
            n, *(told or [name, "", "", ""]), _said(lines[share.expert_id]),
            *_floats(share.gross, share.tax, share.net, share.before_gross),
            "" if account else _("no account was given yet"),
        ])  # fmt: skip
    total = queries.sums(found)
    blank = [""] * 4
    cells.append(["", _("Total"), *blank, *_floats(total.gross, total.tax, total.net), "", ""])
    return cells


def _floats(*fen: int) -> list[float]:
    return [float(_yuan(one)) for one in fen]


def _back(found: FeeList) -> str:
    return reverse("appraisal-fee-list", args=[found.pk])


def _title(words: Any, found: FeeList) -> str:
    return str(words) % {"n": found.number}


# --- the expert -----------------------------------------------------------------------------------


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What the reader was paid, for what, and what was withheld."""
    person: User = person_of(request)
    rows, pager = one_page(request, queries.own(person))
    lines: dict[int, list[FeeLine]] = defaultdict(list)
    for line in queries.lines_of(person, [one.list_id for one in rows]):
        lines[line.list_id].append(line)
    context = {
        "rows": [
            {
                "share": one,
                "said": _said(lines[one.list_id]),
                "words": [each.about for each in lines[one.list_id] if each.about],
                **_amounts(one),
            }
            for one in rows
        ],
        "pager": pager,
        "tones": TONES,
    }
    return render(request, "appraisal/my_fees.html", context)
