"""Who did not come to a visit he had been put down for 缺席: said by the organiser, open to objection."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.people.states import AbsenceState


class Absence(models.Model):
    """One person did not come to one visit, with an excuse or without.

    `source` and `source_id` name the record it came from, as with services.
    """

    PERSONAL_DATA = True  # an excuse is free text, and may tell of an illness

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences")
    team = models.ForeignKey("people.Team", models.PROTECT, related_name="absences")
    source = models.CharField(max_length=40)
    source_id = models.PositiveBigIntegerField()
    title = models.CharField(max_length=120, default="", blank=True)
    expected_at = models.DateTimeField()
    excused = models.BooleanField()
    bad_faith = models.BooleanField(
        default=False
    )  # 恶意缺席: found by an officer, never by a leader
    state = models.CharField(
        max_length=10, choices=AbsenceState.choices, default=AbsenceState.STATED
    )
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        ordering = ["-expected_at", "-pk"]
        indexes = [
            models.Index(fields=["person", "expected_at"]),
            models.Index(fields=["team", "expected_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "source", "source_id"], name="absence_stated_once"
            ),
            models.CheckConstraint(
                condition=~Q(stated_by=F("person")), name="absence_not_of_ones_own_hand"
            ),
            models.CheckConstraint(
                condition=~Q(excused=True, bad_faith=True), name="absence_excused_or_in_bad_faith"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}: {self.person_id}"


class AbsenceStep(models.Model):
    """What was said about an absence, by whom and why. Only ever appended."""

    PERSONAL_DATA = True

    absence = models.ForeignKey(Absence, models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=AbsenceState.choices)
    excused = models.BooleanField()
    bad_faith = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, default="", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.absence_id} {self.verb}"
