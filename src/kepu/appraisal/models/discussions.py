"""Scores that lie far apart are talked over: who said what, under labels, and which points were changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Discussion(models.Model):
    """The reviewers of one application talk their scores over, once, without knowing each other's names."""

    PERSONAL_DATA = False

    application = models.OneToOneField(
        "appraisal.Application", models.CASCADE, related_name="discussion"
    )
    reason = models.CharField(max_length=300)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["application"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="discussion_closed_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"discussion of {self.application_id}"


class DiscussionRemark(models.Model):
    """What one reviewer said to the others."""

    PERSONAL_DATA = True

    discussion = models.ForeignKey(Discussion, models.CASCADE, related_name="remarks")
    review = models.ForeignKey("appraisal.Review", models.CASCADE, related_name="+")
    text = models.TextField(max_length=2000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["discussion", "at", "pk"]

    def __str__(self) -> str:
        return f"remark in {self.discussion_id}"


class ScoreChange(models.Model):
    """Points of one criterion that a reviewer changed in a discussion: before and after, and why."""

    PERSONAL_DATA = True

    discussion = models.ForeignKey(Discussion, models.CASCADE, related_name="changes")
    review = models.ForeignKey("appraisal.Review", models.CASCADE, related_name="changes")
    criterion = models.CharField(max_length=30)
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    comment_before = models.CharField(max_length=1000, default="", blank=True)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        ordering = ["discussion", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.criterion} {self.before / 100:g} to {self.after / 100:g}"
