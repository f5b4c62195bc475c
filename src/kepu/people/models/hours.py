"""Volunteer hours 志愿时长: a claim that two sides agree on, and the ledger it ends in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
from kepu.people.states import ServiceState

DAY = 24 * 60  # minutes


class Service(Placed):
    """Time one person gave: claimed once, certified by who organised, confirmed by who received.

    `source` and `source_id` name the record it came from, such as `orders.order` 17, without a
    foreign key: this room does not know those below it. `orders.order.2` is that order's second visit.
    """

    PERSONAL_DATA = True

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="services")
    team = models.ForeignKey(
        "people.Team", models.PROTECT, null=True, blank=True, related_name="services"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    source = models.CharField(max_length=40)
    source_id = models.PositiveBigIntegerField()
    title = models.CharField(max_length=120, default="", blank=True)
    skills = models.ManyToManyField("people.Skill", related_name="+", blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=ServiceState.choices, default=ServiceState.PROPOSED
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    certified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    certified_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ["-began_at", "-pk"]
        indexes = [
            models.Index(fields=["person", "began_at"]),
            models.Index(fields=["source", "source_id"]),
            models.Index(fields=["state", "path"]),
            models.Index(fields=["team", "state"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "source", "source_id"],
                condition=~Q(state=ServiceState.DROPPED),
                name="service_claimed_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gt=F("began_at")), name="service_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(minutes__range=(1, DAY)), name="service_within_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(certified_by=F("person")) | Q(certified_by__isnull=True),
                name="service_not_certified_by_oneself",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | ~Q(confirmed_by=F("person")) & ~Q(confirmed_by=F("certified_by")),
                name="service_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ServiceState.CERTIFIED, ServiceState.CONFIRMED])
                | Q(certified_by__isnull=False, certified_at__isnull=False),
                name="service_certified_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ServiceState.CONFIRMED,
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                )
                | ~Q(state=ServiceState.CONFIRMED)
                & Q(confirmed_by__isnull=True, confirmed_at__isnull=True),
                name="service_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}: {self.minutes} min"


class Entry(models.Model):
    """A line of the ledger. Never changed, never removed: the database refuses both.

    The first line of a service adds its minutes; a correction is another line, with a reason.
    """

    PERSONAL_DATA = False

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="hours")
    team = models.ForeignKey(
        "people.Team", models.PROTECT, null=True, blank=True, related_name="hours"
    )
    service = models.ForeignKey(Service, models.PROTECT, related_name="entries")
    minutes = models.IntegerField()
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    reason = models.CharField(max_length=200, default="", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["person", "at"]), models.Index(fields=["team", "at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["service"], condition=Q(corrects__isnull=True), name="service_counts_once"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, minutes__gt=0)
                | Q(corrects__isnull=False) & ~Q(minutes=0) & ~Q(reason=""),
                name="correction_says_why",
            ),
            models.CheckConstraint(condition=~Q(by=F("person")), name="hours_not_of_ones_own_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes:+d} min"
