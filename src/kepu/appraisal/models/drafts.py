"""Programmes that are being written in the browser, until they are issued as a rulebook."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class ProgrammeDraft(models.Model):
    """What somebody has written so far. `rules` are as the schema names them, right or not yet."""

    PERSONAL_DATA = False

    code = models.CharField(max_length=30)  # `base` of the rulebook `appraisal.base`
    copied_from = models.CharField(max_length=30)
    copied_version = models.PositiveIntegerField()
    rules = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    issued = models.PositiveIntegerField(null=True, blank=True)  # as this version of the rulebook
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(issued__isnull=True), name="programme_drafted_once"
            )
        ]

    def __str__(self) -> str:
        return self.code
