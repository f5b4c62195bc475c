"""Policy as data: versioned, dated documents. A decision stores the version that decided it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Rulebook(models.Model):
    """One version of one kind of rulebook, in force from a day until the next version is."""

    PERSONAL_DATA = False

    kind = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    effective_from = models.DateField()
    text = models.TextField()  # the YAML as it was handed in, comments and all
    digest = models.CharField(max_length=64)
    example = models.BooleanField(default=False)  # a template, not an official rule
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="rulebook_version_once"),
            models.UniqueConstraint(fields=["kind", "effective_from"], name="rulebook_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
