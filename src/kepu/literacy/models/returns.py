"""The yearly kepu statistics: a round, one return of each unit in it, and the figures of a return."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
from kepu.literacy.states import ReturnState, RoundState


class Round(Placed):
    """A year of kepu statistics in a city.

    `rules` is the version of the rulebook that its form and its cross-checks follow; `published` is
    what everybody reads, and does not change with what is corrected afterwards.
    """

    PERSONAL_DATA = False

    year = models.PositiveSmallIntegerField()
    rules = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=RoundState.choices, default=RoundState.OPEN)
    deadline = models.DateTimeField()
    synthetic = models.BooleanField(
        default=False
    )  # invented units; said wherever its figures stand
    reason = models.CharField(max_length=200, blank=True, default="")  # of the last step back
    published: models.JSONField[dict[str, Any], Any] = models.JSONField(default=dict, blank=True)
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    locked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    locked_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["division_at", "year"], name="round_once_a_year"),
            models.CheckConstraint(
                condition=~Q(state=RoundState.PUBLISHED)
                | Q(
                    locked_by__isnull=False,
                    published_by__isnull=False,
                    published_at__isnull=False,
                ),
                name="round_published_by_two",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("locked_by")),
                name="round_published_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


class Return(Placed):
    """What one unit reports for one round. It lies where the unit lay when it was asked.

    `explanations` has a sentence of the unit for each cross-check that does not hold and may not.
    """

    PERSONAL_DATA = False

    round = models.ForeignKey(Round, models.PROTECT, related_name="returns")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ReturnState.choices, default=ReturnState.DRAFT)
    explanations: models.JSONField[dict[str, str], Any] = models.JSONField(default=dict, blank=True)
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminded = models.PositiveSmallIntegerField(default=0)  # how near the end was when it was said

    class Meta:
        ordering = ["path", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="return_once_a_round"),
            models.CheckConstraint(
                condition=Q(state=ReturnState.DRAFT)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="return_submitted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["round", "state"])]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.round_id}"


class Figure(models.Model):
    """One indicator of one return. What was not filled has no row: it is not a zero.

    `source` names the records of Kepu that a figure was taken from, with the moment; such a figure waits
    until the unit has confirmed it.
    """

    PERSONAL_DATA = False

    of = models.ForeignKey(Return, models.CASCADE, related_name="figures")
    key = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=16, decimal_places=2)
    source = models.CharField(max_length=20, blank=True, default="")
    as_of = models.DateTimeField(null=True, blank=True)
    confirmed = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["of", "key"], name="figure_once_a_return"),
            models.CheckConstraint(
                condition=Q(source="", as_of__isnull=True, confirmed=True)
                | ~Q(source="") & Q(as_of__isnull=False),
                name="figure_from_records_says_when",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="figure_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"


class ReturnStep(models.Model):
    """One step in the life of a return: who, when, and what a checker remarked on which indicator."""

    PERSONAL_DATA = True

    of = models.ForeignKey(Return, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=ReturnState.choices)
    reason = models.CharField(max_length=300, blank=True, default="")
    remarks: models.JSONField[dict[str, str], Any] = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.verb} {self.of_id}"


class Revenue(models.Model):
    """By how much recurrent revenue of a district grew in the year: what kepu funds are held against."""

    PERSONAL_DATA = False

    round = models.ForeignKey(Round, models.CASCADE, related_name="revenues")
    division = models.ForeignKey("divisions.Division", models.PROTECT, related_name="+")
    growth = models.DecimalField(max_digits=6, decimal_places=2)  # percent
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "division"], name="revenue_once_a_district")
        ]

    def __str__(self) -> str:
        return f"{self.division_id}: {self.growth} %"
