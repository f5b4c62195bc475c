"""Changes of divisions: shown before they are applied, applied in one batch, read ever after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.crosswalk import actions, queries, reading
from kepu.kernel.crosswalk.forms import ChangeForm
from kepu.kernel.crosswalk.models import Change, Crossing
from kepu.kernel.crosswalk.portrait import Portrait, portrait, rehearse
from kepu.kernel.crosswalk.queries import CityMap
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import NotAllowed, Refusal
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.ui import toasts
from kepu.ui.maps import Area, Map, choropleth, whole_breaks_of

MOST = 400


def may_change(person: User, now: datetime) -> bool:
    return roles.holds(person, Verb.DIVISION_CHANGE, now=now)


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Every change that was applied, the latest first; whoever signs in may read."""
    context = {
        "changes": queries.changes().select_related("applied_by"),
        "may_change": may_change(request.user, clock.now()),  # type: ignore[arg-type]
    }
    return render(request, "crosswalk/changes.html", context)


@login_required
def show(request: HttpRequest, change_id: int) -> HttpResponse:
    """One change: what moved, how many live where, what was left for a person to decide."""
    change = queries.changes().select_related("applied_by").filter(pk=change_id).first()
    if change is None:
        raise Http404
    words = request.GET.get("q", "").strip()
    crossings = _crossings(change, words)
    context = {
        "change": change,
        **_shown(portrait(change)),
        "crossings": _named(crossings[:MOST]),
        "total": crossings.count(),
        "words": words,
        "may_change": may_change(request.user, clock.now()),  # type: ignore[arg-type]
    }
    return render(request, "crosswalk/change.html", context)


def _crossings(change: Change, words: str) -> Any:
    """Townships that moved, narrowed by name; their communities go with them."""
    found = Crossing.objects.filter(change=change).exclude(before__level=Level.COMMUNITY)
    if words:
        found = found.filter(Q(before__name__contains=words) | Q(after__name__contains=words))
    return found.select_related("before", "after").order_by("before__path")


def _named(crossings: Any) -> list[tuple[str, str]]:
    rows = [(one.before.path, one.after.path) for one in crossings]
    names = divisions.full_names({path for row in rows for path in row})
    return [(names[before], names[after]) for before, after in rows]


def _shown(found: Portrait) -> dict[str, Any]:
    """A portrait with its two maps drawn."""
    return {
        "portrait": found,
        "map_before": _map(found.map_before, found.leaving),
        "map_after": _map(found.map_after, found.arriving),
        "note": " ".join(found.map_after.captions[1:]),
    }


def _map(city: CityMap, counts: Any) -> Map | None:
    unit = pgettext("unit", "townships")
    areas = [
        Area(one.path, one.name, one.rings, float(count), words=f"{count:,} {unit}")
        for one in city.outlines
        for count in (counts[one.path],)
    ]
    limits = whole_breaks_of(area.value for area in areas)
    return choropleth(areas, breaks=limits, places=0) if areas else None


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Hand a document in: first everything that would move is shown, then it is applied."""
    by, now = request.user, clock.now()
    assert isinstance(by, User)  # noqa: S101 (login_required)
    if not may_change(by, now):
        raise NotAllowed(_("only an officer who may change divisions there may apply this change"))
    form = ChangeForm(
        request.POST or None, request.FILES or None, initial={"text": _example(request)}
    )
    context: dict[str, Any] = {"form": form, "changes": queries.changes()[:5]}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            if request.POST.get("do") == "apply":
                return _applied(request, text, by, now)
            context |= {
                "text": text,
                "document": reading.read(text),
                "today": clock.day(now),
                **_shown(rehearse(text, by=by, now=now)),
            }
        except Refusal as refusal:
            for sentence in refusal.reason.split("; "):
                form.add_error(None, sentence)
    return render(request, "crosswalk/new_change.html", context, status=422 if form.errors else 200)


def _example(request: HttpRequest) -> str:
    """The document of an earlier change to begin with, where one is asked for."""
    found = queries.changes().filter(key=request.GET.get("like", "")).first()
    return found.text if found else ""


def _applied(request: HttpRequest, text: str, by: User, now: datetime) -> HttpResponse:
    change = actions.apply(text, by=by, now=now)
    toasts.say(request, _("Applied, all of it. What was written stays where it was written."))
    return redirect("division-change", change.pk)
