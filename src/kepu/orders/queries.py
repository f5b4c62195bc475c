"""Reads of orders and of the menu."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Avg, Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.ready import Slot, ready
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import reaching, reliability
from kepu.orders.models import (
    Contract,
    DepartmentTopic,
    DishVersion,
    Offer,
    Order,
    Rating,
    Service,
    Waiting,
)
from kepu.orders.schemas import CLAIMS, Claims
from kepu.orders.states import (
    AT_THE_DESK,
    UNDER_WAY,
    WITH_A_TEAM,
    MenuState,
    OrderState,
)
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import Organisation, User
    from kepu.people.models import Skill, Team

SEARCHED = "orders.order"  # how the search knows orders
# No desk ever had these: drafts, and what was dropped as one.
NEVER_SENT = Q(state=OrderState.DRAFT) | Q(state=OrderState.WITHDRAWN, desk="")
GIVEN_UP = (OrderState.WITHDRAWN, OrderState.CANCELLED, OrderState.DRAFT, OrderState.EXPIRED)

# While an order is open a team may take it, and while another has it wait for it; then it is no more
# a matter of who was asked.
TO_TAKE_OR_WAIT_FOR = (OrderState.OPEN, *WITH_A_TEAM)

# An offer is answered by the claim; once the team let the order go it asks for nothing any more.
SINCE_OPEN = Q(at__gte=F("order__stage_since"))

# Everything a card or a row shows, so that a page of them costs one query.
_CARD = ("topic", "division_now", "department", "team", "service")
_WHOLE = ("resident", "dish", "venue")


def cards() -> QuerySet[Order]:
    """Orders with what a card shows."""
    return Order.objects.select_related(*_CARD)


# --- who sees what ------------------------------------------------------------------------------


def visible_to(person: User, now: datetime) -> QuerySet[Order]:
    """Orders the person may look at, the newest first; whatever lies outside is not found."""
    return cards().filter(sight(person, now).condition()).order_by("-pk")


def find(person: User, order_id: int, now: datetime) -> Order | None:
    """The order, if the person may look at it. Asks what is cheap first: one query for one's own
    order, three for a team's leader, up to six for an officer.
    """
    order = cards().select_related(*_WHOLE).filter(pk=order_id).first()
    return order if order and sees(person, order, now) else None


def sees(person: User, order: Order, now: datetime) -> bool:
    """Whether the person may look at this one order: all that `visible_to` lists and, so that one
    who comes second is told who was first and can wait in line, what another team has taken.
    """
    if person.pk in (order.resident_id, order.resident.guardian_id):
        return True
    if person.pk == order.placed_by_id and _takes_down(person, now).covers(order.path):
        return True
    seen = _seen_in_a_team(person, order, now) or _seen_in_an_office(person, order, now)
    return seen or joined_by(person, order).exists()


def joined_by(person: User, order: Order) -> QuerySet[Order]:
    """Orders of the person, or of a ward, that were merged into this one. One query."""
    mine = Q(resident=person) | Q(resident__guardian=person)
    return order.merged.filter(mine).order_by("pk")


def _takes_down(person: User, now: datetime) -> Reach:
    """Where the person writes down what others order; the role gone, so is the sight of them."""
    return roles.reach(person, Verb.ORDER_PLACE_FOR, now)


def _seen_in_a_team(person: User, order: Order, now: datetime) -> bool:
    teams = people.places_in_teams(person)
    if not teams:
        return False
    if order.team_id in teams:
        return True
    if order.state not in TO_TAKE_OR_WAIT_FOR:
        return False
    leads = [pk for pk, leader in teams.items() if leader]
    if reaching.reached_by(order, leads, now) or order.waiting.filter(team__in=teams).exists():
        return True
    return order.state == OrderState.OPEN and order.offers.filter(team__in=teams).exists()


def _seen_in_an_office(person: User, order: Order, now: datetime) -> bool:
    if order.department_id in roles.reach(person, Verb.ORDER_ACCEPT, now).organisations:
        return True
    if not order.sent:
        return False
    held = roles.reaches(person, (Verb.ORDER_DISPATCH, Verb.ORDER_SUPERVISE), now)
    return any(reach.covers(order.path) for reach in held.values())


@dataclass(frozen=True)
class Sight:
    """What somebody's roles and teams let them see of the orders; see `sight`."""

    person: User
    family: list[int]
    joined: list[int]  # orders that those of the family were merged into
    takes_down: Reach
    offices: Offices
    teams: list[int]
    led: list[Team]
    now: datetime

    def condition(self, also: Q | None = None) -> Q:
        """One's own and one's wards', and what these were merged into; those of one's place for
        dispatchers and supervisors; those sent to one's department; those one's team has and, while
        they are to be taken or waited for, those it was asked for, waits for, may claim, or could
        wait for. Of all these only what is `also` so.
        """
        parts = [part & also if also else part for part in self._parts()]
        return reduce(or_, parts)

    def _parts(self) -> Iterator[Q]:
        yield self._own()
        if self.joined:
            yield Q(pk__in=self.joined)
        if self.takes_down:
            yield Q(placed_by=self.person) & self.takes_down.limit()
        if office := self.offices.condition():
            yield office
        if self.teams:
            asked = Offer.objects.filter(team__in=self.teams).values("order")
            waiting = Waiting.objects.filter(team__in=self.teams).values("order")
            yield Q(team__in=self.teams)
            yield Q(pk__in=asked, state=OrderState.OPEN)
            yield Q(pk__in=waiting, state__in=TO_TAKE_OR_WAIT_FOR)
        for team in self.led:
            yield Q(state__in=TO_TAKE_OR_WAIT_FOR) & reaching.orders_for(team, self.now)

    def places(self) -> list[str]:
        """Paths that hold all of it; [""] when it may lie anywhere. One query.

        An index that knows places is asked for these, so that a district does not search the city.
        """
        if self.offices.departments or self.teams:
            return [""]
        offices = (*self.offices.dispatch.paths, *self.offices.supervise.paths)
        own = Order.objects.filter(self._own()).order_by().values_list("path", flat=True)
        homes = {divisions.district_path(path) or "" for path in own}
        return list({*self.takes_down.paths, *offices, *homes})

    def _own(self) -> Q:
        # Named one by one: behind a subquery PostgreSQL reads every order, for want of an estimate.
        return Q(resident__in=self.family)


