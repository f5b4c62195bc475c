"""What leads to an award besides the application itself: a nomination, and figures from ledgers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from kepu.appraisal.models.applications import unseal
from kepu.appraisal.states import CallNominationState


class CallNomination(models.Model):
    """Somebody is put forward in a call. Of the nominee nothing but a sealed name is kept until they agree.

    Who nominates hands the address with `key` on; who opens it and agrees begins the application.
    """

    PERSONAL_DATA = True

    call = models.ForeignKey("appraisal.Call", models.PROTECT, related_name="nominations")
    key = models.CharField(max_length=32, unique=True)
    klass = models.CharField(max_length=30, default="", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    sealed = models.BinaryField()  # name and reason, under the key of who nominates
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=CallNominationState.choices, default=CallNominationState.ASKED
    )
    nominee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    application = models.OneToOneField(
        "appraisal.Application", models.PROTECT, null=True, blank=True, related_name="nomination"
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["call", "by"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state=CallNominationState.AGREED,
                    application__isnull=False,
                    nominee__isnull=False,
                )
                | ~Q(state=CallNominationState.AGREED) & Q(application__isnull=True),
                name="a_nomination_agreed_to_is_an_application",
            )
        ]

    def __str__(self) -> str:
        return f"nomination {self.pk}"

    @property
    def said(self) -> dict[str, Any]:
        """Name and reason as they were written; nothing once who wrote them was erased."""
        return unseal(self.sealed, self.by)


class LedgerExtract(models.Model):
    """What the ledgers tell of an applicant as of a moment: numbers alone, with a digest over them.

    Of a person they are sealed with that person's key, as the answers are.
    """

    PERSONAL_DATA = True

    application = models.OneToOneField(
        "appraisal.Application", models.CASCADE, related_name="ledger"
    )
    figures = models.JSONField(default=list, blank=True)
    sealed_figures = models.BinaryField(null=True, blank=True)
    as_of = models.DateTimeField()
    digest = models.CharField(max_length=64)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"extract {self.application_id}"

    @property
    def told(self) -> list[dict[str, Any]]:
        """The figures in the order in which they were taken."""
        person = self.application.person
        if person is None:
            return list(self.figures)
        found: list[dict[str, Any]] = unseal(self.sealed_figures, person).get("figures", [])
        return found


class TalentConsent(models.Model):
    """The holder lets a title stand in lists for talent programmes; taken back, the row is gone."""

    PERSONAL_DATA = True

    title = models.OneToOneField("appraisal.Title", models.CASCADE, related_name="talent_consent")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"consent {self.title_id}"
