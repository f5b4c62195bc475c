"""Volunteers, and the groups of their record that the ministry asks for beside service."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from kepu.kernel.accounts import keys
from kepu.kernel.divisions.fields import PathField
from kepu.kernel.divisions.models import Placed
from kepu.people.availability import ALWAYS
from kepu.people.states import Missed, VolunteerState


def national_digest(number: str) -> str:
    """By which a national volunteer number is found again, since it is sealed."""
    return keys.digest("national_number", number)


class Volunteer(Placed):
    """A person registered for S&T volunteering, with a number of Kepu's own.

    The national volunteer number stands in for an identity number, so it is sealed like one.
    """

    PERSONAL_DATA = True

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="volunteer"
    )
    number = models.CharField(max_length=16, unique=True)
    national_sealed = models.BinaryField(default=b"")
    national_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=VolunteerState.choices, default=VolunteerState.APPLIED
    )
    skills = models.ManyToManyField("people.Skill", related_name="volunteers", blank=True)
    availability = models.PositiveSmallIntegerField(default=0)  # half-days
    consent_at = models.DateTimeField()
    consent_version = models.PositiveIntegerField()  # of the rulebook people.management
    guardian_consent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    guardian_consent_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField()
    active_at = models.DateTimeField(null=True, blank=True)
    state_reason = models.CharField(max_length=200, default="", blank=True)  # an officer's words
    # What was stated before an officer last let them serve suspends no more.
    let_serve_at = models.DateTimeField(null=True, blank=True)
    suspended_under = models.PositiveIntegerField(null=True, blank=True)  # rulebook; null: by hand
    suspended_for = models.CharField(
        max_length=10, choices=Missed.choices, default="", blank=True
    )  # by the rule, the last time
    suspended_after = models.PositiveSmallIntegerField(default=0)  # so many visits missed

    class Meta:
        indexes = [models.Index(fields=["state", "path"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(availability__gte=0, availability__lte=ALWAYS),
                name="volunteer_week_has_fourteen_halves",
            ),
            models.CheckConstraint(
                condition=Q(guardian_consent_by__isnull=True, guardian_consent_at__isnull=True)
                | Q(guardian_consent_by__isnull=False, guardian_consent_at__isnull=False),
                name="volunteer_guardian_consent_whole",
            ),
            models.CheckConstraint(
                condition=Q(suspended_under__isnull=True) | Q(state=VolunteerState.SUSPENDED),
                name="volunteer_suspended_under_a_rule",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def active(self) -> bool:
        return self.state == VolunteerState.ACTIVE

    @property
    def why(self) -> str:
        """Why they stand where they stand: an officer's words, or the rule's in the reader's language."""
        if self.suspended_under is None or not self.suspended_for:
            return self.state_reason
        return str(Missed(self.suspended_for).label) % {"n": self.suspended_after}

    @property
    def national_number(self) -> str:
        """The number on the national platform in clear, or empty."""
        person = self.person
        if not self.national_sealed or person.data_key is None:
            return ""
        return str(
            keys.unseal(bytes(person.data_key), bytes(self.national_sealed), person.pseudonym)[
                "number"
            ]
        )

    def keep_national_number(self, number: str) -> None:
        """Seal the number under the person's key; the caller saves."""
        if self.person.data_key is None:
            raise ValueError("an erased person keeps nothing")
        self.national_sealed = (
            keys.seal(bytes(self.person.data_key), {"number": number}, self.person.pseudonym)
            if number
            else b""
        )
        self.national_digest = national_digest(number) if number else None


class VolunteerArea(models.Model):
    """A division in which a volunteer is willing to serve."""

    PERSONAL_DATA = False

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="areas")
    path = PathField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "path"], name="volunteer_area_once")
        ]

    def __str__(self) -> str:
        return f"{self.volunteer}: {self.path}"


class Training(models.Model):
    """Training that a volunteer went through."""

    PERSONAL_DATA = False

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="trainings")
    title = models.CharField(max_length=120)
    on = models.DateField()
    minutes = models.PositiveIntegerField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1), name="training_took_time"),
            models.UniqueConstraint(fields=["person", "title", "on"], name="training_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Honour(models.Model):
    """A title or praise that a volunteer was given: a star recognised, a model named."""

    PERSONAL_DATA = False

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="honours")
    title = models.CharField(max_length=120)
    star = models.PositiveSmallIntegerField(null=True, blank=True)
    on = models.DateField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    rules_version = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "star"], condition=Q(star__isnull=False), name="star_once"
            ),
            models.CheckConstraint(
                condition=Q(star__isnull=True) | Q(star__gte=1, rules_version__isnull=False),
                name="star_says_by_which_rules",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Evaluation(models.Model):
    """What the served said of a person's service, from 1 to 5; one for each service."""

    PERSONAL_DATA = False

    service = models.OneToOneField("people.Service", models.PROTECT, related_name="evaluation")
    score = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__range=(1, 5)), name="evaluation_one_to_five")
        ]

    def __str__(self) -> str:
        return f"{self.score}/5"
