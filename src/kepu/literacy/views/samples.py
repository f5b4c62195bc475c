"""Samples: designed, watched while the worker draws them, looked at before a yuan is spent, adopted."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.kernel.registers import one_page
from kepu.kernel.tables import csv_text
from kepu.literacy import followed
from kepu.literacy import sample_shown as shown
from kepu.literacy.actions import samples
from kepu.literacy.models import Sample
from kepu.literacy.queries import samples as queries
from kepu.literacy.rules import runs as may
from kepu.literacy.sample_forms import SampleForm, typed
from kepu.literacy.states import SAMPLE, SampleState
from kepu.literacy.views.shapes import form_page, person_of
from kepu.ui import toasts

TONES = {
    "computing": "information", "proposed": "warning", "adopted": "success", "dropped": "plain",
    "failed": "danger",
}  # fmt: skip
DONE = {
    "adopt": lazy("Taken into the field: a fieldwork can be planned with this sample."),
    "drop": lazy("Put away: no fieldwork is planned with this sample."),
}
DECISIONS = {"adopt": samples.adopt_sample, "drop": samples.drop_sample}


def _place(request: HttpRequest) -> Division:
    place = queries.places_of(person_of(request), clock.now()).first()
    if place is None:
        raise Outside(_("there is no such page"))
    return place


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Every sample of the places whose survey the reader runs."""
    _place(request)
    rows, pager = one_page(request, queries.samples_of(person_of(request), clock.now()))
    context = {"rows": rows, "pager": pager, "tones": TONES, "now": clock.now()}
    return render(request, "literacy/samples.html", context)


@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """Say how many people, and what is expected; the worker designs and draws."""
    place = _place(request)
    day = queries.frame_day(place, clock.day(clock.now()))
    start = {"seed": secrets.randbelow(10**8), "frame_on": day} | _from_another(request)
    earlier = queries.to_go_on_from(place)
    form = SampleForm(request.POST or None, initial=start, place=place, earlier=earlier)

    def act() -> HttpResponse:
        now, by = clock.now(), person_of(request)
        made = samples.ask_sample(form.design(), place=place, by=by, now=now)
        return redirect("survey-sample", made.pk)

    return form_page(
        request, form, act, title=_("Design a sample"), back=reverse("survey-samples"),
        submit=_("Draw it"), lead=place.name,
    )  # fmt: skip


def _from_another(request: HttpRequest) -> dict[str, Any]:
    """What was typed for the sample that this one is designed from, such as one that failed."""
    said = request.GET.get("from", "")
    return typed(_seen(request, int(said))) if said.isdecimal() and len(said) < 10 else {}


@login_required
def show(request: HttpRequest, sample_id: int) -> HttpResponse:
    """What the design comes to: half-widths on the map and in a table, and what was drawn.

    A script asks for the progress alone; when that is over it is told to read the page anew.
    """
    made = _seen(request, sample_id)
    if request.headers.get("HX-Request"):
        if made.state == SampleState.COMPUTING:
            return render(request, "literacy/sample_progress.html", {"sample": made})
        return HttpResponse(headers={"HX-Refresh": "true"})
    context: dict[str, Any] = {
        "sample": made,
        "tone": TONES[made.state],
        "verbs": SAMPLE.verbs(made.state),
        "now": clock.now(),
        "facts": [*followed.from_sample(made), *shown.facts(made)],
        "suppositions": shown.suppositions(made),
    }
    if made.summary:
        context |= {
            "tiles": shown.tiles(made), "map": shown.on_the_map(made), "table": shown.table(made),
            "notes": shown.notes(made),
        }  # fmt: skip
    return render(request, "literacy/sample.html", context)


@login_required
def away(request: HttpRequest, sample_id: int) -> HttpResponse:
    """What was drawn as CSV, for the field, `kepu survey weight` and a run of one's own."""
    made = _seen(request, sample_id)
    if not made.digest:
        raise Outside(_("there is no such sample"))
    text = csv_text(shown.COLUMNS, shown.drawn_rows(made))
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="sample-{made.pk}.csv"'},
    )


@login_required
@require_POST
def act(request: HttpRequest, sample_id: int, verb: str) -> HttpResponse:
    """Adopt the sample, put it away, or draw it again."""
    made = _seen(request, sample_id)
    if verb == "draw-again":
        again = samples.draw_again(made.pk, by=person_of(request), now=clock.now())
        say = messages.success if again.same else messages.warning
        say(request, shown.again_words(again))
        return redirect("survey-sample", made.pk)
    if verb not in DECISIONS:
        raise Outside(_("there is no such page"))
    DECISIONS[verb](made.pk, by=person_of(request), now=clock.now())
    toasts.say(request, str(DONE[verb]))
    return redirect("survey-sample", made.pk)


def _seen(request: HttpRequest, sample_id: int) -> Sample:
    """Another place's sample does not exist for the reader."""
    made = queries.sample(sample_id)
    if may.why_not_handle(person_of(request), made.path, clock.now()):
        raise Outside(_("there is no such sample"))
    return made
