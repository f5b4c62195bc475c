"""Where venues lie against where people live; where one more would reach most."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.venues import policy, siting, siting_shown
from kepu.venues.forms import ALL
from kepu.venues.rules import WITHOUT_A_DOOR
from kepu.venues.states import VenueKind

KINDS = [one for one in VenueKind.choices if one[0] not in WITHOUT_A_DOOR]
MOST_ROWS = 60


class ReachForm(forms.Form):
    """Of which place, and of which kind of venue."""

    district = forms.ChoiceField(label=lazy("District"), required=False)
    kind = forms.ChoiceField(label=lazy("Kind"), required=False, choices=[ALL, *KINDS])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", lazy("everywhere")), *divisions.districts_by_city()]
        self.fields["district"].choices = choices  # type: ignore[attr-defined]


@require_safe
def reach(request: HttpRequest) -> HttpResponse:
    """Who lives near an open venue, district by district; and where one more would add most."""
    now, form = clock.now(), ReachForm(request.GET)
    form.is_valid()
    district, kind = form.cleaned_data.get("district", ""), form.cleaned_data.get("kind", "")
    place = district or settings.CITY
    scope = f"{place.split('.')[0]}."
    known = siting.residents(scope, now)
    whole = siting.reach(scope, kind, now, known)
    here = whole if place == scope else whole.inside(place)
    rules, found = policy.facilities(now), siting.suggested(here)
    context = {
        "form": form, "kind": kind, "district": district, "here": here, "rules": rules,
        "tiles": siting_shown.tiles(here),
        "map": siting_shown.picture(
            whole, now, selected=district,
            href=lambda path: f"{reverse('venue-reach')}?district={path}&kind={kind}",
        ),
        "suggested": found, "places": _districts_of(found),
        "far": [(one, siting_shown.far(one)) for one in _farthest(here)] if district else (),
        "floors": siting.floors(place, now, known),
        "reaches": [(label, rules.siting.of(key)) for key, label in KINDS],
    }  # fmt: skip
    return render(request, "venues/reach.html", context)


def _farthest(here: siting.Reach) -> list[siting.Township]:
    return sorted(here.townships, key=lambda one: -one.km)[:MOST_ROWS]


def _districts_of(found: siting.Suggested | None) -> dict[str, str]:
    """The names of the districts in which the sites lie."""
    paths = {one.place.path for one in found.sites} if found else set()
    parents = {path: divisions.parent_path(path) or path for path in paths}
    names = divisions.full_names(set(parents.values()))
    return {path: names[parent] for path, parent in parents.items()}
