"""Looking at orders: lists, one order, what is like it, what a team could claim."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, moment, page
from kepu.kernel.api.shapes import Id, Key, Path, Words
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import BadInput, Outside, authorize
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import candidates, likeness, listing, queries, rules
from kepu.orders import departments as ranked
from kepu.orders.api.shapes import OrderOut, OrderRow, SuggestedDepartment, SuggestedTeam
from kepu.orders.api.showing import found, hinted, row, shown
from kepu.orders.models import Order
from kepu.orders.schemas import CLOCKS
from kepu.orders.states import OrderState
from kepu.people import queries as people

router = Router(tags=[gettext_noop("Orders")])

SOONEST = Sort("wanted_until", read=moment)
MOST_LIKE = 20  # rows


class Filter(Schema):
    """Which orders of those within scope."""

    state: list[OrderState] = []
    place: Path | None = None
    topic: Key | None = None
    team: Id | None = None
    q: Words | None = None
    hints: bool = False


@router.get(
    "/orders",
    response=Page[OrderRow],
    summary=gettext_noop("Orders within your scope, newest first"),
)
def orders(request: Asked, wanted: Query[Filter], paging: Query[Paging]) -> dict[str, Any]:
    """Filtered by state, place, topic, team and words of the title; 422 bad_input."""
    now = clock.now()
    chosen = listing.listed(request.auth, _asked(wanted), now)
    if wanted.team:
        chosen = chosen.filter(team=wanted.team)
    show = (lambda order: hinted(order, request.auth, now)) if wanted.hints else row
    return page(request, chosen, show)


def _asked(wanted: Filter) -> listing.Asked:
    """What the list of the pages asks, in its words: they search and filter alike."""
    topic = people.skills().filter(key=wanted.topic).first() if wanted.topic else None
    if wanted.topic and topic is None:
        raise BadInput(_("choose a topic of the list, or a service of the menu"))
    return listing.Asked(
        states=tuple(wanted.state), place=wanted.place or "", topic=topic, words=wanted.q or ""
    )


@router.get("/orders/{order_id}", response=OrderOut, summary=gettext_noop("One order"))
def show(request: Asked, order_id: Id) -> dict[str, Any]:
    """An order with what the caller may know of it and do with it; 404 not_found."""
    return shown(request, found(request, order_id).pk)


@router.get(
    "/orders/{order_id}/similar",
    response=list[OrderRow],
    summary=gettext_noop("Like orders nearby"),
)
def similar(request: Asked, order_id: Id) -> list[dict[str, Any]]:
    """Those the caller may look at: for a dispatcher who may merge them, and for who may send the draft;
    403 not_allowed, 404 not_found.
    """
    order, now = found(request, order_id), clock.now()
    authorize(likeness.why_not_compare_as(request.auth, order, now))
    seen = (one for one in _like(order) if queries.sees(request.auth, one, now))
    return [row(one) for one in islice(seen, MOST_LIKE)]


def _like(order: Order) -> list[Order]:
    return likeness.alike(
        topic_id=order.topic_id,
        words=order.title,
        path=order.path,
        wanted_from=order.wanted_from,
        clocks=rulebooks.in_force(CLOCKS, clock.now()).rules,
        besides=order.pk,
    )


@router.get(
    "/orders/{order_id}/departments", response=list[SuggestedDepartment],
    summary=gettext_noop("Departments that answer for the topic, nearest first"),
)  # fmt: skip
def departments(request: Asked, order_id: Id) -> list[dict[str, Any]]:
    """Where a dispatcher could send the order, and why there; 403 not_allowed, 404 not_found."""
    order = found(request, order_id)
    authorize(rules.why_not_dispatch_as(request.auth, order, clock.now()))
    return [
        {"id": one.department.pk, "name": one.department.name, "reasons": list(one.reasons)}
        for one in ranked.suggestions(order)
    ]


@router.get(
    "/orders/{order_id}/teams", response=list[SuggestedTeam],
    summary=gettext_noop("Teams that fit an open order, the best first"),
)  # fmt: skip
def fitting_teams(request: Asked, order_id: Id) -> list[dict[str, Any]]:
    """Whom an officer of its department could ask, and why; of an order that is not open nobody; 403
    not_allowed, 404 not_found.
    """
    order, now = found(request, order_id), clock.now()
    authorize(rules.why_not_act_for_department(request.auth, order, now))
    return [
        {"id": one.team_id, "name": one.name, "fit": one.fit, "reasons": list(one.reasons)}
        for one in candidates.suggestions(order, now)
    ]


@router.get(
    "/teams/{team_id}/claimable", response=Page[OrderRow],
    summary=gettext_noop("Open orders a team could claim, the soonest wanted first"),
)  # fmt: skip
def claimable(request: Asked, team_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Only for the team's leaders; 404 not_found."""
    team = people.teams_led(request.auth).filter(pk=team_id).first()
    if team is None:
        raise Outside(_("there is no such team among those you lead"))
    return page(request, queries.claimable(team, clock.now()), row, SOONEST)
