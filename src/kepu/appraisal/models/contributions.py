"""Statements of contributions 科普贡献证明: what the records have of somebody in a period, signed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.appraisal.contribution_states import NUMBERED, ContributionState
from kepu.appraisal.models.applications import unseal
from kepu.kernel.divisions.models import Placed


class ContributionStatement(Placed):
    """What a person or a unit did for kepu between two days, in figures that nobody typed.

    Of a person they are sealed with that person's key. `digest` is over them: what is signed is what
    was counted, and who verifies it later hears whether the records still say the same.
    """

    PERSONAL_DATA = True

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    holder_name = models.CharField(max_length=120, default="", blank=True)  # none of a person's
    since = models.DateField()
    until = models.DateField()  # the last day
    purpose = models.CharField(max_length=120)
    figures = models.JSONField(default=list, blank=True)
    sealed_figures = models.BinaryField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    as_of = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=ContributionState.choices, default=ContributionState.ASKED
    )
    version = models.PositiveIntegerField(default=1)
    code = models.CharField(max_length=20, unique=True, null=True, blank=True)
    issuing_version = models.PositiveIntegerField(default=0)
    reference = models.CharField(max_length=80, default="", blank=True)  # of the signed paper
    reason = models.CharField(max_length=300, default="", blank=True)  # of refusing or revoking
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "path"]),
            models.Index(fields=["person", "asked_at"]),
            models.Index(fields=["organisation", "asked_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation__isnull=True, holder_name="")
                & Q(figures=[])
                | Q(person__isnull=True, organisation__isnull=False, sealed_figures__isnull=True)
                & ~Q(holder_name=""),
                name="contributions_of_a_person_or_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="contributions_end_after_they_begin"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=NUMBERED,
                    code__isnull=False,
                    signed_by__isnull=False,
                    signed_at__isnull=False,
                )
                & ~Q(reference="")
                | ~Q(state__in=NUMBERED) & Q(code__isnull=True, signed_by__isnull=True),
                name="contributions_are_signed_under_a_number",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("asked_by")),
                name="contributions_signed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(ContributionState.REFUSED, ContributionState.REVOKED))
                | ~Q(reason="") & Q(ended_by__isnull=False, ended_at__isnull=False),
                name="contributions_refused_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=ContributionState.ASKED, person__isnull=False),
                name="a_person_asks_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state=ContributionState.ASKED, organisation__isnull=False),
                name="a_unit_asks_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.code or f"contributions {self.pk}"

    @property
    def told(self) -> list[dict[str, Any]]:
        """The figures as they were counted; nothing is left of a person who was erased."""
        if self.person is None:
            return list(self.figures)
        found: list[dict[str, Any]] = unseal(self.sealed_figures, self.person).get("figures", [])
        return found
