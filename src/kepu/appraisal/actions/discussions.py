"""Talk scores over: the secretary opens and closes it, reviewers say why, and change their own points."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.appraisal.actions import moving
from kepu.appraisal.models import Discussion, DiscussionRemark, Review, Score, ScoreChange
from kepu.appraisal.queries import calls
from kepu.appraisal.queries import discussions as queries
from kepu.appraisal.rules import discussions as rules
from kepu.appraisal.rules.applications import why_not_keep_as
from kepu.appraisal.telling import discussions as telling
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


@transaction.atomic
def open_discussion(application_id: int, *, reason: str, by: User, now: datetime) -> Discussion:
    """Ask the reviewers of an application to talk their scores over; each of them hears of it."""
    application = moving.locked(application_id)
    authorize(why_not_keep_as(by, application, now))
    programme = calls.programme(application.call)
    require(rules.why_not_open(application, programme, reason))

    made = Discussion.objects.create(
        application=application, reason=reason.strip(), opened_by=by, opened_at=now,
        due_at=programme.clocks.ends("mend", now),
    )  # fmt: skip
    audit.record(by, "appraisal.open_discussion", made, now=now, application=application_id)
    for review in queries.taking_part(application):
        telling.opened(made, review, now=now)
    return made


@transaction.atomic
def say(discussion_id: int, *, text: str, by: User, now: datetime) -> DiscussionRemark:
    """Say something to the other reviewers, who read it under a label."""
    found, review = _locked(discussion_id, by)
    authorize(rules.why_not_take_part(by, review))
    require(rules.why_not_say(found, text))

    made = DiscussionRemark.objects.create(
        discussion=found, review=review, text=text.strip(), at=now
    )
    audit.record(by, "appraisal.say_in_discussion", found, now=now, review=review.pk)
    return made


@transaction.atomic
def change_score(
    discussion_id: int, criterion: str, *, hundredths: int, reason: str, by: User, now: datetime
) -> ScoreChange:
    """Change one's own points of one criterion; what stood there is kept beside them."""
    found, review = _locked(discussion_id, by)
    authorize(rules.why_not_take_part(by, review))
    known = {one.key: one for one in queries.criteria(found.application)}
    score = Score.objects.filter(review=review, criterion=criterion).first()
    before = score.points if score else 0
    require(rules.why_not_change(found, known.get(criterion), before, hundredths, reason))

    change = ScoreChange.objects.create(
        discussion=found, review=review, criterion=criterion, before=before, after=hundredths,
        comment_before=score.comment if score else "", reason=reason.strip(), at=now,
    )  # fmt: skip
    Score.objects.update_or_create(
        review=review, criterion=criterion,
        defaults={"points": hundredths, "comment": reason.strip()},
    )  # fmt: skip
    audit.record(
        by, "appraisal.change_score", review, now=now, criterion=criterion, before=before,
        points=hundredths,
    )  # fmt: skip
    return change


@transaction.atomic
def close_discussion(discussion_id: int, *, by: User, now: datetime) -> Discussion:
    """Close a discussion; the scores can be weighed with what was changed in it."""
    found = _of(discussion_id)
    authorize(why_not_keep_as(by, found.application, now))
    require(rules.why_not_close(found))

    found.closed_by, found.closed_at = by, now
    found.save(update_fields=["closed_by", "closed_at"])
    audit.record(by, "appraisal.close_discussion", found, now=now)
    return found


def _locked(discussion_id: int, by: User) -> tuple[Discussion, Review]:
    """The discussion, its application held, and the person's review in it, or the first for the rule."""
    found = _of(discussion_id)
    rows = queries.taking_part(found.application)
    own = rows.filter(expert__person=by).first() or rows[0]
    return found, own


def _of(discussion_id: int) -> Discussion:
    application = Discussion.objects.values_list("application", flat=True).get(pk=discussion_id)
    held = moving.locked(application)
    rows = Discussion.objects.select_for_update(of=("self",))
    found: Discussion = rows.get(pk=discussion_id)
    found.application = held
    return found
