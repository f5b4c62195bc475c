"""How reviewers came to applications: proposals of panels, seat by seat."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from kepu.appraisal.states import PANELS_AT_WORK, PanelsStage, PanelsState
from kepu.kernel.working import Watched


class Panels(Watched):
    """One proposal of reviewers for the applications of a call that lack some.

    `summary` has the figures of the engine. Of a draw by lot, `inputs` keep all that decided it, by
    codes and draw numbers, so that anybody finds the same panels again; `numbered` the experts' ids in
    the order of their numbers.
    """

    PERSONAL_DATA = False

    call = models.ForeignKey("appraisal.Call", models.PROTECT, related_name="panels")
    drawn = models.CharField(max_length=10, default="fit")  # fit, lot
    state = models.CharField(
        max_length=10, choices=PanelsState.choices, default=PanelsState.COMPUTING
    )
    stage = models.CharField(max_length=12, choices=PanelsStage.choices, blank=True, default="")
    summary = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    numbered = models.JSONField(default=list)
    failure = models.CharField(max_length=200, blank=True, default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["call", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(state__in=PANELS_AT_WORK),
                name="panels_at_work_once",
            ),
            models.CheckConstraint(
                condition=Q(state=PanelsState.FAILED) & ~Q(failure="")
                | ~Q(state=PanelsState.FAILED) & Q(failure=""),
                name="panels_failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"panels {self.pk}"


class Seat(models.Model):
    """One place on one panel: who would sit there and why, or nobody and why not."""

    PERSONAL_DATA = True

    panels = models.ForeignKey(Panels, models.CASCADE, related_name="seats")
    application = models.ForeignKey("appraisal.Application", models.CASCADE, related_name="+")
    expert = models.ForeignKey(
        "people.Expert", models.CASCADE, null=True, blank=True, related_name="+"
    )
    fit = models.IntegerField(default=0)
    reason = models.CharField(max_length=200)
    handled_at = models.DateTimeField(null=True, blank=True)  # asked, or found to have moved on

    class Meta:
        ordering = ["panels", "pk"]
        indexes = [models.Index(fields=["panels", "expert"])]
        constraints = [
            models.UniqueConstraint(
                fields=["panels", "application", "expert"],
                condition=Q(expert__isnull=False),
                name="seat_once",
            )
        ]

    def __str__(self) -> str:
        return f"seat {self.pk}"
