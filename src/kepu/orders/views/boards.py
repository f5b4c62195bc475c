"""What officers and team leaders see: the desk, the department's board, the team's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.kernel import clock, cursors
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.errors import NotAllowed
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import cards, queries, visits
from kepu.orders.models import Order
from kepu.orders.states import AT_THE_DESK, WITH_A_TEAM, OrderState
from kepu.people import agenda
from kepu.people import queries as people
from kepu.ui.cards import BoardColumn, Line, Tag
from kepu.ui.cards import Order as Card

if TYPE_CHECKING:
    from kepu.people.models import Team

SHOWN = 12  # cards of a column before the link to the rest
TEAM_SHOWN = 30  # the same for a team, whose orders stand below one another
RATINGS_SHOWN = 6  # ratings that wait for an answer, the newest


def _columns(
    orders: Any, states: list[tuple[str, tuple[str, ...], str]], now: datetime, more: str
) -> list[BoardColumn]:
    """Columns of a board: one count, the keys of each column, and one query for all cards."""
    counts = queries.counts_by_state(orders)
    totals = [sum(counts.get(state, 0) for state in among) for _label, among, _none in states]
    keys = [
        list(orders.filter(state__in=among).values_list("pk", flat=True)[:SHOWN]) if total else []
        for (_label, among, _none), total in zip(states, totals, strict=True)
    ]
    rows = queries.cards().in_bulk([pk for column in keys for pk in column])
    columns = []
    for (label, among, none), total, column in zip(states, totals, keys, strict=True):
        shown = [cards.card(rows[pk], now) for pk in column if pk in rows]
        link = f"{more}?{urlencode({'state': among}, doseq=True)}" if total > SHOWN else ""
        columns.append(
            BoardColumn(
                label,
                shown,
                total,
                link,
                none,
                one_state=len(among) == 1,
                unit=pgettext("unit", "orders"),
            )
        )
    return columns


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """The community's board: what waits to be dispatched, and what became of the rest."""
    person, now = request.user, clock.now()
    reach = roles.reach(person, Verb.ORDER_DISPATCH, now)  # type: ignore[arg-type]
    if not reach:
        raise NotAllowed(_("only community workers and officers have a desk"))
    orders = queries.under_way(reach)
    columns = _columns(
        orders,
        [
            (_("To dispatch"), AT_THE_DESK, _("Nothing waits here. Well done.")),
            (
                _("With a department"),
                ("dispatched", "accepted"),
                _("No order is with a department."),
            ),
            (_("Open to teams"), ("open",), _("No order is open.")),
            (_("With a team"), ("claimed", "scheduled"), _("No visit is planned.")),
        ],
        now,
        reverse("order-list"),
    )
    context = {
        "columns": columns,
        "waiting": columns[0].total,
        "stuck": list(queries.needing_a_person(reach)[:20]),
        "now": now,
    }
    return render(request, "orders/desk.html", context)


@login_required
def department(request: HttpRequest) -> HttpResponse:
    """The department's board: to accept, to open, with teams, delivered."""
    person, now = request.user, clock.now()
    reach = roles.reach(person, Verb.ORDER_ACCEPT, now)  # type: ignore[arg-type]
    if not reach.organisations:
        raise NotAllowed(_("only officers of a department have this board"))
    orders = queries.of_department(reach.organisations, OrderState.values)
    columns = _columns(
        orders,
        [
            (_("To accept"), ("dispatched",), _("Nothing waits to be accepted.")),
            (_("To open"), ("accepted",), _("Nothing waits to be opened.")),
            (_("Open to teams"), ("open",), _("No order is open.")),
            (_("With a team"), ("claimed", "scheduled"), _("No visit is planned.")),
            (_("Delivered"), ("delivered", "rated"), _("No visit has been reported yet.")),
        ],
        now,
        reverse("order-list"),
    )
    departments = Organisation.objects.filter(pk__in=reach.organisations)
    context = {
        "columns": columns,
        "departments": departments,
        "plans": queries.plans_to_look_at(reach.organisations)[:5],
        "waiting": columns[0].total,
        "now": now,
    }
    return render(request, "orders/department.html", context)


@login_required
def team(request: HttpRequest) -> HttpResponse:
    """What one is expected at; for leaders what the teams have, were asked for, and could claim."""
    person: User = request.user  # type: ignore[assignment]
    now = clock.now()
    teams = [team for team in people.teams_led(person) if team.active]
    found = [
        {
            "team": team,
            "ours": _front(queries.of_team(team).filter(state__in=WITH_A_TEAM), now),
            "not_named": queries.topics_not_named(team, now),
        }
        for team in teams
    ]
    context = {
        "teams": found,
        "ratings": cursors.front(visits.ratings_to_answer(teams), RATINGS_SHOWN),
        "appointments": agenda.ahead(person, now),
        "now": now,
        **_to_take(teams, now),
    }
    return render(request, "orders/team.html", context)


def _to_take(teams: list[Team], now: datetime) -> dict[str, cursors.Front]:
    """Orders the teams were asked to take, and the others they could claim: each order once."""
    asked = queries.offered(*teams)
    others = queries.claimable_by_any(teams, now).exclude(pk__in=asked.order_by().values("pk"))
    return {
        "asked": _front(asked, now, teams, Tag(pgettext("team", "Asked"), "warning", "bell")),
        "claimable": _front(others, now, teams),
    }


def _front(
    orders: Any, now: datetime, able: Sequence[Team] = (), mark: Tag | None = None
) -> cursors.Front:
    """The cards of the first orders, and whether there are more."""
    first = cursors.front(orders, TEAM_SHOWN)
    names = _who_could(able, first.rows, now)
    rows = [_marked(cards.card(order, now), names.get(order.pk), mark) for order in first.rows]
    return cursors.Front(rows, first.more)


def _marked(card: Card, names: list[str] | None, mark: Tag | None) -> Card:
    """The card with the teams that could take the order, and with a mark instead of its state."""
    who = [Line("flag", _(", ").join(names), _("Teams that could take it"))] if names else []
    return replace(card, lines=[*card.lines, *who], state=mark or card.state)


def _who_could(teams: Sequence[Team], orders: list[Order], now: datetime) -> dict[int, list[str]]:
    """Names of the teams that could take each order; nothing for one team, which needs no name."""
    found: dict[int, list[str]] = {}
    for team in teams if len(teams) > 1 else ():
        shown = queries.claimable(team, now).filter(pk__in=[order.pk for order in orders])
        for pk in shown.order_by().values_list("pk", flat=True):
            found.setdefault(pk, []).append(team.name)
    return found
