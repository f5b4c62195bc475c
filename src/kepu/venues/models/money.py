"""Means for facilities: what was given to whom, in rows that stay; and what rewards giving."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
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


class Incentive(Placed):
    """A preferential rule for private means, as the document of its issuer says it."""

    PERSONAL_DATA = False

    title = models.CharField(max_length=120)
    issuer = models.CharField(max_length=120)
    document = models.CharField(max_length=200)
    number = models.CharField(max_length=80, default="", blank=True)
    link = models.URLField(max_length=300, default="", blank=True)
    helps = models.CharField(max_length=300)  # whom, with what
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    stated_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        ordering = ["path", "-first_day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["division_now", "title"], name="incentive_once"),
            models.CheckConstraint(
                condition=~Q(document="") & ~Q(issuer=""), name="incentive_names_its_document"
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="incentive_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.title
