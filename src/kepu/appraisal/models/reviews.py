"""Reviews: who was asked to judge which application, the points given, and what was made of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from kepu.appraisal.states import ReviewState, WeighingStage, WeighingState
from kepu.kernel.working import Watched


class Review(models.Model):
    """One reviewer and one application. `drawn` keeps how the two came together."""

    PERSONAL_DATA = True

    application = models.ForeignKey("appraisal.Application", models.CASCADE, related_name="reviews")
    expert = models.ForeignKey("people.Expert", models.PROTECT, related_name="reviews")
    state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.ASKED)
    drawn = models.CharField(max_length=10, default="fit")  # fit, lot, hand
    comment = models.TextField(max_length=4000, default="", blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)  # of stepping aside
    version = models.PositiveIntegerField(default=1)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    pledged_at = models.DateTimeField(null=True, blank=True)  # confidentiality, and no bond
    given_back_at = models.DateTimeField(null=True, blank=True)  # for discussion, once
    reminded_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["application", "pk"]
        indexes = [
            models.Index(fields=["expert", "state", "due_at"]),
            models.Index(fields=["application", "state"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["application", "expert"], name="reviewer_once"),
            models.CheckConstraint(
                condition=Q(state=ReviewState.DONE, done_at__isnull=False)
                | ~Q(state=ReviewState.DONE),
                name="review_done_when",
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"


class Score(models.Model):
    """Points of one criterion, in hundredths, with the reviewer's words."""

    PERSONAL_DATA = False

    review = models.ForeignKey(Review, models.CASCADE, related_name="scores")
    criterion = models.CharField(max_length=30)
    points = models.PositiveIntegerField()
    comment = models.CharField(max_length=1000, default="", blank=True)

    class Meta:
        ordering = ["review", "criterion"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="criterion_scored_once")
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.points / 100:g}"


class Judgement(models.Model):
    """What all scores of a call came to at one moment; the same inputs give the same result again.

    `inputs` and `result` are as they were read and written; `digest` is SHA-256 of the inputs.
    """

    PERSONAL_DATA = False

    call = models.ForeignKey("appraisal.Call", models.PROTECT, related_name="judgements")
    number = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    inputs = models.JSONField()
    result = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="judgement_number_once")
        ]

    def __str__(self) -> str:
        return f"judgement {self.number}"


class Weighing(Watched):
    """Scores of a call that the worker weighs: in the end there is a judgement, or a reason why not."""

    PERSONAL_DATA = False

    call = models.ForeignKey("appraisal.Call", models.PROTECT, related_name="weighings")
    state = models.CharField(
        max_length=10, choices=WeighingState.choices, default=WeighingState.COMPUTING
    )
    stage = models.CharField(max_length=12, choices=WeighingStage.choices, blank=True, default="")
    judgement = models.OneToOneField(
        Judgement, models.PROTECT, null=True, blank=True, related_name="+"
    )
    failure = models.CharField(max_length=200, blank=True, default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["call", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(state=WeighingState.COMPUTING),
                name="call_is_weighed_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=WeighingState.FAILED) & ~Q(failure="")
                | ~Q(state=WeighingState.FAILED) & Q(failure=""),
                name="weighing_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state=WeighingState.DONE, judgement__isnull=False)
                | ~Q(state=WeighingState.DONE) & Q(judgement__isnull=True),
                name="weighing_done_has_its_judgement",
            ),
        ]

    def __str__(self) -> str:
        return f"weighing {self.pk}"
