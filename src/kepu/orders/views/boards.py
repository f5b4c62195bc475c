"""What officers and team leaders see: the desk, the department's board, the team's page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.kernel import clock, cursors
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.errors import NotAllowed
from kepu.kernel.registers import part
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.orders import boards, cards, listing, planned, queries, stuck, visits, whereabouts
from kepu.orders.filters import BoardForm
from kepu.orders.models import Order
from kepu.orders.states import UNDER_WAY, WITH_A_TEAM, OrderState
from kepu.people import agenda
from kepu.people import queries as people
from kepu.ui import formats
from kepu.ui.cards import Line, Tag
from kepu.ui.cards import Order as Card
from kepu.ui.tables import Bar, Export, Sorting

if TYPE_CHECKING:
    from kepu.people.models import Team

TEAM_SHOWN = (
    30  # cards of a team, whose orders stand below one another, before the link to the rest
)
TAKEN_OR_OPEN = (OrderState.OPEN, *WITH_A_TEAM)
STUCK_SHOWN = 20  # what devices sent and could not be done, on a page
RATINGS_SHOWN = 6  # ratings that wait for an answer, the newest


NARROWING = ("q", "place", "topic")  # called so on boards and in the list


def _kept(request: HttpRequest) -> dict[str, str]:
    """What narrows the board, and how it is sorted, for the list and its files."""
    kept = {key: request.GET[key] for key in NARROWING if request.GET.get(key)}
    word = _sorted(request)
    return kept if word == USUAL else {**kept, "sort": word}


USUAL = "urgent"


def _sorts() -> dict[str, str]:
    """The orders a board can stand in, by the words of the list; the usual one first."""
    return {
        USUAL: _("most urgent first"),
        "-number": _("newest first"),
        "wanted": _("soonest wanted first"),
        "visit": _("soonest visit first"),
    }


def _sorted(request: HttpRequest) -> str:
    word = request.GET.get("sort", USUAL)
    return word if word in _sorts() else USUAL


def _sortings(request: HttpRequest, kept: dict[str, str]) -> list[Sorting]:
    chosen = _sorted(request)
    return [
        Sorting(label, f"?{urlencode({**kept, 'sort': word})}", current=word == chosen)
        for word, label in _sorts().items()
    ]


def _files(states: Iterable[str], kept: dict[str, str], sorts: Sequence[Sorting] = ()) -> Bar:
    """The orders that the board can stand in, and what it shows as files of the list."""
    formats = (("xlsx", _("Table (XLSX)")), ("csv", _("Text (CSV)")))
    query = boards.asked(states, kept)
    files = [
        Export(label, f"{reverse('order-export', args=[format])}?{query}")
        for format, label in formats
    ]
    return Bar(sorts, files)


def _board(
    request: HttpRequest,
    orders: Any,
    stages: list[boards.Stage],
    scopes: Iterable[str],
    advise: boards.Advise,
) -> dict[str, Any]:
    """A board as the reader narrows it, with its files and the way to the list of the same."""
    person: User = request.user  # type: ignore[assignment]
    now, kept = clock.now(), _kept(request)
    states = [state for stage in stages for state in stage.states]
    near = person.home.path if person.home else ""
    form = BoardForm(request.GET, scopes=scopes, near=near)
    found, word = form.narrow(orders), _sorted(request)
    if word != USUAL:
        found = found.order_by(*listing.sort_of(word).order())
    columns = boards.columns(found, stages, now, kept, advise=advise)
    return {
        "form": form, "columns": columns, "waiting": columns[0].total, "now": now,
        "bar": _files(states, kept, _sortings(request, kept)), "list_href": boards.listed(states, kept),
    }  # fmt: skip


def _searched(request: HttpRequest, states: Iterable[str]) -> HttpResponse | None:
    """Words lead to the list, which alone is searched."""
    words = request.GET.get("q", "").strip()
    return redirect(boards.listed(states, _kept(request))) if words else None


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """The community's board: what waits to be dispatched, and what became of the rest."""
    person, now = request.user, clock.now()
    reach = roles.reach(person, Verb.ORDER_DISPATCH, now)  # type: ignore[arg-type]
    if not reach:
        raise NotAllowed(_("only community workers and officers have a desk"))
    if led := _searched(request, UNDER_WAY):
        return led
    context = {
        **_board(
            request, queries.under_way(reach), boards.of_desk(), reach.paths, boards.departments_for
        ),
        "stuck": part(request, stuck.needing_a_person(reach), STUCK_SHOWN, "stuck"),
        "rehomings": whereabouts.waiting_for(person, now).count(),  # type: ignore[arg-type]
    }
    return render(request, "orders/desk.html", context)


