"""Venues that work together: alliances and who belongs to them, passes they share, and stamps on those."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
from kepu.venues.models.registry import Venue
from kepu.venues.states import MemberState


class Alliance(Placed):
    """An alliance of venues of a place, kept by its officers; a city's reaches across its districts."""

    PERSONAL_DATA = False

    name = models.CharField(max_length=80)
    about = models.CharField(max_length=500, default="", blank=True)
    founded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    founded_at = models.DateTimeField()

    class Meta:
        ordering = ["path", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["division_now", "name"], name="alliance_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A venue that asked to belong to an alliance, and what its keeper said."""

    PERSONAL_DATA = False

    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="members")
    venue = models.ForeignKey(Venue, models.CASCADE, related_name="memberships")
    state = models.CharField(max_length=8, choices=MemberState.choices, default=MemberState.ASKED)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["venue__sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "venue"], name="member_once"),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_person_decides_a_membership",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue} in {self.alliance}"


class SharedPass(models.Model):
    """A pass of an alliance: good at some of its venues, in a period, so many times at each.

    What it costs is told, and never taken: Kepu sells nothing.
    """

    PERSONAL_DATA = False

    alliance = models.ForeignKey(Alliance, models.PROTECT, related_name="passes")
    title = models.CharField(max_length=60)
    about = models.CharField(max_length=300, default="", blank=True)
    first_day = models.DateField()
    last_day = models.DateField()
    times = models.PositiveSmallIntegerField(default=1)  # at each venue
    price = models.DecimalField(max_digits=8, decimal_places=2, default=0)  # yuan
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "title"], name="pass_once"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="pass_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(times__gte=1, times__lte=366), name="pass_is_good_once_or_more"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="pass_costs_nothing_or_more"),
        ]

    def __str__(self) -> str:
        return self.title


class PassVenue(models.Model):
    """A venue at which a pass is good."""

    PERSONAL_DATA = False

    shared = models.ForeignKey(SharedPass, models.CASCADE, related_name="venues")
    venue = models.ForeignKey(Venue, models.CASCADE, related_name="+")

    class Meta:
        ordering = ["venue__sort_key", "pk"]
        constraints = [models.UniqueConstraint(fields=["shared", "venue"], name="pass_venue_once")]

    def __str__(self) -> str:
        return f"{self.shared} at {self.venue}"


class HeldPass(models.Model):
    """A pass that somebody took; its code is shown at the door and names nobody."""

    PERSONAL_DATA = True

    shared = models.ForeignKey(SharedPass, models.PROTECT, related_name="held")
    holder = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    code = models.CharField(max_length=12, unique=True)
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-taken_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["shared", "holder"], name="pass_held_once")]

    def __str__(self) -> str:
        return f"{self.shared} {self.code}"


class Stamp(models.Model):
    """The `nth` use of a pass at a venue, of at most as many as the pass allowed when it was stamped."""

    PERSONAL_DATA = True

    held = models.ForeignKey(HeldPass, models.PROTECT, related_name="stamps")
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="+")
    nth = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["held", "venue", "nth"], name="stamp_once"),
            models.CheckConstraint(
                condition=Q(nth__gte=1, nth__lte=F("most")), name="stamped_as_often_as_allowed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_id} at {self.venue_id}: {self.nth}"
