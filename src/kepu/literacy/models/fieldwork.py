"""Fieldwork of a sample: doors to knock at, what came of each attempt, the interviews, and checks of them.

Nobody who answers is known by name. An address is there for the interviewer, sealed under the key of
the fieldwork; closing the fieldwork destroys the key.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
from kepu.literacy.states import Checked, Disposition, FieldworkState, Taking


class Fieldwork(Placed):
    """The interviews of an adopted sample with adopted booklets, from the first door to the last."""

    PERSONAL_DATA = False

    title = models.CharField(max_length=80)
    sample = models.ForeignKey("literacy.Sample", models.PROTECT, related_name="fieldworks")
    booklets = models.ForeignKey("literacy.BookletSet", models.PROTECT, related_name="fieldworks")
    opens_on = models.DateField()
    closes_on = models.DateField()
    rules_version = models.PositiveIntegerField()  # of literacy.framework
    seed = models.PositiveIntegerField()  # of booklets, persons in households and back-checks
    key = models.BinaryField(null=True)  # wrapped; none once the addresses are gone
    # Whether it also asks how people meet science: `heard.MEETING`, for segments of the public.
    meets_science = models.BooleanField(default=False)
    # How many people of each kind live there, by question and answer: what quotas are made of.
    quotas: models.JSONField[dict[str, dict[str, int]], Any] = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=FieldworkState.choices, default=FieldworkState.PLANNED
    )
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="fieldwork_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(state=FieldworkState.CLOSED) | Q(key__isnull=True),
                name="fieldwork_closed_has_no_key",
            ),
            models.UniqueConstraint(
                fields=["sample"],
                condition=~Q(state=FieldworkState.DROPPED),
                name="sample_has_one_fieldwork",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Case(models.Model):
    """A door of the sample. It is never replaced by another one: who is not reached counts as that.

    `outcome` is the disposition that stands after all attempts, and empty before the first.
    """

    PERSONAL_DATA = True

    fieldwork = models.ForeignKey(Fieldwork, models.CASCADE, related_name="cases")
    community = models.ForeignKey("literacy.SampledCommunity", models.PROTECT, related_name="cases")
    number = models.PositiveIntegerField()  # in the community, from 1
    booklet = models.PositiveSmallIntegerField()  # number of the booklet
    address = models.BinaryField(null=True)  # sealed under the key of the fieldwork
    interviewer = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="cases"
    )
    outcome = models.CharField(max_length=5, choices=Disposition.choices, blank=True, default="")
    attempts_made = models.PositiveSmallIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["community", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["fieldwork", "community", "number"], name="case_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", attempts_made=0) | ~Q(outcome="") & Q(attempts_made__gt=0),
                name="case_outcome_after_an_attempt",
            ),
        ]
        indexes = [models.Index(fields=["fieldwork", "interviewer", "outcome"], name="case_of")]

    def __str__(self) -> str:
        return f"{self.community.division}: {self.number}"


class FieldEvent(models.Model):
    """What a device wrote down at a door: kept, then tried; what is refused waits for a person."""

    PERSONAL_DATA = False

    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    schema = models.PositiveSmallIntegerField()
    device_time = models.DateTimeField()
    received_at = models.DateTimeField()
    data: models.JSONField[dict[str, Any], Any] = models.JSONField(default=dict)
    taking = models.CharField(max_length=8, choices=Taking.choices)
    reason = models.CharField(max_length=300, blank=True, default="")
    settled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["received_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taking=Taking.DONE) | ~Q(reason=""), name="field_event_refused_says_why"
            ),
            models.CheckConstraint(
                condition=Q(taking=Taking.SETTLED, settled_by__isnull=False)
                | ~Q(taking=Taking.SETTLED) & Q(settled_by__isnull=True),
                name="field_event_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


class Attempt(models.Model):
    """One knock at a door. Only added, never changed.

    `adults` lists, by age from the eldest, who in the household may be asked; `chosen` is the place in it.
    """

    PERSONAL_DATA = False

    event = models.OneToOneField(FieldEvent, models.CASCADE, related_name="attempt")
    case = models.ForeignKey(Case, models.CASCADE, related_name="attempts")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()  # by the device
    outcome = models.CharField(max_length=5, choices=Disposition.choices)
    adults = models.PositiveSmallIntegerField(null=True, blank=True)
    chosen = models.PositiveSmallIntegerField(null=True, blank=True)
    again_at = models.DateTimeField(null=True, blank=True)  # when to come again

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(chosen__isnull=True) | Q(chosen__gte=1, chosen__lte=F("adults")),
                name="attempt_chose_somebody_there",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome}"


class Interview(models.Model):
    """Answers of the person chosen. A correction is a new version; the highest that was taken stands.

    `answers` maps an item's code to the letter chosen, or "" for "do not know"; `background` maps a
    question to its answer; `seconds` maps an item's code to how long it was on the screen.
    """

    PERSONAL_DATA = False

    event = models.OneToOneField(FieldEvent, models.CASCADE, related_name="interview")
    case = models.ForeignKey(Case, models.CASCADE, related_name="interviews")
    version = models.PositiveSmallIntegerField(default=1)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    complete = models.BooleanField(default=True)
    answers: models.JSONField[dict[str, str], Any] = models.JSONField(default=dict)
    background: models.JSONField[dict[str, str], Any] = models.JSONField(default=dict)
    seconds: models.JSONField[dict[str, float], Any] = models.JSONField(default=dict)
    latitude = models.FloatField(null=True, blank=True)  # to about 100 m
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["case", "version"]
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="interview_version_once"),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("begun_at")), name="interview_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}.{self.version}"


class BackCheck(models.Model):
    """An interview that was drawn to be asked about again, by somebody else."""

    PERSONAL_DATA = False

    case = models.OneToOneField(Case, models.CASCADE, related_name="back_check")
    drawn_at = models.DateTimeField()
    found = models.CharField(max_length=12, choices=Checked.choices, blank=True, default="")
    remark = models.CharField(max_length=300, blank=True, default="")
    asked = models.PositiveSmallIntegerField(default=0)  # questions, once more
    same = models.PositiveSmallIntegerField(default=0)  # answers as they were
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(same__lte=F("asked")), name="back_check_same_are_of_those_asked"
            ),
            models.CheckConstraint(
                condition=Q(found="", by__isnull=True, at__isnull=True)
                | ~Q(found="") & Q(by__isnull=False, at__isnull=False),
                name="back_check_found_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.found}"
