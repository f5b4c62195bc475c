"""Review: pledge, score, hand in, step aside; and what the secretary does about it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.appraisal.actions import moving
from kepu.appraisal.actions.panels import SOURCE, invite
from kepu.appraisal.models import Application, Call, Review, Score
from kepu.appraisal.programme.schema import Criterion
from kepu.appraisal.queries import calls
from kepu.appraisal.queries import reviewing as queries
from kepu.appraisal.rules import reviewing as rules
from kepu.appraisal.rules.applications import why_not_keep_as
from kepu.appraisal.rules.pairing import why_not_meet
from kepu.appraisal.states import REVIEW, ReviewState
from kepu.appraisal.telling import reviewing as telling
from kepu.kernel import clock
from kepu.kernel.audit import actions as audit
from kepu.kernel.clock import workdays
from kepu.kernel.errors import authorize, require
from kepu.people.actions import experts

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

SOON = 3  # working days before the end when a reviewer is reminded
AGAIN = timedelta(days=3)
AT_ONCE = 200


# --- the reviewer ---------------------------------------------------------------------------------


@transaction.atomic
def take_on(
    review_id: int, *, confidential: bool, unbound: bool, by: User, now: datetime
) -> Review:
    """Pledge to keep the dossier confidential and to be bound to nobody in it; the dossier opens."""
    review = _locked(review_id)
    authorize(rules.why_not_as(by, review))
    require(rules.why_not_take_on(review, confidential=confidential, unbound=unbound))

    review.pledged_at = now
    return _move(review, "take_on", "pledged_at", by=by, now=now)


@transaction.atomic
def score(
    review_id: int, criterion: str, *, hundredths: int, comment: str = "", by: User, now: datetime
) -> Score:
    """Keep the points of one criterion, as a draft until the review is handed in.

    Said once more, the later points stand; each criterion is kept for itself, so a lost connection
    loses one row at most.
    """
    review = _locked(review_id)
    authorize(rules.why_not_as(by, review))
    require(rules.why_not_write(review))
    found = {one.key: one for one in _criteria(review)}.get(criterion)
    require(rules.why_not_score(found, hundredths))

    row, _new = Score.objects.update_or_create(
        review=review, criterion=criterion,
        defaults={"points": hundredths, "comment": comment.strip()},
    )  # fmt: skip
    audit.record(
        by, "appraisal.score_review", review, now=now, criterion=criterion, points=hundredths
    )
    return row


@transaction.atomic
def hand_in(review_id: int, *, comment: str, by: User, now: datetime) -> Review:
    """Hand the review in; every criterion has points, and the whole is summed up in words."""
    review = _locked(review_id)
    authorize(rules.why_not_as(by, review))
    require(rules.why_not_hand_in(review, _criteria(review), comment))

    review.comment, review.done_at = comment.strip(), now
    _move(review, "hand_in", "comment", "done_at", by=by, now=now)
    _discharge(review, by=by, now=now)
    return review


@transaction.atomic
def recuse(review_id: int, *, reason: str, by: User, now: datetime) -> Review:
    """Step aside and say why; the secretary hears that somebody else is needed."""
    review = _locked(review_id)
    authorize(rules.why_not_as(by, review))
    require(rules.why_not_recuse(review, reason))

    review.reason = reason.strip()
    _move(review, "recuse", "reason", by=by, now=now)
    _discharge(review, by=by, now=now)
    telling.recused(review, now=now)
    return review


# --- the secretary --------------------------------------------------------------------------------


@transaction.atomic
def replace(review_id: int, *, expert_id: int, reason: str, by: User, now: datetime) -> Review:
    """Let one reviewer off and ask another, who may meet the application; returns the new review."""
    review = _locked_with_application(review_id)
    authorize(why_not_keep_as(by, review.application, now))
    require(rules.why_not_replace(review))
    require(why_not_meet(review.application, expert_id, clock.day(now)))

    review.reason = reason.strip()
    _move(review, "replace", "reason", by=by, now=now)
    _discharge(review, by=by, now=now)
    return _ask(review.application, expert_id, by=by, now=now)


@transaction.atomic
def ask_one(application_id: int, *, expert_id: int, by: User, now: datetime) -> Review:
    """Ask one expert by hand, for instance where somebody stepped aside."""
    application = Application.objects.select_related("call").get(pk=application_id)
    authorize(why_not_keep_as(by, application, now))
    require(rules.why_not_reviewed(application.call, calls.programme(application.call)))
    require(why_not_meet(application, expert_id, clock.day(now)))
    return _ask(application, expert_id, by=by, now=now)


@transaction.atomic
def give_back(review_id: int, *, reason: str, by: User, now: datetime) -> Review:
    """Give a review back once, for discussion; the reviewer may change it or hand it in as it is.

    It is no new duty, so it comes back to one who carries the most, too.
    """
    review = _locked_with_application(review_id)
    authorize(why_not_keep_as(by, review.application, now))
    require(rules.why_not_give_back(review, reason))

    programme = calls.programme(review.application.call)
    review.given_back_at, review.reason, review.done_at = now, reason.strip(), None
    review.due_at, review.reminded_at = programme.clocks.ends("mend", now), None
    named = ("given_back_at", "reason", "done_at", "due_at", "reminded_at")
    _move(review, "give_back", *named, by=by, now=now)
    telling.given_back(review, now=now)
    return review


@transaction.atomic
def let_off(application_id: int, *, by: User | None, now: datetime) -> int:
    """Let reviewers off who have not handed in, for the application has left them. Returns how many.

    To be called by whatever takes an application out of review: a withdrawal, a refusal, the end.
    """
    waiting = Review.objects.select_for_update().filter(
        application=application_id, state__in=queries.UNFINISHED
    )
    rows = list(waiting.select_related("expert"))
    for review in rows:
        _move(review, "replace", by=by, now=now)
        _discharge(review, by=by or review.asked_by, now=now)
    return len(rows)


# --- by the clock ---------------------------------------------------------------------------------


def remind(*, now: datetime) -> int:
    """Remind reviewers whose time is nearly or quite over, each every few days. Returns how many.

    Secretaries hear how many became overdue since they last did. Who was asked about an application
    that has left its reviewers meanwhile is let off.
    """
    for application_id in queries.left_behind()[:AT_ONCE]:
        let_off(application_id, by=None, now=now)
    soon = workdays.add_workdays(now, SOON)
    told, overdue = 0, Counter[int]()
    for pk in queries.late(now, soon=soon, again=now - AGAIN).values_list("pk", flat=True)[
        :AT_ONCE
    ]:
        told += _remind_one(pk, overdue, now)
    for call_id, n in overdue.items():
        telling.overdue(Call.objects.get(pk=call_id), n, now=now)
    return told


@transaction.atomic
def _remind_one(review_id: int, overdue: Counter[int], now: datetime) -> bool:
    review = _locked(review_id)
    if review.state not in queries.UNFINISHED:
        return False
    if review.due_at < now and (review.reminded_at is None or review.reminded_at < review.due_at):
        overdue[review.application.call_id] += 1
    review.reminded_at = now
    review.save(update_fields=["reminded_at"])
    telling.reminded(review, now=now)
    return True


def _ask(application: Application, expert_id: int, *, by: User, now: datetime) -> Review:
    programme = calls.programme(application.call)
    review = invite(application.pk, expert_id, programme=programme, drawn="hand", by=by, now=now)
    telling.asked(review.expert, 1, programme, now=now)
    return review


def _criteria(review: Review) -> list[Criterion]:
    application = review.application
    return queries.judged(calls.programme(application.call), application.klass)


def _move(review: Review, verb: str, *named: str, by: User | None, now: datetime) -> Review:
    review.state = REVIEW.after(review.state, verb)
    review.version += 1
    review.save(update_fields=["state", "version", *named])
    audit.record(by, f"appraisal.{verb}_review", review, now=now, application=review.application_id)
    return review


def _discharge(review: Review, *, by: User, now: datetime) -> None:
    assert review.state != ReviewState.AT_WORK  # noqa: S101 (who works carries it)
    experts.discharge(review.expert_id, source=SOURCE, source_id=review.pk, by=by, now=now)


def _locked_with_application(review_id: int) -> Review:
    """The application first, as everybody does who moves it, so that it stands still meanwhile."""
    moving.locked(Review.objects.values_list("application_id", flat=True).get(pk=review_id))
    return _locked(review_id)


def _locked(review_id: int) -> Review:
    rows = Review.objects.select_for_update(of=("self",))
    joined = rows.select_related("application__call", "expert__person", "asked_by")
    review: Review = joined.get(pk=review_id)
    return review
