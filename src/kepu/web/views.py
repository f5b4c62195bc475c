"""The portal: what a person sees first, and the pages in the footer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import within
from kepu.kernel.divisions.here import place_of
from kepu.kernel.errors import NotAllowed
from kepu.kernel.roles import queries as roles
from kepu.kernel.rulebooks import calendar
from kepu.orders import queries as orders
from kepu.orders.states import AT_THE_DEPARTMENT, AT_THE_DESK, WITH_A_TEAM
from kepu.ui.cards import Choice, NumberTile
from kepu.ui.maps import Area, Map, choropleth


def home(request: HttpRequest) -> HttpResponse:
    """Staff see the map of open orders; everybody else three big doors."""
    person, now = request.user, clock.now()
    if isinstance(person, User) and roles.verbs(person, now):
        return _overview(request, person, now)
    return _welcome(request, now)


def _welcome(request: HttpRequest, now: datetime) -> HttpResponse:
    place = place_of(request)
    dishes = list(orders.menu(place.path, now)[:6]) if place else []
    doors = [
        Choice(
            _("Order a science service"),
            reverse("menu"),
            "menu",
            _("Volunteers come to you, free of charge"),
        ),
        Choice(
            _("My orders"),
            reverse("my-orders"),
            "order",
            _("See where they stand, and rate visits"),
        ),
        Choice(
            _("Where are you?"),
            reverse("places"),
            "pin",
            place.name if place else _("Choose your community"),
        ),
    ]
    return render(request, "web/welcome.html", {"doors": doors, "place": place, "dishes": dishes})


def _overview(request: HttpRequest, person: User, now: datetime) -> HttpResponse:
    scope = _scope(person, now)
    theirs = orders.answered_for(person, now)
    counts = orders.counts_by_state(theirs if theirs is not None else orders.orders_within(scope))
    drawn, note = _map(scope, now, linked=theirs is not None)
    context = {
        "scope": divisions.at(scope),
        "tiles": list(_tiles(counts, linked=theirs is not None)),
        "map": drawn,
        "note": note,
        "now": now,
        "calendar": calendar.warning(now),
    }
    return render(request, "web/overview.html", context)


def _scope(person: User, now: datetime) -> str:
    """The widest place the person holds a role at; for an organisation, the place it sits in."""
    grants = list(roles.acting(person, now).select_related("organisation"))
    paths = [
        grant.path or (grant.organisation.path if grant.organisation else "") for grant in grants
    ]
    known = sorted((path for path in paths if path), key=len)
    return known[0] if known else "50."


def _tiles(counts: dict[str, int], *, linked: bool) -> Iterable[NumberTile]:
    """How many orders stand where; a number leads to them where there are any to be looked at."""
    for label, states in (
        (_("To dispatch"), AT_THE_DESK),
        (_("With a department"), AT_THE_DEPARTMENT),
        (_("Open to teams"), ("open",)),
        (_("With a team"), WITH_A_TEAM),
        (_("Delivered so far"), ("delivered", "rated", "closed")),
    ):
        total = sum(counts.get(state, 0) for state in states)
        listed = f"{reverse('order-list')}?{urlencode({'state': states}, doseq=True)}"
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
        words=_("%(n)s orders") % {"n": count},
    )


def without_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: the page was open for long, or somebody else's page sent it."""
    refusal = NotAllowed(
        _("this page was open for too long; please open it again and send it anew")
    )
    return render(request, "web/refusal.html", {"refusal": refusal}, status=refusal.status)


def health(request: HttpRequest) -> HttpResponse:
    """For a load balancer: the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def service_worker(request: HttpRequest) -> HttpResponse:
    """Served at the root, for a script there may answer for pages of the whole site."""
    found = finders.find("kepu/service-worker.js")
    if not found:
        raise Http404
    script = Path(str(found)).read_bytes()
    headers = {"Cache-Control": "no-cache"}
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=headers)


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here by themselves, whatever the page names."""
    return redirect(static("kepu/mark.svg"), permanent=True)


def about(request: HttpRequest) -> HttpResponse:
    """What Kepu is."""
    return render(request, "web/about.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    """How far the pages can be used by everybody, and whom to tell when they cannot."""
    return render(request, "web/accessibility.html")


def sources(request: HttpRequest) -> HttpResponse:
    """Where the data come from, and under which licence."""
    return render(request, "web/sources.html")
