"""Drafts before others: comments and answers, the review meeting, the vote."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.appraisal.actions import standards_open as actions
from kepu.appraisal.forms.standards import (
    CommentForm,
    MembersForm,
    OpinionForm,
    ReplyForm,
    RoundForm,
    VoteForm,
)
from kepu.appraisal.queries import standards as queries
from kepu.appraisal.rules import standards as rules
from kepu.appraisal.standards_registers import COMMENTS, said_by
from kepu.appraisal.views.standards import form_page, of, person_of, seen, somebody
from kepu.kernel import clock
from kepu.kernel.errors import Outside, authorize, require
from kepu.kernel.forming import unkept
from kepu.kernel.registers import one_page, read
from kepu.ui import toasts


@login_required
def open_round(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Put the draft out for comments."""
    standard, by, now = seen(request, standard_id)
    authorize(rules.why_not_keep(by, standard, now))
    procedure = rules.procedure(standard, now)[1]
    least = max(procedure.way(standard.level).comment_days, 1)
    require(rules.why_not_open_round(standard, least, procedure))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.open_round(standard.pk, by=by, now=now, **data)
        toasts.say(request, _("Out for comments. Everybody reads the draft now."))
        return redirect("standard", standard.pk)

    return form_page(
        request, RoundForm(request.POST or None, initial={"days": least}), act,
        title=_("Put the draft out for comments"), back=of(standard), submit=_("Open the round"),
    )  # fmt: skip


@login_required
@require_POST
def close_round(request: HttpRequest, standard_id: int) -> HttpResponse:
    """End the round; its comments and answers are public from now on."""
    standard, by, now = seen(request, standard_id)
    actions.close_round(standard.pk, by=by, now=now)
    toasts.say(request, _("Closed. Everybody reads the comments and their answers."))
    return redirect("standard", standard.pk)


@login_required
def comment(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Say something of a draft."""
    standard, by, now = seen(request, standard_id)
    round_now = queries.open_round(standard)
    if round_now is None:
        require(_("this draft takes no comments now"))
        raise AssertionError  # `require` has raised
    require(rules.why_not_comment(round_now, "", by, rules.procedure(standard, now)[1], now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.comment(standard.pk, by=by, now=now, **data)
        toasts.say(request, _("Kept. You will hear the answer."))
        return redirect("standard", standard.pk)

    form = CommentForm(
        request.POST or None, units=queries.units_of(by, now), draft=round_now.draft,
        initial={"clause": request.GET.get("clause", "")},
    )  # fmt: skip
    return form_page(
        request, form, act, title=_("Comment on the draft"), back=of(standard),
        submit=_("Send the comment"),
    )  # fmt: skip


def comments(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Comments with their answers: all for who works on the standard, else those of closed rounds."""
    person, now = somebody(request), clock.now()
    standard = queries.seen(standard_id, person, now)
    form, _asked, found, bar = read(request, COMMENTS, standard=str(standard.pk))
    rows, pager = one_page(request, found)
    insider = queries.concerns(standard, person, now)
    context = {
        "standard": standard, "form": form, "bar": bar, "pager": pager, "insider": insider,
        "rows": [(one, said_by(one)) for one in rows], "now": now,
        "answers": queries.drafts(standard, person),
    }  # fmt: skip
    return render(request, "appraisal/standard_comments.html", context)


@login_required
def reply(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Answer a comment."""
    by, now = person_of(request), clock.now()
    one = queries.comment(comment_id)
    standard = one.round.standard
    if not queries.drafts(standard, by):
        raise Outside(_("there is no such comment"))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.reply(one.pk, by=by, now=now, **data)
        toasts.say(request, _("Answered. Who commented was told."))
        return redirect("standard-comments", standard.pk)

    require(rules.why_not_reply(one, "-"))
    start = {"verdict": one.verdict, "reply": one.reply}
    return form_page(
        request, ReplyForm(request.POST or None, initial=start), act,
        title=_("Answer the comment"), back=reverse("standard-comments", args=[standard.pk]),
        submit=_("Keep the answer"), one=one, said_by=said_by(one), contact=one.contact(), now=now,
        template="appraisal/standard_reply.html",
    )  # fmt: skip


@login_required
@require_POST
def send_to_review(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Lay the draft before the review meeting."""
    standard, by, now = seen(request, standard_id)
    actions.send_to_review(standard.pk, by=by, now=now)
    toasts.say(request, _("With the review meeting. Write down here what it finds."))
    return redirect("standard", standard.pk)


@login_required
def opinion(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Write down what the review meeting found."""
    standard, by, now = seen(request, standard_id)
    authorize(rules.why_not_keep(by, standard, now))
    procedure = rules.procedure(standard, now)[1]
    today = clock.day(now)
    least = procedure.meeting.present
    require(rules.why_not_record_opinion(standard, least, today, procedure, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.record_opinion(standard.pk, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("standard", standard.pk)

    return form_page(
        request, OpinionForm(request.POST or None, initial={"held_on": today}), act,
        title=_("What the review meeting found"), back=of(standard), submit=_("Keep the opinion"),
    )  # fmt: skip


@login_required
def open_vote(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Name the members and open the vote."""
    standard, by, now = seen(request, standard_id)
    authorize(rules.why_not_keep(by, standard, now))
    voting = rules.procedure(standard, now)[1].voting
    able = queries.may_vote(standard, drafters=voting.drafters_vote, on=clock.day(now))

    def act(data: dict[str, Any]) -> HttpResponse:
        chosen = [one for one in able if one.pk in data["members"]]
        actions.open_vote(standard.pk, chosen, by=by, now=now)
        toasts.say(request, _("The vote is open, and its members were told."))
        return redirect("standard", standard.pk)

    return form_page(
        request, MembersForm(request.POST or None, able=able), act, title=_("Open the vote"),
        back=of(standard), submit=_("Open the vote"),
    )  # fmt: skip


@unkept
@login_required
def vote(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Vote, from a telephone: what is voted on, three choices, one button."""
    standard, by, now = seen(request, standard_id)
    place = queries.open_vote(standard, by)
    authorize(rules.why_not_vote_as(place))
    assert place is not None  # noqa: S101 (or it would not be allowed)

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.vote(standard.pk, by=by, now=now, **data)
        toasts.say(request, _("Your vote is counted."))
        return redirect("standard-vote", standard.pk)

    why_not = rules.why_not_vote(place.ballot, now) or rules.why_not_vote_again(place)
    return form_page(
        request, VoteForm(request.POST or None), act, title=_("Vote"), back=of(standard),
        submit=_("Cast the vote"), standard=standard, ballot=place.ballot, place=place,
        why_not=why_not or "", text=queries.clauses(standard), now=now,
        template="appraisal/standard_vote.html",
    )  # fmt: skip


@login_required
@require_POST
def close_vote(request: HttpRequest, standard_id: int) -> HttpResponse:
    """Count the vote."""
    standard, by, now = seen(request, standard_id)
    ballot = actions.close_vote(standard.pk, by=by, now=now)
    carried, failed = _("Counted: carried."), _("Counted: not carried. The draft is back.")
    toasts.say(request, carried if ballot.carried else failed)
    return redirect("standard", standard.pk)
