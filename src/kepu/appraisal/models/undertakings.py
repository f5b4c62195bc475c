"""Kepu duties that a unit undertakes for some years, and how each year of them was.

A base that is built together 共建基地 undertakes them by an agreement; of a base of S&T innovation the
department that appraises it reads them in its own appraisal.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.appraisal.undertaking_states import (
    CONCLUDED,
    DutyKind,
    Reminded,
    UndertakingKind,
    UndertakingState,
    YearOutcome,
)
from kepu.kernel.divisions.models import Placed


class Undertaking(Placed):
    """What `organisation` undertakes, and `reviewer` looks at year by year."""

    PERSONAL_DATA = False

    kind = models.CharField(max_length=12, choices=UndertakingKind.choices)
    title = models.CharField(max_length=120)  # of the base or laboratory
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    reviewer = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    parties = models.CharField(max_length=300, default="", blank=True)  # others who build along
    duties_said = models.TextField(max_length=2000, default="", blank=True)  # what is not counted
    since = models.DateField()
    until = models.DateField()  # the last day
    reference = models.CharField(max_length=80, default="", blank=True)  # of the agreement
    state = models.CharField(
        max_length=10, choices=UndertakingState.choices, default=UndertakingState.PROPOSED
    )
    version = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=300, default="", blank=True)  # of declining or ending
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["path", "title", "pk"]
        indexes = [models.Index(fields=["state", "path"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(organisation=F("reviewer")), name="undertaking_reviewed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="undertaking_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=CONCLUDED) | Q(answered_by__isnull=False) & ~Q(reference=""),
                name="undertaking_concluded_under_a_paper",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(UndertakingState.DECLINED, UndertakingState.ENDED))
                | ~Q(reason=""),
                name="undertaking_ended_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AgreedDuty(models.Model):
    """So many of something in a year, which Kepu counts from its records."""

    PERSONAL_DATA = False

    undertaking = models.ForeignKey(Undertaking, models.CASCADE, related_name="duties")
    kind = models.CharField(max_length=12, choices=DutyKind.choices)
    target = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["undertaking", "kind"], name="agreed_duty_once"),
            models.CheckConstraint(condition=Q(target__gte=1), name="agreed_duty_asks_something"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.target}"


class DutyYear(models.Model):
    """One year: what the records had when it was handed in, the unit's words, and the reviewer's."""

    PERSONAL_DATA = False

    undertaking = models.ForeignKey(Undertaking, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    figures = models.JSONField(default=dict)  # by kind of duty
    words = models.TextField(max_length=2000, default="", blank=True)
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_in_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=YearOutcome.choices, default="", blank=True)
    review = models.CharField(max_length=1000, default="", blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["undertaking", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["undertaking", "year"], name="duty_year_once"),
            models.CheckConstraint(
                condition=Q(outcome="", reviewed_by__isnull=True, review="")
                | ~Q(outcome="") & Q(reviewed_by__isnull=False) & ~Q(review=""),
                name="duty_year_reviewed_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.undertaking_id} {self.year}"


class DutyReminder(models.Model):
    """That a unit was reminded of a year, so that nobody hears the same twice."""

    PERSONAL_DATA = False

    undertaking = models.ForeignKey(Undertaking, models.CASCADE, related_name="reminders")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=4, choices=Reminded.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["undertaking", "year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["undertaking", "year", "kind"], name="duty_reminder_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.undertaking_id} {self.year} {self.kind}"
