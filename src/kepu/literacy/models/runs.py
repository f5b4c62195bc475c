"""A run that the city keeps, and the estimate by which the worker comes to one."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from kepu.kernel.divisions.models import Placed
from kepu.kernel.working import Watched
from kepu.literacy.states import EstimateState, RunState


class Run(Placed):
    """Results of a survey, as one run computed them. They never change; a better run is another row.

    `digest` is that of the run's own record, which names every input and output by its digest. It stands
    once among those that were not withdrawn: what was withdrawn may be kept and published anew.
    """

    PERSONAL_DATA = False

    title = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    synthetic = models.BooleanField(default=False)
    level = models.CharField(max_length=20)
    framework = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    record: models.JSONField[dict[str, Any], Any] = models.JSONField()
    figures: models.JSONField[list[dict[str, Any]], Any] = models.JSONField()
    districts: models.JSONField[list[dict[str, Any]], Any] = models.JSONField()
    report = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    tables = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    # The whole folder, microdata with it; runs that were kept before there was one have none.
    archive = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.KEPT)
    reason = models.CharField(max_length=200, blank=True, default="")  # of the last step back
    kept_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], condition=~Q(state=RunState.WITHDRAWN), name="run_kept_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RunState.PUBLISHED, RunState.WITHDRAWN])
                | Q(
                    proposed_by__isnull=False,
                    published_by__isnull=False,
                    published_at__isnull=False,
                ),
                name="run_published_by_two",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=models.F("proposed_by")),
                name="run_published_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.year}"


class Estimate(Placed, Watched):
    """A plan and its files as somebody asked to have them run; the worker computes, and keeps the run.

    `inputs` holds answers and the key of the items. `unchecked` says why R was not asked.
    """

    PERSONAL_DATA = False  # the files hold answers of people without a name, this row none

    title = models.CharField(max_length=80)
    fieldwork = models.ForeignKey(
        "literacy.Fieldwork", models.PROTECT, null=True, related_name="estimates"
    )
    inputs = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=EstimateState.choices, default=EstimateState.COMPUTING
    )
    stage = models.CharField(max_length=24, blank=True, default="")
    failure = models.CharField(max_length=600, blank=True, default="")
    unchecked = models.CharField(max_length=200, blank=True, default="")
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="estimates")
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["division_at"],
                condition=Q(state=EstimateState.COMPUTING),
                name="estimate_at_work_once",
            ),
            models.CheckConstraint(
                condition=Q(state=EstimateState.FAILED) & ~Q(failure="")
                | ~Q(state=EstimateState.FAILED) & Q(failure=""),
                name="estimate_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state=EstimateState.KEPT, run__isnull=False)
                | ~Q(state=EstimateState.KEPT) & Q(run__isnull=True),
                name="estimate_kept_has_its_run",
            ),
        ]

    def __str__(self) -> str:
        return self.title
