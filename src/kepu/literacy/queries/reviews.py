"""Reads of reviews: what an expert has to judge, and what was said of an item."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.literacy.models import Item, Review
from kepu.literacy.states import ItemState, Verdict


def waiting_for(person: User) -> QuerySet[Review]:
    """Reviews this person was asked for and has not answered, the oldest first. One query."""
    found = Review.objects.filter(expert__person=person, verdict="", dropped_at__isnull=True)
    return found.select_related("item__discipline").order_by("asked_at", "pk")


def answered_by(person: User) -> QuerySet[Review]:
    """What this person said, the newest first."""
    found = Review.objects.filter(expert__person=person).exclude(verdict="")
    return found.select_related("item").order_by("-answered_at")


def review(review_id: int) -> Review:
    """One review with its item; raises Outside."""
    found = (
        Review.objects.filter(pk=review_id)
        .select_related("item__discipline", "expert__person", "asked_by")
        .first()
    )
    if found is None:
        raise Outside(_("there is no such review"))
    return found


def of_wording(item: Item) -> QuerySet[Review]:
    """Reviews of the wording that stands now."""
    return Review.objects.filter(item=item, version=item.version, dropped_at__isnull=True)


def approvals(item: Item) -> int:
    """How many experts found the present wording fit."""
    return of_wording(item).filter(verdict=Verdict.APPROVE).count()


def shows_item(review: Review) -> bool:
    """Whether the reviewer may still read the item: while this very wording is under review."""
    item = review.item
    return (
        review.dropped_at is None
        and item.state == ItemState.IN_REVIEW
        and item.version == review.version
    )
