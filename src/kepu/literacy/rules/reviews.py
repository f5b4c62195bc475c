"""Why not? Reviews by experts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.literacy.models import Item, Review
from kepu.literacy.queries import reviews
from kepu.literacy.states import ItemState, Verdict
from kepu.people.rules import experts

if TYPE_CHECKING:
    from kepu.people.models import Expert


def why_not_ask(item: Item, expert: Expert, on: date) -> str | None:
    """An item in review is shown to an expert who is free, did not write it, and was not asked yet."""
    if item.state != ItemState.IN_REVIEW:
        return _("hand the item in for review first")
    if reviews.of_wording(item).filter(expert=expert).exists():
        return _("this expert was asked about this wording already")
    return experts.why_not_assign(expert, on=on, organisation=None, person=item.written_by)


def why_not_review_as(by: User, review: Review) -> str | None:
    """The expert who was asked, and nobody else."""
    if review.expert.person_id == by.pk:
        return None
    return _("only the expert who was asked may answer")


def why_not_answer(review: Review, verdict: str, remark: str) -> str | None:
    """Once, while this very wording is under review; a refusal says why."""
    if review.verdict:
        return _("you have answered already; thank you")
    if not reviews.shows_item(review):
        return _("the item is not in review any more; nothing is left to do")
    if verdict not in Verdict.values:
        return _("choose one of the three answers")
    if verdict != Verdict.APPROVE and not remark.strip():
        return _("say what should be changed, so that the writer can")
    return None
