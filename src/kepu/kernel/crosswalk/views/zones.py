"""Zones such as 万盛经开区: what they hold since when, and whether the district may write there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.crosswalk.forms import ZoneForm
from kepu.kernel.crosswalk.views.changes import may_change
from kepu.kernel.divisions import actions
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.models import Zone
from kepu.kernel.errors import NotAllowed, Refusal
from kepu.ui import toasts
from kepu.ui.maps import Area, Map, choropleth, whole_breaks_of


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Every zone with what it holds today."""
    now = clock.now()
    rows = [
        (zone, _names(divisions.zone_paths(zone, clock.day(now))))
        for zone in Zone.objects.order_by("name")
    ]
    context = {"rows": rows, "may_change": may_change(_reader(request), now)}
    return render(request, "crosswalk/zones.html", context)


def _names(paths: list[str]) -> list[str]:
    names = divisions.full_names(set(paths))
    return [names[path] for path in paths]


@login_required
def show(request: HttpRequest, zone_id: int) -> HttpResponse:
    """One zone: what it holds and held, part by part, with the days, and where it lies."""
    zone, now = _zone(zone_id), clock.now()
    parts = list(zone.parts.order_by("valid_to", "path"))
    names = divisions.full_names({part.path for part in parts})
    context = {
        "zone": zone,
        "parts": [(names[part.path], part) for part in parts],
        "map": _map(divisions.zone_paths(zone, clock.day(now)), now),
        "may_change": may_change(_reader(request), now),
    }
    return render(request, "crosswalk/zone.html", context)


def _map(paths: list[str], now: datetime) -> Map | None:
    """Districts by how many parts of the zone lie in them; a district that is a part counts one."""
    if not paths:
        return None
    city = crosswalk.boundaries(paths[0].split(".")[0], on=clock.day(now))
    areas, unit = [], pgettext("unit", "parts")
    for one in city.outlines:
        parts = sum(within(path, one.path) for path in paths)
        areas.append(Area(one.path, one.name, one.rings, float(parts), words=f"{parts:,} {unit}"))
    limits = whole_breaks_of(area.value for area in areas)
    return choropleth(areas, breaks=limits, places=0) if areas else None


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Draw a zone."""
    return _drawn(request, None)


@login_required
def edit(request: HttpRequest, zone_id: int) -> HttpResponse:
    """Draw a zone anew from a day on; what it was before that day stays."""
    return _drawn(request, _zone(zone_id))


def _drawn(request: HttpRequest, zone: Zone | None) -> HttpResponse:
    by, now = _reader(request), clock.now()
    if not may_change(by, now):
        raise NotAllowed(_("only an officer who may change divisions there may draw this zone"))
    form = ZoneForm(request.POST or None, initial=_start(zone, now))
    if zone is not None:
        form.fields["name"].disabled = True  # another name is another zone
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.set_zone(**form.cleaned_data, by=by, now=now)
            except Refusal as refusal:
                form.add_error(None, refusal.reason)
                status = refusal.status
            else:
                toasts.say(request, _("The zone is drawn."))
                return redirect("zone", made.pk)
    return render(request, "crosswalk/draw_zone.html", {"form": form, "zone": zone}, status=status)


def _start(zone: Zone | None, now: datetime) -> dict[str, Any]:
    today = clock.day(now)
    if zone is None:
        return {"valid_from": today, "parent_keeps_writing": True}
    return {
        "name": zone.name,
        "paths": "\n".join(_names(divisions.zone_paths(zone, today))),
        "valid_from": today,
        "parent_keeps_writing": zone.parent_keeps_writing,
    }


def _zone(zone_id: int) -> Zone:
    found = Zone.objects.filter(pk=zone_id).first()
    if found is None:
        raise Http404
    return found


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (login_required)
    return request.user
