"""The roster of a visit: who could go, who is suggested and why not, who came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Outside
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders.models import CheckIn, Order, RosterPlace
from kepu.orders.models.delivery import Presence
from kepu.orders.schemas import CLOCKS
from kepu.orders.states import SERVED_BY_TEAM, OrderState
from kepu.people import queries as people
from kepu.people import rules as people_rules
from kepu.people.agenda import Appointment, No

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

_SET = (OrderState.CLAIMED, OrderState.SCHEDULED)
SHOWN = 20  # visits without hours on one's own page
_MARKED = (OrderState.SCHEDULED, OrderState.DELIVERED, OrderState.RATED, OrderState.CLOSED)


@dataclass(frozen=True)
class Choice:
    """A member of the team who could go; `why_not` says why Kepu does not suggest it.

    Who is `barred` cannot be put down at all: the officers have suspended the volunteer.
    """

    person: User
    why_not: str | None
    chosen: bool
    barred: bool = False


def of(order: Order) -> QuerySet[RosterPlace]:
    """Who was put down for this visit by the team that has the order now. One query."""
    places = RosterPlace.objects.filter(order=order, visit=order.visit, team=order.team_id)
    return places.select_related("person", "team").order_by("pk")


def going(order: Order) -> QuerySet[RosterPlace]:
    """Those of them who have not said that it is not possible. One query."""
    return of(order).filter(told_at__isnull=True)


def unmarked(order: Order) -> QuerySet[RosterPlace]:
    """Those of whom nobody has said yet whether they came."""
    return of(order).filter(presence="")


def ahead(person: User, now: datetime) -> QuerySet[RosterPlace]:
    """Visits that the person was put down for and can still check in to, the soonest first. One query."""
    over = now - rulebooks.in_force(CLOCKS, now).rules.visit.check_in
    open_still = Q(order__ends_at__isnull=True) | Q(order__ends_at__gt=over)
    mine = RosterPlace.objects.filter(
        open_still, person=person, presence="", told_at__isnull=True, order__state__in=_SET,
        order__visit=F("visit"), order__team=F("team"),
    )  # fmt: skip
    soonest = F("order__starts_at").asc(nulls_last=True)
    return mine.select_related("order", "team").order_by(soonest, "pk")


def still_down(person_id: int, now: datetime, team_id: int | None = None) -> QuerySet[RosterPlace]:
    """Visits to come for which the person is put down, of one team or of all. One query."""
    to_come = Q(order__starts_at__isnull=True) | Q(order__starts_at__gt=now)
    places = RosterPlace.objects.filter(
        to_come, person=person_id, presence="", order__state__in=_SET,
        order__visit=F("visit"), order__team=F("team"),
    )  # fmt: skip
    places = places.filter(team=team_id) if team_id else places
    return places.select_related("person").order_by("order")


def without_check_in(order: Order) -> QuerySet[RosterPlace]:
    """Who is marked as present at the visit and did not check in: no hours are counted. One query."""
    return _without_check_in(of(order))


def _without_check_in(places: QuerySet[RosterPlace]) -> QuerySet[RosterPlace]:
    arrived = CheckIn.objects.filter(
        order=OuterRef("order"), visit=OuterRef("visit"), person=OuterRef("person")
    )
    return places.filter(~Exists(arrived), presence=Presence.CAME)


def uncounted(person: User, now: datetime) -> list[Appointment]:
    """Visits the person was at without a check-in and has not asked hours for, newest first.

    Two queries at most. Hours asked for by hand are known by their time: nobody serves twice at once.
    """
    mine = RosterPlace.objects.filter(
        person=person,
        order__visit=F("visit"),
        order__team=F("team"),
        order__starts_at__isnull=False,
    )
    kept = people.at_the_same_time(person, OuterRef("order__starts_at"), OuterRef("order__ends_at"))
    places = _without_check_in(mine).filter(~Exists(kept)).select_related("order", "team")
    found = list(places.order_by("-order__starts_at", "-pk")[:SHOWN])
    names = divisions.full_names({place.order.path for place in found}) if found else {}
    return [_appointment(place, names) for place in found]


def _appointment(
    place: RosterPlace, names: dict[str, str], others: tuple[str, ...] = (), no: No | None = None
) -> Appointment:
    return Appointment(
        title=place.order.title,
        team=place.team.name,
        place=names[place.order.path],
        href=reverse("visit", args=[place.order_id]),
        starts_at=place.order.starts_at,
        ends_at=place.order.ends_at,
        others=others,
        no=no,
    )


def agenda(person: User, now: datetime) -> list[Appointment]:
    """The same for the volunteer's own pages: when, where and with whom. Four queries at most."""
    places = list(ahead(person, now))
    if not places:
        return []
    names = divisions.full_names({place.order.path for place in places})
    company = _company(places)
    return [
        _appointment(place, names, tuple(company[place.order_id]), _no(place.order, now))
        for place in places
    ]


