"""Reviews as the expert sees them, on a telephone."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.errors import Outside
from kepu.literacy.actions import reviews
from kepu.literacy.forms import VerdictForm
from kepu.literacy.models import Review
from kepu.literacy.queries import reviews as queries
from kepu.literacy.registers import dimension_of
from kepu.literacy.rules import reviews as rules
from kepu.literacy.views.shapes import form_page, person_of
from kepu.ui import toasts


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Items that wait for my judgement, and what I said of others."""
    person = person_of(request)
    return render(request, "literacy/reviews.html", {
        "waiting": queries.waiting_for(person)[:100],
        "answered": queries.answered_by(person)[:50],
        "now": clock.now(),
    })  # fmt: skip


@login_required
def show(request: HttpRequest, review_id: int) -> HttpResponse:
    """One item as a respondent reads it, with its key, and three answers to choose from."""
    review, person = _own(request, review_id), person_of(request)
    open_still = queries.shows_item(review)
    form = VerdictForm(request.POST or None, initial={"verdict": review.verdict})

    def act() -> HttpResponse:
        reviews.answer_review(review.pk, by=person, now=clock.now(), **form.cleaned_data)
        toasts.say(request, _("Thank you. Your judgement is kept."))
        return redirect("item-reviews")

    return form_page(
        request, form, act, "literacy/review.html", review=review, item=review.item,
        dimension=dimension_of(review.item), open_still=open_still, now=clock.now(),
        wordings=review.item.wordings.all() if open_still else [],
    )  # fmt: skip


def _own(request: HttpRequest, review_id: int) -> Review:
    """Somebody else's review does not exist for the reader."""
    review = queries.review(review_id)
    if rules.why_not_review_as(person_of(request), review):
        raise Outside(_("there is no such review"))
    return review
