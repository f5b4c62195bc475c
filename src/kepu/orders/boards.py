"""Boards: orders in columns by how far they have come, in each the most urgent first or as asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.orders import cards, queries
from kepu.orders.states import AT_THE_DESK
from kepu.ui.cards import BoardColumn

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


def columns(
    orders: Any, stages: list[Stage], now: datetime, kept: Mapping[str, str], shown: int = SHOWN
) -> list[BoardColumn]:
    """Columns of a board: one count, the keys of each column, and one query for all cards.

    `kept` is what narrows the board; the list that a long column leads to keeps it.
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
    return [
        BoardColumn(
            stage.label,
            [cards.card(rows[pk], now) for pk in column if pk in rows],
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
