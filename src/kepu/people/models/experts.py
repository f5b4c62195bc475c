"""Experts: what they know, whom they are bound to, when they are free, what they carry."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
from kepu.people.availability import ALWAYS
from kepu.people.states import ExpertState


class Expert(Placed):
    """A person invited to review, to sign off science, or to answer."""

    PERSONAL_DATA = True

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="expert")
    state = models.CharField(
        max_length=10, choices=ExpertState.choices, default=ExpertState.INVITED
    )
    fields = models.ManyToManyField("people.Field", related_name="experts", blank=True)
    rank = models.CharField(max_length=40, default="", blank=True)  # professional title
    availability = models.PositiveSmallIntegerField(default=ALWAYS)
    most_duties = models.PositiveSmallIntegerField(default=5)  # open at one time
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    consent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(availability__gte=0, availability__lte=ALWAYS),
                name="expert_week_has_fourteen_halves",
            ),
            models.CheckConstraint(
                condition=Q(consent_at__isnull=False)
                | Q(state__in=[ExpertState.INVITED, ExpertState.DECLINED]),
                name="expert_agreed_before_work",
            ),
        ]

    def __str__(self) -> str:
        return f"expert {self.pk}"


class Employment(models.Model):
    """Where an expert works or worked: the ground for most conflicts of interest."""

    PERSONAL_DATA = True

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="employments")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-first"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last__isnull=True) | Q(last__gte=F("first")),
                name="employment_ends_later",
            ),
            models.UniqueConstraint(
                fields=["expert", "organisation", "first"], name="employment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.first}"


class Conflict(models.Model):
    """A bond that an expert declared, to a unit or to a person."""

    PERSONAL_DATA = True

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="conflicts")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=120)
    declared_at = models.DateTimeField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, person__isnull=True)
                | Q(organisation__isnull=True, person__isnull=False),
                name="conflict_with_one_party",
            )
        ]

    def __str__(self) -> str:
        return self.reason


class Duty(models.Model):
    """One thing an expert was asked to do by another room; open ones are the expert's load."""

    PERSONAL_DATA = False

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="duties")
    source = models.CharField(max_length=40)
    source_id = models.PositiveBigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["expert", "source", "source_id"], name="duty_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"
