"""From rows of the database to what the caller may know."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts import phones
from kepu.kernel.api import limits, versions
from kepu.kernel.api.shapes import Named, Spot, Topic, named
from kepu.kernel.errors import Other, Outside
from kepu.orders import privacy, queries, rules, stations, visits, whereabouts
from kepu.orders.actions.moving import Hand, locked
from kepu.orders.api import shapes
from kepu.orders.hints import claim_hints, hints
from kepu.orders.models import Dispatch, Order, Rating, Rehoming, Service, Step
from kepu.orders.states import WITH_A_TEAM, OrderState
from kepu.people import queries as people
from kepu.ui import formats
from kepu.venues import queries as venues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kepu.kernel.accounts.models import User
    from kepu.kernel.api.entrance import Asked
    from kepu.orders.privacy import Reading
    from kepu.people.models import Skill

_BESIDE = {"hand_over": "hand-over", "report_no_show": "no-show", "check_in": "check-in",
           "certify_hours": "hours/certify", "confirm_hours": "hours/confirm"}  # fmt: skip


def found(request: Asked, order_id: int) -> Order:
    """The order, if it lies within the caller's scope; raises Outside."""
    order = queries.find(request.auth, order_id, clock.now())
    if order is None:
        raise Outside(_("there is no such order, or it lies outside your area"))
    return order


@contextmanager
def moving(request: Asked, order_id: int, *others: int) -> Iterator[Hand]:
    """Whose hand moves the order, and when; with If-Match nobody else moves it in between.

    The orders are locked in the order of their ids, so that two callers cannot wait for each other.
    """
    for one in (order_id, *others):
        found(request, one)
    hand, seen = Hand(request.auth, clock.now()), versions.wanted(request)
    if seen is None:
        yield hand
        return
    with limits.kept(), transaction.atomic():
        held = {pk: locked(pk) for pk in sorted({order_id, *others})}
        versions.require(held[order_id].version, seen)
        yield hand


def shown(request: Asked, order_id: int) -> dict[str, Any]:
    """The order as the caller may see it now; who has just acted on it sees what came of it."""
    order, now = queries.cards().select_related("resident").get(pk=order_id), clock.now()
    versions.note(request, order.version)
    return whole(order, request.auth, now)


def topic(skill: Skill) -> Topic:
    return Topic(key=skill.key, title=skill.title)


def row(order: Order) -> dict[str, Any]:
    """The order as a row. No query when it came from `queries.cards`."""
    return {
        **{name: getattr(order, name) for name in _PLAIN},
        "state_title": str(OrderState(order.state).label),
        "topic": topic(order.topic),
        "place": Spot(path=order.path, name=order.division_now.name),
        "department": named(order.department),
        "team": named(order.team),
    }


_PLAIN = (
    "id", "number", "title", "state", "version", "people", "wanted_from", "wanted_until", "minutes",
    "priority", "due_at", "starts_at", "ends_at", "wide",
)  # fmt: skip


def other(order: Order, person: User, now: datetime) -> Other:
    """An order that stands in the way of one like it. Who may not look at it reads its topic, where and
    when: in words of their own people name themselves and others.
    """
    near = f"{order.division_now.name} · {formats.days(order.wanted_from, order.wanted_until, now)}"
    if queries.sees(person, order, now):
        return Other(f"{order.number} {order.title}", near, reverse("api:show", args=[order.pk]))
    return Other(order.topic.title, near)


def hinted(order: Order, person: User, now: datetime) -> dict[str, Any]:
    """The order as a row with the verbs the person could do. Some queries for each order."""
    return {**row(order), "hints": [*_hints(order, person, now), *_may_claim(order, person, now)]}


def whole(order: Order, person: User, now: datetime) -> dict[str, Any]:
    """The order with everything the person may know of it."""
    hidden = rules.why_not_see_contact(person, order, now)
    read = privacy.reading(person, order, now)
    names = privacy.shows_names(person, order, now)
    receiving = rules.why_not_receive(person, order, now) is None
    return {
        **hinted(order, person, now),
        **{name: getattr(order, name) for name in _DETAILS},
        "need": read(order.need),
        "contact": None if hidden else _contact(order, person, now),
        "why_no_contact": hidden,
        "venue": named(order.venue),
        "rehoming": _rehoming(order, names),
        "code": order.check_in_code if receiving else None,
        "rating": _rating(visits.rating(order), read),
        "earlier_visits": _earlier(order, person, now, read),
        "claims": _claims(order, person, now),
        "steps": _steps(order, names, read),
    }


