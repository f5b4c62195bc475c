"""What keeps a registration true: changes that are proposed, the year's figures, pictures and documents."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.fields import PathField
from kepu.venues.models.registry import Venue
from kepu.venues.states import FileKind, ProposalState


class Proposal(models.Model):
    """A change of confirmed facts: the register shows it once an officer of the place has accepted it.

    `before` holds what stood there when it was decided, so that both can still be read side by side.
    """

    PERSONAL_DATA = False

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="proposals")
    facts: models.JSONField[dict[str, Any], Any] = models.JSONField()
    before: models.JSONField[dict[str, Any], Any] = models.JSONField(default=dict)
    why = models.CharField(max_length=300)
    state = models.CharField(
        max_length=8, choices=ProposalState.choices, default=ProposalState.WAITING
    )
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["venue"], condition=Q(state="waiting"), name="one_change_waits_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_person_decides_a_change",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(reason=""), name="a_returned_change_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue}: {self.at:%F}"


class YearReport(models.Model):
    """A venue's figures of one year, with the word of its manager that the register is still true.

    Visits and the days on which they were told are those of the daily counts when it was handed in.
    """

    PERSONAL_DATA = False

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    visits = models.PositiveIntegerField()
    days_counted = models.PositiveSmallIntegerField()
    open_days = models.PositiveSmallIntegerField()
    full_time = models.PositiveSmallIntegerField()
    part_time = models.PositiveSmallIntegerField()
    activities = models.PositiveIntegerField()
    income = models.DecimalField(max_digits=14, decimal_places=2)  # yuan
    remark = models.CharField(max_length=300, default="", blank=True)
    rules_version = models.PositiveIntegerField()
    late = models.BooleanField()  # as it was first handed in
    first_at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "year"], name="venue_year_once"),
            models.CheckConstraint(
                condition=Q(open_days__lte=366, days_counted__lte=366),
                name="venue_year_has_366_days_at_most",
            ),
            models.CheckConstraint(condition=Q(income__gte=0), name="venue_income_is_none_or_more"),
            models.CheckConstraint(
                condition=Q(first_at__lte=F("at")), name="venue_year_first_told_before_told_again"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue}: {self.year}"


class YearTold(models.Model):
    """Its managers were told that a year's figures are due, or late: once each."""

    PERSONAL_DATA = False

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    late = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "year", "late"], name="venue_year_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.venue_id}: {self.year}"


class VenueFile(models.Model):
    """A photograph for everybody, with words for who cannot see it, or a document for officers alone."""

    PERSONAL_DATA = False

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="files")
    file = models.OneToOneField("files.StoredFile", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=FileKind.choices)
    words = models.CharField(max_length=120)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=FileKind.values), name="venue_file_of_a_known_kind"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="venue_file_is_told_in_words"),
        ]

    def __str__(self) -> str:
        return self.words


class ReportedCount(models.Model):
    """How many bases a public report counts: in all, of a category, or in an area. No base is named."""

    PERSONAL_DATA = False

    path = PathField(db_index=True)
    period = models.CharField(max_length=12)
    group = models.CharField(max_length=8)  # total, category or area
    label = models.CharField(max_length=40)
    count = models.PositiveIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["path", "period", "group", "label"], name="reported_count_once"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="reported_count_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.period}: {self.count}"
