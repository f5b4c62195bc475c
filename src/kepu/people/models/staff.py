"""Kepu workers of a unit: figures of a year by sector, and by name where the person agreed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
from kepu.people.states import TitleLevel, WorkerRole, WorkerState, WorkTime

FULL_PARTS = (
    "full_middle",
    "full_female",
    "full_rural",
    "full_manage",
    "full_create",
    "full_guide",
)
LEVELS = ("senior", "associate", "middle", "junior")
COUNTS = ("full", *FULL_PARTS, "part", "part_months", "part_guide", *LEVELS, "posts")


class Staffing(Placed):
    """Who works in science communication at a unit in one year and one sector: numbers only.

    The numbers are those of the yearly statistics (KP-001); titles count full-time and part-time staff.
    """

    PERSONAL_DATA = False

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    sector = models.ForeignKey("people.Sector", models.PROTECT, related_name="+")
    full = models.PositiveIntegerField(default=0)
    full_middle = models.PositiveIntegerField(default=0)  # middle title or bachelor, and above
    full_female = models.PositiveIntegerField(default=0)
    full_rural = models.PositiveIntegerField(default=0)
    full_manage = models.PositiveIntegerField(default=0)
    full_create = models.PositiveIntegerField(default=0)
    full_guide = models.PositiveIntegerField(default=0)
    part = models.PositiveIntegerField(default=0)
    part_months = models.PositiveIntegerField(default=0)  # person-months really put in
    part_guide = models.PositiveIntegerField(default=0)
    senior = models.PositiveIntegerField(default=0)
    associate = models.PositiveIntegerField(default=0)
    middle = models.PositiveIntegerField(default=0)
    junior = models.PositiveIntegerField(default=0)
    posts = models.PositiveIntegerField(default=0)  # posts for kepu that the unit has set up
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        ordering = ["-year", "sector__rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "sector"], name="staffing_once"
            ),
            models.CheckConstraint(
                condition=Q(**{f"{one}__lte": F("full") for one in FULL_PARTS}),
                name="staffing_parts_of_full",
            ),
            models.CheckConstraint(
                condition=Q(part_guide__lte=F("part"), part_months__lte=12 * F("part")),
                name="staffing_parts_of_part",
            ),
            models.CheckConstraint(
                condition=Q(
                    full__gte=F("senior") + F("associate") + F("middle") + F("junior") - F("part")
                ),
                name="staffing_titles_of_staff",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year} {self.sector_id}"


class Worker(Placed):
    """A kepu worker by name: the unit's officer names, the person agrees or not."""

    PERSONAL_DATA = True

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    sector = models.ForeignKey("people.Sector", models.PROTECT, related_name="+")
    time = models.CharField(max_length=4, choices=WorkTime.choices)
    role = models.CharField(max_length=10, choices=WorkerRole.choices)
    level = models.CharField(max_length=10, choices=TitleLevel.choices, default="", blank=True)
    state = models.CharField(max_length=10, choices=WorkerState.choices, default=WorkerState.ASKED)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(state__in=[WorkerState.ASKED, WorkerState.AGREED]),
                name="worker_once_at_a_unit",
            ),
            models.CheckConstraint(
                condition=~Q(state=WorkerState.AGREED) | Q(answered_at__isnull=False),
                name="worker_agreed_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"worker {self.pk}"
