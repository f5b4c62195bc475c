"""The menu 供给清单: what teams and departments offer, and where."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.fields import PathField
from kepu.kernel.divisions.models import Placed
from kepu.orders.states import Audience, MenuState


class Contract(models.Model):
    """A purchased service 政府购买服务: who pays whom, how much, for how many services, until when."""

    PERSONAL_DATA = False

    number = models.CharField(max_length=60, unique=True)
    buyer = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    seller = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    yuan = models.DecimalField(max_digits=12, decimal_places=2)
    services = models.PositiveIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(yuan__gt=0), name="contract_costs_something"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="contract_ends_later"
            ),
            models.CheckConstraint(condition=~Q(buyer=F("seller")), name="contract_between_two"),
        ]

    def __str__(self) -> str:
        return self.number


class Service(Placed):
    """One dish on the menu, offered by a team or by a department."""

    PERSONAL_DATA = False

    title = models.CharField(max_length=80)
    description = models.TextField(blank=True, default="")
    topic = models.ForeignKey("people.Skill", models.PROTECT, related_name="+")
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.EVERYBODY)
    minutes = models.PositiveSmallIntegerField(default=60)
    needs = models.CharField(max_length=200, blank=True, default="")  # a projector, a large room
    team = models.ForeignKey("people.Team", models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, related_name="dishes"
    )
    venue = models.ForeignKey(  # where it takes place; none where the team comes to the resident
        "venues.Venue", models.PROTECT, null=True, blank=True, related_name="+"
    )
    month_capacity = models.PositiveSmallIntegerField(default=20)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=MenuState.choices, default=MenuState.DRAFT)

    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["title", "pk"]
        indexes = [models.Index(fields=["state", "topic"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=True, department__isnull=False)
                | Q(team__isnull=False, department__isnull=True),
                name="service_offered_by_one",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=10, minutes__lte=600), name="service_lasts_10_to_600_min"
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="service_ends_later",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DishVersion(models.Model):
    """What a dish said from one change to the next. An order keeps the one it was ordered by.

    Only ever appended; the newest says what the dish says.
    """

    PERSONAL_DATA = False

    service = models.ForeignKey(Service, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    description = models.TextField(blank=True, default="")
    topic = models.ForeignKey("people.Skill", models.PROTECT, related_name="+")
    audience = models.CharField(max_length=12, choices=Audience.choices)
    minutes = models.PositiveSmallIntegerField()
    needs = models.CharField(max_length=200, blank=True, default="")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)  # unknown for what was written before there were versions

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="dish_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class ServiceArea(models.Model):
    """A division that a dish is served in."""

    PERSONAL_DATA = False

    service = models.ForeignKey(Service, models.CASCADE, related_name="areas")
    path = PathField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "path"], name="service_area_once")
        ]

    def __str__(self) -> str:
        return self.path


class DepartmentTopic(models.Model):
    """A topic that a department answers for, so that the board can suggest it."""

    PERSONAL_DATA = False

    department = models.ForeignKey("accounts.Organisation", models.CASCADE, related_name="topics")
    topic = models.ForeignKey("people.Skill", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department", "topic"], name="department_topic_once")
        ]

    def __str__(self) -> str:
        return f"{self.department}: {self.topic}"
