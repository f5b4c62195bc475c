"""A sample that is designed and drawn before anybody is asked: communities, and how many people in each."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from kepu.kernel.divisions.fields import PathField
from kepu.kernel.divisions.models import Placed
from kepu.kernel.working import Worked
from kepu.literacy.states import Coordination, SampleState, Sharing, Stages


class Sample(Placed, Worked):
    """A design, and the draw that follows from it and its seed: the same again whenever it is drawn.

    `digest` is that of the draw.
    """

    PERSONAL_DATA = False

    title = models.CharField(max_length=80)
    interviews = models.PositiveIntegerField()  # of the whole place
    sharing = models.CharField(max_length=12, choices=Sharing.choices, default=Sharing.BETWEEN)
    exponent = models.FloatField(default=0.5)  # of the people, where shared by a power of them
    least = models.PositiveIntegerField()  # interviews of each district
    together = models.PositiveSmallIntegerField()  # interviews of each community
    stages = models.CharField(max_length=12, choices=Stages.choices, default=Stages.COMMUNITIES)
    apiece = models.PositiveSmallIntegerField(default=2)  # communities of each township drawn
    districts = models.PositiveSmallIntegerField(null=True, blank=True)  # drawn; each without
    share = models.FloatField()  # expected, for the half-widths
    # Of districts by path, where it is expected to be another.
    shares: models.JSONField[dict[str, float], Any] = models.JSONField(default=dict)
    # People of the age asked, of every district by path; empty: all residents stand for them.
    adults: models.JSONField[dict[str, int], Any] = models.JSONField(default=dict, blank=True)
    deff = models.FloatField()  # of all but the clusters below: of unequal weights
    # Supposed: how much of the variance lies between communities, townships and districts.
    icc_community = models.FloatField(default=0)
    icc_township = models.FloatField(default=0)
    icc_district = models.FloatField(default=0)
    response = models.FloatField()  # share of those approached who answer
    seed = models.PositiveIntegerField()  # of permanent numbers: one for all waves that go together
    # Where on the circle of permanent numbers it begins; a draw older than those has none.
    start = models.FloatField(null=True, blank=True)
    earlier = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="later")
    coordination = models.CharField(
        max_length=8, choices=Coordination.choices, blank=True, default=""
    )
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
            models.CheckConstraint(
                condition=Q(earlier__isnull=True, coordination="")
                | Q(earlier__isnull=False) & ~Q(coordination=""),
                name="sample_says_what_an_earlier_one_is_to_it",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SampledCommunity(models.Model):
    """A community that was drawn: its chance, and how many people are approached there.

    `stratum` and `psu` are paths of the day of the draw: what variance is told from. `chances` are those
    of each stage, given the one before; `chance` is their product.
    """

    PERSONAL_DATA = False

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="communities")
    division = models.ForeignKey("divisions.Division", models.PROTECT, related_name="+")
    stratum = PathField(follows=False)
    psu = PathField(follows=False)
    chances: models.JSONField[dict[str, float], Any] = models.JSONField(default=dict)
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