_DETAILS = (
    "audience", "service_id", "created_at", "delivered_at", "attended", "merged_into_id",
    "visit",
)  # fmt: skip


def _hints(order: Order, person: User, now: datetime) -> list[shapes.HintOut]:
    return [
        shapes.HintOut(verb=hint.verb, href=_href(order, hint.verb), why_not=hint.why_not)
        for hint in hints(order, person, now)
    ]


def _may_claim(order: Order, person: User, now: datetime) -> list[shapes.HintOut]:
    """To claim is a verb of teams, one by one in `claims`; here stands whether any of them can."""
    if order.state != OrderState.OPEN or not (found := _claims(order, person, now)):
        return []
    against = [claim.why_not for claim in found]
    why_not = None if None in against else against[0]
    return [shapes.HintOut(verb="claim", href=_href(order, "claim"), why_not=why_not)]


def _href(order: Order, verb: str) -> str:
    return f"{reverse('api:show', args=[order.pk])}/{_BESIDE.get(verb, verb)}"


def _contact(order: Order, person: User, now: datetime) -> shapes.Contact:
    known = order.resident.personal
    return shapes.Contact(
        name=privacy.resident_name(person, order, now),
        phone=phones.mask(known.phone),
        place=order.place_text,
    )


def _rating(rating: Rating | None, read: Reading) -> shapes.RatingOut | None:
    if rating is None:
        return None
    return shapes.RatingOut(
        stars=rating.stars,
        words=read(rating.words),
        at=rating.at,
        answer=read(rating.answer),
        answered_at=rating.answered_at,
    )


def _earlier(order: Order, person: User, now: datetime, read: Reading) -> list[dict[str, Any]]:
    rated = privacy.reads_earlier_ratings(person, order, now)
    found = visits.earlier(order, with_ratings=rated)
    return [
        {**vars(one), "team": named(one.team), "rating": _rating(one.rating, read)} for one in found
    ]


def _claims(order: Order, person: User, now: datetime) -> list[shapes.ClaimHint]:
    if order.state not in (OrderState.OPEN, *WITH_A_TEAM):
        return []
    teams = [team for team in people.teams_led(person) if team.pk != order.team_id]
    return [
        shapes.ClaimHint(team=Named(id=team.pk, name=team.name), why_not=reason)
        for team, reason in claim_hints(order, teams, now)
    ]


def _steps(order: Order, show_names: bool, read: Reading) -> list[shapes.StepOut]:
    dispatched = stations.of_order(order)
    steps = order.steps.select_related("by", "team", "department")
    return [_step(step, show_names, read, dispatched.get(step.at)) for step in steps]


def _step(step: Step, show_name: bool, read: Reading, dispatch: Dispatch | None) -> shapes.StepOut:
    here = dispatch if step.verb == "dispatch" else None
    return shapes.StepOut(
        verb=step.verb,
        state=OrderState(step.state),
        at=step.at,
        by=step.by.name if show_name and step.by else "",
        note=read(step.note),
        team=named(step.team),
        department=named(step.department),
        station=Named(id=here.station_id, name=here.name) if here else None,
    )


def rehoming(row: Rehoming) -> dict[str, Any]:
    """Which order lost which venue, since when, and who finds another one."""
    return {
        "order_id": row.order_id, "venue": named(row.venue), "officer": named(row.officer),
        "since": row.since,
    }  # fmt: skip


def _rehoming(order: Order, names: bool) -> dict[str, Any] | None:
    """The same of one order, the officer by name for those who serve it."""
    row = whereabouts.waiting(order)
    told = rehoming(row) if row else None
    return told if names or told is None else told | {"officer": None}


def dish(service: Service) -> dict[str, Any]:
    """A dish of the menu, with the places it is offered in."""
    plain = (
        "id", "title", "description", "audience", "minutes", "needs", "month_capacity",
        "first_day", "last_day", "state", "version",
    )  # fmt: skip
    return {
        **{name: getattr(service, name) for name in plain},
        "topic": topic(service.topic),
        "team": named(service.team),
        "department": named(service.department),
        "areas": sorted(area.path for area in service.areas.all()),
        "venue": named(service.venue),
        "why_not": venues.why_not_at_work(service.venue) if service.venue else None,
    }
