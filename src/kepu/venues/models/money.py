"""Money and things for facilities: what was given to which venue or project. A row that only grows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kepu.venues.models.facilities import Project
from kepu.venues.models.registry import Venue
from kepu.venues.states import GiftForm


class Contribution(models.Model):
    """What an organisation gave or invested, or a budget paid; put right by a further entry.

    The giver is an organisation, by name; one that asks for it stays unnamed in public.
    """

    PERSONAL_DATA = False

    venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="contributions"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="contributions"
    )
    giver = models.CharField(max_length=120)
    unnamed = models.BooleanField(default=False)
    form = models.CharField(max_length=10, choices=GiftForm.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # yuan; below nought puts right
    words = models.CharField(max_length=300, default="", blank=True)
    received_on = models.DateField()
    receipt = models.OneToOneField("files.StoredFile", models.PROTECT, null=True, related_name="+")
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(venue__isnull=True, project__isnull=False)
                | Q(venue__isnull=False, project__isnull=True),
                name="contribution_to_one_venue_or_project",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, amount__gt=0)
                | Q(corrects__isnull=False) & ~Q(words="") & ~Q(amount=0),
                name="contribution_or_a_correction_that_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver}: {self.amount}"
