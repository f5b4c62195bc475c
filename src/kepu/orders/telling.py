"""Who is told what when an order moves. A table; the listeners only look it up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.notices import actions as notices
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import roster
from kepu.orders.models import Offer, Order, Rehoming, RosterPlace, Step
from kepu.orders.states import ENDS_OF_A_VISIT, WITH_A_TEAM, OrderState
from kepu.orders.visits import said
from kepu.people import queries as people

Audience = Callable[[Order, datetime], Iterable[User]]


def resident(order: Order, now: datetime) -> Iterable[User]:
    """The resident, or the guardian of a child."""
    return [order.resident.guardian or order.resident]


def joined(order: Order, now: datetime) -> Iterable[User]:
    """Residents whose orders were merged into this one, or their guardians, each once; who ordered this
    one too is told of it as its resident.
    """
    found = order.merged.select_related("resident__guardian").order_by("pk")
    people = [one.resident.guardian or one.resident for one in found]
    own = (order.resident_id, order.resident.guardian_id)
    return {person.pk: person for person in people if person.pk not in own}.values()


def joined_who_know_a_time(order: Order, now: datetime) -> Iterable[User]:
    """The same, where a team that let the order go had set a time for it."""
    left = order.steps.filter(verb__in=("release", "hand_over")).last()
    before = order.steps.filter(pk__lt=left.pk).last() if left else None
    return joined(order, now) if before and before.state == OrderState.SCHEDULED else []


def answerable(path: str, now: datetime) -> list[User]:
    """Who dispatches at the level or the nearest above it; where nobody does, who supervises."""
    dispatch = roles.nearest_holders(Verb.ORDER_DISPATCH, now=now, path=path)
    return dispatch or roles.nearest_holders(Verb.ORDER_SUPERVISE, now=now, path=path)


def dispatchers(order: Order, now: datetime) -> Iterable[User]:
    """Who dispatches at the order's place, or at the nearest level above where anybody does."""
    return roles.nearest_holders(Verb.ORDER_DISPATCH, now=now, path=order.path)


def department(order: Order, now: datetime) -> Iterable[User]:
    """Officers of the department the order was sent to."""
    if order.department_id is None:
        return []
    return roles.officers_of(order.department_id, Verb.ORDER_ACCEPT, now=now)


def team(order: Order, now: datetime) -> Iterable[User]:
    """Leaders of the team that has the order."""
    return people.leaders(order.team) if order.team else []


def team_before(order: Order, now: datetime) -> Iterable[User]:
    """Leaders of the team that was there last, or should have been."""
    last = order.steps.filter(verb__in=ENDS_OF_A_VISIT).select_related("team").last()
    return people.leaders(last.team) if last and last.team else []


def rostered(order: Order, now: datetime) -> Iterable[User]:
    """Members of the team who go to the visit."""
    return [place.person for place in roster.going(order)]


def rostered_before_time(order: Order, now: datetime) -> Iterable[User]:
    """Those of them who did not read the time when they were put down."""
    set_at = order.steps.filter(verb="schedule").last()
    return [place.person for place in roster.going(order) if set_at and place.put_at < set_at.at]


def everybody_who_goes(order: Order, now: datetime) -> Iterable[User]:
    """Leaders and who was put down, each once."""
    return {person.pk: person for person in (*team(order, now), *rostered(order, now))}.values()


def slow(order: Order, now: datetime) -> Iterable[User]:
    """Whose turn it is: the team that has the order and its department, or the department, or the desk."""
    if order.state in WITH_A_TEAM:
        return [*team(order, now), *department(order, now)]
    return department(order, now) or dispatchers(order, now)


# What happened -> who is told, and by which text.
TOLD: dict[str, tuple[tuple[Audience, str], ...]] = {
    "place": ((dispatchers, "order_to_dispatch"),),
    "dispatch": ((department, "order_to_accept"),),
    "decline": ((dispatchers, "order_declined"),),
    "claim": ((resident, "order_claimed"),),
    "hand_over": (
        (resident, "order_claimed"),
        (team, "order_to_accept"),
        (joined_who_know_a_time, "joined_moved"),
    ),
    "schedule": (
        (resident, "order_scheduled"),
        (rostered_before_time, "roster_time"),
        (joined, "joined_scheduled"),
    ),
    "deliver": ((resident, "order_delivered"), (joined, "joined_delivered")),
    "release": ((resident, "order_released"), (joined_who_know_a_time, "joined_moved")),
    "report_no_show": ((dispatchers, "order_to_dispatch"), (joined, "joined_no_show")),
    "rate": ((team, "order_rated"),),
    "answer": ((resident, "order_answered"),),
    "reopen": ((dispatchers, "order_to_dispatch"), (team_before, "order_reopened")),
    "withdraw": ((everybody_who_goes, "order_withdrawn"), (joined, "joined_ended")),
    "cancel": (
        (resident, "order_ended"),
        (everybody_who_goes, "order_withdrawn"),
        (joined, "joined_ended"),
    ),
    "merge": ((resident, "order_joined"),),
    "rehome": (
        (resident, "order_rehomed"),
        (everybody_who_goes, "order_rehomed"),
        (joined, "order_rehomed"),
    ),
    "expire": (
        (resident, "order_ended"),
        (dispatchers, "order_declined"),
        (joined, "joined_ended"),
    ),
}


