"""Stations: where orders are dispatched, as a list and on the map; officers keep the register."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.crosswalk import maps
from kepu.kernel.errors import authorize
from kepu.kernel.registers import as_list_and_map, one_page, read
from kepu.kernel.roles.verbs import Verb
from kepu.people import dispatched
from kepu.people.actions import places as actions
from kepu.people.models import Station
from kepu.people.office_forms import StationDoorForm, StationForm
from kepu.people.queries import places as queries
from kepu.people.registers import STATIONS
from kepu.people.rules import places as rules
from kepu.people.views.shapes import form_page, office_of, person_of, reach_of
from kepu.ui import toasts
from kepu.ui.maps import Dot

MOST_DOTS = 400


def listed(request: HttpRequest) -> HttpResponse:
    """Stations by place, as a list or on the map; each dispatches the orders of where it stands."""
    form, asked, found, bar = read(request, STATIONS)
    reach = reach_of(request, Verb.POST_APPOINT)
    rows, pager = one_page(request, found)
    context: dict[str, Any] = {
        "form": form,
        "bar": bar,
        "rows": [(one, reach.covers(one.path)) for one in rows],
        "pager": pager,
        "may_open": bool(reach.paths),
        "views": as_list_and_map(request),
        "view": asked.get("view", ""),
    }
    if context["view"] == "map":
        context["map"], context["note"] = _map(found, asked.get("district", ""))
    return render(request, "people/stations.html", context)


def _map(found: Any, district: str) -> Any:
    spots = [
        Dot(one.name, one.lon, one.lat, href=_of(one))
        for one in found.filter(lon__isnull=False)[:MOST_DOTS]
    ]
    return maps.by_district(
        found.values_list("path", flat=True),
        clock.now(),
        unit=pgettext("unit", "stations"),
        href=lambda path: f"{reverse('stations')}?district={path}",
        dots=spots,
        selected=district,
    )


def _of(station: Station) -> str:
    return reverse("station", args=[station.pk])


def show(request: HttpRequest, station_id: int) -> HttpResponse:
    """One station: its door, its hours, and what an officer of the place may do with it."""
    station = queries.station(station_id)
    reach = reach_of(request, Verb.POST_APPOINT)
    context = {
        "station": station,
        "may_change": reach.covers(station.path),
        "dispatched": dispatched.in_a_year([station.pk], clock.now()).get(station.pk, 0),
    }
    return render(request, "people/station.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Put a station on the list."""
    office_of(request, Verb.POST_APPOINT, _("only an officer of this place may do this"))

    def act(data: dict[str, Any]) -> HttpResponse:
        station = actions.open_station(by=person_of(request), now=clock.now(), **data)
        toasts.say(request, _("The station is listed and dispatches for its place."))
        return redirect("station", station.pk)

    form = StationForm(request.POST or None)
    return form_page(
        request, form, act, title=_("Open a station"), back=reverse("stations"),
        submit=_("Open the station"),
    )  # fmt: skip


@login_required
def edit(request: HttpRequest, station_id: int) -> HttpResponse:
    """Say anew what the station is called, when it is open and where its door is."""
    station, by = queries.station(station_id), person_of(request)
    authorize(rules.why_not_run_stations(by, station.path, clock.now()))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.change_station(station.pk, by=by, now=clock.now(), **data)
        toasts.say(request, _("Kept."))
        return redirect("station", station.pk)

    start = {name: getattr(station, name) for name in StationDoorForm.base_fields}
    form = StationDoorForm(request.POST or None, initial=start)
    return form_page(
        request, form, act, title=station.name, back=_of(station), submit=_("Keep the changes")
    )


@login_required
@require_POST
def close(request: HttpRequest, station_id: int) -> HttpResponse:
    """Take a station off the list."""
    station = queries.station(station_id)
    actions.close_station(station.pk, by=person_of(request), now=clock.now())
    toasts.say(
        request, _("Closed. Orders of its place name the nearest station above from now on.")
    )
    return redirect("stations")
