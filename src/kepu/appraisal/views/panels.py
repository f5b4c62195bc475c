"""Finding reviewers: the secretary's pages, and the draw by lot for everybody to check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from kepu.appraisal import actions, queries, rules
from kepu.appraisal.forms.reviewing import ReplaceForm, WhyForm
from kepu.appraisal.models import Application, Evidence, Panels, Review
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import reviewing as reviews
from kepu.appraisal.rules.pairing import beside
from kepu.appraisal.states import (
    PANELS,
    PANELS_AT_WORK,
    ApplicationState,
    PanelsStage,
    PanelsState,
)
from kepu.appraisal.views.reviewing import TONES
from kepu.appraisal.views.rim import form_page, number, person_of, somebody
from kepu.kernel import clock
from kepu.kernel.errors import Outside, authorize, require
from kepu.kernel.registers import one_page
from kepu.people.queries import experts
from kepu.ui import toasts

COMPUTING = [stage.value for stage in PanelsStage if stage != PanelsStage.ASKING]
DEEDS: dict[str, Callable[..., Panels]] = {
    "ask": actions.panels.ask_panels,
    "drop": actions.panels.drop_panels,
}
SHOWN = 40  # experts listed beside one application
HEADINGS = {
    PanelsState.COMPUTING: lazy("Reviewers are being found"),
    PanelsState.PROPOSED: lazy("Who would review what"),
    PanelsState.ASKING: lazy("The reviewers are being asked"),
    PanelsState.DONE: lazy("The reviewers were asked"),
    PanelsState.DROPPED: lazy("This proposal was put away"),
    PanelsState.FAILED: lazy("No reviewers could be found"),
}


# --- the call -------------------------------------------------------------------------------------


@login_required
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """How far the reviewing of a call is, who is late, and what to do next."""
    person, now = person_of(request), clock.now()
    one = reviews.kept(call_id, person, now)
    programme = queries.calls.programme(one)
    require(_why_no_review(programme))
    assert programme.reviewing  # noqa: S101 (or nothing is reviewed)
    shut = reviews.shut(one, person, now)
    rows, pager = one_page(request, reviews.reviews_of(one, shut))
    standing = reviews.standing(one, programme.reviewing.each, now)
    lacking = reviews.lacking(one, programme.reviewing.each).exclude(pk__in=shut)
    context = {
        "call": one,
        "programme": programme,
        "standing": standing,
        "rows": rows,
        "numbers": queries.papers.from_paper([each.pk for each in rows]),
        "pager": pager,
        "tones": TONES,
        "now": now,
        "panels": reviews.newest_panels(one),
        "why_not": rules.reviewing.why_not_propose(one, programme, now),
        "lacking": lacking[:SHOWN] if standing.lacking else (),
        "held": reviews.held_files(one, shut)[:SHOWN],
    }
    return render(request, "appraisal/review_call.html", context)


def _why_no_review(programme: Programme) -> str | None:
    return None if programme.reviewing else _("this programme has no expert review")


@login_required
@require_POST
def propose(request: HttpRequest, call_id: int) -> HttpResponse:
    """Ask for reviewers to be found."""
    person, now = person_of(request), clock.now()
    one = reviews.kept(call_id, person, now)
    panels = actions.panels.propose_panels(one.pk, by=person, now=now)
    return redirect("appraisal-panels", panels.pk)


# --- one proposal ---------------------------------------------------------------------------------


@login_required
def show(request: HttpRequest, panels_id: int) -> HttpResponse:
    """How far the worker is, or who would review what and why; nothing is done before it is carried out."""
    panels = _kept(request, panels_id)
    watched = request.headers.get("HX-Request")
    if watched and panels.state in PANELS_AT_WORK:
        return render(request, "appraisal/review_progress.html", _progress(panels))
    if watched:
        return HttpResponse(headers={"HX-Refresh": "true"})
    shut = reviews.shut(panels.call, person_of(request), clock.now())
    rows, pager = one_page(request, reviews.seats(panels, shut))
    loads = reviews.loads(panels, shut)[:SHOWN]
    known = experts.named([expert for expert, _n in loads])
    context = {
        "heading": HEADINGS[PanelsState(panels.state)],
        "at_work": panels.state in PANELS_AT_WORK,
        "verbs": PANELS.verbs(panels.state),
        "rows": rows,
        "pager": pager,
        "loads": [(known[expert], n) for expert, n in loads],
        "now": clock.now(),
        **_progress(panels),
    }
    return render(request, "appraisal/review_panels.html", context)


def _progress(panels: Panels) -> dict[str, object]:
    """How much of all stages is done, every stage counted alike."""
    of_stage = min(panels.done / panels.total, 1.0) if panels.total else 0.0
    stages = COMPUTING if panels.stage in COMPUTING else [panels.stage]
    share = (stages.index(panels.stage) + of_stage) / len(stages)
    return {"panels": panels, "share": share}


@login_required
@require_POST
def act(request: HttpRequest, panels_id: int, verb: str) -> HttpResponse:
    """Ask the reviewers, or put the proposal away."""
    if verb not in DEEDS:
        raise Http404
    panels = _kept(request, panels_id)
    DEEDS[verb](panels.pk, by=person_of(request), now=clock.now())
    if verb == "ask":
        return redirect("appraisal-panels", panels.pk)
    toasts.say(request, _("Put away; nobody was asked."))
    return redirect("appraisal-reviewers", panels.call_id)


def _kept(request: HttpRequest, panels_id: int) -> Panels:
    panels = reviews.panels(panels_id)
    reviews.kept(panels.call_id, person_of(request), clock.now())
    return panels


# --- one application ------------------------------------------------------------------------------


@login_required
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Who reviews an application, who may and who may not and why, and its files as reviewers see them."""
    one = _application(request, application_id)
    now = clock.now()
    found = beside(one, clock.day(now))
    known = experts.named([each.expert.id for each in found])
    may = [(each, known[each.expert.id]) for each in found if each.why_not is None]
    may_not = [(each, known[each.expert.id]) for each in found if each.why_not is not None]
    programme = queries.calls.programme(one.call)
    rows = list(one.reviews.select_related("expert__person").order_by("pk"))
    context = {
        "application": one,
        "name": queries.applications.name_of(one),
        "reviews": rows,
        "numbers": queries.papers.from_paper([each.pk for each in rows]),
        "discussion": queries.discussions.of_application(one),
        "why_not_discuss": rules.discussions.why_not_open(one, programme, "-"),
        "tones": TONES,
        "now": now,
        "why_not": rules.reviewing.why_not_reviewed(one.call, programme),
        "may": may[:SHOWN],
        "may_not": may_not[: 5 * SHOWN],
        "counts": (len(may), len(may_not)),
        "files": one.evidence.select_related("file", "file__owner"),
        "blind": bool(programme.reviewing and programme.reviewing.blind),
        "exhibits": {row.key: str(row) for row in programme.evidence},
    }
    return render(request, "appraisal/review_application.html", context)


