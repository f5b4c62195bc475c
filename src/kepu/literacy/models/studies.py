"""A study of what an activity changed: its plan, registered before, and what was measured."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from kepu.kernel.divisions.models import Placed
from kepu.literacy.states import StudyState


class Study(Placed):
    """The plan never changes once it is registered; measurements are told, and not kept.

    `plan` holds planned sizes and what is known of scores beforehand, `detectable` the least effect
    that they find, in points. `digest` is that of the table of measurements: it leads to no person.
    """

    PERSONAL_DATA = False  # measurements are never kept, and no row names who was measured

    title = models.CharField(max_length=80)
    begins_on = models.DateField()
    synthetic = models.BooleanField(default=False)
    inputs = models.CharField(max_length=600)
    activities = models.CharField(max_length=600)
    outputs = models.CharField(max_length=600)
    outcomes = models.CharField(max_length=600)
    measure = models.CharField(max_length=300)
    aimed = models.PositiveIntegerField()  # people of the audience aimed at
    plan: models.JSONField[dict[str, Any], Any] = models.JSONField()
    detectable = models.FloatField()
    state = models.CharField(
        max_length=10, choices=StudyState.choices, default=StudyState.REGISTERED
    )
    reason = models.CharField(max_length=200, blank=True, default="")  # of the last step back
    registered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    reached = models.PositiveIntegerField(null=True)  # people who attended
    spent = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # yuan
    result: models.JSONField[dict[str, Any] | None, Any] = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    measured_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    measured_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-begins_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[StudyState.PUBLISHED, StudyState.WITHDRAWN])
                | Q(
                    proposed_by__isnull=False,
                    published_by__isnull=False,
                    published_at__isnull=False,
                ),
                name="study_published_by_two",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=models.F("proposed_by")),
                name="study_published_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[StudyState.REGISTERED, StudyState.DROPPED])
                | Q(result__isnull=False, reached__isnull=False, spent__isnull=False),
                name="study_measured_has_its_result",
            ),
        ]

    def __str__(self) -> str:
        return self.title