def sight(person: User, now: datetime) -> Sight:
    """How much of the orders the person may see, by posts and teams. Six queries for most."""
    held = roles.reaches(person, (Verb.ORDER_PLACE_FOR, *_OFFICES), now)
    family = [person.pk, *person.wards.values_list("pk", flat=True)]
    merged = Order.objects.filter(resident__in=family, merged_into__isnull=False).order_by()
    return Sight(
        person=person,
        family=family,
        joined=list(merged.values_list("merged_into", flat=True)),
        takes_down=held[Verb.ORDER_PLACE_FOR],
        offices=_offices(held),
        teams=[team.pk for team in people.teams_of(person)],
        led=list(people.teams_led(person)),
        now=now,
    )


@dataclass(frozen=True)
class Offices:
    """The places one dispatches for or supervises, and the departments one is an officer of."""

    dispatch: Reach
    supervise: Reach
    departments: frozenset[int]

    def condition(self) -> Q:
        """The orders they answer for; an empty condition when there are none."""
        seen = Q()
        if self.dispatch or self.supervise:
            within = self.dispatch.limit() | self.supervise.limit()
            seen |= within & ~NEVER_SENT
        if self.departments:
            seen |= Q(department__in=self.departments)
        return seen


_OFFICES = (Verb.ORDER_DISPATCH, Verb.ORDER_SUPERVISE, Verb.ORDER_ACCEPT)


def _offices(held: dict[Verb, Reach]) -> Offices:
    return Offices(
        dispatch=held[Verb.ORDER_DISPATCH],
        supervise=held[Verb.ORDER_SUPERVISE],
        departments=held[Verb.ORDER_ACCEPT].organisations,
    )


def answered_for(person: User, now: datetime) -> QuerySet[Order] | None:
    """The orders the person's offices answer for; None for one whose offices answer for none."""
    office = _offices(roles.reaches(person, _OFFICES, now)).condition()
    return Order.objects.filter(office) if office else None


def desk(reach: Reach) -> QuerySet[Order]:
    """Orders that wait at a desk inside `reach`, the most urgent first. One query."""
    return _inside(reach).filter(state__in=AT_THE_DESK).order_by("urgent_at", "-priority", "pk")


def next_at_desk(reach: Reach, besides: Order) -> Order | None:
    """The most urgent order that waits at a desk inside `reach`, another than this one. One query."""
    return desk(reach).exclude(pk=besides.pk).first()


def under_way(reach: Reach) -> QuerySet[Order]:
    """Orders inside `reach` that have been placed and have not ended, the most urgent first."""
    return _inside(reach).filter(state__in=UNDER_WAY).order_by("urgent_at", "-priority", "pk")


