"""Lists of fees: what is unpaid still, what each expert gets, and what a month had before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kepu.appraisal.models import Call, FeeLine, FeeList, FeeShare, Inspector, MeetingMember, Review
from kepu.appraisal.papers_states import COUNTED, FeeListState
from kepu.appraisal.states import ReviewState
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

READERS = (Verb.APPRAISAL_KEEP, Verb.EXPERT_PAY)


@dataclass(frozen=True)
class Sums:
    """What a list comes to, in fen."""

    experts: int
    gross: int
    tax: int

    @property
    def net(self) -> int:
        return self.gross - self.tax


def reads(person: User | None, call: Call, now: datetime) -> bool:
    """Whether the person keeps the call or pays its experts."""
    reaches = roles.reaches(person, READERS, now)
    return any(reach.covers(call.path) for reach in reaches.values())


def call_of(call_id: int, person: User | None, now: datetime) -> Call:
    """A call whose fees the person may see; of any other nobody learns here. Raises Outside."""
    found: Call | None = Call.objects.select_related("division_now").filter(pk=call_id).first()
    if found is None or not reads(person, found, now):
        raise Outside(_("there is no such call"))
    return found


def seen(list_id: int, person: User | None, now: datetime) -> FeeList:
    """A list that the person may see. Raises Outside."""
    found: FeeList | None = joined().filter(pk=list_id).first()
    if found is None or not reads(person, found.call, now):
        raise Outside(_("there is no such list of fees"))
    return found


def joined() -> QuerySet[FeeList]:
    return FeeList.objects.select_related(
        "call__division_now", "made_by", "signed_by", "paid_by"
    )  # fmt: skip


def of_call(call: Call) -> QuerySet[Any]:
    """Lists of a call with their sums, the newest first. One query."""
    found: QuerySet[Any] = call.fee_lists.exclude(state=FeeListState.DROPPED).annotate(
        experts=Count("shares"), gross=Sum("shares__gross"), tax=Sum("shares__tax")
    )
    return found.order_by("-number")


def draft_of(call: Call) -> FeeList | None:
    """The list of a call that is being written."""
    return call.fee_lists.filter(state=FeeListState.DRAFT).first()


def unpaid(call: Call) -> QuerySet[Review]:
    """Reviews of a call that were handed in and stand on no list. One query."""
    done = Review.objects.filter(application__call=call, state=ReviewState.DONE, fee__isnull=True)
    return done.select_related("application").order_by("expert", "pk")


def worked_for(call: Call) -> set[int]:
    """Experts who were asked to review in a call, to sit in a meeting, or to inspect. Three queries."""
    reviewed = Review.objects.filter(application__call=call)
    invited = MeetingMember.objects.filter(meeting__call=call)
    visits = Q(inspection__application__call=call) | Q(inspection__title__application__call=call)
    went = Inspector.objects.filter(visits, person__expert__isnull=False)
    return {
        *reviewed.values_list("expert", flat=True), *invited.values_list("expert", flat=True),
        *went.values_list("person__expert", flat=True),
    }  # fmt: skip


def on_lists(sources: Collection[str]) -> set[tuple[int, str]]:
    """Which half days stand on some list, by expert. One query."""
    found = FeeLine.objects.filter(source__in=sources)
    return set(found.values_list("expert", "source"))


def shares(of: FeeList) -> QuerySet[FeeShare]:
    """What each expert gets, in order of the experts' ids. One query."""
    return of.shares.select_related("expert__person").order_by("expert")


def lines(of: FeeList) -> QuerySet[FeeLine]:
    """What is paid, expert by expert. One query."""
    found = of.lines.select_related("review__application")
    return found.order_by("expert", "by_hand", "pk")


def sums(of: FeeList) -> Sums:
    """What the list comes to. One query."""
    found = of.shares.aggregate(n=Count("pk"), gross=Sum("gross"), tax=Sum("tax"))
    return Sums(found["n"], found["gross"] or 0, found["tax"] or 0)


def beside(of: FeeList) -> QuerySet[FeeList]:
    """Other lists of the same payer and month: the tax takes them together."""
    found = FeeList.objects.filter(call__path=of.call.path, month=of.month)
    return found.exclude(pk=of.pk).order_by("pk")


def before(of: FeeList) -> dict[int, tuple[int, int]]:
    """Gross and tax of each expert in other lists of the month that are signed or paid. One query."""
    counted = FeeShare.objects.filter(list__in=beside(of).filter(state__in=COUNTED))
    rows = counted.order_by().values("expert").annotate(g=Sum("gross"), t=Sum("tax"))
    return {row["expert"]: (row["g"], row["t"]) for row in rows}


def counted_later(of: FeeList) -> FeeList | None:
    """A list of the same month whose tax counted what somebody gets by this one. Two queries."""
    reached = {one.expert_id: one.before_gross + one.gross for one in of.shares.filter(gross__gt=0)}
    signed = beside(of).filter(state__in=COUNTED)
    others = FeeShare.objects.filter(list__in=signed, expert__in=reached)
    for share in others.select_related("list__call").order_by("pk"):
        if share.before_gross >= reached[share.expert_id]:
            return share.list
    return None


def own(person: User) -> QuerySet[FeeShare]:
    """An expert's own fees, once they are signed, the newest first. One query."""
    mine = FeeShare.objects.filter(expert__person=person, list__state__in=COUNTED)
    return mine.select_related("list__call").order_by("-list__month", "-pk")


def lines_of(person: User, lists: Collection[int]) -> QuerySet[FeeLine]:
    """What an expert is paid for by some lists. One query."""
    return FeeLine.objects.filter(expert__person=person, list__in=lists).order_by("list", "pk")


def wrote(of: FeeList, person: User) -> bool:
    """Whether the person had a hand in the list. One query."""
    return of.made_by_id == person.pk or of.lines.filter(added_by=person).exists()


def stands_on(of: FeeList, person: User) -> bool:
    """Whether the person, or a child in the person's care, is paid by it. One query."""
    theirs = Q(expert__person=person) | Q(expert__person__guardian=person)
    return of.lines.filter(theirs).exists()
