"""What was said against a candidate on public notice 公示异议, and what the office answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from kepu.people.states import ObjectionState


class Objection(models.Model):
    """One person objects to one nomination, once. Who it was is known to the reviewing office only."""

    PERSONAL_DATA = True

    nomination = models.ForeignKey("people.Nomination", models.PROTECT, related_name="objections")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="objections")
    reason = models.TextField(max_length=1000)
    made_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=ObjectionState.choices, default=ObjectionState.OPEN
    )
    answer = models.CharField(max_length=200, default="", blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["nomination", "person"], name="objected_once"),
            models.CheckConstraint(
                condition=Q(
                    state=ObjectionState.OPEN, answered_by__isnull=True, answered_at__isnull=True
                )
                | (
                    ~Q(state=ObjectionState.OPEN)
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
                name="objection_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True)
                | ~Q(state__in=[ObjectionState.UPHELD, ObjectionState.OVERRULED])
                | ~Q(answered_by=models.F("person")),
                name="objection_answered_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.pk}"
