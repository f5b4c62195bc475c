"""The yearly confirmation: which venues owe the figures of last year, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import Coalesce

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.venues import policy
from kepu.venues.models import DayCount, Venue, YearReport
from kepu.venues.states import STANDING


@dataclass(frozen=True)
class Asked:
    """Which year is asked for now, the last day to tell it, and whether that has passed."""

    year: int
    due: date
    over: bool
    soon: bool  # managers are reminded from now on


def asked(now: datetime) -> Asked:
    """The year before the present one, as the rulebook in force has it told."""
    today, rules = clock.day(now), policy.registration(now).yearly
    due = date(today.year, rules.month, rules.day)
    soon = today >= due - timedelta(days=rules.remind_days)
    return Asked(today.year - 1, due, today > due, soon)


def owing(year: int) -> QuerySet[Venue]:
    """Venues that stand, were confirmed in that year or before, and have not told it. One query."""
    begun = datetime(year + 1, 1, 1, tzinfo=BEIJING)
    told = YearReport.objects.filter(venue=OuterRef("pk"), year=year)
    found = Venue.objects.filter(state__in=STANDING, confirmed_at__lt=begun)
    return found.filter(~Exists(told)).select_related("organisation", "division_now")


def owing_in_reach(person: User, year: int, now: datetime) -> QuerySet[Venue]:
    """Those of the officer's places, place by place. Two queries."""
    return owing(year).filter(roles.reach(person, Verb.VENUE_JUDGE, now).limit())


def told_in_reach(person: User, year: int, now: datetime) -> QuerySet[YearReport]:
    """What was told of the year in the officer's places, the late ones first. Two queries."""
    limit = roles.reach(person, Verb.VENUE_JUDGE, now).limit("venue__path")
    found = YearReport.objects.filter(limit, year=year).select_related("venue__division_now")
    return found.order_by("-late", "venue__path", "venue__sort_key", "pk")


def owed_by(venue: Venue, now: datetime) -> Asked | None:
    """What is asked of the venue now and was not told yet; None where nothing is. One query."""
    wanted = asked(now)
    return wanted if owing(wanted.year).filter(pk=venue.pk).exists() else None


def visits_of(venue: Venue, year: int) -> tuple[int, int]:
    """Visits of the year as told day by day, and on how many days they were told. One query."""
    days = DayCount.objects.filter(venue=venue, day__year=year)
    found = days.aggregate(visits=Coalesce(Sum("visits"), 0), days=Count("pk"))
    return found["visits"], found["days"]
