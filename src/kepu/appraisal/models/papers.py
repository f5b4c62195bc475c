"""Reviews that came on paper: the sheet, and what each of two people read on it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from kepu.appraisal.papers_states import LIVE, PaperState


class Paper(models.Model):
    """A sheet on which a reviewer scored: signed on a day, kept under a number, scanned."""

    PERSONAL_DATA = False

    review = models.ForeignKey("appraisal.Review", models.CASCADE, related_name="papers")
    state = models.CharField(max_length=8, choices=PaperState.choices, default=PaperState.WAITING)
    signed_on = models.DateField()
    reference = models.CharField(max_length=80)
    scan = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)  # of putting it away

    class Meta:
        ordering = ["review", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review"],
                condition=Q(state__in=[*LIVE, PaperState.DONE]),
                name="paper_of_a_review_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at__isnull=True)
                | ~Q(state__in=LIVE) & Q(ended_at__isnull=False),
                name="paper_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"paper {self.reference}"


class Keying(models.Model):
    """What one person read on the sheet. Read anew, the later reading stands and the earlier stays.

    `read` has "points" (hundredths) and "remarks" by criterion, and the "comment" on the whole.
    """

    PERSONAL_DATA = False

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="keyings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    read = models.JSONField()
    settles = models.BooleanField(default=False)  # a third person's reading, which stands alone

    class Meta:
        ordering = ["paper", "pk"]

    def __str__(self) -> str:
        return f"reading of paper {self.paper_id}"
