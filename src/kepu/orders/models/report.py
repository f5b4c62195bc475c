"""What a place says of its month: figures as they stood, and a remark signed by somebody."""

from __future__ import annotations

from typing import Any

from django.db import models

from kepu.kernel.divisions.models import Placed


class MonthReport(Placed):
    """The report of a division on one month. A correction is a further revision; none is changed."""

    PERSONAL_DATA = False

    month = models.DateField()  # its first day
    revision = models.PositiveSmallIntegerField()
    figures: models.JSONField[dict[str, Any], Any] = models.JSONField()
    remark = models.TextField(blank=True, default="")
    late = models.BooleanField()
    rules = models.PositiveIntegerField()  # version of the rulebook that said when it was due
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["month", "path", "revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["division_at", "month", "revision"], name="month_report_revision_once"
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="month_report_begins_on_the_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.month:%Y-%m} ({self.revision})"
