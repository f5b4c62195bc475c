"""Experts: what they know, whom they are bound to, when they are free, what they carry."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
from kepu.people.availability import ALWAYS
from kepu.people.sealing import seal, unseal
from kepu.people.states import BondKind, ExpertState

NOT_AGREED = [ExpertState.DRAFT, ExpertState.INVITED, ExpertState.DECLINED]


class Expert(Placed):
    """A person who reviews, signs off science, or answers: invited by the city, or by own application."""

    PERSONAL_DATA = True

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="expert")
    state = models.CharField(max_length=10, choices=ExpertState.choices, default=ExpertState.DRAFT)
    fields = models.ManyToManyField("people.Field", related_name="experts", blank=True)
    rank = models.CharField(max_length=40, default="", blank=True)  # the newest title's name
    languages = models.JSONField(default=list, blank=True)  # codes of Speech
    about = models.CharField(max_length=500, default="", blank=True)  # why one applies
    availability = models.PositiveSmallIntegerField(default=ALWAYS)
    most_duties = models.PositiveSmallIntegerField(default=5)  # open at one time
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    invited_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # on the application
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)  # why it was not taken
    consent_at = models.DateTimeField(null=True, blank=True)
    consent_version = models.PositiveIntegerField(null=True, blank=True)  # rulebook people.experts
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_until = models.DateField(null=True, blank=True)  # by the rulebook of that day
    reminded_for = models.DateField(null=True, blank=True)  # told that this confirmation runs out
    late_for = models.DateField(null=True, blank=True)  # told that it has run out

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(availability__gte=0, availability__lte=ALWAYS),
                name="expert_week_has_fourteen_halves",
            ),
            models.CheckConstraint(
                condition=Q(consent_at__isnull=False) | Q(state__in=NOT_AGREED),
                name="expert_agreed_before_work",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExpertState.INVITED)
                | Q(invited_by__isnull=False, invited_at__isnull=False),
                name="expert_invited_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExpertState.APPLIED) | Q(applied_at__isnull=False),
                name="expert_applied_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"expert {self.pk}"


class Employment(models.Model):
    """Where an expert works or worked, and at which post: the ground for most conflicts of interest.

    A unit that is not registered here, such as a former university, is told by its name.
    """

    PERSONAL_DATA = True

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="employments")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    named = models.CharField(max_length=120, default="", blank=True)
    post = models.CharField(max_length=60, default="", blank=True)
    first = models.DateField()
    last = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-first"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last__isnull=True) | Q(last__gte=F("first")),
                name="employment_ends_later",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, named="")
                | Q(organisation__isnull=True) & ~Q(named=""),
                name="employment_at_one_unit",
            ),
            models.UniqueConstraint(
                fields=["expert", "organisation", "first"], name="employment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.first}"

    @property
    def unit(self) -> str:
        """The name of the unit, registered or not."""
        return self.organisation.name if self.organisation else self.named


class Conflict(models.Model):
    """A bond that an expert declared: to a unit, to a person known here, or to one by name.

    The name of somebody who is not known here is sealed under the expert's key.
    """

    PERSONAL_DATA = True
    NAMED = "people.conflict"

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="conflicts")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    named_sealed = models.BinaryField(default=b"")
    kind = models.CharField(max_length=10, choices=BondKind.choices, default=BondKind.OTHER)
    reason = models.CharField(max_length=120, default="", blank=True)
    declared_at = models.DateTimeField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, person__isnull=True, named_sealed=b"")
                | Q(organisation__isnull=True, person__isnull=False, named_sealed=b"")
                | Q(organisation__isnull=True, person__isnull=True) & ~Q(named_sealed=b""),
                name="conflict_with_one_party",
            )
        ]

    def __str__(self) -> str:
        return f"bond {self.pk}"

    @property
    def why(self) -> str:
        """The expert's own words, or the kind of bond."""
        return self.reason or str(BondKind(self.kind).label)

    @property
    def named(self) -> str:
        """The name of somebody not known here, or empty."""
        found = unseal(self.expert.person, self.NAMED, self.named_sealed)
        return str(found.get("name", ""))

    def keep_named(self, name: str) -> None:
        """Seal the name under the expert's key; the caller saves."""
        self.named_sealed = seal(self.expert.person, self.NAMED, {"name": name})


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
