"""What is paid to venues for opening free of charge: a ledger that only grows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kepu.venues.models.registry import Venue
from kepu.venues.states import SubsidyStep


class Subsidy(models.Model):
    """One line of the ledger of a venue's year; a wrong one is put right by a further line.

    The database refuses to change or delete a line.
    """

    PERSONAL_DATA = False

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="subsidies")
    year = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=8, choices=SubsidyStep.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # yuan; below nought puts right
    reference = models.CharField(max_length=80)  # the number of the paper
    words = models.CharField(max_length=300, default="", blank=True)
    day = models.DateField()
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    rules_version = models.PositiveIntegerField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["year", "venue"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reference="")
                & (
                    Q(corrects__isnull=True, amount__gt=0)
                    | Q(corrects__isnull=False) & ~Q(words="") & ~Q(amount=0)
                ),
                name="subsidy_by_a_paper_or_a_correction_that_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue_id} {self.year}: {self.step} {self.amount}"
