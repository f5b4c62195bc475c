"""Titles: what was named, how long it holds, what is owed in that time, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.appraisal.states import SIGNED, STANDING, ReportState, TitleState
from kepu.kernel.divisions.models import Placed


class Title(Placed):
    """A title in force from a day, until a day where the programme sets a term."""

    PERSONAL_DATA = True

    application = models.OneToOneField(
        "appraisal.Application", models.PROTECT, null=True, blank=True, related_name="title"
    )
    programme = models.CharField(max_length=40)
    rules_version = models.PositiveIntegerField()
    klass = models.CharField(max_length=30, default="", blank=True)
    grade = models.CharField(max_length=30)
    number = models.CharField(max_length=24, unique=True)  # on the certificate
    venue = models.ForeignKey(
        "venues.Venue", models.PROTECT, null=True, blank=True, related_name="titles"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="titles"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="titles"
    )
    holder_name = models.CharField(max_length=120, default="", blank=True)  # none of a person's
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the last day
    state = models.CharField(max_length=10, choices=TitleState.choices, default=TitleState.ACTIVE)
    version = models.PositiveIntegerField(default=1)
    rectify_by = models.DateTimeField(null=True, blank=True)
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )

    class Meta:
        ordering = ["programme", "number"]
        indexes = [
            models.Index(fields=["programme", "state", "path"]),
            models.Index(fields=["venue", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="title_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["programme", "venue"],
                condition=Q(venue__isnull=False, state__in=STANDING),
                name="venue_holds_a_title_once",
            ),
            models.CheckConstraint(
                condition=Q(rectify_by__isnull=True) | Q(state=TitleState.WARNED),
                name="only_a_warned_title_rectifies",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TitleStep(models.Model):
    """One step of a title. What weighs more than a warning has a signed decision and a person."""

    PERSONAL_DATA = False

    title = models.ForeignKey(Title, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=TitleState.choices)
    reason = models.CharField(max_length=600, default="", blank=True)
    reference = models.CharField(max_length=80, default="", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb__in=SIGNED)
                | ~Q(reference="") & ~Q(reason="") & Q(by__isnull=False),
                name="what_weighs_on_a_title_is_signed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d}"


class YearReport(models.Model):
    """What a title's holder reports of one year, and whether it was found enough."""

    PERSONAL_DATA = False

    title = models.ForeignKey(Title, models.CASCADE, related_name="reports")
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.DUE)
    text = models.TextField(max_length=4000, default="", blank=True)
    figures = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=600, default="", blank=True)
    due_on = models.DateField()
    handed_in_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["title", "-year"]
        indexes = [models.Index(fields=["state", "due_on"])]
        constraints = [models.UniqueConstraint(fields=["title", "year"], name="year_reported_once")]

    def __str__(self) -> str:
        return f"{self.title_id} {self.year}"
