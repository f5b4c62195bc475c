"""A target of the share of literate citizens at a place, what was said of it, and tasks under it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed


class Aim(models.Model):
    """What is aimed at, from where, and which document says so. Shares are in per cent."""

    share = models.DecimalField(max_digits=4, decimal_places=2)
    above = models.BooleanField(default=False)  # more than that share, as against at least
    base_year = models.PositiveSmallIntegerField()
    base_share = models.DecimalField(max_digits=4, decimal_places=2)
    source = models.CharField(max_length=200)

    class Meta:
        abstract = True


class Target(Placed, Aim):
    """The share that a place is to reach in a year, as it was stated last."""

    PERSONAL_DATA = False

    year = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["path", "year"]
        constraints = [
            models.UniqueConstraint(fields=["division_at", "year"], name="target_once_a_year"),
            models.CheckConstraint(
                condition=Q(base_year__lt=F("year")), name="target_after_its_base"
            ),
            models.CheckConstraint(
                condition=Q(base_share__gt=0, base_share__lt=F("share"), share__lt=100),
                name="target_above_its_base",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.year}: {self.share} %"


class TargetStep(Aim):
    """What was stated of a target once; a correction is another row, with its reason."""

    PERSONAL_DATA = True

    of = models.ForeignKey(Target, models.CASCADE, related_name="steps")
    reason = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.of_id}: {self.share} %"


class Task(models.Model):
    """Something to be done for a target in a year, by an organisation or a division."""

    PERSONAL_DATA = False

    of = models.ForeignKey(Target, models.PROTECT, related_name="tasks")
    what = models.CharField(max_length=200)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, related_name="+"
    )
    division = models.ForeignKey("divisions.Division", models.PROTECT, null=True, related_name="+")
    due = models.DateField()
    reminded = models.PositiveSmallIntegerField(default=0)  # how near the end was when it was said
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    remark = models.CharField(max_length=300, blank=True, default="")  # of the last word on it
    done_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, division__isnull=False)
                | Q(organisation__isnull=False, division__isnull=True),
                name="task_has_one_responsible",
            ),
            models.CheckConstraint(
                condition=Q(done_by__isnull=True, done_at__isnull=True)
                | Q(done_by__isnull=False, done_at__isnull=False),
                name="task_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def responsible(self) -> str:
        """Who is to do it, by name."""
        held = self.organisation or self.division
        return held.name if held else ""
