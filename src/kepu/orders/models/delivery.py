"""What happened on the spot: arrivals, evidence, ratings, and what devices sent.

An order that is reopened is visited again. Each record says of which `visit` it is, so that what was
said of the first counts for the first alone; see docs/decisions/0013-visits-are-numbered.md.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CheckIn(models.Model):
    """A volunteer's time at one visit: arrived, and left."""

    PERSONAL_DATA = False

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="check_ins")
    visit = models.PositiveSmallIntegerField(default=1)
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    by_code = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "visit", "person"], name="check_in_once"),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gt=F("arrived_at")),
                name="check_in_leaves_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.order_id}"


class EvidenceKind(models.TextChoices):
    PHOTO = "photo", _("photograph")
    SHEET = "sheet", _("attendance list")


class Evidence(models.Model):
    """A photograph of the visit, or the list of who came. `taken_at` is what the device says.

    `uuid` is given by the device, so that what is sent twice is kept once. What was taken away again
    keeps its row, for the same reason; its file is marked removed.
    """

    PERSONAL_DATA = True

    uuid = models.UUIDField(unique=True)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="evidence")
    visit = models.PositiveSmallIntegerField(default=1)
    file = models.OneToOneField("files.StoredFile", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=EvidenceKind.choices)
    taken_at = models.DateTimeField()
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["taken_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_at__lte=F("uploaded_at")), name="evidence_taken_before_it_is_sent"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EvidenceKind.values), name="evidence_of_a_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


class Presence(models.TextChoices):
    CAME = "came", _("came")
    EXCUSED = "excused", _("absent with an excuse")
    ABSENT = "absent", _("absent without an excuse")


class RosterPlace(models.Model):
    """A member of the team who was put down for a visit, and whether they came; empty: not said yet.

    `told_at` is when the member said beforehand that it is not possible: who has said so does not go. Told
    early enough, the rule has excused it there and then; else the leaders say afterwards what it was.
    """

    PERSONAL_DATA = False

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="roster")
    visit = models.PositiveSmallIntegerField(default=1)
    team = models.ForeignKey("people.Team", models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    put_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    put_at = models.DateTimeField()
    presence = models.CharField(max_length=8, choices=Presence.choices, blank=True, default="")
    marked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    marked_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "visit", "team", "person"], name="roster_place_once"
            ),
            models.CheckConstraint(
                condition=~Q(presence="excused", marked_by=F("person")) | Q(told_at__isnull=False),
                name="roster_excused_oneself_beforehand",
            ),
            models.CheckConstraint(
                condition=Q(presence="", marked_by__isnull=True, marked_at__isnull=True)
                | Q(
                    presence__in=Presence.values,
                    marked_by__isnull=False,
                    marked_at__isnull=False,
                ),
                name="roster_marked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.order_id}"


class Rating(models.Model):
    """What the resident thought of it, and what the team answered."""

    PERSONAL_DATA = True

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="ratings")
    visit = models.PositiveSmallIntegerField(default=1)
    team = models.ForeignKey("people.Team", models.PROTECT, related_name="+")
    stars = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True, default="")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "visit"], name="rating_once"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_1_to_5"),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="rating_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.stars}"


class Outcome(models.TextChoices):
    DONE = "done", _("done")
    REFUSED = "refused", _("needs a person")
    SETTLED = "settled", _("settled by a person")


class DeviceEvent(models.Model):
    """What a device sent, kept whatever came of it. A refusal waits for a person and is never dropped."""

    PERSONAL_DATA = True

    uuid = models.UUIDField(unique=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    order = models.ForeignKey("orders.Order", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    schema = models.PositiveSmallIntegerField()
    data = models.JSONField()
    device_time = models.DateTimeField()
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.CharField(max_length=300, blank=True, default="")
    settled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["outcome", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"
