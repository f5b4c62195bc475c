"""Fieldwork: planned, followed while it goes on, closed."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import clock
from kepu.kernel.errors import Outside
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import field_shown as shown
from kepu.literacy.actions import fieldwork as actions
from kepu.literacy.field_forms import PlanForm
from kepu.literacy.models import Fieldwork
from kepu.literacy.queries import estimates
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.rules import fieldwork as rules
from kepu.literacy.rules import runs as may
from kepu.literacy.states import FIELDWORK, FieldworkState
from kepu.literacy.views.shapes import form_page, person_of
from kepu.ui import toasts

TONES = {"planned": "information", "open": "warning", "closed": "success", "dropped": "plain"}
ESTIMATE_TONES = {
    "computing": "information", "kept": "success", "failed": "danger", "cancelled": "plain",
}  # fmt: skip
DECISIONS = {
    "begin": actions.begin_fieldwork,
    "close": actions.close_fieldwork,
    "drop": actions.drop_fieldwork,
}
LABELS = {
    "begin": lazy("Let interviewers go out"),
    "close": lazy("Close it"),
    "drop": lazy("Give it up"),
}


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Every fieldwork of which the reader supervises a part."""
    now, person = clock.now(), person_of(request)
    if not queries.reach_of(person, now):
        raise Outside(_("there is no such page"))
    rows, pager = one_page(request, queries.fieldworks_of(person, now))
    context = {
        "rows": rows, "pager": pager, "tones": TONES, "now": now,
        "plans": roles.holds(person, Verb.SURVEY_PUBLISH, now=now),
    }  # fmt: skip
    return render(request, "literacy/fieldworks.html", context)


@login_required
def plan(request: HttpRequest) -> HttpResponse:
    """Choose a sample and booklets, and the days."""
    now, person = clock.now(), person_of(request)
    if not roles.holds(person, Verb.SURVEY_PUBLISH, now=now):
        raise Outside(_("there is no such page"))
    samples, booklets = queries.to_plan(person, now)
    start = {"seed": secrets.randbelow(10**8), "opens_on": clock.day(now)}
    form = PlanForm(request.POST or None, initial=start, samples=samples, booklets=booklets)

    def act() -> HttpResponse:
        made = actions.plan_fieldwork(form.plan(), by=person, now=clock.now())
        return redirect("survey-fieldwork", made.pk)

    return form_page(
        request, form, act, title=_("Plan fieldwork"), back=reverse("survey-fieldworks"),
        submit=_("Make the doors"), lead=_("Every person approached becomes a door with a booklet."),
    )  # fmt: skip


@login_required
def show(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """How it goes: what needs a hand, interviews against the plan, rates. A script asks for it again."""
    now = clock.now()
    of = seen(request, fieldwork_id)
    told = shown.Progress.read(of, queries.reach_of(person_of(request), now))
    districts = shown.by_district(told)
    context: dict[str, Any] = {
        "fieldwork": of, "tone": TONES[of.state], "now": now,
        "tiles": shown.tiles(told, now), "hands": shown.hands(told, now),
        "districts": shown.district_rows(districts, of),
        "dispositions": shown.dispositions(told.whole), "rates": shown.rates(told.whole),
        "interviewers": shown.interviewer_rows(told), "quotas": shown.quota_rows(told),
        "live": of.state == FieldworkState.OPEN,
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        if of.state != FieldworkState.OPEN:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "literacy/fieldwork_live.html", context)
    handles = may.why_not_handle(person_of(request), of.path, now) is None
    context |= {
        "map": shown.on_the_map(districts, of), "facts": shown.facts(of, handles), "handles": handles,
        "offered": _offered(of) if handles else [], "estimates": estimates.of_fieldwork(of)[:5],
        "estimate_tones": ESTIMATE_TONES,
        "nobodys": sum(one.doors for one in told.piles if one.interviewer is None),
    }  # fmt: skip
    return render(request, "literacy/fieldwork.html", context)


def _offered(of: Fieldwork) -> list[tuple[str, Any, str | None]]:
    """What can be done with it, and why not now."""
    found = []
    for verb in FIELDWORK.verbs(of.state):
        why_not = rules.why_not_begin(of, clock.day(clock.now())) if verb == "begin" else None
        found.append((verb, LABELS[verb], why_not))
    return found


@login_required
def act(request: HttpRequest, fieldwork_id: int, verb: str) -> HttpResponse:
    """Begin, close or give up; what cannot be undone is asked once more."""
    of = seen(request, fieldwork_id)
    if verb not in DECISIONS or may.why_not_handle(person_of(request), of.path, clock.now()):
        raise Outside(_("there is no such page"))
    if request.method != "POST":
        if verb == "begin":
            raise Outside(_("there is no such page"))
        left = rules.left_at_close(of, clock.now()) if verb == "close" else []
        context = {"fieldwork": of, "verb": verb, "label": LABELS[verb], "left": left}
        return render(request, "literacy/fieldwork_end.html", context)
    DECISIONS[verb](of.pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("Done."))
    return redirect("survey-fieldwork", of.pk)


def seen(request: HttpRequest, fieldwork_id: int) -> Fieldwork:
    """Fieldwork elsewhere does not exist for the reader."""
    return queries.fieldwork(fieldwork_id, person_of(request), clock.now())


def handled(request: HttpRequest, fieldwork_id: int) -> Fieldwork:
    """The same, for who runs the survey there; a supervisor finds no such page."""
    of = seen(request, fieldwork_id)
    if may.why_not_handle(person_of(request), of.path, clock.now()):
        raise Outside(_("there is no such page"))
    return of
