"""Reviews on paper: sheets of a call, taking one in, keying it. Who is second sees nothing of the first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.actions import papers as actions
from kepu.appraisal.forms.papers import KeyForm, OpenForm
from kepu.appraisal.forms.reviewing import WhyForm
from kepu.appraisal.models import Paper
from kepu.appraisal.papers_states import LIVE, PaperState
from kepu.appraisal.queries import papers as queries
from kepu.appraisal.queries import reviewing as reviews
from kepu.appraisal.rules import papers as rules
from kepu.appraisal.rules.calls import why_not_keep
from kepu.appraisal.views.rim import form_page, person_of
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Refusal, authorize
from kepu.kernel.registers import one_page
from kepu.ui import toasts

TONES = {
    PaperState.WAITING: "accent",
    PaperState.ONCE: "information",
    PaperState.DIFFERS: "warning",
    PaperState.DONE: "success",
}


@login_required
def listed(request: HttpRequest, call_id: int) -> HttpResponse:
    """Sheets of a call, those to be keyed first; and the reviews a sheet may come from."""
    person, now = person_of(request), clock.now()
    call = queries.call_of(call_id, person, now)
    shut = reviews.shut(call, person, now)
    rows, pager = one_page(request, queries.unsent(call, shut))
    context = {
        "call": call,
        "papers": [(one, _why_not(one, person, now)) for one in queries.of_call(call, shut)],
        "rows": rows,
        "pager": pager,
        "opens": why_not_keep(person, call, now) is None,
        "tones": TONES,
        "now": now,
    }
    return render(request, "appraisal/papers.html", context)


def _why_not(paper: Paper, person: User, now: datetime) -> str | None:
    return rules.why_not_key_as(person, paper, now) or rules.why_not_key(paper, person)


@login_required
def take_in(request: HttpRequest, review_id: int) -> HttpResponse:
    """Take a sheet in with its scan."""
    person, now = person_of(request), clock.now()
    review = queries.review_of(review_id, person, now)
    authorize(rules.why_not_open_as(person, review, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        sheet = actions.Sheet(data["signed_on"], data["reference"], data["pledged"])
        scan = data["scan"]
        made = actions.open_paper(review.pk, sheet, scan, scan.name or "", by=person, now=now)
        toasts.say(request, _("Taken in. Two people key it, each without the other."))
        return redirect("appraisal-paper", made.pk)

    form = OpenForm(request.POST or None, request.FILES or None)
    code = review.application.code
    return form_page(
        request, form, act, title=_("A review on paper: %(code)s") % {"code": code},
        back=reverse("appraisal-papers", args=[review.application.call_id]), submit=_("Take the paper in"),
    )  # fmt: skip


@login_required
def show(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Key a sheet; where two read differently, both readings stand side by side."""
    person, now = person_of(request), clock.now()
    paper = queries.seen(paper_id, person, now)
    authorize(rules.why_not_key_as(person, paper, now))
    criteria = queries.criteria(paper.review.application)
    form = KeyForm(request.POST or None, criteria=criteria)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                return _key(request, paper, form, person)
            except Refusal as refusal:
                form.add_error(None, refusal.reason)
                status = refusal.status
    keyed = paper.keyings.filter(by=person).exists()
    context = {
        "paper": paper,
        "review": paper.review,
        "call": paper.review.application.call,
        "tone": TONES.get(PaperState(paper.state), "plain"),
        "form": form,
        "why_not": rules.why_not_key(paper, person),
        "apart": paper.state == PaperState.DIFFERS,
        "fields": queries.side_by_side(paper) if paper.state == PaperState.DIFFERS else [],
        "names": [one.by.name for one in queries.readings(paper)],
        "keyed": keyed,
        "drops": paper.state in LIVE and rules.why_not_open_as(person, paper.review, now) is None,
        "now": now,
    }
    return render(request, "appraisal/paper.html", context, status=status)


def _key(request: HttpRequest, paper: Paper, form: KeyForm, person: User) -> HttpResponse:
    kept = actions.key(
        paper.pk, points=form.points(), remarks=form.remarks(),
        comment=form.cleaned_data["comment"], by=person, now=clock.now(),
    )  # fmt: skip
    call = paper.review.application.call_id
    if kept.state == PaperState.DIFFERS:
        toasts.say(request, _("The two readings differ. Look at both, and at the paper."))
        return redirect("appraisal-paper", paper.pk)
    done = kept.state == PaperState.DONE
    toasts.say(
        request,
        _("The review is handed in as it stands on the paper.")
        if done
        else _("Kept. Somebody else keys it now, without seeing what you read."),
    )
    return redirect("appraisal-papers", call)


@login_required
def drop(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Put a sheet away."""
    person, now = person_of(request), clock.now()
    paper = queries.seen(paper_id, person, now)
    authorize(rules.why_not_open_as(person, paper.review, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.drop_paper(paper.pk, reason=data["reason"], by=person, now=now)
        toasts.say(request, _("The paper was put away."))
        return redirect("appraisal-papers", paper.review.application.call_id)

    form = WhyForm(request.POST or None, read_by=lazy("It stays in the record of the paper."))
    return form_page(
        request, form, act, title=_("Put the paper away: %(n)s") % {"n": paper.reference},
        back=reverse("appraisal-paper", args=[paper.pk]), submit=_("Put the paper away"),
    )  # fmt: skip
