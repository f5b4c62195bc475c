"""Kepu service points in public places: what is there, who tends it, and when somebody last looked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kepu.kernel.divisions.models import Placed
from kepu.venues.states import HostType


class ServicePoint(Placed):
    """A shelf, screen, corner or gallery in a public place; lighter than a venue, and no registration."""

    PERSONAL_DATA = False

    name = models.CharField(max_length=80)
    host = models.CharField(max_length=9, choices=HostType.choices)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    offers = models.CharField(max_length=300)  # what is there
    address = models.CharField(max_length=160, default="", blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    looked_on = models.DateField()
    remark = models.CharField(max_length=200, default="", blank=True)  # of the last look
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["path", "name", "pk"]
        indexes = [models.Index(fields=["host", "path"])]
        constraints = [
            models.UniqueConstraint(
                fields=["division_now", "name"],
                condition=Q(closed_at__isnull=True),
                name="service_point_once",
            ),
            models.CheckConstraint(condition=~Q(offers=""), name="service_point_offers_something"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="service_point_stands_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name
