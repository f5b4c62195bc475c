"""Venues: what each is and has, how its registration came to stand where it does, who came on a day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from kepu.kernel.divisions.models import Placed
from kepu.venues.states import (
    NAME_FREE,
    SIGNED,
    Admission,
    BaseCategory,
    BaseLevel,
    BaseSector,
    HostType,
    VenueKind,
    VenueState,
)

EVERY_DAY = 0b1111111  # Monday is the lowest bit


class Venue(Placed):
    """A place that offers kepu, registered by its unit. Its telephone is the venue's, of no person.

    One that is only known from a public report names the report in `source` and may have no unit.
    """

    PERSONAL_DATA = False

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="venues"
    )
    name = models.CharField(max_length=80)
    sort_key = models.CharField(max_length=320, default="", blank=True)
    kind = models.CharField(max_length=12, choices=VenueKind.choices)
    category = models.CharField(max_length=8, choices=BaseCategory.choices, default="", blank=True)
    level = models.CharField(max_length=9, choices=BaseLevel.choices, default="", blank=True)
    host = models.CharField(max_length=9, choices=HostType.choices, default="", blank=True)
    sector = models.CharField(max_length=11, choices=BaseSector.choices, default="", blank=True)
    study = models.CharField(max_length=300, default="", blank=True)  # what study travel finds
    about = models.TextField(max_length=1000, default="", blank=True)
    address = models.CharField(max_length=160, default="", blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    floor_area = models.PositiveIntegerField(null=True, blank=True)  # m2
    hall_area = models.PositiveIntegerField(null=True, blank=True)  # m2 of exhibition halls
    halls = models.PositiveSmallIntegerField(null=True, blank=True)
    open_days = models.PositiveSmallIntegerField(null=True, blank=True)  # a year
    weekdays = models.PositiveSmallIntegerField(default=0)  # open on these, a bit for each
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    admission = models.CharField(max_length=6, choices=Admission.choices, default="", blank=True)
    youth_free_days = models.PositiveSmallIntegerField(null=True, blank=True)  # a year, for minors
    full_time = models.PositiveSmallIntegerField(null=True, blank=True)
    part_time = models.PositiveSmallIntegerField(null=True, blank=True)
    guides = models.PositiveSmallIntegerField(null=True, blank=True)
    scenic_grade = models.PositiveSmallIntegerField(null=True, blank=True)  # 4 is 4A
    accessibility = models.CharField(max_length=200, default="", blank=True)
    safety_checked_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, default="", blank=True)
    reported_in = models.PositiveSmallIntegerField(null=True, blank=True)  # year of that report
    same_as = models.ForeignKey(  # of one known from a report: what its unit registered since
        "self", models.SET_NULL, null=True, blank=True, related_name="reported_as"
    )
    state = models.CharField(max_length=10, choices=VenueState.choices, default=VenueState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    registered_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["path", "sort_key", "pk"]
        indexes = [models.Index(fields=["state", "path"])]
        constraints = [
            models.UniqueConstraint(
                fields=["division_now", "name"],
                condition=~Q(state__in=NAME_FREE),
                name="venue_once",
            ),
            models.UniqueConstraint(
                fields=["division_now", "name"],
                condition=Q(state=VenueState.LISTED),
                name="venue_listed_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=VenueKind.BASE) & ~Q(category="")  # no level once its title ended
                | ~Q(kind=VenueKind.BASE) & Q(category="", level="")
                | ~Q(source=""),  # a report need not tell them
                name="only_a_base_has_category_and_level",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, registered_by__isnull=False)
                | ~Q(source=""),
                name="venue_of_a_unit_or_of_a_source",
            ),
            models.CheckConstraint(
                condition=Q(source="", reported_in__isnull=True)
                | ~Q(source="") & Q(reported_in__isnull=False),
                name="a_report_has_its_year",
            ),
            models.CheckConstraint(
                condition=Q(same_as__isnull=True) | ~Q(source=""),
                name="only_a_report_is_the_same_as_a_venue",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="venue_stands_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(weekdays__lte=EVERY_DAY), name="venue_week_has_seven_days"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True, closes_at__isnull=True)
                | Q(opens_at__lt=F("closes_at")),
                name="venue_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False)
                | ~Q(state__in=(VenueState.ACTIVE, VenueState.WARNED, VenueState.SUSPENDED)),
                name="venue_at_work_was_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        """The number of its registration, from the day it was confirmed."""
        return f"V{self.pk:07d}" if self.confirmed_at else ""

    @property
    def level_said(self) -> str:
        """Its level as a base; one that only a report names is told with the year, as no title of today."""
        level: str = self.get_level_display()
        if not (level and self.reported_in):
            return level
        said = {"level": level, "year": self.reported_in}
        return _("%(level)s, as reported in %(year)s") % said


class VenueStep(models.Model):
    """One step of a registration: what was decided, why, and under which signed decision."""

    PERSONAL_DATA = False

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=VenueState.choices)
    reason = models.CharField(max_length=300, default="", blank=True)
    reference = models.CharField(max_length=80, default="", blank=True)
    rules_version = models.PositiveIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb__in=SIGNED)
                | Q(by__isnull=False) & ~Q(reason="") & ~Q(reference=""),
                name="a_person_signs_with_reason_and_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue}: {self.verb}"


class DayCount(models.Model):
    """How many visits a venue had on one day; counted once more, the later number stands."""

    PERSONAL_DATA = False

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="counts")
    day = models.DateField()
    visits = models.PositiveIntegerField()
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "day"], name="venue_counted_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.venue}: {self.day}"
