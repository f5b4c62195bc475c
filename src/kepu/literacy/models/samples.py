"""A sample that is designed and drawn before anybody is asked: communities, and how many people in each."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from kepu.kernel.divisions.models import Placed
from kepu.kernel.working import Worked
from kepu.literacy.states import SampleState, Sharing


class Sample(Placed, Worked):
    """A design, and the draw that follows from it and its seed: the same again whenever it is drawn.

    `digest` is that of the draw.
    """

    PERSONAL_DATA = False

    title = models.CharField(max_length=80)
    interviews = models.PositiveIntegerField()  # of the whole place
    sharing = models.CharField(max_length=12, choices=Sharing.choices, default=Sharing.BETWEEN)
    least = models.PositiveIntegerField()  # interviews of each district
    together = models.PositiveSmallIntegerField()  # interviews of each community
    share = models.FloatField()  # expected, for the half-widths
    deff = models.FloatField()
    response = models.FloatField()  # share of those approached who answer
    seed = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=SampleState.choices, default=SampleState.COMPUTING
    )
    failure = models.CharField(max_length=200, blank=True, default="")
    summary: models.JSONField[dict[str, Any], Any] = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True, default="")
    frame_on = models.DateField()  # the divisions of which day
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    adopted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    adopted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=SampleState.FAILED) & ~Q(failure="")
                | ~Q(state=SampleState.FAILED) & Q(failure=""),
                name="sample_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(adopted_by__isnull=True, adopted_at__isnull=True)
                | Q(adopted_by__isnull=False, adopted_at__isnull=False),
                name="sample_adopted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SampledCommunity(models.Model):
    """A community that was drawn: its chance, and how many people are approached there.

    The path is that of the day of the draw, and stays.
    """

    PERSONAL_DATA = False

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="communities")
    division = models.ForeignKey("divisions.Division", models.PROTECT, related_name="+")
    chance = models.FloatField()
    interviews = models.PositiveIntegerField()
    approached = models.PositiveIntegerField()
    weight = models.FloatField()  # people that one interview stands for, before who does not answer

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "division"], name="community_sampled_once"),
            models.CheckConstraint(
                condition=Q(chance__gt=0, chance__lte=1), name="community_has_a_chance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample}: {self.division}"
