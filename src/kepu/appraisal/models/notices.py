"""Objections in a public notice, and appeals against a decision. Who raised them is sealed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from kepu.appraisal.models.applications import unseal
from kepu.appraisal.states import GrievanceState

OPEN = GrievanceState.OPEN


class Grievance(models.Model):
    """What somebody holds against a decision, and the answer. The text is sealed with their key."""

    sealed_text = models.BinaryField()
    state = models.CharField(
        max_length=10, choices=GrievanceState.choices, default=GrievanceState.OPEN
    )
    reply = models.CharField(max_length=1000, default="", blank=True)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # Who has to answer, that nobody had by `due_at`.
    told_late_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["raised_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=OPEN, answered_at__isnull=True, reply="")
                | ~Q(state=OPEN) & Q(answered_at__isnull=False) & ~Q(reply=""),
                name="%(class)s_answered_with_words",
            )
        ]

    @property
    def text(self) -> str:
        """What was written; nothing is left of a person who was erased."""
        return str(unseal(self.sealed_text, self.raised_by).get("text", ""))


class Objection(Grievance):
    """Raised in the public notice; while one is open the notice stands still."""

    PERSONAL_DATA = True

    application = models.ForeignKey(
        "appraisal.Application", models.CASCADE, related_name="objections"
    )

    class Meta(Grievance.Meta):
        constraints = [
            *Grievance.Meta.constraints,
            models.UniqueConstraint(
                fields=["application", "raised_by"],
                condition=Q(state=OPEN),
                name="objection_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"objection {self.pk}"


class Appeal(Grievance):
    """Against a refusal, or against what was done to a title."""

    PERSONAL_DATA = True

    application = models.ForeignKey(
        "appraisal.Application", models.CASCADE, null=True, blank=True, related_name="appeals"
    )
    title = models.ForeignKey(
        "appraisal.Title", models.CASCADE, null=True, blank=True, related_name="appeals"
    )
    against = models.ForeignKey(  # of a title: the very step, for others may follow
        "appraisal.TitleStep", models.CASCADE, null=True, blank=True, related_name="appeals"
    )

    class Meta(Grievance.Meta):
        constraints = [
            *Grievance.Meta.constraints,
            models.CheckConstraint(
                condition=Q(application__isnull=False, title__isnull=True)
                | Q(application__isnull=True, title__isnull=False),
                name="appeal_against_one_thing",
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(state=OPEN), name="appeal_of_refusal_open_once"
            ),
            models.UniqueConstraint(
                fields=["title"], condition=Q(state=OPEN), name="appeal_of_title_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk}"
