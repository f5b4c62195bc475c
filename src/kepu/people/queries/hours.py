"""Reads of services and of the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Avg, Count, Max, Min, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.models import Entry, Service, Team
from kepu.people.policy import Star
from kepu.people.queries.teams import teams_led
from kepu.people.states import ServiceState

ORDER = "orders.order"  # the source of a service that a resident ordered; later visits of it have others
ASKED_FOR = timedelta(days=30)  # how long the receiving side is asked how a service was


@dataclass(frozen=True)
class Standing:
    """How far a person has come: confirmed minutes, stars, points, and what the next star asks."""

    minutes: int
    star: int
    points: float
    following: Star | None

    @property
    def missing(self) -> int:
        """Minutes up to the next star; 0 at the top."""
        return int(self.following.hours * 60) - self.minutes if self.following else 0

    @property
    def share(self) -> float:
        """How much of the hours of the next star are reached, from 0 to 1."""
        return self.minutes / (self.following.hours * 60) if self.following else 1.0


@dataclass(frozen=True)
class Account:
    """What the ledger says of a person: minutes, services that count, their first and last day."""

    minutes: int
    services: int
    first: date | None
    last: date | None
    last_entry_id: int | None


@dataclass(frozen=True)
class Given:
    """What a person gave, or people in a unit's name: only what both sides agreed on.

    `orders` are orders of residents among the services; `rated` services were given `stars` on average.
    """

    minutes: int
    services: int
    people: int
    orders: int
    rated: int
    stars: float | None


def service(service_id: int) -> Service:
    """The service; raises Outside. One query."""
    services = Service.objects.select_related("person", "team")
    found: Service | None = services.filter(pk=service_id).first()
    if found is None:
        raise Outside(_("there is no such service"))
    return found


def of_sources(sources: Iterable[str], source_id: int) -> QuerySet[Service]:
    """Services that came from any of several records of the same number, oldest first."""
    found = Service.objects.filter(source__in=list(sources), source_id=source_id)
    return found.select_related("person", "team", "receiver").order_by("pk")


def of_source(source: str, source_id: int) -> QuerySet[Service]:
    """Services that came from one record, such as `orders.order` 17, oldest first."""
    found = Service.objects.filter(source=source, source_id=source_id)
    return found.select_related("person", "team").order_by("pk")


def of_person(person: User) -> QuerySet[Service]:
    """The person's services, newest first."""
    return Service.objects.filter(person=person).select_related("team").order_by("-began_at", "-pk")


def minutes_of(person: User) -> int:
    """Minutes that both sides agreed on, corrections included. One query over the ledger."""
    return Entry.objects.filter(person=person).aggregate(total=Sum("minutes"))["total"] or 0


def minutes_of_team(team: Team) -> int:
    """Minutes that members gave in the team's name, corrections included."""
    return Entry.objects.filter(team=team).aggregate(total=Sum("minutes"))["total"] or 0


def minutes_of_entry(entry: Entry) -> int:
    """What a line of the ledger is worth after its corrections."""
    lines = Entry.objects.filter(Q(pk=entry.pk) | Q(corrects=entry))
    return lines.aggregate(total=Sum("minutes"))["total"] or 0


def ledger(person: User) -> QuerySet[Entry]:
    """The person's lines of the ledger, newest first."""
    found = Entry.objects.filter(person=person).select_related("service", "team", "corrects")
    return found.order_by("-pk")


def lines(
    reach: Reach,
    *,
    scope: str = "",
    since: date | None = None,
    until: date | None = None,
    corrections: bool = False,
) -> QuerySet[Entry]:
    """Lines of the ledger within an officer's reach, given between two days, latest service first.

    One query.
    """
    here = reach.limit("service__path") | Q(service__organisation__in=reach.organisations)
    lines = Entry.objects.select_related("person__volunteer", "team", "service")
    found = lines.filter(here).order_by("-service__began_at", "-pk")
    if scope:
        found = found.filter(service__path__within=scope)
    found = _begun(found, since, until)
    return found.filter(corrects__isnull=False) if corrections else found


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.BEIJING)


def number_of(line: Entry) -> str:
    """The volunteer number of whose line it is; empty for who never was one."""
    return getattr(getattr(line.person, "volunteer", None), "number", "")


def account(person: User) -> Account:
    """The sum of the ledger. Two queries; services corrected down to nothing do not count."""
    lines = Entry.objects.filter(person=person)
    worth = lines.values("service").annotate(total=Sum("minutes")).filter(total__gt=0)
    total = lines.aggregate(minutes=Sum("minutes"), last=Max("pk"))
    span = Service.objects.filter(pk__in=worth.values("service")).aggregate(
        first=Min("began_at"), last=Max("began_at")
    )
    return Account(
        minutes=total["minutes"] or 0,
        services=worth.count(),
        first=clock.day(span["first"]) if span["first"] else None,
        last=clock.day(span["last"]) if span["last"] else None,
        last_entry_id=total["last"],
    )


