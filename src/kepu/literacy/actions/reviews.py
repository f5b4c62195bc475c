"""Ask experts about an item, and take what they say."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.kernel import clock
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.literacy import telling
from kepu.literacy.models import Item, Review
from kepu.literacy.queries import reviews as queries
from kepu.literacy.rules import items
from kepu.literacy.rules import reviews as rules
from kepu.people.actions import experts

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Expert

SOURCE = "literacy.review"


@transaction.atomic
def ask_review(item_id: int, expert: Expert, *, by: User, now: datetime) -> Review:
    """Ask an expert whether an item is fit for use. It counts among the expert's duties.

    Raises NotAllowed if `by` does not keep the bank, and RuleBroken if the item is not in review or
    the expert wrote it, is bound to its writer, carries the most or was asked already.
    """
    item: Item = Item.objects.select_for_update().get(pk=item_id)
    authorize(items.why_not_keep(by, item.path, now))
    require(rules.why_not_ask(item, expert, clock.day(now)))

    review = Review.objects.create(
        item=item, version=item.version, expert=expert, asked_by=by, asked_at=now
    )
    experts.assign(
        expert.pk, source=SOURCE, source_id=review.pk, person=item.written_by, by=by, now=now
    )
    audit.record(by, "item.ask_review", item, now=now, for_whom=expert.person, review=review.pk)
    telling.review_asked(review, now=now)
    return review


@transaction.atomic
def answer_review(
    review_id: int, *, verdict: str, by: User, now: datetime, remark: str = ""
) -> Review:
    """Say whether an item is fit for use, and what should be changed."""
    review = Review.objects.select_for_update().select_related("expert").get(pk=review_id)
    authorize(rules.why_not_review_as(by, review))
    review.item = Item.objects.select_for_update().get(pk=review.item_id)
    require(rules.why_not_answer(review, verdict, remark))

    review.verdict, review.remark, review.answered_at = verdict, remark.strip(), now
    review.save(update_fields=["verdict", "remark", "answered_at"])
    experts.discharge(review.expert_id, source=SOURCE, source_id=review.pk, by=by, now=now)
    audit.record(by, "item.answer_review", review.item, now=now, review=review.pk)
    if not queries.of_wording(review.item).filter(verdict="").exists():
        telling.reviewed(review, now=now)
    return review


@transaction.atomic
def drop_open(item: Item, *, by: User, now: datetime) -> None:
    """Let experts off who were asked about an item that is not in review any more."""
    for review in queries.of_wording(item).filter(verdict=""):
        review.dropped_at = now
        review.save(update_fields=["dropped_at"])
        experts.discharge(review.expert_id, source=SOURCE, source_id=review.pk, by=by, now=now)
        audit.record(by, "item.drop_review", item, now=now, review=review.pk)
