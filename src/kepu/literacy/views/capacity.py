"""The capacity index of a year: everybody reads a published one, the city's officers a locked one too."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.literacy import capacity, statistics
from kepu.literacy import capacity_shown as shown
from kepu.literacy.bridge import capacity as bridge
from kepu.literacy.models import Round
from kepu.literacy.views.rounds import file_of
from kepu.ui import formats


@require_safe
def show(request: HttpRequest, round_id: int) -> HttpResponse:
    """Scores on the map and in a table, each rank with where it may lie, and how all of it is made."""
    one, told = _of(request, round_id)
    page: dict[str, Any] = {"round": one, "told": told, "waits": not told}
    if told:
        page |= _index(one, told, request.GET.get("district", ""))
    return render(request, "literacy/capacity.html", page)


def _index(one: Round, told: dict[str, Any], district: str) -> dict[str, Any]:
    scheme, form = capacity.of_version(told["version"]), statistics.of_version(one.rules)
    said = {
        "scheme": scheme, "left_out": shown.left_out(told, form),
        "not_judged": shown.not_judged(told, form), "method": shown.method(scheme),
    }  # fmt: skip
    if told["why"]:
        return said | {"why": shown.why_none(told, scheme)}
    href = reverse("capacity", args=[one.pk])
    return said | {
        "tiles": shown.tiles(told),
        "map": shown.on_the_map(told, scheme, one, clock.day(one.opened_at), href),
        "groups": list(shown.groups(told, scheme).values()),
        "lines": shown.lines(told, scheme),
        "parts": shown.parts(told, scheme, district),
        "inequality": shown.inequality(told, form),
        "regions": shown.regions(told, scheme),
        "known": formats.share(scheme.known, places=0),
        "indicators": list(shown.indicators(told, scheme, form)),
    }


@require_safe
def away(request: HttpRequest, round_id: int, kind: str) -> HttpResponse:
    """The index as a table, with every figure behind it."""
    one, told = _of(request, round_id)
    if not told or told["why"]:
        raise Outside(_("there is no such page"))
    scheme, form = capacity.of_version(told["version"]), statistics.of_version(one.rules)
    headers, rows = shown.table(told, scheme, form)
    return file_of(headers, rows, f"capacity-{one.year}", kind)


def _of(request: HttpRequest, round_id: int) -> tuple[Round, dict[str, Any] | None]:
    person = request.user if isinstance(request.user, User) else None
    return bridge.shown(person, round_id, clock.now())
