"""Estimates: asked for with a button or with files, watched while the worker computes, cancelled."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import bodies, clock
from kepu.kernel.errors import Outside
from kepu.literacy.actions import estimates
from kepu.literacy.field_forms import EstimateForm, FilesForm
from kepu.literacy.models import Estimate
from kepu.literacy.queries import estimates as queries
from kepu.literacy.queries import samples as places
from kepu.literacy.rules import estimates as rules
from kepu.literacy.rules import runs as may
from kepu.literacy.states import ESTIMATE, EstimateStage, EstimateState
from kepu.literacy.views.fieldwork import ESTIMATE_TONES, handled
from kepu.literacy.views.shapes import form_page, person_of
from kepu.ui import toasts


@login_required
def of_fieldwork(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """Say what the report speaks, and whether anybody was really asked; the worker does the rest."""
    of = handled(request, fieldwork_id)
    form = EstimateForm(request.POST or None)

    def act() -> HttpResponse:
        made = estimates.estimate_fieldwork(
            of.pk, **form.said(), by=person_of(request), now=clock.now()
        )
        return redirect("survey-estimate", made.pk)

    return form_page(
        request, form, act, title=_("Estimate the figures"), submit=_("Estimate"),
        lead=of.title, back=reverse("survey-fieldwork", args=[of.pk]),
    )  # fmt: skip


@login_required
@bodies.takes(rules.LARGEST_SENT + bodies.MEGABYTE)
def of_files(request: HttpRequest) -> HttpResponse:
    """Hand in a plan with its files; what is wrong with one of them is said at once."""
    mine = places.places_of(person_of(request), clock.now())
    if not mine:
        raise Outside(_("there is no such page"))
    form = FilesForm(request.POST or None, request.FILES or None, places=mine)

    def act() -> HttpResponse:
        sent = form.cleaned_data["packed"]
        made = estimates.estimate_files(
            sent, sent.size, place=form.cleaned_data["place"], by=person_of(request),
            now=clock.now(),
        )  # fmt: skip
        return redirect("survey-estimate", made.pk)

    return form_page(
        request, form, act, title=_("A new run"), submit=_("Estimate"),
        lead="、".join(one.name for one in mine), back=reverse("survey-runs"),
    )  # fmt: skip


@login_required
def show(request: HttpRequest, estimate_id: int) -> HttpResponse:
    """How far it is, or what stood in the way; one that is done leads to its run.

    A script asks for the progress alone; when that is over it is told to read the page anew.
    """
    of, now = _seen(request, estimate_id), clock.now()
    context: dict[str, Any] = {
        "estimate": of, "now": now, "tone": ESTIMATE_TONES[of.state], "verbs": ESTIMATE.verbs(of.state),
        "stage": dict(EstimateStage.choices).get(of.stage, _("Computing")),
        "share": min(of.done / of.total, 1) if of.total > 1 else None,
        "no_worker": queries.waits_for_a_worker(of, now),
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        if of.state == EstimateState.COMPUTING:
            return render(request, "literacy/estimate_progress.html", context)
        return HttpResponse(headers={"HX-Refresh": "true"})
    if of.state == EstimateState.KEPT:
        return redirect("survey-run", of.run_id)
    return render(request, "literacy/estimate.html", context)


@login_required
@require_POST
def cancel(request: HttpRequest, estimate_id: int) -> HttpResponse:
    """Stop it."""
    of = _seen(request, estimate_id)
    estimates.cancel_estimate(of.pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("Done."))
    return redirect("survey-estimate", of.pk)


def _seen(request: HttpRequest, estimate_id: int) -> Estimate:
    """Another place's estimate does not exist for the reader."""
    of = queries.estimate(estimate_id)
    if may.why_not_handle(person_of(request), of.path, clock.now()):
        raise Outside(_("there is no such estimate"))
    return of
