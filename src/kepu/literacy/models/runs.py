"""A run that the city keeps: what it found, and how far it is from being published."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from kepu.kernel.divisions.models import Placed
from kepu.literacy.states import RunState


class Run(Placed):
    """Results of a survey, as one run computed them. They never change; a better run is another row.

    `digest` is that of the run's own record, which names every input and output by its digest.
    """

    PERSONAL_DATA = False

    title = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    synthetic = models.BooleanField(default=False)
    level = models.CharField(max_length=20)
    framework = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, unique=True)
    record: models.JSONField[dict[str, Any], Any] = models.JSONField()
    figures: models.JSONField[list[dict[str, Any]], Any] = models.JSONField()
    districts: models.JSONField[list[dict[str, Any]], Any] = models.JSONField()
    report = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    tables = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
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
