"""Calls: a programme, in the version that holds for all of it, from a day to a day."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.appraisal.programme.timing import last_moment
from kepu.appraisal.states import ApplicationCallState
from kepu.kernel.divisions.models import Placed


class Call(Placed):
    """One round of a programme. What it was opened under decides about everything that comes of it."""

    PERSONAL_DATA = False

    programme = models.CharField(max_length=40)  # `base` of the rulebook `appraisal.base`
    rules_version = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    about = models.TextField(max_length=2000, default="", blank=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    # Of every draw by lot: sealed when the call opens, and its digest told; told itself with the draw.
    seed = models.BigIntegerField(null=True, blank=True)
    seed_salt = models.CharField(max_length=32, default="", blank=True)
    seed_digest = models.CharField(max_length=64, default="", blank=True)
    sealed_seed = models.BinaryField(null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=ApplicationCallState.choices, default=ApplicationCallState.DRAFT
    )
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-opens_at", "-pk"]
        indexes = [models.Index(fields=["state", "path"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")), name="call_closes_after_it_opens"
            ),
            models.UniqueConstraint(
                fields=["programme", "division_now", "title"], name="call_titled_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_moment(self) -> datetime:
        """Within its last day: a call closes at the midnight after it."""
        return last_moment(self.closes_at)