@login_required
def department(request: HttpRequest) -> HttpResponse:
    """The department's board: to accept, to open, with teams, delivered."""
    reach = roles.reach(request.user, Verb.ORDER_ACCEPT, clock.now())  # type: ignore[arg-type]
    if not reach.organisations:
        raise NotAllowed(_("only officers of a department have this board"))
    stages = boards.of_department()
    states = [state for stage in stages for state in stage.states]
    if led := _searched(request, states):
        return led
    orders = queries.of_department(reach.organisations, states)
    departments = list(Organisation.objects.filter(pk__in=reach.organisations))
    context = {
        **_board(request, orders, stages, {one.path for one in departments}, boards.teams_for),
        "departments": departments,
        "plans": planned.plans_to_look_at(reach.organisations)[:5],
    }
    return render(request, "orders/department.html", context)


@login_required
def team(request: HttpRequest) -> HttpResponse:
    """What one is expected at; for leaders what the teams have, were asked for, and could claim."""
    person: User = request.user  # type: ignore[assignment]
    now = clock.now()
    if led := _searched(request, TAKEN_OR_OPEN):
        return led
    teams = [team for team in people.teams_led(person) if team.active]
    near = person.home.path if person.home else ""
    form = BoardForm(request.GET, scopes={team.path for team in teams}, near=near)
    kept = _kept(request)
    found = [
        {
            "team": team,
            "ours": _front(form.narrow(queries.of_team(team).filter(state__in=WITH_A_TEAM)), now),
            "not_named": queries.topics_not_named(team, now),
        }
        for team in teams
    ]
    context = {
        "teams": found,
        "ratings": cursors.front(visits.ratings_to_answer(teams), RATINGS_SHOWN),
        "appointments": agenda.ahead(person, now),
        "stuck": part(request, stuck.sent_by(person), STUCK_SHOWN, "stuck"),
        "now": now,
        "form": form,
        "bar": _files(TAKEN_OR_OPEN, kept),
        "taken_href": boards.listed(WITH_A_TEAM, kept),
        "open_href": boards.listed([OrderState.OPEN], kept),
        **_to_take(teams, form, now),
    }
    return render(request, "orders/team.html", context)


def _to_take(teams: list[Team], form: BoardForm, now: datetime) -> dict[str, cursors.Front]:
    """Orders the teams were asked to take, and the others they could claim: each order once."""
    asked = queries.offered(*teams)
    mark = Tag(pgettext("team", "Asked"), "warning", "bell")
    others = queries.claimable_by_any(teams, now).exclude(pk__in=asked.order_by().values("pk"))
    return {
        "asked": _front(form.narrow(asked), now, teams, mark),
        "claimable": _front(form.narrow(others), now, teams),
    }


def _front(
    orders: Any, now: datetime, able: Sequence[Team] = (), mark: Tag | None = None
) -> cursors.Front:
    """The cards of the first orders, and whether there are more."""
    first = cursors.front(orders, TEAM_SHOWN)
    names = _who_could(able, first.rows, now)
    starts = planned.starts(able, first.rows) if mark else {}
    rows = [
        _marked(
            cards.card(order, now), names.get(order.pk), mark, _planned(starts.get(order.pk), now)
        )
        for order in first.rows
    ]
    return cursors.Front(rows, first.more)


def _marked(card: Card, names: list[str] | None, mark: Tag | None, more: list[Line]) -> Card:
    """The card with the teams that could take the order, and with a mark instead of its state."""
    who = [Line("flag", _(", ").join(names), _("Teams that could take it"))] if names else []
    return replace(card, lines=[*card.lines, *more, *who], state=mark or card.state)


def _planned(start: datetime | None, now: datetime) -> list[Line]:
    """When the plan has the team there."""
    words = _("Planned %(when)s") % {"when": formats.moment(start, now)}
    return [Line("clock", words, _("Time of the plan"))] if start else []


def _who_could(teams: Sequence[Team], orders: list[Order], now: datetime) -> dict[int, list[str]]:
    """Names of the teams that could take each order; nothing for one team, which needs no name."""
    found: dict[int, list[str]] = {}
    for team in teams if len(teams) > 1 else ():
        shown = queries.claimable(team, now).filter(pk__in=[order.pk for order in orders])
        for pk in shown.order_by().values_list("pk", flat=True):
            found.setdefault(pk, []).append(team.name)
    return found
