"""Tables that are too long to wait for: asked for, made by the worker, taken away, forgotten."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kepu.kernel.working import Watched


class ExportState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class Format(models.TextChoices):
    XLSX = "xlsx", "XLSX"
    CSV = "csv", "CSV"


class Export(Watched):
    """One table that somebody asked for; its file lies in DATA/exports under `key`."""

    PERSONAL_DATA = False  # the file may hold some, this row does not

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    query = models.TextField(blank=True, default="")
    format = models.CharField(max_length=4, choices=Format.choices)
    language = models.CharField(max_length=10)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    personal = models.BooleanField(default=True)  # whether the file names people
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "beat_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["ready", "failed"], ended_at__isnull=False)
                | models.Q(state__in=["waiting", "running"], ended_at__isnull=True),
                name="export_ended_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
