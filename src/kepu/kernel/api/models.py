"""How much of its minute a caller has been given."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """Requests that processes have taken for one caller in one minute, a handful at a time."""

    PERSONAL_DATA = False  # the caller is a pseudonym or a fingerprint

    caller = models.CharField(max_length=80)
    minute = models.BigIntegerField(db_index=True)  # minutes since 1970
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "minute"], name="lease_once_a_minute")
        ]

    def __str__(self) -> str:
        return f"{self.caller} {self.minute}: {self.taken}"
