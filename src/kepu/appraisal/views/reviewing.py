"""The reviewer's desk: what to review, the dossier, the points. A reviewer of others finds nothing here."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from kepu.appraisal import blind, queries
from kepu.appraisal.actions import reviewing as actions
from kepu.appraisal.forms.reviewing import PledgeForm, ScoreForm, SummingUpForm, WhyForm
from kepu.appraisal.models import Review, Score
from kepu.appraisal.programme.schema import Criterion, Programme
from kepu.appraisal.queries import reviewing as reviews
from kepu.appraisal.queries import standards
from kepu.appraisal.rules import reviewing as rules
from kepu.appraisal.states import ReviewState
from kepu.appraisal.views.rim import form_page, person_of
from kepu.kernel import clock
from kepu.kernel.errors import BadInput, Outside, authorize, require
from kepu.kernel.files import blobs
from kepu.kernel.files.kinds import LOOKS, Kind
from kepu.kernel.registers import one_page
from kepu.ui import toasts

TONES = {
    ReviewState.ASKED: "accent",
    ReviewState.AT_WORK: "information",
    ReviewState.DONE: "success",
    ReviewState.RECUSED: "plain",
}
_POLICY = "default-src 'none'; style-src 'none'; sandbox"


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What the reader was asked to review, the most urgent first."""
    rows, pager = one_page(request, reviews.of_person(person_of(request)))
    context = {
        "rows": [(one, _needed(one)) for one in rows],
        "pager": pager, "tones": TONES, "now": clock.now(),
    }  # fmt: skip
    return render(request, "appraisal/reviews.html", context)


def _needed(review: Review) -> int:
    programme = queries.calls.programme(review.application.call)
    return len(reviews.judged(programme, review.application.klass))


@login_required
def show(request: HttpRequest, review_id: int) -> HttpResponse:
    """One review: the pledge, then the dossier beside the points; what is kept can be gone on with."""
    review = reviews.own(review_id, person_of(request))
    programme = queries.calls.programme(review.application.call)
    opened = rules.why_not_read(review) is None
    context = {
        "review": review,
        "programme": programme,
        "tone": TONES[ReviewState(review.state)],
        "now": clock.now(),
        "closed": rules.why_not_read(review),
        "pledge": PledgeForm(),
        "asked": review.state == ReviewState.ASKED
        and rules.why_not_under_review(review.application) is None,
        "dossier": _dossier(review, programme) if opened else None,
        "writes": rules.why_not_write(review) is None,
        "rows": _rows(review, programme) if opened else [],
        "summing_up": SummingUpForm(initial={"comment": review.comment}),
    }
    return render(request, "appraisal/review.html", context)


def _dossier(review: Review, programme: Programme) -> blind.Dossier:
    application = reviews.application_of(review)
    return blind.dossier(application, programme, queries.applications.answers(application))


def _rows(review: Review, programme: Programme) -> list[dict[str, Any]]:
    """Every criterion with what is kept of it."""
    kept = {one.criterion: one for one in review.scores.all()}
    judged = reviews.judged(programme, review.application.klass)
    return [_row(one, kept.get(one.key)) for one in judged]


def _row(criterion: Criterion, kept: Score | None) -> dict[str, Any]:
    start = {"points": f"{kept.points / 100:g}", "comment": kept.comment} if kept else {}
    return {
        "criterion": criterion, "kept": kept, "cited": standards.cited(criterion.cites),
        "form": ScoreForm(initial=start, criterion=criterion),
    }  # fmt: skip


@login_required
@require_POST
def take_on(request: HttpRequest, review_id: int) -> HttpResponse:
    """Pledge, and open the dossier."""
    person = person_of(request)
    review = reviews.own(review_id, person)
    pledged = {key: bool(request.POST.get(key)) for key in ("confidential", "unbound")}
    actions.take_on(review.pk, by=person, now=clock.now(), **pledged)
    return redirect("appraisal-review", review.pk)


@login_required
@require_POST
def score(request: HttpRequest, review_id: int, criterion: str) -> HttpResponse:
    """Keep one row. A script sends it by itself and gets the row back; without one the page comes again."""
    person = person_of(request)
    review = reviews.own(review_id, person)
    programme = queries.calls.programme(review.application.call)
    judged = reviews.judged(programme, review.application.klass)
    one = next((row for row in judged if row.key == criterion), None)
    if one is None:
        raise Outside(_("there is no such criterion"))
    form = ScoreForm(request.POST, criterion=one)
    if not form.is_valid():
        told = rules.why_not_score(one, -1) if "points" in form.errors else None
        raise BadInput(told or _("a remark has 1,000 letters at most"))
    kept = actions.score(
        review.pk, criterion, hundredths=form.hundredths(), comment=form.cleaned_data["comment"],
        by=person, now=clock.now(),
    )  # fmt: skip
    if not request.headers.get("HX-Request"):
        toasts.say(request, _("Kept."))
        return redirect(reverse("appraisal-review", args=[review.pk]) + f"#row-{criterion}")
    context = {"row": _row(one, kept), "review": review, "writes": True}
    return render(request, "appraisal/review_row.html", context)


@login_required
@require_POST
def hand_in(request: HttpRequest, review_id: int) -> HttpResponse:
    """Hand the review in."""
    person = person_of(request)
    review = reviews.own(review_id, person)
    form = SummingUpForm(request.POST)
    words = form.cleaned_data["comment"] if form.is_valid() else ""
    actions.hand_in(review.pk, comment=words, by=person, now=clock.now())
    toasts.say(request, _("Handed in. Thank you."))
    return redirect("appraisal-reviews")


@login_required
def recuse(request: HttpRequest, review_id: int) -> HttpResponse:
    """Step aside, with a reason."""
    person = person_of(request)
    review = reviews.own(review_id, person)
    authorize(rules.why_not_as(person, review))
    require(rules.why_not_recuse(review, "-"))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.recuse(review.pk, reason=data["reason"], by=person, now=clock.now())
        toasts.say(request, _("You stepped aside. Somebody else is asked."))
        return redirect("appraisal-reviews")

    form = WhyForm(
        request.POST or None, read_by=lazy("The secretary reads this, and nobody else."),
    )  # fmt: skip
    return form_page(
        request, form, act, title=_("Step aside: %(code)s") % {"code": review.application.code},
        back=reverse("appraisal-review", args=[review.pk]), submit=_("Step aside"),
    )  # fmt: skip


@login_required
@require_safe
def file(request: HttpRequest, review_id: int, evidence_id: int) -> FileResponse:
    """A file as its reviewers may see it, under a name that tells its number alone."""
    review = reviews.own(review_id, person_of(request))
    require(rules.why_not_read(review))
    application = reviews.application_of(review)
    programme = queries.calls.programme(application.call)
    shown = blind.shown(application, programme)
    number = next((n for n, one in enumerate(shown, 1) if one.pk == evidence_id), 0)
    if not number:
        raise Http404
    row = shown[number - 1]
    stored = row.blind if blind.is_blind(programme) else row.file
    assert stored is not None  # noqa: S101 (a clean one has its copy)
    look = LOOKS[Kind(stored.kind)]
    try:
        content = blobs.open_blob(stored.sha256)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=True, content_type=look.media_type,
        filename=f"{application.code}-{number}{look.extension}",
    )  # fmt: skip
    response["Content-Security-Policy"] = _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