def _application(request: HttpRequest, application_id: int) -> Application:
    """One that was handed in: a draft is nobody's but the applicant's."""
    handed_in = queries.applications.joined().exclude(state=ApplicationState.DRAFT)
    found = handed_in.filter(pk=application_id).first()
    if found is None:
        raise Outside(_("there is no such application"))
    one: Application = found
    _authorize(request, one)
    return one


def _authorize(request: HttpRequest, one: Application) -> None:
    """A secretary of the call, without a side in the application: its reviewers' names stand here."""
    person, now = person_of(request), clock.now()
    reviews.kept(one.call_id, person, now)
    authorize(rules.applications.why_not_judge_own(person, one, now))


@login_required
@require_POST
def ask(request: HttpRequest, application_id: int) -> HttpResponse:
    """Ask one expert by hand."""
    one = _application(request, application_id)
    expert = number(request.POST.get("expert"))
    actions.reviewing.ask_one(one.pk, expert_id=expert, by=person_of(request), now=clock.now())
    toasts.say(request, _("Asked."))
    return redirect("application-reviewers", one.pk)


@login_required
def replace(request: HttpRequest, review_id: int) -> HttpResponse:
    """Let one reviewer off and ask another."""
    review, by, now = _review(request, review_id)
    require(rules.reviewing.why_not_replace(review))
    may = [one.expert.id for one in beside(review.application, clock.day(now)) if not one.why_not]
    known = experts.named(may[: 5 * SHOWN])

    def done(data: dict[str, Any]) -> HttpResponse:
        actions.reviewing.replace(
            review.pk, expert_id=data["expert"], reason=data["reason"], by=by, now=now
        )
        toasts.say(request, _("Replaced. The new reviewer was told."))
        return redirect("application-reviewers", review.application_id)

    form = ReplaceForm(
        request.POST or None, experts=list(known.items()),
        read_by=lazy("The secretary reads this, and nobody else."),
    )  # fmt: skip
    return _page(request, form, done, review, _("Replace the reviewer"))


