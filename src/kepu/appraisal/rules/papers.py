"""Why not? Who takes a sheet of paper in, who keys it, and what can stand on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.models import Paper, Review
from kepu.appraisal.papers_states import LIVE, PaperState
from kepu.appraisal.programme.schema import MB, Criterion
from kepu.appraisal.queries import papers as queries
from kepu.appraisal.queries.calls import keeps
from kepu.appraisal.queries.reviewing import UNFINISHED
from kepu.appraisal.rules.applications import why_not_judge_own, why_not_keep_as
from kepu.appraisal.rules.reviewing import why_not_score, why_not_under_review
from kepu.kernel import clock
from kepu.kernel.files.kinds import IMAGES, Kind
from kepu.kernel.files.purposes import Purpose

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.files.models import StoredFile

SCAN = "appraisal.paper"
LARGEST = 20 * MB


def why_not_open_as(by: User, review: Review, now: datetime) -> str | None:
    """The secretary of the call, who neither stands for the applicant nor reviews it."""
    return why_not_keep_as(by, review.application, now)


def why_not_open(
    review: Review, signed_on: date, reference: str, pledged: bool, now: datetime
) -> str | None:
    """A sheet of a review that waits for its reviewer: dated, numbered, and pledged in writing."""
    if review.state not in UNFINISHED:
        return _("this review is %(state)s; nothing in it changes") % {
            "state": review.get_state_display()
        }
    if queries.is_keyed(review):
        return _("a paper of this review is being keyed already")
    if not clock.day(review.asked_at) <= signed_on <= clock.day(now):
        return _("the paper is signed on a day after the reviewer was asked, and not in the future")
    if not reference.strip():
        return _("please enter the number of the paper")
    if not pledged:
        return _("a reviewer pledges in writing, on the paper, or does not judge")
    return why_not_under_review(review.application)


def why_not_key_as(by: User, paper: Paper, now: datetime) -> str | None:
    """Who keeps the call keys its papers, but no reviewer of the application and nobody who applies."""
    application = paper.review.application
    if not keeps(application.call, by, now):
        return _("only who keeps this call keys its papers")
    if application.reviews.filter(expert__person=by).exists():
        return _("you were asked to review this application; somebody else keys its papers")
    return why_not_judge_own(by, application, now)


def why_not_key(paper: Paper, by: User) -> str | None:
    """Twice, by two people; where they differ by both again, or once by a third."""
    if paper.state not in LIVE:
        return _("this paper is %(state)s") % {"state": paper.get_state_display()}
    if paper.review.state not in UNFINISHED:
        return _("this review is %(state)s; nothing in it changes") % {
            "state": paper.review.get_state_display()
        }
    if paper.state == PaperState.ONCE and paper.keyings.filter(by=by).exists():
        return _("you have keyed it; somebody else keys it too, without seeing what you read")
    return why_not_under_review(paper.review.application)


def why_not_read_so(
    criteria: list[Criterion],
    points: Mapping[str, int],
    remarks: Mapping[str, str],
    comment: str,
) -> str | None:
    """What was read could have come by screen: every criterion, in range, explained, summed up."""
    for one in criteria:
        if one.key not in points:
            return _("%(criterion)s has no points yet") % {"criterion": one}
        if refusal := why_not_score(one, points[one.key]):
            return f"{one}: {refusal}"
        if points[one.key] < one.least * 100 and not remarks.get(one.key, "").strip():
            return _("%(criterion)s must reach %(least)s points: please say why it does not") % {
                "criterion": one, "least": f"{one.least:g}",
            }  # fmt: skip
    return None if comment.strip() else _("please key the opinion on the whole")


def why_not_drop(paper: Paper, reason: str) -> str | None:
    """A sheet is put away while nothing came of it, with a reason."""
    if paper.state not in LIVE:
        return _("this paper is %(state)s") % {"state": paper.get_state_display()}
    return None if reason.strip() else _("please give a reason")


def _why_not_read(person: User | None, file: StoredFile, now: datetime) -> str | None:
    """Whoever keys the papers of the call, and has no side in what this one is about."""
    paper = queries.joined().filter(scan=file).first()
    if person is None or paper is None or why_not_key_as(person, paper, now):
        return _("this file is not there any more")
    return None


PURPOSES = (
    Purpose(
        SCAN, lazy("scan of a review on paper"), IMAGES | {Kind.PDF}, LARGEST, _why_not_read,
    ),
)  # fmt: skip
