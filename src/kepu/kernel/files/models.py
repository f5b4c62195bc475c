"""What was handed in and is kept. The content lies on disk under its digest, once for all who have it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kepu.kernel.divisions.fields import PathField


class FileState(models.TextChoices):
    KEPT = "kept", _("kept")
    REMOVED = "removed", _("removed")


class StoredFile(models.Model):
    """One file that one person handed in for one purpose. Its name is sealed: names name people."""

    PERSONAL_DATA = True

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="files")
    purpose = models.CharField(max_length=40)
    sealed_name = models.BinaryField()
    kind = models.CharField(max_length=8)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    path = PathField(blank=True, default="")
    state = models.CharField(max_length=8, choices=FileState.choices, default=FileState.KEPT)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="kept", removed_at__isnull=True)
                | models.Q(state="removed", removed_at__isnull=False),
                name="file_removed_when",
            )
        ]
        indexes = [models.Index(fields=["owner", "purpose"])]

    def __str__(self) -> str:
        return f"file {self.pk}"
