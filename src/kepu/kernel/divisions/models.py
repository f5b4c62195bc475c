"""Divisions with Kepu's own path, zones, and the two places every record keeps."""

from __future__ import annotations

from typing import Any

from django.db import models

from kepu.kernel.divisions.fields import PathField
from kepu.kernel.divisions.states import Level


def ends_after_it_begins(name: str) -> models.CheckConstraint:
    """The promise of everything that has a first and a last day."""
    return models.CheckConstraint(
        condition=models.Q(valid_to__isnull=True)
        | models.Q(valid_from__isnull=True)
        | models.Q(valid_to__gte=models.F("valid_from")),
        name=f"{name}_ends_after_it_begins",
    )


class Division(models.Model):
    """One administrative division for as long as it stood in one place under one parent.

    A township that moves to another district ends here and begins again as another row; a
    crossing ties the two together. Official codes are kept where one is known, never invented.
    """

    PERSONAL_DATA = False

    path = PathField(unique=True, follows=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    level = models.CharField(max_length=12, choices=Level.choices)
    name = models.CharField(max_length=60)
    sort_key = models.CharField(max_length=120, default="", blank=True)
    official_code = models.CharField(max_length=12, null=True, blank=True)  # noqa: DJ001 (unique)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)  # the last day, inclusive
    population = models.PositiveIntegerField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    approximate_position = models.BooleanField(default=False)  # placed by rule, not surveyed

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lon__isnull=True, lat__isnull=True)
                | models.Q(lon__isnull=False, lat__isnull=False),
                name="division_position_is_whole",
            ),
            models.UniqueConstraint(
                fields=["official_code"],
                condition=models.Q(valid_to__isnull=True),
                name="division_code_once_at_a_time",
            ),
            ends_after_it_begins("division"),
        ]
        indexes = [models.Index(fields=["level", "path"]), models.Index(fields=["parent"])]

    def __str__(self) -> str:
        return self.name


class Zone(models.Model):
    """A named area without a code of its own: 万盛经开区, 重庆高新区. A dated set of paths.

    Where the parent does not keep the right to write, grants held above a part do not count in it.
    An `example` has parts that nobody confirmed yet.
    """

    PERSONAL_DATA = False

    name = models.CharField(max_length=60, unique=True)
    parent_keeps_writing = models.BooleanField(default=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    example = models.BooleanField(default=False)

    class Meta:
        constraints = [ends_after_it_begins("zone")]

    def __str__(self) -> str:
        return self.name


class ZonePart(models.Model):
    """One path that a zone holds, for as long as it does."""

    PERSONAL_DATA = False

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="parts")
    path = PathField(follows=False)  # ended and begun again, so that the past stays
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)  # the last day, inclusive

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "path"],
                condition=models.Q(valid_to__isnull=True),
                name="zone_part_once_at_a_time",
            ),
            ends_after_it_begins("zone_part"),
        ]
        indexes = [models.Index(fields=["path"])]

    def __str__(self) -> str:
        return f"{self.zone}: {self.path}"


class PlacedQuerySet(models.QuerySet[Any]):
    """Records that can be asked for by scope."""

    def within(self, scope: str) -> PlacedQuerySet:
        """Records that now lie in the division whose path is `scope`."""
        return self.filter(path__within=scope)


class Placed(models.Model):
    """A record that belongs to a place.

    `division_at` is where it was made and never changes: figures "as of" follow it.
    `division_now` and its copy `path` follow the divisions: access follows them.
    """

    division_at = models.ForeignKey("divisions.Division", models.PROTECT, related_name="+")
    division_now = models.ForeignKey("divisions.Division", models.PROTECT, related_name="+")
    path = PathField(db_index=True, follows=False)  # with division_now

    objects = PlacedQuerySet.as_manager()

    class Meta:
        abstract = True

    def place(self, division: Division) -> None:
        """Set the place of a record that is being made."""
        self.division_at = self.division_now = division
        self.path = division.path
