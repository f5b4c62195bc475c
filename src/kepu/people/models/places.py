"""Stations that dispatch orders, and posts held at a place."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kepu.kernel.divisions.models import Placed


class StationKind(models.TextChoices):
    CIVILISATION = "civilisation", _("New Era Civilization Practice")  # 新时代文明实践
    PARTY_MASS = "party_mass", _("party-mass service centre")  # 党群服务中心
    COMMUNITY = "community", _("community service centre")  # 社区服务中心


class StationTier(models.TextChoices):
    CENTRE = "centre", _("centre (district)")  # 中心
    INSTITUTE = "institute", _("institute (township)")  # 所
    STATION = "station", _("station (community)")  # 站


class Station(Placed):
    """A place with a door and a desk; its division is the scope in which it dispatches."""

    PERSONAL_DATA = False

    name = models.CharField(max_length=80)
    sort_key = models.CharField(max_length=320, default="", blank=True)
    kind = models.CharField(max_length=12, choices=StationKind.choices)
    tier = models.CharField(max_length=10, choices=StationTier.choices)
    open_hours = models.CharField(max_length=120, default="", blank=True)
    address = models.CharField(max_length=160, default="", blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["path", "sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["division_now", "kind", "name"],
                condition=Q(active=True),
                name="station_once",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="station_stands_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Post(Placed):
    """A post held by a person at a township for a term: one of the three heads 三长, or another."""

    PERSONAL_DATA = False

    kind = models.ForeignKey("people.PostKind", models.PROTECT, related_name="posts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    first = models.DateField()
    last = models.DateField()  # the last day of the term, inclusive
    deputy = models.BooleanField(default=False)  # stands in for the holder
    ended_on = models.DateField(null=True, blank=True)  # when it ended before its term
    appointed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()

    class Meta:
        ordering = ["path", "kind", "first"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="post_ends_later"),
            models.UniqueConstraint(
                fields=["kind", "person", "division_now"],
                condition=Q(ended_on__isnull=True),
                name="post_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.path})"
