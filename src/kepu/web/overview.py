"""What an officer sees first: the map of open orders, the figures, and the choice of a place."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import within
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.rulebooks import calendar
from kepu.orders import boards
from kepu.orders import queries as orders
from kepu.orders.states import AT_THE_DEPARTMENT, AT_THE_DESK, WITH_A_TEAM
from kepu.ui.cards import BoardColumn, NumberTile
from kepu.ui.maps import Area, Map, choropleth
from kepu.web import duties, seats, zone_figures


def show(request: HttpRequest, person: User, now: datetime) -> HttpResponse:
    """The widest place of the person's offices, or the one chosen above the page."""
    rows = seats.of(person, now)
    asked = request.GET.get("place", "")
    chosen = next((row.path for row, _depth in rows if row.path == asked), "")
    scope = chosen or rows[0][0].path
    request.places = seats.menu(rows, scope, reverse("home"))  # type: ignore[attr-defined]  # read by the shell
    theirs = orders.answered_for(person, now)
    drawn, note = _map(scope, now, linked=theirs is not None)
    verbs = roles.verbs(person, now)
    context = {
        "scope": divisions.at(scope),
        "first": duties.first(person, verbs, now, chosen),
        "board": _board(person, verbs, now, chosen),
        "board_href": f"{reverse('department')}{seats.narrowed(chosen)}",
        "tiles": list(_tiles(_counts(theirs, scope, chosen), chosen, linked=theirs is not None)),
        "zones": zone_figures.readable(person, now),
        "map": drawn,
        "note": note,
        "now": now,
        "calendar": calendar.warning(now) if Verb.RULEBOOK_ISSUE in verbs else None,
    }
    return render(request, "web/overview.html", context)


def _board(person: User, verbs: Collection[Verb], now: datetime, chosen: str) -> list[BoardColumn]:
    """The head of a department's board for its officers: what waits for their own hand, where chosen."""
    if Verb.ORDER_ACCEPT not in verbs:
        return []
    ours = roles.reach(person, Verb.ORDER_ACCEPT, now).organisations
    return boards.head_of_department(ours, now, chosen) if ours else []


def _counts(theirs: QuerySet[Any] | None, scope: str, chosen: str) -> dict[str, int]:
    """Of all the person answers for, or of the chosen place among them."""
    if theirs is None:
        return orders.counts_by_state(orders.orders_within(scope))
    return orders.counts_by_state(theirs.filter(path__within=chosen) if chosen else theirs)


def _tiles(counts: dict[str, int], chosen: str, *, linked: bool) -> Iterable[NumberTile]:
    """How many orders stand where; a number leads to them where there are any to be looked at."""
    for label, states in (
        (_("To dispatch"), AT_THE_DESK),
        (_("With a department"), AT_THE_DEPARTMENT),
        (_("Open to teams"), ("open",)),
        (_("With a team"), WITH_A_TEAM),
        (_("Delivered so far"), ("delivered", "rated", "closed")),
    ):
        total = sum(counts.get(state, 0) for state in states)
        asked = {"state": states, **({"place": chosen} if chosen else {})}
        listed = f"{reverse('order-list')}?{urlencode(asked, doseq=True)}"
        yield NumberTile(
            str(label), f"{total:,}", _("orders"), href=listed if linked and total else ""
        )


def _map(scope: str, now: datetime, *, linked: bool) -> tuple[Map | None, str]:
    """Districts of the province of `scope` by orders under way, and what to know of the outlines."""
    province = scope.split(".")[0]
    city = crosswalk.boundaries(province, on=clock.day(now))
    counts = orders.open_by_district(outline.path for outline in city.outlines)
    areas = [
        _area(outline, counts[outline.path], linked and _meets(outline.path, scope))
        for outline in city.outlines
    ]
    if not areas:
        return None, ""
    drawn = choropleth(areas, counts=True, selected=divisions.district_path(scope) or "")
    return drawn, _("; ").join(city.captions[1:])


def _meets(one: str, other: str) -> bool:
    """Whether one of the two places lies within the other."""
    return within(one, other) or within(other, one)


def _area(outline: crosswalk.Outline, count: int, linked: bool) -> Area:
    return Area(
        key=outline.path,
        name=outline.name,
        rings=outline.rings,
        value=float(count),
        href=f"{reverse('order-list')}?place={outline.path}" if linked else "",
        words=ngettext("%(n)s order", "%(n)s orders", count) % {"n": count},
    )