def _inside(reach: Reach) -> QuerySet[Order]:
    return cards().filter(reach.limit())


def of_department(departments: Iterable[int], states: Iterable[str]) -> QuerySet[Order]:
    """A department's orders in `states`, the most urgent first. One query."""
    return (
        cards()
        .filter(department__in=list(departments), state__in=list(states))
        .order_by("urgent_at", "-priority", "pk")
    )


def of_resident(person: User) -> QuerySet[Order]:
    """A resident's own orders and those of wards, the newest first."""
    return cards().filter(Q(resident=person) | Q(resident__guardian=person)).order_by("-pk")


def sent(found: QuerySet[Order]) -> QuerySet[Order]:
    """Those of the orders that a desk has ever had: no drafts, and none that was dropped as one."""
    return found.exclude(NEVER_SENT)


def drafts_of(person: User, now: datetime) -> QuerySet[Order]:
    """What the person, or a worker for somebody, wrote down and did not send; the newest first."""
    wrote = Q(placed_by=person) & _takes_down(person, now).limit()
    own = Q(resident=person) | Q(resident__guardian=person) | wrote
    return cards().filter(own, state=OrderState.DRAFT).order_by("-pk")


def of_team(team: Team) -> QuerySet[Order]:
    """What the team has taken on, what needs a hand first, be it a visit or a time to agree on."""
    return cards().filter(team=team).order_by(F("urgent_at").asc(nulls_last=True), "pk")


def claimable(team: Team, now: datetime) -> QuerySet[Order]:
    """Orders the team could claim at `now`, the most urgent first. Three queries."""
    found = _open_to(team, now)
    if rulebooks.in_force(CLAIMS, now).rules.topic_required:
        found = found.filter(reaching.known_to(team))
    return found.order_by("urgent_at", "-priority", "pk")


def claimable_by_any(teams: list[Team], now: datetime) -> QuerySet[Order]:
    """Orders that at least one of the teams could claim, each once, the most urgent first."""
    none = cards().none().order_by("urgent_at", "-priority", "pk")
    return reduce(or_, [claimable(team, now) for team in teams], none)


def topics_not_named(team: Team, now: datetime) -> list[tuple[Skill, int]]:
    """Topics of open orders in the team's reach that it cannot claim for not having named them, each
    with how many; the most asked for first. Four queries.
    """
    if not rulebooks.in_force(CLAIMS, now).rules.topic_required:
        return []
    others = _open_to(team, now).exclude(reaching.known_to(team)).order_by()
    asked = dict(others.values_list("topic").annotate(n=Count("pk")))
    found = [(topic, asked[topic.pk]) for topic in people.skills().filter(pk__in=asked)]
    return sorted(found, key=lambda pair: -pair[1])


def _open_to(team: Team, now: datetime) -> QuerySet[Order]:
    reach = reaching.orders_for(team, now)
    return cards().filter(reach, state=OrderState.OPEN, wanted_until__gt=now)


# --- claims -------------------------------------------------------------------------------------


def held(team: Team) -> int:
    """How many orders the team has and has not delivered yet."""
    return _held.first(team=team.pk) or 0


def held_by(team: Team) -> QuerySet[Order]:
    """Those orders, in the order of their ids."""
    return Order.objects.filter(team=team, state__in=WITH_A_TEAM).order_by("pk")


@ready
def _held(team: Slot) -> QuerySet[Order, int]:
    orders = Order.objects.filter(team=team, state__in=WITH_A_TEAM).order_by()
    return orders.values("team").annotate(n=Count("pk")).values_list("n", flat=True)


def places_in_line(order: Order, team: Team) -> list[Waiting]:
    """The team's place on the order's waiting list: one or none. One query."""
    return _places_in_line(order=order.pk, team=team.pk)


@ready
def _places_in_line(order: Slot, team: Slot) -> QuerySet[Waiting]:
    return Waiting.objects.filter(order=order, team=team).order_by()


def claim_cap(team: Team, rules: Claims, now: datetime) -> tuple[int, str]:
    """How many orders the team may hold at once, and why so many."""
    late = reliability.late_share(team, rules)
    return _cap(team, rules, now, Past(late, people.missed_too_often(team, now)))


