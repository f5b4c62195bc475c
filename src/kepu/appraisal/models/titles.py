"""Titles: what was named, how long it holds, what is owed in that time, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.appraisal.states import SIGNED, STANDING, ReportState, TitleState
from kepu.kernel.divisions.models import Placed


class Series(models.Model):
    """The last number given of one series; locked while the next is given, so none is given twice."""

    PERSONAL_DATA = False

    prefix = models.CharField(max_length=60, unique=True)  # KP-BASE-2026
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix} {self.last}"


class Title(Placed):
    """A title in force from a day, until a day where the programme sets a term.

    It comes of an application, or of a title of another programme that is recognised. What its
    certificate says besides is kept by version (`issuing_version`), so that it is drawn the same again.
    """

    PERSONAL_DATA = True

    application = models.OneToOneField(
        "appraisal.Application", models.PROTECT, null=True, blank=True, related_name="title"
    )
    programme = models.CharField(max_length=40)
    rules_version = models.PositiveIntegerField()
    klass = models.CharField(max_length=30, default="", blank=True)
    grade = models.CharField(max_length=30)
    number = models.CharField(max_length=64, unique=True)  # on the certificate
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
    granted_at = models.DateTimeField()
    named_by = models.CharField(max_length=60, default="", blank=True)  # another body than here
    batch = models.CharField(max_length=60, default="", blank=True)  # of its naming
    issuing_version = models.PositiveIntegerField(default=0)
    renewal_told_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=TitleState.choices, default=TitleState.ACTIVE)
    version = models.PositiveIntegerField(default=1)
    rectify_by = models.DateTimeField(null=True, blank=True)
    rectify_told_at = models.DateTimeField(null=True, blank=True)  # officers, that it has passed
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    recognises = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="recognised_as"
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
            models.UniqueConstraint(
                fields=["recognises", "programme"],
                condition=Q(recognises__isnull=False, state__in=STANDING),
                name="title_recognised_once",
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
    grade = models.CharField(max_length=30, default="", blank=True)  # its level from this step on
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
    told_at = models.DateTimeField(null=True, blank=True)  # the holder, that it is due soon
    handed_in_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["title", "-year"]
        indexes = [models.Index(fields=["state", "due_on"])]
        constraints = [models.UniqueConstraint(fields=["title", "year"], name="year_reported_once")]

    def __str__(self) -> str:
        return f"{self.title_id} {self.year}"


class SpotCheck(models.Model):
    """Somebody went unannounced and saw how the title is kept up to."""

    PERSONAL_DATA = False

    title = models.ForeignKey(Title, models.CASCADE, related_name="spot_checks")
    day = models.DateField()
    passed = models.BooleanField()
    text = models.CharField(max_length=600)
    inspection = models.OneToOneField(
        "appraisal.Inspection", models.PROTECT, null=True, blank=True, related_name="spot_check"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="spot_check_says_what_was_seen")
        ]

    def __str__(self) -> str:
        return f"{self.title_id} {self.day}"