def given_by_person(person: User, *, since: date | None = None, until: date | None = None) -> Given:
    """All that the ledger has of a person, of services begun between two days. Three queries."""
    return _given(_begun(Entry.objects.filter(person=person), since, until))


def given_by_unit(unit_id: int, *, since: date | None = None, until: date | None = None) -> Given:
    """All that people gave in a unit's name, of services begun between two days. Three queries."""
    return _given(_begun(Entry.objects.filter(service__organisation=unit_id), since, until))


def _begun(lines: QuerySet[Entry], since: date | None, until: date | None) -> QuerySet[Entry]:
    """Lines of services that began on these days of Beijing, both included."""
    if since:
        lines = lines.filter(service__began_at__gte=_begin(since))
    if until:
        lines = lines.filter(service__began_at__lt=_begin(until + timedelta(days=1)))
    return lines


def _given(lines: QuerySet[Entry]) -> Given:
    """Services corrected down to nothing do not count."""
    worth = lines.values("service").annotate(total=Sum("minutes")).filter(total__gt=0)
    services = Service.objects.filter(pk__in=worth.values("service"))
    found = services.aggregate(
        services=Count("pk"),
        people=Count("person", distinct=True),
        orders=Count("source_id", filter=Q(source=ORDER), distinct=True),
        rated=Count("evaluation"),
        stars=Avg("evaluation__score"),
    )
    minutes = lines.aggregate(total=Sum("minutes"))["total"] or 0
    return Given(minutes=minutes, **found)


def standing(person: User, now: datetime) -> Standing:
    """Hours, stars and points by the rulebooks in force at `now`."""
    minutes = minutes_of(person)
    scale = policy.stars(now)
    return Standing(
        minutes=minutes,
        star=scale.reached(minutes),
        points=minutes / 60 * policy.management(now).points.per_hour,
        following=scale.following(minutes),
    )


def at_the_same_time(
    person: User, began_at: datetime | OuterRef, ended_at: datetime | OuterRef
) -> QuerySet[Service]:
    """Services of the person, not dropped, that overlap the span; touching ends do not overlap."""
    spans = Service.objects.filter(person=person, began_at__lt=ended_at, ended_at__gt=began_at)
    return spans.exclude(state=ServiceState.DROPPED).order_by("began_at")


def minutes_on(person: User, day: date) -> int:
    """Minutes claimed for one Beijing day, whatever was agreed of them so far."""
    begin = datetime.combine(day, time(), tzinfo=clock.BEIJING)
    found = Service.objects.filter(
        person=person, began_at__gte=begin, began_at__lt=begin + timedelta(days=1)
    )
    rest = found.exclude(state=ServiceState.DROPPED)
    return rest.aggregate(total=Sum("minutes"))["total"] or 0


def entry(entry_id: int) -> Entry:
    """A line of the ledger; raises Outside. One query."""
    lines = Entry.objects.select_related("person", "service")
    found: Entry | None = lines.filter(pk=entry_id).first()
    if found is None:
        raise Outside(_("there is no such line"))
    return found


def to_certify(person: User, now: datetime) -> QuerySet[Service]:
    """Proposed services of others that the person may certify, oldest first."""
    return _organised(person, now).filter(state=ServiceState.PROPOSED)


def to_amend(person: User, now: datetime) -> QuerySet[Service]:
    """Services of others that somebody objected to and the person may answer for, oldest first."""
    return _organised(person, now).filter(state=ServiceState.DISPUTED)


def to_confirm(person: User, now: datetime) -> QuerySet[Service]:
    """Certified services that the person received, oldest first."""
    return _received(person, now).filter(state=ServiceState.CERTIFIED).order_by("began_at", "pk")


def to_evaluate(person: User, now: datetime) -> QuerySet[Service]:
    """Services that the person received, agreed on of late and not evaluated, newest first."""
    found = _received(person, now).filter(state=ServiceState.CONFIRMED, evaluation=None)
    return found.filter(confirmed_at__gt=now - ASKED_FOR).order_by("-began_at", "-pk")


def _received(person: User, now: datetime) -> QuerySet[Service]:
    """Services of others that the person, or a ward, received and that the person has not certified.

    Where nobody is named as the receiver, the station of the place speaks.
    """
    mine = Q(receiver=person) | Q(receiver__guardian=person)
    for path in roles.reach(person, Verb.ORDER_PLACE_FOR, now).paths:
        mine |= Q(receiver=None, path__within=path)
    others = Service.objects.filter(mine).exclude(person=person).exclude(certified_by=person)
    others = others.exclude(person__guardian=person)
    return others.select_related("person", "team")


def _organised(person: User, now: datetime) -> QuerySet[Service]:
    """Services of others whose organising side the person speaks for, oldest first."""
    reach = roles.reach(person, Verb.HOURS_CERTIFY, now)
    mine = Q(team__in=teams_led(person)) | Q(organisation__in=reach.organisations)
    for path in reach.paths:
        mine |= Q(path__within=path)
    found = Service.objects.filter(mine).exclude(person=person).exclude(person__guardian=person)
    return found.select_related("person", "team").order_by("began_at", "pk")
