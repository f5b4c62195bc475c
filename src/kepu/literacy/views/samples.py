"""Samples: designed, watched while the worker draws them, looked at before a yuan is spent, adopted."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.kernel.registers import one_page
from kepu.kernel.tables import csv_text
from kepu.literacy.actions import samples
from kepu.literacy.forms import SampleForm
from kepu.literacy.models import Sample
from kepu.literacy.queries import samples as queries
from kepu.literacy.rules import runs as may
from kepu.literacy.states import SAMPLE, SampleState
from kepu.literacy.views.shapes import form_page, person_of
from kepu.ui import formats, toasts
from kepu.ui.cards import NumberTile
from kepu.ui.maps import Area, Map, choropleth

TONES = {
    "computing": "information", "proposed": "warning", "adopted": "success", "dropped": "plain",
    "failed": "danger",
}  # fmt: skip
DECISIONS = {"adopt": samples.adopt_sample, "drop": samples.drop_sample}
COLUMNS = (
    lazy("Community"), lazy("Path"), lazy("Chance"), lazy("Interviews"),
    lazy("People to approach"), lazy("Weight of an interview"),
)  # fmt: skip


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
    start = {"seed": secrets.randbelow(10**8), "frame_on": day}
    form = SampleForm(request.POST or None, initial=start)

    def act() -> HttpResponse:
        now, by = clock.now(), person_of(request)
        made = samples.ask_sample(form.design(), place=place, by=by, now=now)
        return redirect("survey-sample", made.pk)

    return form_page(
        request, form, act, title=_("Design a sample"), back=reverse("survey-samples"),
        submit=_("Draw it"), lead=place.name,
    )  # fmt: skip


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
        "facts": _facts(made),
    }
    if made.summary:
        context |= {"tiles": _tiles(made), "map": _map(made), "rows": _rows(made)}
    return render(request, "literacy/sample.html", context)


def _points(width: float) -> str:
    return _("± %(n)s points") % {"n": formats.decimal(width * 100, 1)}


def _tiles(made: Sample) -> list[NumberTile]:
    told = made.summary
    return [
        NumberTile(_("The city's figure"), _points(told["half_width"]), note=_("95 times in 100")),
        NumberTile(_("Interviews"), f"{told['interviews']:,}"),
        NumberTile(_("People to approach"), f"{told['approached']:,}"),
        NumberTile(_("Communities"), f"{told['communities']:,}"),
    ]


def _map(made: Sample) -> Map | None:
    """Districts by how wide their interval will be."""
    told = {row["path"]: row for row in made.summary["districts"]}
    city = crosswalk.boundaries(made.path.split(".")[0], on=made.frame_on)
    areas = [
        Area(
            key=one.path,
            name=one.name,
            rings=one.rings,
            value=told[one.path]["half_width"] * 100,
            words=_points(told[one.path]["half_width"]),
        )
        for one in city.outlines
        if one.path in told
    ]
    return choropleth(areas) if areas else None


def _rows(made: Sample) -> list[tuple[str, ...]]:
    """What is asked first stands first: a telephone shows two columns."""
    return [
        (
            row["name"], _points(row["half_width"]), f"{row['interviews']:,}",
            f"{row['communities']:,}", f"{row['people']:,}",
        )
        for row in made.summary["districts"]
    ]  # fmt: skip


def _facts(made: Sample) -> list[tuple[str, str]]:
    return [
        (_("Place"), made.division_now.name),
        (_("Shared out over the districts"), made.get_sharing_display()),
        (_("At least so many in each district"), f"{made.least:,}"),
        (_("Interviews in one community"), str(made.together)),
        (_("Share you expect (%)"), formats.share(made.share)),
        (_("Design effect you expect"), formats.decimal(made.deff, 2)),
        (_("Share who answer (%)"), formats.share(made.response)),
        (_("Divisions of"), made.frame_on.isoformat()),
        (_("Seed"), str(made.seed)),
        (_("Digest of the draw"), format_html("<code>{}</code>", made.digest[:16] or "–")),
    ]


@login_required
def away(request: HttpRequest, sample_id: int) -> HttpResponse:
    """What was drawn as CSV, for the field and for `kepu survey weight`."""
    made = _seen(request, sample_id)
    if not made.digest:
        raise Outside(_("there is no such sample"))
    rows = (
        (
            one.division.name, one.division.path, repr(one.chance), one.interviews, one.approached,
            repr(one.weight),
        )
        for one in queries.communities(made)
    )  # fmt: skip
    text = csv_text([str(head) for head in COLUMNS], rows)
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="sample-{made.pk}.csv"'},
    )


@login_required
@require_POST
def act(request: HttpRequest, sample_id: int, verb: str) -> HttpResponse:
    """Adopt the sample, or put it away."""
    made = _seen(request, sample_id)
    if verb not in DECISIONS:
        raise Outside(_("there is no such page"))
    DECISIONS[verb](made.pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("Done."))
    return redirect("survey-sample", made.pk)


def _seen(request: HttpRequest, sample_id: int) -> Sample:
    """Another place's sample does not exist for the reader."""
    made = queries.sample(sample_id)
    if may.why_not_handle(person_of(request), made.path, clock.now()):
        raise Outside(_("there is no such sample"))
    return made
