"""Field inspections: who goes when, what each of them found, and everything a device ever sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kepu.appraisal.inspection_states import STANDING, InspectionState, Receipt


class Inspection(models.Model):
    """A visit to an applicant, or to the holder of a title (a spot check), by two people or more.

    It follows the programme in the version of the call, or of the title.
    """

    PERSONAL_DATA = False

    application = models.ForeignKey(
        "appraisal.Application", models.PROTECT, null=True, blank=True, related_name="inspections"
    )
    title = models.ForeignKey(
        "appraisal.Title", models.PROTECT, null=True, blank=True, related_name="inspections"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    unannounced = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=InspectionState.choices, default=InspectionState.ASSIGNED
    )
    version = models.PositiveIntegerField(default=1)
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    sent_back_times = models.PositiveSmallIntegerField(default=0)  # a signature is for one of them
    visited_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(
        max_length=600, default="", blank=True
    )  # of who countersigned or sent back
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [models.Index(fields=["state", "due_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, title__isnull=True)
                | Q(application__isnull=True, title__isnull=False),
                name="inspection_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="inspection_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(state=InspectionState.COUNTERSIGNED) | Q(signed_by__isnull=False),
                name="inspection_is_countersigned_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(application__isnull=False, state__in=STANDING),
                name="one_inspection_of_an_application",
            ),
            models.UniqueConstraint(
                fields=["title"],
                condition=Q(title__isnull=False, state__in=STANDING),
                name="one_inspection_of_a_title",
            ),
        ]

    def __str__(self) -> str:
        return f"inspection {self.pk}"


class Inspector(models.Model):
    """One of those who go, with an opinion on the whole, where the device was, and what the venue said."""

    PERSONAL_DATA = True

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="inspectors")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    opinion = models.CharField(max_length=2000, default="", blank=True)
    venue_words = models.CharField(max_length=1000, default="", blank=True)
    venue_post = models.CharField(max_length=80, default="", blank=True)
    latitude = models.FloatField(null=True, blank=True)  # to about 100 m, with consent
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["inspection", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "person"], name="inspector_once"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="inspector_was_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"inspector {self.pk}"


class Finding(models.Model):
    """What one inspector found for one item. `turn` counts on the device: the later one stands."""

    PERSONAL_DATA = True

    inspector = models.ForeignKey(Inspector, models.CASCADE, related_name="findings")
    item = models.CharField(max_length=30)
    value = models.JSONField(null=True)
    note = models.CharField(max_length=1000, default="", blank=True)
    turn = models.BigIntegerField()
    device = models.UUIDField()
    said_at = models.DateTimeField()  # as the device says

    class Meta:
        ordering = ["inspector", "item"]
        constraints = [
            models.UniqueConstraint(fields=["inspector", "item"], name="item_found_once")
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.value}"


class InspectionPhoto(models.Model):
    """A photograph of an item. When it was taken the device says; where, nobody: that is taken out."""

    PERSONAL_DATA = True

    inspector = models.ForeignKey(Inspector, models.CASCADE, related_name="photos")
    item = models.CharField(max_length=30)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    uuid = models.UUIDField(unique=True)
    taken_at = models.DateTimeField()
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["inspector", "item", "taken_at", "pk"]

    def __str__(self) -> str:
        return f"{self.item} {self.file_id}"


class InspectionEvent(models.Model):
    """What a device sent, kept whatever came of it; a refusal is shown to the secretary."""

    PERSONAL_DATA = True

    uuid = models.UUIDField(unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)
    schema = models.PositiveSmallIntegerField()
    data = models.JSONField()
    device_time = models.DateTimeField()
    received_at = models.DateTimeField()
    receipt = models.CharField(max_length=8, choices=Receipt.choices)
    reason = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["inspection", "receipt"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


class InspectionDraw(models.Model):
    """Which applications of a call are inspected: drawn once, from the call's public seed."""

    PERSONAL_DATA = False

    call = models.OneToOneField("appraisal.Call", models.PROTECT, related_name="inspection_draw")
    seed = models.BigIntegerField()
    codes = models.JSONField()  # of all that took part, in order
    chosen = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draw of inspections {self.pk}"
