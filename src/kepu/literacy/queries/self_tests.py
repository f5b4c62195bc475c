"""Reads of self-tests. Nothing here is read by a survey, and nothing of a survey is read here."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.literacy.models import Calibration, Item, SelfTest, SelfTestAsked, SelfTestTally
from kepu.literacy.queries.items import calibrated
from kepu.literacy.states import ItemState, Use

if TYPE_CHECKING:
    from kepu_engines.survey.irt.exposure import Bound

UNFINISHED = timedelta(days=1)


def by_key(key: UUID) -> SelfTest:
    """The self-test of this key; raises Outside."""
    found = SelfTest.objects.select_related("bank").filter(key=key).first()
    if found is None:
        raise Outside(_("this self-test is not kept any more; you can begin another one"))
    return found


def bank_for(path: str) -> Division | None:
    """The bank whose items are asked at a place: the nearest above it, else the first there is."""
    open_items = Item.objects.filter(
        state=ItemState.APPROVED, use=Use.SELF_TEST, calibrations__isnull=False
    )
    banks = list(Division.objects.filter(pk__in=open_items.values("division_now")).order_by("path"))
    above = [one for one in banks if path.startswith(one.path)]
    return above[-1] if above else banks[0] if banks else None


def pool(bank: Division, language: str) -> list[tuple[Item, Calibration]]:
    """Items a self-test in this language can ask. Three queries."""
    found = calibrated(bank.path, Use.SELF_TEST)
    written = set(
        Item.objects.filter(pk__in=[item.pk for item, _c in found], wordings__language=language)
        .values_list("pk", flat=True)
    )  # fmt: skip
    return [row for row in found if row[0].pk in written]


def resting(counted: SelfTestTally, taker: int, bound: Bound) -> frozenset[int]:
    """Items that this taker may not be asked, for too many of those before and after were. One query."""
    near = SelfTestAsked.objects.filter(tally=counted, taker__gt=taker - bound.window)
    asked = list(near.values_list("item").annotate(n=Count("pk")).order_by("item"))
    rests = bound.resting([n for _item, n in asked], counted.takers)
    return frozenset(item for (item, _n), rest in zip(asked, rests, strict=True) if rest)


def out_of_reach(counted: SelfTestTally, window: int) -> QuerySet[SelfTestAsked]:
    """Askings that count for nobody any more: for no test that is open, and for none to come."""
    begun = SelfTest.objects.filter(bank=counted.bank_id, finished_at__isnull=True)
    first = begun.aggregate(first=Min("taker"))["first"] or counted.takers
    return SelfTestAsked.objects.filter(tally=counted, taker__lte=first - window)


def month_of(now: datetime) -> date:
    return clock.day(now).replace(day=1)


def to_forget(now: datetime, keep_days: int) -> QuerySet[SelfTest]:
    """Self-tests whose time is over, and those left half done a day ago."""
    old = SelfTest.objects.filter(begun_at__lt=now - timedelta(days=keep_days))
    left = SelfTest.objects.filter(finished_at__isnull=True, begun_at__lt=now - UNFINISHED)
    return old | left
