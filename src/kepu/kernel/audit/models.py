"""What was done, by whom and for whom. Ids and pseudonyms only; a row is never changed but to seal it."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One thing done. Unsealed until the sealer links it into the chain."""

    PERSONAL_DATA = False

    at = models.DateTimeField()
    actor = models.CharField(max_length=20)  # a pseudonym, or "system"
    for_whom = models.CharField(max_length=20, blank=True, default="")
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    path = models.CharField(max_length=60, blank=True, default="")
    detail = models.JSONField(default=dict)
    seq = models.BigIntegerField(null=True, unique=True)
    previous = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"]),
            models.Index(
                fields=["id"], condition=models.Q(seq__isnull=True), name="audit_unsealed"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seq__isnull=True, digest="")
                | (models.Q(seq__isnull=False) & ~models.Q(digest="")),
                name="audit_sealed_with_digest",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.actor} {self.verb} {self.object_type} {self.object_id}"