def room_of(teams: Iterable[Team], rules: Claims, now: datetime) -> dict[int, int]:
    """How many more orders each team may take on: its week and its cap, less what it holds.

    Four queries, however many teams.
    """
    listed = list(teams)
    found = holdings(listed, rules, now)
    return {
        team.pk: max(0, min(team.week_capacity, found[team.pk].cap) - found[team.pk].held)
        for team in listed
    }


def claims_left(teams: Iterable[Team], rules: Claims, now: datetime) -> dict[int, int]:
    """How many more orders each team may hold, in whatever weeks. Four queries."""
    found = holdings(list(teams), rules, now).items()
    return {pk: max(0, one.cap - one.held) for pk, one in found}


@dataclass(frozen=True)
class Holding:
    """How many orders a team has and has not delivered, and how many it may have."""

    held: int
    cap: int


def holdings(teams: list[Team], rules: Claims, now: datetime) -> dict[int, Holding]:
    """How much each team holds and may hold. Four queries, however many teams."""
    ids = [team.pk for team in teams]
    rows = Order.objects.filter(team__in=ids, state__in=WITH_A_TEAM).order_by()
    held = dict(rows.values_list("team").annotate(n=Count("pk")))
    late, missed = reliability.late_shares(ids, rules), people.teams_missing_often(ids, now)
    found = {}
    for team in teams:
        past = Past(late.get(team.pk, 0.0), team.pk in missed)
        cap, _why = _cap(team, rules, now, past)
        found[team.pk] = Holding(held.get(team.pk, 0), cap)
    return found


def able(order: Order, now: datetime) -> list[Team]:
    """Teams in reach of an open order that know its topic, have room, and did not decline it lately.

    Seven queries, and one more for an order offered widely.
    """
    rules = rulebooks.in_force(CLAIMS, now).rules
    said_no = resting([order.pk], rules, now).filter(declined_at__isnull=False).values("team")
    skilled = reaching.teams_for(order, now).filter(reaching.knowing(order))
    teams = list(skilled.exclude(pk__in=said_no))
    room = room_of(teams, rules, now)
    return [team for team in teams if room[team.pk]]


@dataclass(frozen=True)
class Past:
    """What counts against a team: the share of visits it came late to or missed, and its people."""

    late: float
    missed: bool


def _cap(team: Team, rules: Claims, now: datetime, past: Past) -> tuple[int, str]:
    if past.late >= rules.late_share > 0:
        return rules.late_team_cap, _("late or absent too often")
    if past.missed:
        return rules.late_team_cap, _("its people missed too many visits")
    if team.joined_at is None or now - team.joined_at < timedelta(days=rules.new_team_days):
        return rules.new_team_cap, _("a new team")
    return rules.cap, _("the limit for every team")


def shrunken_rating(team: Team, rules: Claims) -> float:
    """Mean stars of the team, drawn toward the prior mean the fewer ratings there are."""
    found = Rating.objects.filter(team=team).aggregate(n=Count("pk"), mean=Avg("stars"))
    return shrink(found["mean"] or 0.0, found["n"], rules)


def shrink(mean: float, count: int, rules: Claims) -> float:
    """(w * m + n * mean) / (w + n) with prior mean m of weight w."""
    weight = rules.rating_prior_weight
    return (weight * rules.rating_prior + count * mean) / (weight + count)


# --- the menu -----------------------------------------------------------------------------------


def menu(path: str, now: datetime) -> QuerySet[Service]:
    """What can be ordered at `path` today, in the order of titles. One query."""
    day = clock.day(now)
    return (
        Service.objects.filter(
            Q(last_day__isnull=True) | Q(last_day__gte=day),
            state=MenuState.PUBLISHED,
            first_day__lte=day,
            pk__in=Service.objects.filter(areas__path__in=ancestors(path)).values("pk"),
        )
        .select_related("topic", "team", "department", "venue__organisation")
        .order_by("topic_id", "title", "pk")
    )


def said_now(service: Service) -> DishVersion | None:
    """The words of the dish as they are now, for an order to keep. One query."""
    return DishVersion.objects.filter(service=service).order_by("-number").first()


def served_in(service: Service, path: str) -> bool:
    """Whether the dish is served at `path`."""
    return service.areas.filter(path__in=ancestors(path)).exists()


def ordered_this_month(service: Service, now: datetime) -> int:
    """Orders of the dish since the first of the month in Beijing that have not been given up."""
    first = now.astimezone(clock.BEIJING).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return service.orders.filter(created_at__gte=first).exclude(state__in=GIVEN_UP).count()


