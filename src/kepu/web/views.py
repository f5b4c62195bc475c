"""The portal: what a person sees first, and the pages in the footer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.here import place_of
from kepu.kernel.errors import NotAllowed
from kepu.kernel.roles import queries as roles
from kepu.orders import queries as orders
from kepu.ui.cards import Choice
from kepu.web import context, duties, overview


def home(request: HttpRequest) -> HttpResponse:
    """Officers see the map of open orders, administrators their tools, everybody else big doors."""
    person, now = request.user, clock.now()
    if not isinstance(person, User):
        return _welcome(request, [], now)
    verbs = roles.verbs(person, now)
    if verbs & duties.FIGURES:
        return overview.show(request, person, now)
    if doors := context.office_doors(person, verbs, now):
        return render(request, "web/office.html", {"doors": doors})
    return _welcome(request, duties.team_doors(person, now), now)


def _welcome(request: HttpRequest, teams: list[Choice], now: datetime) -> HttpResponse:
    """A few big doors; who serves in a team finds it above them."""
    place = place_of(request)
    dishes = list(orders.menu(place.path, now)[:6]) if place else []
    doors = [
        *teams,
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
            _("Test your science literacy"),
            reverse("self-test"),
            "light",
            _("A few questions, no name, and how sure the result is"),
        ),
        Choice(
            _("Where are you?"),
            reverse("places"),
            "pin",
            place.name if place else _("Choose your community"),
        ),
    ]
    return render(request, "web/welcome.html", {"doors": doors, "place": place, "dishes": dishes})


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