@login_required
def give_back(request: HttpRequest, review_id: int) -> HttpResponse:
    """Give a review back once, for discussion."""
    review, by, now = _review(request, review_id)
    require(rules.reviewing.why_not_give_back(review, "-"))

    def done(data: dict[str, Any]) -> HttpResponse:
        actions.reviewing.give_back(review.pk, reason=data["reason"], by=by, now=now)
        toasts.say(request, _("Given back. The reviewer was told."))
        return redirect("application-reviewers", review.application_id)

    form = WhyForm(request.POST or None, read_by=lazy("The reviewer reads this. Name nobody."))
    return _page(request, form, done, review, _("Give the review back"))


def _review(request: HttpRequest, review_id: int) -> tuple[Review, Any, datetime]:
    rows = Review.objects.select_related("application__call", "expert__person")
    review = rows.filter(pk=review_id).first()
    if review is None:
        raise Outside(_("there is no such review"))
    by, now = person_of(request), clock.now()
    _authorize(request, review.application)
    return review, by, now


def _page(
    request: HttpRequest, form: Any, done: Callable[[dict[str, Any]], HttpResponse], review: Review,
    verb: str,
) -> HttpResponse:  # fmt: skip
    back = reverse("application-reviewers", args=[review.application_id])
    title = f"{verb}{_(': ')}{review.application.code}"
    return form_page(request, form, done, title=title, back=back, submit=verb)


# --- files ----------------------------------------------------------------------------------------


@login_required
def hold(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Keep a file from reviewers."""
    row = _evidence(request, evidence_id)
    by, now = person_of(request), clock.now()

    def done(data: dict[str, Any]) -> HttpResponse:
        actions.evidence.hold(row.pk, reason=data["reason"], by=by, now=now)
        toasts.say(request, _("Reviewers do not see this file any more."))
        return redirect("application-reviewers", row.application_id)

    form = WhyForm(
        request.POST or None, read_by=lazy("The secretary reads this, and nobody else."),
    )  # fmt: skip
    return form_page(
        request, form, done, title=_("Keep a file from reviewers"), submit=_("Keep it from them"),
        back=reverse("application-reviewers", args=[row.application_id]),
    )  # fmt: skip


@login_required
@require_POST
def let_see(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Try again to make a copy of a file for reviewers."""
    row = _evidence(request, evidence_id)
    actions.evidence.let_see(row.pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("A copy for reviewers is being made."))
    return redirect("application-reviewers", row.application_id)


def _evidence(request: HttpRequest, evidence_id: int) -> Evidence:
    row = reviews.kept_file(evidence_id)
    _authorize(request, row.application)
    return row


# --- the draw, for everybody ----------------------------------------------------------------------


@require_safe
def lot(request: HttpRequest, call_id: int) -> HttpResponse:
    """A draw by lot: the seed, how it decides, and which number drew what; nobody is named."""
    one = queries.calls.seen(call_id, somebody(request), clock.now())
    programme = queries.calls.programme(one)
    if not (programme.reviewing and programme.reviewing.by_lot):
        raise Outside(_("in this programme nothing is drawn by lot"))
    context = {
        "call": one,
        "draws": [(each, _numbers(each)) for each in reviews.drawn_of(one)],
        "now": clock.now(),
    }
    return render(request, "appraisal/review_lot.html", context)


def _numbers(panels: Panels) -> list[tuple[str, list[tuple[int, int]]]]:
    """Draw numbers and tickets by code, as the draw fell."""
    of_expert = {expert: n for n, expert in enumerate(panels.numbered, 1)}
    found: dict[str, list[tuple[int, int]]] = {code: [] for code in panels.inputs["codes"]}
    rows = panels.seats.filter(expert__isnull=False).order_by("pk")
    for code, expert, ticket in rows.values_list("application__code", "expert", "fit"):
        found[code].append((of_expert[expert], ticket))
    return list(found.items())


@require_safe
def lot_inputs(request: HttpRequest, call_id: int, panels_id: int) -> JsonResponse:
    """A draw as a file: the seed and its digest, how many stood in the pool, which numbers were drawn.

    Who may not meet whom, and who was full, hints at who stands under a number: that only the call's
    own officers have, to work the whole draw out again.
    """
    person, now = somebody(request), clock.now()
    one = queries.calls.seen(call_id, person, now)
    panels = reviews.drawn_of(one).filter(pk=panels_id).first()
    if panels is None:
        raise Outside(_("there is no such draw"))
    told: dict[str, Any] = {
        "seed": panels.inputs["seed"],
        "salt": one.seed_salt,
        "digest": one.seed_digest,
        "pool": len(panels.numbered),
        "drawn": {code: [n for n, _ticket in pairs] for code, pairs in _numbers(panels)},
    }
    keeps = person is not None and queries.calls.keeps(one, person, now)
    if person and keeps and not reviews.shut(one, person, now):
        told["inputs"] = panels.inputs
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="lot-{panels.pk}.json"'
    return response
