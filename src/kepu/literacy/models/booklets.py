"""Booklets of a survey: forms of equal make, assembled by the worker from what the bank holds."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from kepu.kernel.divisions.models import Placed
from kepu.kernel.working import Worked
from kepu.literacy.states import SetState


class BookletSet(Placed, Worked):
    """Booklets that were assembled together, so that they measure alike and have little in common."""

    PERSONAL_DATA = False

    title = models.CharField(max_length=80)
    booklets = models.PositiveSmallIntegerField()
    items = models.PositiveSmallIntegerField()  # of each
    most_common = models.PositiveSmallIntegerField()  # items that two booklets may share
    state = models.CharField(max_length=10, choices=SetState.choices, default=SetState.COMPUTING)
    rules_version = models.PositiveIntegerField()
    failure = models.CharField(max_length=200, blank=True, default="")
    # ability -> information of each booklet, bound and gap of the search
    summary: models.JSONField[dict[str, Any], Any] = models.JSONField(default=dict)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    adopted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    adopted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=SetState.FAILED) & ~Q(failure="")
                | ~Q(state=SetState.FAILED) & Q(failure=""),
                name="booklet_set_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(adopted_by__isnull=True, adopted_at__isnull=True)
                | Q(adopted_by__isnull=False, adopted_at__isnull=False),
                name="booklet_set_adopted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class BookletItem(models.Model):
    """An item in a booklet, at a place of its own."""

    PERSONAL_DATA = False

    of = models.ForeignKey(BookletSet, models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()  # of the booklet, from 1
    position = models.PositiveSmallIntegerField()  # in the booklet, from 1
    item = models.ForeignKey("literacy.Item", models.PROTECT, related_name="booklet_places")

    class Meta:
        ordering = ["number", "position"]
        constraints = [
            models.UniqueConstraint(fields=["of", "number", "item"], name="booklet_item_once"),
            models.UniqueConstraint(fields=["of", "number", "position"], name="booklet_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}.{self.position}"
