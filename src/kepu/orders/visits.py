"""The visits of an order: what belongs to the present one, and what is known of those before it.

An order is visited once; reopened, it is visited again. `order.visit` says which visit is meant, and
each record of one says of which it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Max, Min, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.kernel.ready import Slot, ready
from kepu.orders import planned
from kepu.orders.models import CheckIn, Order, Rating, RosterPlace, Step
from kepu.orders.states import ENDED_WITHOUT_A_VISIT, ENDS_OF_A_VISIT, OrderState
from kepu.people import queries as people
from kepu.ui import formats

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Service, Team


SOURCE = "orders.order"

QUARTER = timedelta(minutes=15)

Span = tuple[datetime, datetime]
Reports = dict[tuple[str, int], int | None]  # people who came, by source and order; None: not kept


def said(moment: datetime) -> str:
    """A moment as sentences say it, on the clock of Beijing."""
    return formats.dated(moment)


def check_ins(order: Order) -> QuerySet[CheckIn]:
    """Who has arrived at the present visit."""
    return CheckIn.objects.filter(order=order, visit=order.visit)


def over(order: Order) -> bool:
    """Whether the present visit has ended: it was reported, or its order came to nothing."""
    return order.delivered_at is not None or order.state in ENDED_WITHOUT_A_VISIT


def ended_at(order: Order) -> datetime | None:
    """When the visit ended: as the last of the team left, and never beyond its report. One query."""
    last = check_ins(order).aggregate(last=Max("left_at"))["last"]
    return min((at for at in (last, order.delivered_at) if at), default=None)


def took_place(order: Order) -> Span | None:
    """When the reported visit really began and ended; None before its report. Two queries."""
    ended = ended_at(order) if order.delivered_at else None
    if ended is None:
        return None
    arrived = check_ins(order).aggregate(first=Min("arrived_at"))["first"]
    return min(arrived or order.starts_at or ended, ended), ended


def rating(order: Order) -> Rating | None:
    """What the resident thought of the present visit. One query."""
    return Rating.objects.filter(order=order, visit=order.visit).first()


def stars(orders: Iterable[Order]) -> dict[int, int]:
    """Stars of each order's present visit, by the order's id; unrated ones none. One query."""
    present = {order.pk: order.visit for order in orders}
    found = Rating.objects.filter(order__in=present).values_list("order", "visit", "stars")
    return {pk: given for pk, visit, given in found if visit == present[pk]}


def first_start(order: Order, now: datetime) -> datetime | None:
    """When the visit could begin: as it is set, planned, or was wanted, or the next full quarter of an
    hour once that has passed; None when no time is left.
    """
    usual = order.starts_at or planned.start_of(order) or order.wanted_from
    if usual > now:
        return usual
    since = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    last = order.wanted_until - timedelta(minutes=order.minutes)
    start = min(now - since + QUARTER, last)
    return start if start > now else None


def beside(order: Order, starts_at: datetime, ends_at: datetime) -> tuple[Order | None, int]:
    """Visits of the order's team that are set and share some of this time: the first of them, and how
    many there are at the busiest moment. One query.
    """
    others = Order.objects.filter(
        team=order.team_id, state=OrderState.SCHEDULED, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    found = list(others.exclude(pk=order.pk).order_by("starts_at", "pk"))
    spans = [(one.starts_at, one.ends_at) for one in found if one.starts_at and one.ends_at]
    return (found[0] if found else None), busiest(spans, starts_at, ends_at)


def why_not_beside(order: Order, starts_at: datetime, ends_at: datetime) -> str | None:
    """The team is at no more visits at once than it takes on in a day. One query."""
    other, at_once = beside(order, starts_at, ends_at)
    if other is None or order.team is None or at_once < order.team.day_capacity:
        return None
    return ngettext(
        "your team is at “%(title)s” then, and takes on %(n)s order a day; choose another time, "
        "or let your team take on more",
        "your team is at “%(title)s” then, and takes on %(n)s orders a day; choose another time, "
        "or let your team take on more",
        order.team.day_capacity,
    ) % {"title": other.title, "n": order.team.day_capacity}


def busiest(spans: Iterable[Span], begin: datetime, end: datetime) -> int:
    """How many of the spans share one moment between `begin` and `end`, at most."""
    inside = [(max(start, begin), over) for start, over in spans if start < end and over > begin]
    return max((sum(b <= at < e for b, e in inside) for at, _over in inside), default=0)


def ratings_to_answer(teams: Iterable[Team]) -> QuerySet[Rating]:
    """Ratings of present visits that the teams have not answered, the newest first. One query."""
    mine = Rating.objects.filter(team__in=list(teams), answered_at__isnull=True)
    present = mine.filter(visit=F("order__visit"), order__team=F("team"))
    answerable = present.filter(order__state__in=(OrderState.RATED, OrderState.CLOSED))
    return answerable.select_related("order", "team").order_by("-at", "-pk")


def goes(person: User, order: Order) -> bool:
    """Whether the team that has the order put the person down for the present visit, who has not said
    that it is not possible. One query.
    """
    return bool(_places(order=order.pk, visit=order.visit, team=order.team_id, person=person.pk))


@ready
def _places(order: Slot, visit: Slot, team: Slot, person: Slot) -> QuerySet[RosterPlace]:
    places = RosterPlace.objects.filter(order=order, visit=visit, team=team, person=person)
    return places.filter(told_at__isnull=True).order_by()


def going(person: User) -> frozenset[int]:
    """Ids of the orders to whose present visit the person goes. One query."""
    return frozenset(
        RosterPlace.objects.filter(
            person=person,
            told_at__isnull=True,
            order__visit=F("visit"),
            order__team=F("team"),
            order__state=OrderState.SCHEDULED,
        ).values_list("order", flat=True)
    )


def source(order: Order) -> str:
    """How the people room calls the present visit: hours and absences are kept once for each."""
    return _source(order.visit)


def _source(visit: int) -> str:
    return SOURCE if visit == 1 else f"{SOURCE}.{visit}"


def number_of(source: str) -> int:
    """Which visit the people room calls so."""
    return int(source.removeprefix(SOURCE).removeprefix(".") or 1)


def tell_of_hours(services: list[Service]) -> dict[int, str]:
    """The order, the visit and the people reported, for who agrees to hours. One query."""
    reports = reported(one.source_id for one in services if one.source.startswith(SOURCE))
    return {
        one.pk: " · ".join([Order(pk=one.source_id).number, words_of(one, reports)])
        for one in services
        if one.source.startswith(SOURCE)
    }


def words_of(service: Service, reports: Reports) -> str:
    """Of which visit the hours are, and how that visit ended."""
    words = [_("Visit %(n)s") % {"n": number_of(service.source)}]
    key = service.source, service.source_id
    if key not in reports:
        words.append(_("the team arrived, and no visit was reported"))
    elif (attended := reports[key]) is not None:
        came = ngettext(
            "%(n)s person came, as reported", "%(n)s people came, as reported", attended
        )
        words.append(came % {"n": attended})
    return " · ".join(words)


def hours(order: Order) -> QuerySet[Service]:
    """Volunteers' hours of every visit of the order, the oldest first."""
    sources = [_source(visit) for visit in range(1, order.visit + 1)]
    return people.of_sources(sources, order.pk)