def _no(order: Order, now: datetime) -> No | None:
    """How to say beforehand that one cannot come, and what follows from saying it now."""
    if why_not_set(order, now):
        return None
    hours = {"hours": people_rules.hours_of_notice(now)}
    if people_rules.excused_when_told(order.starts_at, now):
        means = _(
            "It is excused: the rules ask to be told %(hours)s hours before. The leaders may put "
            "down somebody else."
        )
    else:
        means = _(
            "It is less than %(hours)s hours before: say it all the same, so that somebody else can "
            "go. The leaders say afterwards whether it is excused."
        )
    return No(reverse("cannot-come", args=[order.pk]), means % hours)


def _company(places: list[RosterPlace]) -> dict[int, list[str]]:
    """Names of those who go along, by the order's id."""
    own = {place.pk for place in places}
    beside = RosterPlace.objects.filter(
        order__in=[place.order_id for place in places],
        told_at__isnull=True,
        order__visit=F("visit"),
        order__team=F("team"),
    ).exclude(pk__in=own)
    found: dict[int, list[str]] = {place.order_id: [] for place in places}
    for one in beside.select_related("person").order_by("pk"):
        found[one.order_id].append(one.person.name)
    return found


def choices(order: Order, now: datetime) -> list[Choice]:
    """Every member of the team, with a suggestion until a roster is set. Six queries."""
    if order.team is None:
        return []
    told = dict(of(order).values_list("person", "told_at"))
    down = {pk for pk, told_at in told.items() if told_at is None}
    found = [membership.person for membership in people.members(order.team)]
    ids = [person.pk for person in found]
    missed = people.unexcused(ids, now)
    free = people.free_at(ids, order.starts_at or order.wanted_from)
    barred = people.suspended(ids)
    reasons = {
        pk: (_("is suspended as a volunteer") if pk in barred else None)
        or (_("has said that it is not possible") if told.get(pk) else None)
        or people_rules.why_not_suggest(missed.get(pk, 0), now)
        or (None if pk in free else _("has not said to be free then"))
        for pk in ids
    }
    return [
        Choice(
            one,
            reasons[one.pk],
            one.pk in down if told else reasons[one.pk] is None,
            barred=one.pk in barred,
        )
        for one in found
    ]


def why_not_put(wanted: set[int]) -> str | None:
    """Who is suspended as a volunteer is sent to no visit."""
    if people.suspended(wanted):
        return _("one of them is suspended as a volunteer and goes to no visit for now")
    return None


def why_not_set(order: Order, now: datetime) -> str | None:
    """From the claim until the visit begins."""
    if order.state not in _SET:
        return _("a roster is made for a visit that lies ahead")
    if order.starts_at and now >= order.starts_at:
        return _("the visit has begun; say now who came")
    return None


def why_not_say_no(place: RosterPlace | None, by: User) -> str | None:
    """Who was put down for the visit says that it is not possible, or the guardian; nobody else."""
    if place and by.pk in (place.person_id, place.person.guardian_id):
        return None
    return _("only who is put down for the visit may do this")


def order_of_ward(ward: User, order_id: int) -> int:
    """The order for whose visit the ward was put down: a guardian sees no other. Raises Outside."""
    places = RosterPlace.objects.filter(order__visit=F("visit"), order__team=F("team"))
    if not places.filter(order=order_id, person=ward).exists():
        raise Outside(_("the child is put down for no such visit"))
    return order_id


def why_not_say_no_now(place: RosterPlace, order: Order, now: datetime) -> str | None:
    """Once, until the visit begins."""
    if place.told_at:
        return _("you have said so already")
    return why_not_set(order, now)


def why_not_mark(order: Order, now: datetime) -> str | None:
    """After the visit has begun, of those who were put down and not marked yet."""
    if order.state not in _MARKED or order.starts_at is None or now < order.starts_at:
        return _("the visit has not begun yet")
    return None if unmarked(order).exists() else _("nobody on the roster waits to be marked")


def has_one(order: Order) -> bool:
    """Whether the order's state is one in which a leader looks at the roster at all."""
    return order.state in (*SERVED_BY_TEAM, *_MARKED)
