"""Boards: orders in columns by how far they have come, in each the most urgent first or as asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.orders import candidates, cards, departments, queries, suggest
from kepu.orders.models import Order
from kepu.orders.states import AT_THE_DESK
from kepu.ui.cards import Advice, BoardColumn

SHOWN = 12  # cards of a column before the link to the rest
HEAD = 2  # the same where a board's head stands on another page


@dataclass(frozen=True)
class Stage:
    """One column: its words, the states that stand in it, and what it says while it is empty."""

    label: str
    states: tuple[str, ...]
    none: str


def of_desk() -> list[Stage]:
    """What a community's board shows, from the left."""
    return [
        Stage(_("To dispatch"), AT_THE_DESK, _("Nothing waits here. Well done.")),
        Stage(
            _("With a department"), ("dispatched", "accepted"), _("No order is with a department.")
        ),
        Stage(_("Open to teams"), ("open",), _("No order is open.")),
        Stage(_("With a team"), ("claimed", "scheduled"), _("No visit is planned.")),
    ]


def of_department() -> list[Stage]:
    """What a department's board shows, from the left: first what waits for its own hand."""
    return [
        Stage(_("To accept"), ("dispatched",), _("Nothing waits to be accepted.")),
        Stage(_("To open"), ("accepted",), _("Nothing waits to be opened.")),
        Stage(_("Open to teams"), ("open",), _("No order is open.")),
        Stage(_("With a team"), ("claimed", "scheduled"), _("No visit is planned.")),
        Stage(_("Delivered"), ("delivered", "rated"), _("No visit has been reported yet.")),
    ]


def head_of_department(
    departments: Iterable[int], now: datetime, place: str = ""
) -> list[BoardColumn]:
    """What waits for the departments' own hand, the first of it; within `place` where one is chosen."""
    stages = of_department()[:2]
    orders = queries.of_department(departments, [state for one in stages for state in one.states])
    if place:
        orders = orders.filter(path__within=place)
    return columns(orders, stages, now, {"place": place} if place else {}, shown=HEAD)


Advise = Callable[[list[Order], datetime], dict[int, Advice]]


def departments_for(orders: list[Order], now: datetime) -> dict[int, Advice]:
    """The department that fits each order at a desk best, and the way to send it there. Two queries."""
    waiting = [order for order in orders if order.state in AT_THE_DESK]
    found = departments.each(waiting) if waiting else {}
    return {pk: _send(pk, ranked[0]) for pk, ranked in found.items() if ranked}


def _send(order: int, one: departments.Suggestion) -> Advice:
    where = reverse("order-act", args=[order, "dispatch"])
    label = _("Send to %(department)s") % {"department": one.department.name}
    return Advice(label, " · ".join(one.reasons), f"{where}?department={one.department.pk}")


def teams_for(orders: list[Order], now: datetime) -> dict[int, Advice]:
    """The team that fits each open order best, and the way to ask it. As many queries as for one order."""
    found = candidates.best(orders, now)
    return {pk: _ask(pk, ranked[0]) for pk, ranked in found.items() if ranked}


def _ask(order: int, one: suggest.Suggestion) -> Advice:
    label = _("Ask %(team)s") % {"team": one.name}
    return Advice(label, " · ".join(one.reasons), f"{reverse('order', args=[order])}#teams")


def columns(
    orders: Any,
    stages: list[Stage],
    now: datetime,
    kept: Mapping[str, str],
    *,
    shown: int = SHOWN,
    advise: Advise | None = None,
) -> list[BoardColumn]:
    """Columns of a board: one count, the keys of each column, and one query for all cards.

    `kept` is what narrows the board; the list that a long column leads to keeps it. What `advise`
    proposes for the cards that are shown is worked out for all of them at once.
    """
    counts = queries.counts_by_state(orders)
    totals = [sum(counts.get(state, 0) for state in stage.states) for stage in stages]
    keys = [
        list(orders.filter(state__in=stage.states).values_list("pk", flat=True)[:shown])
        if total
        else []
        for stage, total in zip(stages, totals, strict=True)
    ]
    rows = queries.cards().in_bulk([pk for column in keys for pk in column])
    advice = advise(list(rows.values()), now) if advise else {}
    return [
        BoardColumn(
            stage.label,
            [
                replace(cards.card(rows[pk], now), advice=advice.get(pk))
                for pk in column
                if pk in rows
            ],
            total,
            listed(stage.states, kept) if total > shown else "",
            stage.none,
            one_state=len(stage.states) == 1,
            unit=pgettext("unit", "orders"),
        )
        for stage, total, column in zip(stages, totals, keys, strict=True)
    ]


def listed(states: Iterable[str], kept: Mapping[str, str]) -> str:
    """The list of the orders in these states, narrowed as the board is."""
    return f"{reverse('order-list')}?{asked(states, kept)}"


def asked(states: Iterable[str], kept: Mapping[str, str]) -> str:
    """The same as a query, for the list and for its files."""
    return urlencode({**kept, "state": list(states)}, doseq=True)
