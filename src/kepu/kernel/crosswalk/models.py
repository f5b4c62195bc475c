"""Changes of divisions that took effect, and which division became which."""

from __future__ import annotations

from django.conf import settings
from django.db import models

DIVISION = "divisions.Division"


class Change(models.Model):
    """One change of divisions, applied once: the document that ordered it and what followed."""

    PERSONAL_DATA = False

    key = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    effective = models.DateField()
    source = models.CharField(max_length=300)
    text = models.TextField()  # the document as it was handed in
    outcome = models.JSONField(default=dict)
    applied_at = models.DateTimeField()
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["effective", "pk"]

    def __str__(self) -> str:
        return self.title


class Crossing(models.Model):
    """`before` ended and `after` took its place: the same ground, or a district's successor."""

    PERSONAL_DATA = False

    change = models.ForeignKey(Change, models.PROTECT, related_name="crossings")
    before = models.ForeignKey(DIVISION, models.PROTECT, related_name="crossings_out")
    after = models.ForeignKey(DIVISION, models.PROTECT, related_name="crossings_in")
    same_ground = models.BooleanField(default=True)

    class Meta:
        constraints = [
            # A division ends once, so it crosses once.
            models.UniqueConstraint(fields=["before"], name="division_crosses_once"),
            models.CheckConstraint(
                condition=~models.Q(before=models.F("after")), name="crossing_leads_elsewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} - {self.after_id}"


class Redrawn(models.Model):
    """A division that stood on while its bounds changed; its old figures are kept here."""

    PERSONAL_DATA = False

    change = models.ForeignKey(Change, models.PROTECT, related_name="redrawn")
    division = models.ForeignKey(DIVISION, models.PROTECT, related_name="redrawn")
    population_before = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "division"], name="redrawn_once_by_a_change"),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} in {self.change_id}"
