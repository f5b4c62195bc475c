"""Reviews on paper: a sheet is taken in, keyed by two people who do not see each other's, and handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kepu.appraisal.actions import moving
from kepu.appraisal.actions.panels import SOURCE
from kepu.appraisal.models import Keying, Paper, Review, Score
from kepu.appraisal.papers_states import PAPER, PaperState
from kepu.appraisal.queries import papers as queries
from kepu.appraisal.rules import papers as rules
from kepu.appraisal.states import REVIEW, ReviewState
from kepu.kernel.audit import actions as audit
from kepu.kernel.clock import BEIJING
from kepu.kernel.errors import authorize, require
from kepu.kernel.files import actions as files
from kepu.kernel.files import intake
from kepu.people.actions import experts

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.files.blobs import Readable
    from kepu.kernel.files.intake import Content


@dataclass(frozen=True)
class Sheet:
    """What stands on a paper besides points: the day it was signed, its number, and the pledge."""

    signed_on: date
    reference: str
    pledged: bool


def open_paper(
    review_id: int, sheet: Sheet, stream: Readable, name: str, *, by: User, now: datetime
) -> Paper:
    """Take in a sheet with its scan, to be keyed by two people.

    The rules are asked before the scan is looked at, which is slow and outside any transaction, and
    again under the lock. Raises NotAllowed for who does not keep the call, RuleBroken where the review
    is over, BadInput for a scan that is damaged, too large, or neither picture nor PDF.
    """
    review = Review.objects.select_related("application__call").get(pk=review_id)
    _ask(review, sheet, by, now)
    content = intake.examine(stream, rules.SCAN)
    return enter_paper(review_id, sheet, content, name, by=by, now=now)


@transaction.atomic
def enter_paper(
    review_id: int, sheet: Sheet, content: Content, name: str, *, by: User, now: datetime
) -> Paper:
    """What `open_paper` says, for a scan that was examined already."""
    review = _locked_review(review_id)
    _ask(review, sheet, by, now)

    scan = files.enter(content, name, by=by, now=now, path=review.application.call.path)
    paper = Paper.objects.create(
        review=review, signed_on=sheet.signed_on, reference=sheet.reference.strip(), scan=scan,
        opened_by=by, opened_at=now,
    )  # fmt: skip
    audit.record(by, "appraisal.open_paper", paper, now=now, review=review.pk)
    return paper


@transaction.atomic
def key(
    paper_id: int,
    *,
    points: Mapping[str, int],
    remarks: Mapping[str, str],
    comment: str,
    by: User,
    now: datetime,
) -> Paper:
    """Key what stands on the sheet.

    Two people who read the same hand the review in; where they differ both look again, or a third
    reads it and that stands.
    """
    paper = _locked(paper_id)
    authorize(rules.why_not_key_as(by, paper, now))
    require(rules.why_not_key(paper, by))
    criteria = queries.criteria(paper.review.application)
    require(rules.why_not_read_so(criteria, points, remarks, comment))

    read = {
        "points": {one.key: points[one.key] for one in criteria},
        "remarks": {one.key: remarks.get(one.key, "").strip() for one in criteria},
        "comment": comment.strip(),
    }
    third = paper.state == PaperState.DIFFERS and not paper.keyings.filter(by=by).exists()
    Keying.objects.create(paper=paper, by=by, at=now, read=read, settles=third)
    audit.record(by, "appraisal.key_paper", paper, now=now, settles=third)
    _compare(paper, read, third=third, by=by, now=now)
    return paper


@transaction.atomic
def drop_paper(paper_id: int, *, reason: str, by: User, now: datetime) -> Paper:
    """Put a sheet away that was taken in by mistake; the reviewer goes on by screen."""
    paper = _locked(paper_id)
    authorize(rules.why_not_open_as(by, paper.review, now))
    require(rules.why_not_drop(paper, reason))

    paper.ended_at, paper.reason = now, reason.strip()
    _move(paper, "drop")
    audit.record(by, "appraisal.drop_paper", paper, now=now, review=paper.review_id)
    return paper


def _ask(review: Review, sheet: Sheet, by: User, now: datetime) -> None:
    authorize(rules.why_not_open_as(by, review, now))
    require(rules.why_not_open(review, sheet.signed_on, sheet.reference, sheet.pledged, now))


def _compare(paper: Paper, read: dict[str, Any], *, third: bool, by: User, now: datetime) -> None:
    both = queries.readings(paper)
    if paper.state == PaperState.WAITING:
        _move(paper, "key")
    elif third or not queries.differing(both[0].read, both[1].read):
        paper.ended_at = now
        _move(paper, "accept")
        _hand_in(paper, read, by=by, now=now)
    elif paper.state == PaperState.ONCE:
        _move(paper, "differ")


def _move(paper: Paper, verb: str) -> None:
    paper.state = PAPER.after(paper.state, verb)
    paper.save(update_fields=["state", "ended_at", "reason"])


def _hand_in(paper: Paper, read: dict[str, Any], *, by: User, now: datetime) -> None:
    """The review as of the paper: pledged and handed in on the day that it was signed."""
    review = paper.review
    on = datetime.combine(paper.signed_on, time(12), BEIJING)
    at = max(review.asked_at, min(on, now))
    for criterion, hundredths in read["points"].items():
        Score.objects.update_or_create(
            review=review, criterion=criterion,
            defaults={"points": hundredths, "comment": read["remarks"][criterion]},
        )  # fmt: skip
    if review.state == ReviewState.ASKED:
        review.state = REVIEW.after(review.state, "take_on")
        review.pledged_at = at
    review.state = REVIEW.after(review.state, "hand_in")
    review.comment, review.done_at = read["comment"], at
    review.version += 1
    review.save(update_fields=["state", "pledged_at", "comment", "done_at", "version"])
    audit.record(
        by, "appraisal.hand_in_review", review, now=now, application=review.application_id,
        paper=paper.pk, for_whom=review.expert.person,
    )  # fmt: skip
    experts.discharge(review.expert_id, source=SOURCE, source_id=review.pk, by=by, now=now)


def _locked_review(review_id: int) -> Review:
    """The application first, as everybody does who moves it."""
    moving.locked(Review.objects.values_list("application_id", flat=True).get(pk=review_id))
    rows = Review.objects.select_for_update(of=("self",))
    joined = rows.select_related("application__call", "expert__person")
    review: Review = joined.get(pk=review_id)
    return review


def _locked(paper_id: int) -> Paper:
    review = _locked_review(Paper.objects.values_list("review", flat=True).get(pk=paper_id))
    paper: Paper = Paper.objects.select_for_update(of=("self",)).get(pk=paper_id)
    paper.review = review
    return paper