def hours_in(order: Order, state: str) -> int:
    """How many volunteers' hours of the order's visits stand in `state`."""
    return hours(order).filter(state=state).count()


def states_of_hours(order: Order) -> frozenset[str]:
    """In which states volunteers' hours of the order's visits stand. One query."""
    return frozenset(hours(order).values_list("state", flat=True))


def reported(orders: Iterable[int]) -> Reports:
    """People at each reported visit of the orders, by the source of its hours. One query."""
    steps = Step.objects.filter(order__in=set(orders), verb="deliver").order_by("pk")
    rows = steps.values_list("order", "visit", "attended")
    return {(_source(visit), pk): attended for pk, visit, attended in rows}


@dataclass(frozen=True)
class Earlier:
    """A visit before the present one: how it ended, as its own team reported it and it was rated."""

    number: int
    team: Team | None
    at: datetime
    attended: int | None  # None: nobody came, or it was reported before this was kept
    came: bool
    rating: Rating | None


def earlier(order: Order, *, with_ratings: bool) -> list[Earlier]:
    """The visits before the present one, the first one first. Two queries, none for a first visit."""
    if order.visit == 1:
        return []
    rated = Rating.objects.filter(order=order) if with_ratings else Rating.objects.none()
    ratings = {one.visit: one for one in rated}
    steps = Step.objects.filter(order=order, visit__lt=order.visit, verb__in=ENDS_OF_A_VISIT)
    return [
        Earlier(
            number=step.visit,
            team=step.team,
            at=step.at,
            attended=step.attended,
            came=step.verb == "deliver",
            rating=ratings.get(step.visit),
        )
        for step in steps.select_related("team").order_by("pk")
    ]