def tell_of_move(order: Order, verb: str, now: datetime) -> None:
    """Tell everybody whom this move concerns, but not who made it."""
    last = order.steps.filter(verb=verb).last()
    for audience, template in TOLD.get("merge" if order.merged_into_id else verb, ()):
        tell(audience(order, now), template, order, now, besides=last)


def tell(
    whom: Iterable[User],
    template: str,
    order: Order,
    now: datetime,
    *,
    besides: Step | None = None,
    reason: str = "",
) -> None:
    """Give each of `whom` one notice that leads to the order."""
    acted = besides.by_id if besides else None
    for person in whom:
        if person.pk != acted:
            context = {**words_of(order, person.language), "reason": reason}
            notices.notify(person, template, context, now=now, link=f"/orders/{order.pk}/")


def tell_asked(order: Order, offer: Offer, now: datetime) -> None:
    """Leaders read why their team is asked, and for when where a plan has found a time."""
    reason = offer.reason
    for leader in people.leaders(offer.team):
        if offer.starts_at:
            with translation.override(leader.language):
                words = {"why": offer.reason, "when": said(offer.starts_at)}
                reason = _("%(why)s; the plan has you there %(when)s") % words
        tell([leader], "order_offered", order, now, reason=reason)


def tell_of_venue(order: Order, template: str, now: datetime) -> None:
    """Whoever would go there hears that the venue of the order is lost, or that it can be used again."""
    for audience in (resident, joined, everybody_who_goes):
        tell(audience(order, now), template, order, now)


def tell_officers_of_lost(rows: Iterable[Rehoming], now: datetime) -> None:
    """Each named officer gets one notice of all that lost the venue, and is led to the list."""
    theirs: dict[User, list[Rehoming]] = {}
    for row in rows:
        if row.officer is not None:
            theirs.setdefault(row.officer, []).append(row)
    for officer, lost in theirs.items():
        said = {"venue": lost[0].venue.name, "orders": len(lost)}
        notices.notify(officer, "orders_to_rehome", said, now=now, link=reverse("rehoming"))


def tell_put(order: Order, whom: Iterable[User], *, by: User, now: datetime) -> None:
    """Who goes to a visit reads when, where and with whom, and is led to its page."""
    template = "roster_put" if order.starts_at else "roster_put_before_time"
    _tell_members(order, whom, template, by, now)


def tell_off(order: Order, whom: Iterable[User], *, by: User | None, now: datetime) -> None:
    """Who does not go after all must not stand before a door."""
    _tell_members(order, whom, "roster_off", by, now)


def tell_cannot_come(order: Order, place: RosterPlace, *, by: User, now: datetime) -> None:
    """The leaders read who cannot come and whether the rule has excused it, and are led to the roster; the
    department, which has nothing to decide, how many go still; a ward, that the guardian has said so.
    """
    if place.person != by:
        _tell_members(order, [place.person], "roster_guardian_no", by, now)
    text = "roster_excused" if place.presence else "roster_no_late"
    going = roster.going(order).count()
    for person in team(order, now):
        if person not in (place.person, by):
            words = {**words_of(order, person.language), "who": place.person.name, "going": going}
            link = reverse("order-roster", args=[order.pk])
            notices.notify(person, text, words, now=now, link=link)
    for person in department(order, now):
        words = {**words_of(order, person.language), "going": going}
        notices.notify(person, "roster_fewer", words, now=now, link=f"/orders/{order.pk}/")


def tell_uncounted(order: Order, whom: Iterable[User], *, by: User, now: datetime) -> None:
    """Who was there without a check-in reads that no hours were counted, and is led to ask for them."""
    _tell_members(order, whom, "roster_came", by, now, link=reverse("people-me") + "#services")


def _tell_members(
    order: Order,
    whom: Iterable[User],
    template: str,
    by: User | None,
    now: datetime,
    link: str = "",
) -> None:
    where = divisions.full_name(order.path)
    who = "、".join(person.name for person in rostered(order, now))
    for person in whom:
        if person != by:
            lead = link or f"/orders/{order.pk}/visit/"
            context = {**words_of(order, person.language), "where": where, "who": who}
            record = reverse("person-record", args=[person.pk])
            notices.notify(person, template, context, now=now, link=lead, guardian_link=record)


def words_of(order: Order, language: str) -> dict[str, str]:
    """What the texts may say of an order, in the language of who reads them."""
    with translation.override(language):
        return {
            "number": order.number,
            "title": order.title,
            "into": order.merged_into.number if order.merged_into else "",
            "team": order.team.name if order.team else "",
            "venue": order.venue.name if order.venue else "",
            "when": said(order.starts_at) if order.starts_at else "",
            "state": str(order.get_state_display()),
        }