def bought_already(contract: Contract) -> int:
    """Orders of the contract's dishes that have not been given up."""
    return Order.objects.filter(service__contract=contract).exclude(state__in=GIVEN_UP).count()


def contracts(
    buyers: Collection[int], *, words: str = "", running: bool | None = None, now: datetime
) -> QuerySet[Contract]:
    """Contracts of these buyers whose number or seller holds `words`, each with how many of its
    services are `used`; the newest first. One query.
    """
    bought = Order.objects.filter(service__contract=OuterRef("pk")).exclude(state__in=GIVEN_UP)
    counted = bought.order_by().values("service__contract").annotate(n=Count("pk")).values("n")
    found = Contract.objects.filter(buyer__in=buyers).annotate(used=Coalesce(Subquery(counted), 0))
    if words.strip():
        named = Q(number__icontains=words.strip()) | Q(seller__name__icontains=words.strip())
        found = found.filter(named)
    if running is not None:
        ended = Q(last_day__lt=clock.day(now))
        found = found.exclude(ended) if running else found.filter(ended)
    return found.select_related("buyer", "seller").order_by("-signed_at", "-pk")


def answering(topics: Collection[int]) -> QuerySet[DepartmentTopic]:
    """Which departments that work answer for any of the topics, by id, wherever they are. One query."""
    rows = DepartmentTopic.objects.filter(topic__in=topics, department__active=True)
    return rows.select_related("department__division_now").order_by("pk")


def answers_for(department: Organisation) -> QuerySet[Skill]:
    """Topics that the department answers for, in the order of the list. One query."""
    said = DepartmentTopic.objects.filter(department=department)
    return people.skills().filter(pk__in=said.values("topic"))


# --- likeness -----------------------------------------------------------------------------------


def near(
    *, path: str, wanted_from: datetime, days: int, besides: int | None = None
) -> QuerySet[Order]:
    """Orders under way in the same township, wanted within `days` of it, the soonest first."""
    township = divisions.parent_path(path) or path
    span = timedelta(days=days)
    return (
        cards()  # type: ignore[misc]
        .filter(
            path__within=township,
            state__in=UNDER_WAY,
            wanted_from__range=(wanted_from - span, wanted_from + span),
        )
        .exclude(pk=besides)
        .order_by("wanted_from", "pk")
    )


def mergeable(order: Order) -> QuerySet[Order]:
    """Orders of the same topic and township that `order` could join, the nearest in time first."""
    township = divisions.parent_path(order.path) or order.path
    found = cards().filter(topic=order.topic_id, path__within=township, state__in=UNDER_WAY)
    return found.exclude(pk=order.pk).order_by("wanted_from", "pk")


# --- numbers ------------------------------------------------------------------------------------


def counts_by_state(orders: QuerySet[Order]) -> dict[str, int]:
    """How many orders stand in each state. One query."""
    rows = orders.order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def open_by_district(paths: Iterable[str]) -> dict[str, int]:
    """Orders under way in each of the districts at `paths`. One query."""
    rows = (
        Order.objects.filter(state__in=UNDER_WAY)
        .order_by()
        .values_list("path")
        .annotate(n=Count("pk"))
    )
    found = dict.fromkeys(paths, 0)
    for path, count in rows:
        for scope in ancestors(path):
            if scope in found:
                found[scope] += count
    return found


def offered(*teams: Team) -> QuerySet[Order]:
    """Open orders that a team was asked to take since they opened, and has not declined; the most
    urgent first.
    """
    asked = Offer.objects.filter(SINCE_OPEN, team__in=teams, declined_at__isnull=True)
    return (
        cards()
        .filter(pk__in=asked.values("order"), state=OrderState.OPEN)
        .order_by("urgent_at", "pk")
    )


def resting(orders: Iterable[int], rules: Claims, now: datetime) -> QuerySet[Offer]:
    """Offers of these orders too young for the team to be asked anew, declined or not. One query."""
    since = now - timedelta(hours=rules.ask_again_hours)
    young = Q(at__gt=since) & SINCE_OPEN | Q(declined_at__gt=since)
    return Offer.objects.filter(young, order__in=list(orders)).select_related("team")


def orders_within(scope: str) -> QuerySet[Order]:
    """Every sent order in the division whose path is `scope`."""
    return sent(Order.objects.filter(path__within=scope))


def by_id(order_id: int) -> Order | None:
    """The order with what a notice of it says, or None. For Kepu itself: it asks nobody's scope."""
    return cards().select_related("resident__guardian").filter(pk=order_id).first()
